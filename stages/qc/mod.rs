//! Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.
//!
//! Decisions by hand come first: what a person left out takes no part in what follows. Replicates of the same
//! participant and timepoint become one sample. Then every analyte is measured (missing values among study samples, by
//! group and by batch; precision, drift and detection in pooled QC samples; what blanks hold and what is carried over
//! into them; linearity in a dilution series) and judged; internal standards are measured only. Then every study sample
//! is judged over the analytes that were kept: its missing values, when it was drawn, its total, its place among the
//! others, whether it may be somebody else's. Totals are compared with their items. What fails a rule is left out,
//! flagged, or stops the run, as the rule says; names under `keep` stay, and reviewed decisions win over both. The flow
//! table counts every step, and `decisions.csv` holds every decision, to be reviewed and handed back.
//!
//! Nothing is corrected or filled in here, and no participant is left out: one without a sample or a total is missing
//! from the tests that need it, and the flow shows how many. Pooled QC samples and blanks are not judged by rules and
//! stay in the tables, since later steps learn from them, unless a person leaves one out.

mod analyte_rules;
mod analytes;
mod arrange;
mod assessments;
mod batches;
mod carry_over;
mod check;
mod correlation;
mod decided;
mod decisions;
mod drift;
mod flow;
mod hours;
mod injections;
mod judge;
mod likeness;
mod methods;
mod outlier;
mod overrides;
pub mod params;
mod replicates;
mod rule;
mod rules;
mod run_order;
mod sample_rules;
mod samples;
pub mod schema;
mod sex;
mod spreadsheet;
mod swaps;
#[cfg(test)]
mod tests;
mod total_signal;
mod westgard;

pub use params::Params;

use std::collections::BTreeSet;

use crate::contract::{
    Artifact, Document, FromSlots, IntoSlots, Problem, Slot, SlotError, SourceFile, SourceRequest, Stage, StageContext,
    StageError, Supply, Table, Vocabulary,
};
use crate::ingest::schema as ingest;
use arrange::Bench;
use decided::Decided;
use injections::Injections;
use overrides::{Overrides, Word};
use replicates::Combined;

/// What ingest read, and the file of reviewed decisions where the settings name one.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub participants: Table<ingest::Participants>,
    pub assessments: Table<ingest::Assessments>,
    pub samples: Table<ingest::Samples>,
    pub abundances: Table<ingest::Abundances>,
    pub panel: Table<ingest::Panel>,
    pub decisions: Option<SourceFile>,
}

impl FromSlots for Inputs {
    fn slots() -> Vec<Slot> {
        let tables = ["participants", "assessments", "samples", "abundances", "panel"];
        tables.into_iter().map(|table| Slot { stage: "ingest", table }).collect()
    }
    fn fill(supply: &mut Supply) -> Result<Self, SlotError> {
        Ok(Inputs {
            participants: supply.take("ingest")?,
            assessments: supply.take("ingest")?,
            samples: supply.take("ingest")?,
            abundances: supply.take("ingest")?,
            panel: supply.take("ingest")?,
            decisions: std::mem::take(&mut supply.sources).pop(),
        })
    }
}

/// What passed, how it was decided, and the decisions as a file to review.
#[derive(Debug, Clone)]
pub struct Outputs {
    pub participants: Table<schema::Participants>,
    pub assessments: Table<schema::Assessments>,
    pub samples: Table<schema::Samples>,
    pub abundances: Table<schema::Abundances>,
    pub analyte_quality: Table<schema::AnalyteQuality>,
    pub sample_quality: Table<schema::SampleQuality>,
    pub batch_quality: Table<schema::BatchQuality>,
    pub control_chart: Table<schema::ControlChart>,
    pub decisions: Table<schema::Decisions>,
    pub flow: Table<schema::Flow>,
    pub review: Document,
}

impl IntoSlots for Outputs {
    fn tables() -> Vec<&'static str> {
        vec![
            "participants",
            "assessments",
            "samples",
            "abundances",
            "analyte_quality",
            "sample_quality",
            "batch_quality",
            "control_chart",
            "decisions",
            "flow",
        ]
    }
    fn into_artifacts(self) -> Vec<Artifact> {
        vec![
            self.participants.into(),
            self.assessments.into(),
            self.samples.into(),
            self.abundances.into(),
            self.analyte_quality.into(),
            self.sample_quality.into(),
            self.batch_quality.into(),
            self.control_chart.into(),
            self.decisions.into(),
            self.flow.into(),
            Artifact::Document(self.review),
        ]
    }
}

/// Judges analytes, samples and assessments by the stated rules; every decision is a row that says why.
pub struct Qc;

