//! Lays the metabolites beside the participants, and asks every question of the settings.

use std::collections::{BTreeMap, BTreeSet};

use super::Inputs;
use super::params::{Model, Params, Predictor};
use super::question::{Question, Stratum};
use crate::study::{BASELINE_LEVEL, Study};

/// A value per participant, with gaps.
type Column = Vec<Option<f64>>;

/// The metabolites as the models see them.
#[derive(Clone)]
pub struct Metabolites {
    analytes: BTreeSet<String>,
    /// By predictor and analyte.
    predictors: BTreeMap<(String, String), Column>,
    /// The value before the change, by predictor and analyte.
    before: BTreeMap<(String, String), Column>,
    /// The strata of each column that separates some.
    strata: BTreeMap<String, Vec<Stratum>>,
    /// The RSD of the pooled QC by analyte.
    rsd: BTreeMap<String, f64>,
}

impl Metabolites {
    pub fn new(params: &Params, inputs: &Inputs, study: &Study) -> Self {
        let asked: BTreeMap<String, &Predictor> =
            params.models.values().flat_map(|m| m.predictor.iter()).map(|p| (p.label(), p)).collect();
        let (mut predictors, mut before) = (BTreeMap::new(), BTreeMap::new());
        for (label, predictor) in asked {
            let columns = match predictor {
                Predictor::Change { measure, contrast } => {
                    let of = |what| changes(inputs, measure, contrast.as_deref(), what, study);
                    let earlier = of("from_value");
                    before.extend(earlier.into_iter().map(|(analyte, column)| ((label.clone(), analyte), column)));
                    of("value")
                }
                Predictor::Level(timepoint) => levels(inputs, timepoint, study),
            };
            predictors.extend(columns.into_iter().map(|(analyte, column)| ((label.clone(), analyte), column)));
        }
        let columns: BTreeSet<&String> = params.models.values().filter_map(|model| model.strata.as_ref()).collect();
        let strata = columns.into_iter().map(|column| (column.clone(), strata(study, column))).collect();
        let quality = inputs.quality.rows().into_iter();
        Metabolites {
            analytes: analytes(inputs),
            predictors,
            before,
            strata,
            rsd: quality.filter_map(|row| Some((row.analyte, row.qc_rsd?))).collect(),
        }
    }

    /// The same where each participant has the metabolites, gaps and all, of the one that `donors` names.
    pub fn reordered(&self, donors: &[u32]) -> Self {
        let give = |column: &Column| donors.iter().map(|donor| column[*donor as usize]).collect();
        let all = |columns: &BTreeMap<(String, String), Column>| {
            columns.iter().map(|(key, column)| (key.clone(), give(column))).collect()
        };
        Metabolites {
            analytes: self.analytes.clone(),
            predictors: all(&self.predictors),
            before: all(&self.before),
            strata: self.strata.clone(),
            rsd: self.rsd.clone(),
        }
    }

    /// Every question: each model on each of its outcomes, in each stratum, for each analyte.
    pub fn questions<'a>(&'a self, params: &'a Params) -> Vec<Question<'a>> {
        let mut questions = Vec::new();
        for (name, model) in &params.models {
            for outcome in &model.outcomes {
                for stratum in self.strata_of(model) {
                    let one = |analyte: &'a String| self.question(name, model, outcome, stratum, analyte);
                    questions.extend(self.analytes.iter().map(one));
                }
            }
        }
        questions
    }

