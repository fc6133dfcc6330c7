//! Every measurement and every verdict, and the tables that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::analytes::{self, Asked, Measured};
use super::arrange::Bench;
use super::check::Known;
use super::flow::{Flow, RuleInForce};
use super::judge::{ByHand, Verdict};
use super::overrides::Overrides;
use super::replicates::Combined;
use super::rules::{self, AnalyteRule};
use super::schema::{AnalyteQualityRow, BatchQualityRow, ControlChartRow, DecisionRow, FlowRow, SampleQualityRow};
use super::{Inputs, Params, assessments, decisions, samples};
use crate::contract::{Finding, Problem, StageContext, Table, TableError};
use crate::ingest::schema::{Abundances, AssessmentRow, Samples};
use crate::laboratory::Codes;

/// Analytes that are measured between two moves of the bar.
const BLOCK: usize = 64;

/// What is judged, and by what.
pub struct Judging<'a> {
    pub params: &'a Params,
    pub inputs: &'a Inputs,
    pub combined: &'a Combined,
    pub bench: &'a Bench,
    pub visits: &'a [AssessmentRow],
}

/// Every measurement and every verdict.
pub struct Decided {
    pub analytes: Vec<(AnalyteQualityRow, Verdict)>,
    pub samples: Vec<(SampleQualityRow, Verdict)>,
    pub assessments: Vec<Verdict>,
    pub batches: Vec<BatchQualityRow>,
    pub charts: Vec<ControlChartRow>,
    /// Samples that a person left out, of any kind.
    left_out: BTreeMap<String, super::overrides::Override>,
}

impl Judging<'_> {
    /// Judges analytes, then samples over the analytes that stay, and assessments.
    pub fn decide(&self, overrides: &Overrides, context: &mut StageContext<'_>) -> Decided {
        let by_hand = |kind| ByHand {
            kept: self.params.keep.iter().map(String::as_str).collect(),
            overrides: overrides.about(kind),
        };
        let rules = rules::analytes(&self.params.analytes, self.params.samples.replicates.as_ref());
        let measured = self.measure(context);
        let qualities: Vec<&AnalyteQualityRow> = measured.iter().map(|measured| &measured.quality).collect();
        analytes::report_unjudged(&rules, self.bench, &qualities, context);
        analytes::report_charts(&self.params.analytes, &qualities, context);
        let (mut analytes, mut batches, mut charts) = (Vec::new(), Vec::new(), Vec::new());
        for measured in measured {
            let verdict = analytes::judge(&measured.quality, &rules, &by_hand("analyte"));
            analytes.push((measured.quality, verdict));
            batches.extend(measured.batches);
            charts.extend(measured.chart);
        }
        let staying = (0..analytes.len()).filter(|&at| !analytes[at].1.is_excluded() && !self.bench.is_standard(at));
        let staying: Vec<usize> = staying.collect();
        let over = (staying.as_slice(), &self.inputs.participants);
        let left_out = overrides.about("sample").into_iter().filter(|(name, _)| by_hand("sample").excludes(name));
        Decided {
            samples: samples::judge(&self.params.samples, self.bench, over, &by_hand("sample"), context),
            assessments: assessments::judge(&self.params.assessments, self.visits, &by_hand("assessment")),
            left_out: left_out.map(|(name, decision)| (name.to_owned(), decision.clone())).collect(),
            analytes,
            batches,
            charts,
        }
    }

    /// Measures every analyte, in the order of their names.
    fn measure(&self, context: &mut StageContext<'_>) -> Vec<Measured> {
        let rules = &self.params.analytes;
        let groups = rules.min_detection_group.as_ref();
        let groups = groups.map(|rule| self.bench.groups(rule, &self.inputs.participants)).unwrap_or_default();
        let asked = Asked { rules, groups, replicates: &self.combined.rsd };
        let all: Vec<usize> = (0..self.bench.analytes().len()).collect();
        context.progress.start("measuring analytes", all.len() as u64);
        let mut measured = Vec::with_capacity(all.len());
        for block in all.chunks(BLOCK) {
            measured.par_extend(block.par_iter().map(|&analyte| analytes::measure(self.bench, analyte, &asked)));
            context.progress.advance(block.len() as u64);
        }
        measured
    }

    /// A problem for every name that is not of the data.
    pub fn unknown_names(&self, overrides: &Overrides) -> Vec<Problem> {
        let assessments = self.visits.iter().map(assessments::name).collect();
        let samples: Vec<String> = self.inputs.samples.column("sample_id");
        let known =
            Known { bench: self.bench, samples: &samples, assessments: &assessments, groups: &self.combined.groups };
        known.unknown(self.params, overrides)
    }
}