impl Stage for Qc {
    const NAME: &'static str = "qc";
    const VERSION: u32 = 5;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let overrides = inputs.decisions.as_ref().map(Overrides::read).transpose().map_err(StageError::Input)?;
        let overrides = overrides.unwrap_or_default();
        let left_out = left_out(&overrides);
        let combined = combine(params, &inputs, &left_out)?;

        let any = !combined.groups.is_empty();
        let injections = Injections::arrange(&inputs.samples, &inputs.abundances, &inputs.panel, any, &left_out);
        let bench = Bench::arrange(&combined.samples, &combined.abundances, &inputs.panel, injections, &left_out);
        bench.run.report(context);
        let visits = inputs.assessments.rows();
        let judging = decided::Judging { params, inputs: &inputs, combined: &combined, bench: &bench, visits: &visits };
        let decided = judging.decide(&overrides, context);

        let mut problems = judging.unknown_names(&overrides);
        problems.extend(decided.problems());
        StageError::unless_none(problems)?;
        decided.report(&overrides, context);
        replicates::report_over_batches(&combined.groups, context);
        write(params, &inputs, &combined, (&bench, &visits), decided)
    }

    fn sources(params: &Params) -> Vec<SourceRequest> {
        let request = |path: &String| SourceRequest {
            role: "decisions",
            path: path.clone(),
            setting: "stages.qc.decisions".to_owned(),
        };
        params.decisions.iter().map(request).collect()
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        check::check(params, names)
    }

    fn analytes(params: &Params) -> Vec<(String, String)> {
        check::analytes(params)
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

/// The samples that a person left out.
fn left_out(overrides: &Overrides) -> BTreeSet<&str> {
    let about = overrides.about("sample");
    about.into_iter().filter(|(_, decision)| decision.word == Word::Exclude).map(|(name, _)| name).collect()
}

/// Makes one sample of each group of replicates, as the settings say.
fn combine(params: &Params, inputs: &Inputs, left_out: &BTreeSet<&str>) -> Result<Combined, StageError> {
    let rule = params.samples.replicates.as_ref();
    let groups = replicates::groups(&inputs.samples, left_out);
    StageError::unless_none(replicates::problems(&groups, rule))?;
    match rule.filter(|_| !groups.is_empty()) {
        Some(rule) => {
            let combined = replicates::combine(rule.combine, groups, inputs)?;
            if rule.after_normalize {
                // Only their repeatability is of interest here.
                let (samples, abundances) = (inputs.samples.clone(), inputs.abundances.clone());
                return Ok(Combined { samples, abundances, groups: Vec::new(), rsd: combined.rsd });
            }
            Ok(Combined { abundances: with_metadata_of(&inputs.abundances, combined.abundances), ..combined })
        }
        None => Ok(Combined {
            samples: inputs.samples.clone(),
            abundances: inputs.abundances.clone(),
            groups,
            rsd: Default::default(),
        }),
    }
}

/// What ingest said of the values goes on, also where replicates made a new table of them.
fn with_metadata_of(read: &Table<ingest::Abundances>, kept: Table<schema::Abundances>) -> Table<schema::Abundances> {
    read.metadata().iter().fold(kept, |kept, (key, value)| kept.with_metadata(key, value.as_str()))
}

fn write(
    params: &Params,
    inputs: &Inputs,
    combined: &Combined,
    (bench, visits): (&Bench, &[ingest::AssessmentRow]),
    decided: Decided,
) -> Result<Outputs, StageError> {
    let flow = decided.flow(params, inputs, combined, (bench, visits));
    let decisions = Table::<schema::Decisions>::from_rows(decided.rows(&inputs.samples.column("sample_id"), combined))?;
    Ok(Outputs {
        participants: inputs.participants.clone(),
        assessments: inputs.assessments.filter(|row| !decided.assessments[row].is_excluded())?,
        samples: decided
            .kept_samples(&combined.samples)?
            .with_metadata(schema::REPLICATES, replicates::later(params.samples.replicates.as_ref()))
            .with_metadata(schema::OVER_BATCHES, replicates::over_batches(&combined.groups).join("; ")),
        abundances: with_metadata_of(&inputs.abundances, decided.kept_abundances(&combined.abundances)?),
        review: decisions::document(&decisions.rows()),
        decisions,
        flow: Table::from_rows(flow)?,
        sample_quality: Table::from_rows(decided.sample_rows(combined))?,
        batch_quality: Table::from_rows(decided.batches)?,
        control_chart: Table::from_rows(decided.charts)?,
        analyte_quality: Table::from_rows(
            decided.analytes.into_iter().map(|(quality, verdict)| analytes::decided(quality, &verdict)).collect(),
        )?,
    })
}
