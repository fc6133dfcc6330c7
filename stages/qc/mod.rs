//! Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.
//!
//! First every analyte is measured (missing values among study samples, precision and drift in pooled QC samples, the
//! ratio to blanks) and judged. Then every study sample is judged over the analytes that were kept: its missing values,
//! the time it was drawn, its place among the others. Totals are compared with their items. What fails a rule is left
//! out, flagged, or stops the run, as the rule says; names under `keep` stay. The flow table counts every step.
//!
//! Nothing is corrected or filled in here, and no participant is left out: one without a sample or a total is missing
//! from the tests that need it, and the flow shows how many. Pooled QC samples and blanks are not judged themselves and
//! stay in the tables, since later steps learn from them.

mod analytes;
mod arrange;
mod assessments;
mod check;
mod drift;
mod flow;
mod judge;
mod methods;
mod outlier;
pub mod params;
mod rule;
mod rules;
mod samples;
pub mod schema;
#[cfg(test)]
mod tests;

pub use params::Params;

use std::collections::BTreeSet;

use crate::contract::{Problem, Stage, StageContext, StageError, Table, TableError, Vocabulary};
use crate::ingest::schema as ingest;
use crate::{inputs, outputs};
use analytes::Quality;
use arrange::Bench;
use flow::Flow;
use judge::Verdict;

inputs! {
    Inputs {
        participants: "ingest" / ingest::Participants,
        assessments: "ingest" / ingest::Assessments,
        samples: "ingest" / ingest::Samples,
        abundances: "ingest" / ingest::Abundances,
        panel: "ingest" / ingest::Panel,
    }
}

outputs! {
    Outputs {
        participants: schema::Participants,
        assessments: schema::Assessments,
        samples: schema::Samples,
        abundances: schema::Abundances,
        analyte_quality: schema::AnalyteQuality,
        sample_quality: schema::SampleQuality,
        flow: schema::Flow,
    }
}

/// Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.
pub struct Qc;

impl Stage for Qc {
    const NAME: &'static str = "qc";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let bench = Bench::arrange(&inputs);
        let visits = inputs.assessments.rows();
        let kept: BTreeSet<&str> = params.keep.iter().map(String::as_str).collect();
        let decided = Decided::decide(params, &bench, &visits, &kept, context);

        let named = decided.assessments.iter().map(|verdict| verdict.name.clone()).collect();
        let mut problems = check::unknown_names(params, &bench, &named);
        problems.extend(decided.problems());
        StageError::unless_none(problems)?;
        decided.report(context);

