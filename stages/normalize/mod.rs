//! Brings abundances to the scale of the analysis, step by step, and takes each participant's change.
//!
//! The study samples that passed quality control are arranged by sample and analyte (pooled QC samples beside them
//! where a step learns from these). Each configured step learns what it needs from all of them, every timepoint, and is
//! applied in turn. Then the changes between timepoints and the areas under curves are taken for each participant, in each
//! measure asked for. Beside it stands what normalization did: how repeatable each analyte was before and after each step,
//! each pooled QC sample before and after all of them, and where every sample lies on the principal components.
//!
//! Blanks never enter, and pooled QC samples are no rows of the result: nothing downstream tests them. The mathematics
//! is `statistics::normalization`, which predict uses inside its folds; nothing here learns anything of its own.

mod areas;
mod changes;
mod check;
mod methods;
mod order;
pub mod params;
mod pooled_qc;
mod quality;
pub mod replicates;
pub mod schema;
mod scores;
mod series;
#[cfg(test)]
mod tests;

pub use params::Params;

use crate::contract::schema::{Cell, text_column};
use crate::contract::{Finding, Place, Problem, Stage, StageContext, StageError, Table, TableError, Vocabulary};
use crate::ingest::schema as ingest;
use crate::laboratory::Laboratory;
use crate::qc::schema as qc;
use crate::statistics::normalization::{Moment, Normalized, Step, StepError};
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
        quality: schema::Quality,
        pooled_qc: schema::PooledQc,
        scores: schema::Scores,
    }
}

/// Brings abundances to the scale of the analysis, step by step, and takes each participant's change.
pub struct Normalize;

impl Stage for Normalize {
    const NAME: &'static str = "normalize";
    const VERSION: u32 = 6;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        StageError::unless_none(replicates::over_batches(&inputs.samples, &params.steps))?;
        let mut laboratory = Laboratory::new(&inputs.abundances, &inputs.samples, &inputs.panel);
        let (sheet, standards) = params.without_idle_standards(laboratory.sheet);
        laboratory.sheet = sheet;
        report_standards(&standards, context);
        // The long tables are several times the size of the sheet that is made of them.
        drop(inputs);
        let everything: Vec<usize> = (0..laboratory.sheet.grid.samples.len()).collect();
        let progress = context.progress;
        progress.start("normalization steps", params.steps.len() as u64);
        let mut record = quality::Record::new(&laboratory.sheet);
        let mut watcher = |moment: &Moment<'_>| {
            record.note(moment);
            progress.advance(1);
        };
        let normalized = params.normalize(&laboratory.sheet, &everything, context.seed, &mut watcher);
        let mut normalized = normalized.map_err(cannot_learn)?;

        report_remarks(&normalized, context);
        record.report(context);
        let kept: Vec<usize> = (0..normalized.kept.len()).filter(|&analyte| normalized.kept[analyte]).collect();
        let (scores, pooled_qc) =
            (scores::table(&laboratory, &normalized, context)?, pooled_qc::table(&laboratory, &normalized)?);
        laboratory.combine(&mut normalized);
        let mut series = Vec::new();
        for settings in params.changes() {
            series.extend(changes::take(settings, &normalized, &laboratory, &kept, context));
        }
        for settings in params.areas() {
            series.extend(areas::take(settings, &normalized, &laboratory, &kept, context));
        }
        // In the order in which they are made: the grids leave before the longest table comes.
        Ok(Outputs {
            scores,
            pooled_qc,
            steps: Table::from_rows(step_rows(&normalized))?,
            quality: Table::from_rows(record.into_rows())?,
            abundances: abundances(&normalized, &laboratory.results(), &kept)?,
            changes: change_table(series, normalized, laboratory, &kept)?,
        })
    }

    fn draws(params: &Params) -> bool {
        params.steps.iter().any(Step::draws)
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        let changes =
            params.changes().iter().flat_map(|change| change.measures.iter().map(|m| (m.word(), change.contrast())));
        let areas = params.areas().iter().flat_map(|area| area.measures.iter().map(|m| (m.word(), area.contrast())));
        for (measure, contrast) in changes.chain(areas) {
            let contrasts = names.measures.entry(measure.to_owned()).or_default();
            if !contrasts.contains(&contrast) {
                contrasts.push(contrast);
            }
        }
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        check::check(params, names)
    }

    fn analytes(params: &Params) -> Vec<(String, String)> {
        let of = |(place, step): (usize, &Step)| {
            let named = step.analytes().into_iter();
            named.map(move |(name, key)| (format!("stages.normalize.steps.{place}.{key}"), name))
        };
        params.steps.iter().enumerate().flat_map(of).collect()
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

fn cannot_learn(error: StepError) -> StageError {
    let place = Place::setting(format!("stages.normalize.steps.{}.{}", error.step, error.setting));
    StageError::Input(vec![Problem::new(error.code, place, error.message, error.remedy)])
}

fn report_standards(standards: &[String], context: &mut StageContext<'_>) {
    if standards.is_empty() {
        return;
    }
    let message = format!("internal standards that no step divides by take no part: {}", standards.join(", "));
    let hint = "`sample: {method: internal_standard}` divides by them; the panel's `role` says what is one";
    context.find(Finding::note("standards_left_out", "", message).hint(hint));
}

fn report_remarks(normalized: &Normalized, context: &mut StageContext<'_>) {
    for remark in normalized.notes.iter().flat_map(|note| &note.remarks) {
        context.find(Finding::warning(remark.code, &remark.subject, &remark.message).hint(remark.hint));
    }
}

/// The normalized values as a long table; column by column, since the grid is already in the order of the key.
///
/// Pooled QC samples are no rows of it, and analytes that a step dropped are not there.
fn abundances(
    normalized: &Normalized,
    study: &[usize],
    kept: &[usize],
) -> Result<Table<schema::Abundances>, TableError> {
    let (samples, analytes) = (&normalized.scaled.samples, &normalized.scaled.analytes);
    let height = study.len() * kept.len();
    let cells = || study.iter().flat_map(|&row| kept.iter().map(move |&analyte| (row, analyte)));
    let value = |(row, analyte)| Some(normalized.scaled.get(row, analyte)).filter(|value| value.is_finite());
    let imputed = |(row, analyte): (usize, usize)| normalized.imputed[analyte * samples.len() + row];
    let columns = vec![
        text_column("sample_id", cells().map(|(row, _)| samples[row].as_str())),
        text_column("analyte", cells().map(|(_, analyte)| analytes[analyte].as_str())),
        Cell::column("value", cells().map(value).collect::<Vec<Option<f64>>>()),
        Cell::column("imputed", cells().map(imputed).collect()),
    ];
    Ok(Table::from_columns(height, columns)?.with_metadata("scale", normalized.scale.clone()))
}

/// All series as a table; what they were taken from is given up before.
fn change_table(
    series: Vec<series::Series>,
    normalized: Normalized,
    laboratory: Laboratory,
    kept: &[usize],
) -> Result<Table<schema::Changes>, TableError> {
    let analytes: Vec<String> = kept.iter().map(|&analyte| normalized.scaled.analytes[analyte].clone()).collect();
    let (scale, people) = (normalized.scale.clone(), laboratory.participants);
    drop((normalized, laboratory.sheet));
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    Ok(series::table(series, &people, &analytes)?.with_metadata("scale", scale))
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
