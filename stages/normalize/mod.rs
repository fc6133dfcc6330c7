//! Brings abundances to the scale of the analysis, step by step, and takes each participant's change.
//!
//! The study samples that passed quality control are arranged by sample and analyte (pooled QC samples beside them
//! where a step learns from these). Each configured step learns what it needs from all of them, every timepoint, and is
//! applied in turn. Then the change between two timepoints is taken for each participant, in each measure asked for.
//!
//! Blanks never enter, and pooled QC samples are no rows of the result: nothing downstream tests them. The mathematics
//! is `statistics::normalization`, which predict uses inside its folds; nothing here learns anything of its own.

mod changes;
mod check;
mod methods;
pub mod params;
pub mod schema;
#[cfg(test)]
mod tests;

pub use params::Params;

use crate::contract::schema::Cell;
use crate::contract::{Finding, Place, Problem, Stage, StageContext, StageError, Table, TableError, Vocabulary};
use crate::ingest::schema as ingest;
use crate::laboratory::Laboratory;
use crate::qc::schema as qc;
use crate::statistics::normalization::{Normalized, StepError};
use crate::{inputs, outputs};

inputs! {
    Inputs {
        abundances: "qc" / qc::Abundances,
        samples: "qc" / qc::Samples,
        panel: "ingest" / ingest::Panel,
    }
}

outputs! {
    Outputs {
        abundances: schema::Abundances,
        changes: schema::Changes,
        steps: schema::Steps,
    }
}

/// Brings abundances to the scale of the analysis, step by step, and takes each participant's change.
pub struct Normalize;

impl Stage for Normalize {
    const NAME: &'static str = "normalize";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let laboratory = Laboratory::new(&inputs.abundances, &inputs.samples, &inputs.panel, params.learns_from_qc());
        let everything: Vec<usize> = (0..laboratory.sheet.grid.samples.len()).collect();
        let fitted = params.fit(&laboratory.sheet, &everything).map_err(cannot_learn)?;
        let normalized = fitted.apply(&laboratory.sheet.select_rows(&laboratory.study_rows));

        report_remarks(&normalized, context);
        let changes = match &params.change {
            Some(settings) => changes::take(settings, &normalized, &laboratory, context),
            None => Vec::new(),
        };
        Ok(Outputs {
            abundances: abundances(&normalized)?,
            changes: Table::from_rows(changes)?.with_metadata("scale", normalized.scale.clone()),
            steps: Table::from_rows(step_rows(&normalized))?,
        })
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        let measures = params.change.iter().flat_map(|change| &change.measures);
        names.measures.extend(measures.map(|measure| measure.word().to_owned()));
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        check::check(params, names)
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

fn cannot_learn(error: StepError) -> StageError {
    let place = Place::setting(format!("stages.normalize.steps.{}.{}", error.step, error.setting));
    StageError::Input(vec![Problem::new(error.code, place, error.message, error.remedy)])
}

fn report_remarks(normalized: &Normalized, context: &mut StageContext<'_>) {
    for remark in normalized.notes.iter().flat_map(|note| &note.remarks) {
        context.find(Finding::warning(remark.code, &remark.subject, &remark.message).hint(remark.hint));
    }
}

/// The normalized values as a long table; column by column, since the grid is already in the order of the key.
fn abundances(normalized: &Normalized) -> Result<Table<schema::Abundances>, TableError> {
    let (samples, analytes) = (&normalized.scaled.samples, &normalized.scaled.analytes);
    let height = samples.len() * analytes.len();
    let cells = || (0..samples.len()).flat_map(|row| (0..analytes.len()).map(move |analyte| (row, analyte)));
    let value = |(row, analyte)| Some(normalized.scaled.get(row, analyte)).filter(|value| value.is_finite());
    let imputed = |(row, analyte): (usize, usize)| normalized.imputed[analyte * samples.len() + row];
    let columns = vec![
        Cell::column("sample_id", cells().map(|(row, _)| samples[row].clone()).collect()),
        Cell::column("analyte", cells().map(|(_, analyte)| analytes[analyte].clone()).collect()),
        Cell::column("value", cells().map(value).collect::<Vec<Option<f64>>>()),
        Cell::column("imputed", cells().map(imputed).collect()),
    ];
    Ok(Table::from_columns(height, columns)?.with_metadata("scale", normalized.scale.clone()))
}

fn step_rows(normalized: &Normalized) -> Vec<schema::StepRow> {
    let notes = (1..).zip(&normalized.notes);
    let row = |(position, note): (i64, &crate::statistics::normalization::StepNote)| schema::StepRow {
        position,
        step: note.step.to_owned(),
        method: note.method.to_owned(),
        values_changed: note.values_changed as i64,
        detail: note.detail.clone(),
    };
    notes.map(row).collect()
}