        let flow = decided.flow(params, &inputs, &bench, &visits);
        Ok(Outputs {
            assessments: inputs.assessments.filter(|row| !decided.assessments[row].is_excluded())?,
            samples: decided.kept_samples(&inputs.samples)?,
            abundances: decided.kept_abundances(&inputs.abundances)?,
            participants: inputs.participants,
            analyte_quality: Table::from_rows(decided.analytes.into_iter().map(|(q, v)| q.row(&v)).collect())?,
            sample_quality: Table::from_rows(decided.samples.into_iter().map(|(row, _)| row).collect())?,
            flow: Table::from_rows(flow)?,
        })
    }

    fn check(params: &Params, _names: &Vocabulary) -> Vec<Problem> {
        check::check(params)
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

/// Every measurement and every verdict.
struct Decided {
    analytes: Vec<(Quality, Verdict)>,
    samples: Vec<(schema::SampleQualityRow, Verdict)>,
    assessments: Vec<Verdict>,
}

impl Decided {
    /// Judges analytes, then samples over the analytes that stay, and assessments.
    fn decide(
        params: &Params,
        bench: &Bench,
        visits: &[ingest::AssessmentRow],
        kept: &BTreeSet<&str>,
        context: &mut StageContext<'_>,
    ) -> Self {
        let measured = 0..bench.analytes().len();
        let qualities: Vec<Quality> =
            measured.map(|analyte| Quality::measure(bench, analyte, params.analytes.robust)).collect();
        analytes::report_unjudged(&params.analytes, bench, &qualities, context);
        let judge = |quality: Quality| {
            let verdict = quality.judge(&params.analytes, kept);
            (quality, verdict)
        };
        let analytes: Vec<(Quality, Verdict)> = qualities.into_iter().map(judge).collect();
        let staying = analytes.iter().enumerate().filter(|(_, (_, verdict))| !verdict.is_excluded());
        let staying: Vec<usize> = staying.map(|(analyte, _)| analyte).collect();
        let samples = samples::judge(&params.samples, bench, &staying, kept, context);
        Decided { analytes, samples, assessments: assessments::judge(&params.assessments, visits, kept) }
    }

    fn of_analytes(&self) -> Vec<&Verdict> {
        self.analytes.iter().map(|(_, verdict)| verdict).collect()
    }

    fn of_samples(&self) -> Vec<&Verdict> {
        self.samples.iter().map(|(_, verdict)| verdict).collect()
    }

    fn problems(&self) -> Vec<Problem> {
        let analytes = self.of_analytes().into_iter().flat_map(|verdict| verdict.problems("analyte", None));
        let samples = self.of_samples().into_iter().flat_map(|verdict| verdict.problems("sample", None));
        let assessments =
            self.assessments.iter().flat_map(|verdict| verdict.problems("assessment", Some(("assessments", "total"))));
        analytes.chain(samples).chain(assessments).collect()
    }

    fn report(&self, context: &mut StageContext<'_>) {
        self.of_analytes().iter().for_each(|verdict| verdict.report("the analyte", context));
        self.of_samples().iter().for_each(|verdict| verdict.report("the sample", context));
        self.assessments.iter().for_each(|verdict| verdict.report("the assessment", context));
    }

    fn kept_samples(&self, table: &Table<ingest::Samples>) -> Result<Table<schema::Samples>, TableError> {
        let gone = excluded(&self.of_samples());
        let ids: Vec<String> = table.column("sample_id");
        table.filter(|row| !gone.contains(ids[row].as_str()))
    }

    fn kept_abundances(&self, table: &Table<ingest::Abundances>) -> Result<Table<schema::Abundances>, TableError> {
        let (samples, analytes) = (excluded(&self.of_samples()), excluded(&self.of_analytes()));
        let (ids, names): (Vec<String>, Vec<String>) = (table.column("sample_id"), table.column("analyte"));
        table.filter(|row| !samples.contains(ids[row].as_str()) && !analytes.contains(names[row].as_str()))
    }

    /// What ingest delivered, what each rule left out, who is complete, and what goes on.
    fn flow(
        &self,
        params: &Params,
        inputs: &Inputs,
        bench: &Bench,
        visits: &[ingest::AssessmentRow],
    ) -> Vec<schema::FlowRow> {
        let participants: Vec<String> = inputs.participants.column("participant_id");
        // A visit counts where it gave a total: whether missed visits have rows of their own is the file's affair.
        let seen = visits.iter().zip(&self.assessments).filter(|(row, _)| row.total.is_some());
        let assessments: Vec<&Verdict> = seen.map(|(_, verdict)| verdict).collect();
        let mut flow = Flow::default();
        let delivered = [
            ("participants", participants.len()),
            ("analytes", self.analytes.len()),
            ("samples", self.samples.len()),
            ("visits", assessments.len()),
        ];
        delivered.iter().for_each(|(what, n)| flow.step("ingest", what, *n, &[], "as delivered".to_owned()));
        let analytes = flow.rules("analytes", &rules::analytes(&params.analytes), &self.of_analytes());
        let samples = flow.rules("samples", &rules::samples(&params.samples), &self.of_samples());
        let kept_visits = flow.rules("visits", &rules::assessments(&params.assessments), &assessments);

        let staying = bench.study.iter().zip(&self.samples).filter(|(_, (_, verdict))| !verdict.is_excluded());
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