impl Decided {
    fn of_analytes(&self) -> Vec<&Verdict> {
        self.analytes.iter().map(|(_, verdict)| verdict).collect()
    }

    fn of_samples(&self) -> Vec<&Verdict> {
        self.samples.iter().map(|(_, verdict)| verdict).collect()
    }

    /// Every verdict with its kind.
    fn all(&self) -> impl Iterator<Item = (&'static str, &Verdict)> {
        let analytes = self.analytes.iter().map(|(_, verdict)| ("analyte", verdict));
        let samples = self.samples.iter().map(|(_, verdict)| ("sample", verdict));
        analytes.chain(samples).chain(self.assessments.iter().map(|verdict| ("assessment", verdict)))
    }

    pub fn problems(&self) -> Vec<Problem> {
        let source = |what| (what == "assessment").then_some(("assessments", "total"));
        self.all().flat_map(|(what, verdict)| verdict.problems(what, source(what))).collect()
    }

    /// Records what was flagged, left out or overridden, and overrides that were written when the rules said otherwise.
    pub fn report(&self, overrides: &Overrides, context: &mut StageContext<'_>) {
        if !self.analytes.is_empty() && self.analytes.iter().all(|(_, verdict)| verdict.is_excluded()) {
            let message = format!(
                "every one of the {} analytes is left out: nothing is left to normalize or test",
                self.analytes.len()
            );
            let hint = "look at the reasons in analyte_quality; a limit may be written in another unit";
            context.find(Finding::warning("no_analyte_left", "", message).hint(hint));
        }
        let judged: BTreeSet<&str> = self.of_samples().iter().map(|verdict| verdict.name.as_str()).collect();
        for (what, verdict) in self.all() {
            verdict.report(&format!("the {what}"), context);
            let changed = verdict
                .by_hand
                .as_ref()
                .filter(|by_hand| !by_hand.before.is_empty() && by_hand.before != verdict.by_rule());
            if let Some(by_hand) = changed {
                let message = format!(
                    "the {what} was reviewed when the rules said {}; now they say {}",
                    by_hand.before,
                    verdict.by_rule()
                );
                context.find(Finding::warning("decision_outdated", &verdict.name, message).hint("review it again"));
            }
        }
        for (name, decision) in overrides.about("sample").into_iter().filter(|(name, _)| !judged.contains(name)) {
            let message = format!("the sample, which no rule judges, was {}", decision.sentence());
            context.find(Finding::warning("qc_override", name, message));
        }
    }

    /// The rows of the table of decisions; `samples` are all that were delivered.
    pub fn rows(&self, samples: &[String], combined: &Combined) -> Vec<DecisionRow> {
        let mut rows: Vec<DecisionRow> = self.all().map(|(what, verdict)| verdict.row(what)).collect();
        rows.extend(decisions::combined(&combined.groups));
        let known: BTreeSet<String> =
            rows.iter().filter(|row| row.what == "sample").map(|row| row.name.clone()).collect();
        let others = samples.iter().filter(|name| !known.contains(*name));
        rows.extend(others.map(|name| match self.left_out.get(name) {
            None => decisions::unjudged(name),
            Some(decision) => DecisionRow {
                r#override: Some(decision.word.text().to_owned()),
                override_reason: Some(decision.reason.clone()),
                decision: decision.word.text().to_owned(),
                ..decisions::unjudged(name)
            },
        }));
        rows
    }

    /// The rows of the samples' quality: every study sample, and the replicates that became part of one.
    pub fn sample_rows(&self, combined: &Combined) -> Vec<SampleQualityRow> {
        let sizes: BTreeMap<&str, i64> =
            combined.groups.iter().map(|group| (group[0].sample_id.as_str(), group.len() as i64)).collect();
        let judged = self
            .samples
            .iter()
            .map(|(row, _)| SampleQualityRow { replicates: sizes.get(row.sample_id.as_str()).copied(), ..row.clone() });
        let absorbed = combined.groups.iter().flat_map(|group| {
            group.iter().skip(1).map(|sample| SampleQualityRow {
                sample_id: sample.sample_id.clone(),
                participant_id: sample.participant_id.clone(),
                timepoint: sample.timepoint.clone(),
                decision: "combined".to_owned(),
                reason: decisions::became_part(&group[0].sample_id, group.len()),
                combined_into: Some(group[0].sample_id.clone()),
                fasting_hours: sample.fasting_hours,
                time_of_day: sample.time_of_day,
                ..SampleQualityRow::default()
            })
        });
        judged.chain(absorbed).collect()
    }

