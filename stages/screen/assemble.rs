//! Lays the metabolites beside the participants: for each predictor a value per participant and analyte.

use std::collections::{BTreeMap, BTreeSet};

use super::params::Predictor;
use super::{Inputs, Params};

/// One predictor: a column of values per analyte, in the order of the study's participants.
pub struct PredictorTable {
    pub columns: BTreeMap<String, Vec<Option<f64>>>,
}

/// Every predictor that a model asks for, once.
pub fn predictors(params: &Params, inputs: &Inputs, participants: &[String]) -> BTreeMap<String, PredictorTable> {
    let asked: BTreeMap<String, &Predictor> =
        params.models.values().map(|model| (model.predictor.label(), &model.predictor)).collect();
    let make = |predictor: &Predictor| match predictor {
        Predictor::Change(measure) => changes(inputs, measure, participants),
        Predictor::Level(timepoint) => levels(inputs, timepoint, participants),
    };
    asked.into_iter().map(|(label, predictor)| (label, make(predictor))).collect()
}

fn changes(inputs: &Inputs, measure: &str, participants: &[String]) -> PredictorTable {
    let table = &inputs.changes;
    let (who, analytes) = (table.column::<String>("participant_id"), table.column::<String>("analyte"));
    let (measures, values) = (table.column::<String>("measure"), table.column::<Option<f64>>("value"));
    let rows = who.iter().zip(analytes).zip(measures).zip(values);
    let wanted =
        rows.filter(|((_, m), _)| m == measure).map(|(((who, analyte), _), value)| (who.as_str(), analyte, value));
    spread(wanted, participants)
}

fn levels(inputs: &Inputs, timepoint: &str, participants: &[String]) -> PredictorTable {
    let at = inputs.samples.rows().into_iter().filter(|sample| sample.timepoint.as_deref() == Some(timepoint));
    let owner: BTreeMap<String, String> = at.filter_map(|s| Some((s.sample_id, s.participant_id?))).collect();
    let table = &inputs.abundances;
    let (samples, analytes) = (table.column::<String>("sample_id"), table.column::<String>("analyte"));
    let values = table.column::<Option<f64>>("value");
    let rows = samples.iter().zip(analytes).zip(values);
    let wanted = rows.filter_map(|((sample, analyte), value)| Some((owner.get(sample)?.as_str(), analyte, value)));
    spread(wanted, participants)
}

fn spread<'a>(rows: impl Iterator<Item = (&'a str, String, Option<f64>)>, participants: &[String]) -> PredictorTable {
    let mut columns: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for (who, analyte, value) in rows {
        let column = columns.entry(analyte).or_insert_with(|| vec![None; participants.len()]);
        if let Ok(row) = participants.binary_search_by(|name| name.as_str().cmp(who)) {
            column[row] = value;
        }
    }
    PredictorTable { columns }
}

/// Every analyte that any table of the screen knows, so that one without a value still has its row.
pub fn analytes(inputs: &Inputs) -> BTreeSet<String> {
    let known = inputs.abundances.column::<String>("analyte").into_iter();
    known.chain(inputs.changes.column::<String>("analyte")).collect()
}
