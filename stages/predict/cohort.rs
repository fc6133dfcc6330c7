//! Who is predicted: the participants with the outcome, every covariate and, where metabolites are used, both samples.

use crate::study::{Study, Values};

use super::features::Measured;
use super::params::Params;

/// One outcome's participants; the same for every set of features, so that their numbers can be compared.
pub struct Cohort {
    pub outcome: String,
    pub people: Vec<String>,
    pub y: Vec<f64>,
    /// The covariates of these participants, without gaps.
    pub covariates: Vec<(String, Values)>,
    /// Who of the study is left out.
    pub others: Vec<String>,
}

impl Cohort {
    pub fn new(params: &Params, outcome: &str, study: &Study, measured: Option<&Measured>) -> Self {
        let values = study.outcome(outcome);
        let named = params.covariates.iter();
        let covariates: Vec<(String, Values)> =
            named.filter_map(|name| Some((name.clone(), study.covariate(name, outcome)?))).collect();
        let complete = |row: &usize| {
            values[*row].is_some_and(f64::is_finite)
                && covariates.iter().all(|(_, values)| values.is_known(*row))
                && measured.is_none_or(|measured| measured.has_both(&study.participants[*row]))
        };
        let rows: Vec<usize> = (0..values.len()).filter(complete).collect();
        Cohort {
            outcome: outcome.to_owned(),
            people: rows.iter().map(|&row| study.participants[row].clone()).collect(),
            y: rows.iter().filter_map(|&row| values[row]).collect(),
            covariates: covariates.into_iter().map(|(name, values)| (name, values.keep(&rows))).collect(),
            others: study.others(&rows, |_| true).into_iter().map(str::to_owned).collect(),
        }
    }
}