    /// Every sample that is left out, of any kind.
    fn samples_gone(&self) -> BTreeSet<&str> {
        let mut gone = excluded(&self.of_samples());
        gone.extend(self.left_out.keys().map(String::as_str));
        gone
    }

    pub fn kept_samples(&self, table: &Table<Samples>) -> Result<Table<Samples>, TableError> {
        let gone = self.samples_gone();
        let ids: Vec<String> = table.column("sample_id");
        table.filter(|row| !gone.contains(ids[row].as_str()))
    }

    pub fn kept_abundances(&self, table: &Table<Abundances>) -> Result<Table<Abundances>, TableError> {
        let stays = |codes: &Codes<'_>, gone: BTreeSet<&str>| -> Vec<bool> {
            codes.names.iter().map(|name| !gone.contains(name)).collect()
        };
        let (samples, analytes) = (Codes::read(table.texts("sample_id")), Codes::read(table.texts("analyte")));
        let sample_stays = stays(&samples, self.samples_gone());
        let analyte_stays = stays(&analytes, excluded(&self.of_analytes()));
        table.filter(|row| sample_stays[samples.of[row]] && analyte_stays[analytes.of[row]])
    }

    /// What ingest delivered, what was decided by hand, what each rule left out, who is complete, and what goes on.
    pub fn flow(
        &self,
        params: &Params,
        inputs: &Inputs,
        combined: &Combined,
        (bench, visits): (&Bench, &[AssessmentRow]),
    ) -> Vec<FlowRow> {
        let participants: Vec<String> = inputs.participants.column("participant_id");
        // A visit counts where it gave a total: whether missed visits have rows of their own is the file's affair.
        let seen = visits.iter().zip(&self.assessments).filter(|(row, _)| row.total.is_some());
        let assessments: Vec<&Verdict> = seen.map(|(_, verdict)| verdict).collect();
        let absorbed: Vec<String> =
            combined.groups.iter().flat_map(|group| group.iter().skip(1).map(|s| s.sample_id.clone())).collect();
        let mut flow = Flow::default();
        let delivered = [
            ("participants", participants.len()),
            ("analytes", self.analytes.len()),
            ("samples", self.samples.len() + absorbed.len()),
            ("visits", assessments.len()),
        ];
        delivered.iter().for_each(|(what, n)| flow.step("ingest", what, *n, &[], "as delivered".to_owned()));
        if !absorbed.is_empty() {
            let reason = "replicates that became part of the first of their participant and timepoint".to_owned();
            flow.step("replicates", "samples", self.samples.len() + absorbed.len(), &absorbed, reason);
        }
        let analyte_rules = rules::analytes(&params.analytes, params.samples.replicates.as_ref());
        let of_analytes: Vec<&RuleInForce> = analyte_rules.iter().map(|rule: &AnalyteRule| &rule.force).collect();
        let analytes = flow.judged("analytes", &of_analytes, &self.of_analytes());
        let sample_rules = rules::samples(&params.samples);
        let samples = flow.judged("samples", &sample_rules.iter().collect::<Vec<_>>(), &self.of_samples());
        let visit_rules = rules::assessments(&params.assessments);
        let kept_visits = flow.judged("visits", &visit_rules.iter().collect::<Vec<_>>(), &assessments);

        let staying = bench.judged.iter().zip(&self.samples).filter(|(_, (_, verdict))| !verdict.is_excluded());
        flow.timepoints(&participants, &staying.map(|(&row, _)| &bench.samples[row]).collect::<Vec<_>>());
        let staying = visits.iter().zip(&self.assessments).filter(|(_, verdict)| !verdict.is_excluded());
        flow.visits(&participants, &staying.map(|(row, _)| row).collect::<Vec<_>>());
        let left = [
            ("participants", participants.len()),
            ("analytes", analytes),
            ("samples", samples),
            ("visits", kept_visits),
        ];
        left.iter().for_each(|(what, n)| flow.step("analysed", what, *n, &[], "after quality control".to_owned()));
        flow.into_rows()
    }
}

fn excluded<'a>(verdicts: &[&'a Verdict]) -> BTreeSet<&'a str> {
    verdicts.iter().filter(|verdict| verdict.is_excluded()).map(|verdict| verdict.name.as_str()).collect()
}