    fn strata_of<'a>(&'a self, model: &Model) -> Vec<Option<&'a Stratum>> {
        match &model.strata {
            None => vec![None],
            Some(column) => self.strata.get(column).into_iter().flatten().map(Some).collect(),
        }
    }

    fn question<'a>(
        &'a self,
        name: &'a str,
        model: &'a Model,
        outcome: &'a str,
        stratum: Option<&'a Stratum>,
        analyte: &'a String,
    ) -> Question<'a> {
        let column =
            |predictor: &Predictor| self.predictors.get(&(predictor.label(), analyte.clone())).map(Vec::as_slice);
        let asks_before = model.covariates.iter().any(|covariate| covariate.column() == BASELINE_LEVEL);
        let change = model.predictor.iter().find(|predictor| matches!(predictor, Predictor::Change { .. }));
        let before = change.filter(|_| asks_before);
        let before = before.and_then(|predictor| self.before.get(&(predictor.label(), analyte.clone())));
        Question {
            name,
            model,
            outcome,
            analyte,
            stratum,
            predictors: model.predictor.iter().map(column).collect(),
            baseline_level: before.map(Vec::as_slice),
            noise: model.predictor.iter().filter_map(|predictor| self.noise(predictor, analyte)).collect(),
        }
    }

    /// The SD that two measurements' noise gives a relative change near none: `√2 · RSD`, in the change's own unit.
    fn noise(&self, predictor: &Predictor, analyte: &str) -> Option<(String, f64)> {
        let Predictor::Change { measure, .. } = predictor else { return None };
        let per_unit = match measure.as_str() {
            "percent" => 100.0,
            "ratio" | "ln_ratio" => 1.0,
            "log2_ratio" => 1.0 / std::f64::consts::LN_2,
            // A difference has the unit of its scale, on which the RSD says nothing.
            _ => return None,
        };
        Some((predictor.label(), std::f64::consts::SQRT_2 * self.rsd.get(analyte)? * per_unit))
    }
}

fn strata(study: &Study, column: &str) -> Vec<Stratum> {
    let codes = study.codes(column);
    let stratum = |(code, level): (usize, String)| Stratum {
        label: format!("{column}={level}"),
        members: codes.iter().map(|of| *of == Some(code)).collect(),
    };
    study.levels(column).into_iter().enumerate().map(stratum).collect()
}

/// The changes by one measure; of the named contrast, or of the only one that has the measure.
fn changes(
    inputs: &Inputs,
    measure: &str,
    contrast: Option<&str>,
    what: &str,
    study: &Study,
) -> BTreeMap<String, Column> {
    let table = &inputs.changes;
    let (who, analytes) = (table.column::<String>("participant_id"), table.column::<String>("analyte"));
    let (measures, values) = (table.column::<String>("measure"), table.column::<Option<f64>>(what));
    let contrasts = table.column::<String>("contrast");
    let which = measures.iter().zip(&contrasts).map(|(m, c)| m == measure && contrast.is_none_or(|wanted| c == wanted));
    let rows = who.iter().zip(analytes).zip(values).zip(which);
    let wanted = rows.filter(|(_, wanted)| *wanted).map(|(((who, analyte), value), _)| (who.as_str(), analyte, value));
    spread(wanted, study)
}

fn levels(inputs: &Inputs, timepoint: &str, study: &Study) -> BTreeMap<String, Column> {
    let at = inputs.samples.rows().into_iter().filter(|sample| sample.timepoint.as_deref() == Some(timepoint));
    let owner: BTreeMap<String, String> = at.filter_map(|s| Some((s.sample_id, s.participant_id?))).collect();
    let table = &inputs.abundances;
    let (samples, analytes) = (table.column::<String>("sample_id"), table.column::<String>("analyte"));
    let values = table.column::<Option<f64>>("value");
    let rows = samples.iter().zip(analytes).zip(values);
    let wanted = rows.filter_map(|((sample, analyte), value)| Some((owner.get(sample)?.as_str(), analyte, value)));
    spread(wanted, study)
}

fn spread<'a>(rows: impl Iterator<Item = (&'a str, String, Option<f64>)>, study: &Study) -> BTreeMap<String, Column> {
    let mut columns: BTreeMap<String, Column> = BTreeMap::new();
    for (who, analyte, value) in rows {
        let column = columns.entry(analyte).or_insert_with(|| vec![None; study.participants.len()]);
        if let Ok(row) = study.participants.binary_search_by(|name| name.as_str().cmp(who)) {
            column[row] = value;
        }
    }
    columns
}

/// Every analyte that any table of the screen knows, so that one without a value still has its row.
fn analytes(inputs: &Inputs) -> BTreeSet<String> {
    let known = inputs.abundances.column::<String>("analyte").into_iter();
    known.chain(inputs.changes.column::<String>("analyte")).collect()
}
