//! k nearest neighbours.
//!
//! With analytes as neighbours: the distance of two analytes is their mean squared difference over the training samples
//! that have both; an analyte's k nearest are chosen among all others, once; a gap receives the mean of those of them
//! that the sample has, and where it has none, the sample's mean. So analytes must be on one level: centre them before (`scale`,
//! auto or center). A logarithm alone is not enough: levels that differed by a factor then differ by a constant, and a mean
//! of neighbours of another level is no value of the analyte. Source: Troyanskaya 2001, 10.1093/bioinformatics/17.6.520; the limits `rowmax` and
//! `colmax`, and the means beyond them, are those of R's impute.knn.

use std::collections::BTreeMap;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nearest::{nearest, nearest_to};
use super::{Filled, gaps, put_all};
use crate::statistics::descriptive;
use crate::statistics::normalization::blocks::{each_of, each_row};
use crate::statistics::normalization::{Remark, State, StepError, StepNote};

/// What a neighbour is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Neighbours {
    /// Another analyte, by its values in the training samples.
    #[default]
    Analytes,
    /// Another training sample, by its analytes.
    Samples,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    pub k: usize,
    pub rowmax: f64,
    pub colmax: f64,
}

/// Who is near.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedKnn {
    Analytes {
        settings: Settings,
        /// Of each analyte with gaps and not too many of them.
        near: BTreeMap<usize, Vec<usize>>,
        /// Analytes that have not too many gaps.
        good: Vec<usize>,
    },
    Samples {
        settings: Settings,
        /// Training samples that have not too many gaps, by their analytes in the order of the step.
        names: Vec<String>,
        rows: Vec<Vec<f64>>,
    },
}

impl FittedKnn {
    /// # Errors
    /// A sample (an analyte, where samples are the neighbours) has more gaps than `colmax`.
    pub(super) fn fit(
        place: usize,
        state: &State<'_>,
        study: &[usize],
        settings: Settings,
        neighbours: Neighbours,
    ) -> Result<FittedKnn, StepError> {
        let analytes = state.analytes();
        let by_row = each_of(&state.grid, &analytes, study, |_, row| missing(row));
        let columns: Vec<Vec<f64>> = analytes.iter().map(|&a| pick(state.grid.column(a), study)).collect();
        let by_column: Vec<usize> = columns.par_iter().map(|column| missing(column)).collect();
        let name_row = |at: usize| state.grid.samples[study[at]].as_str();
        let name_column = |at: usize| state.grid.analytes[analytes[at]].as_str();
        let (p, n) = (analytes.len(), study.len());
        match neighbours {
            Neighbours::Analytes => {
                refuse_sparse(place, "sample", &by_row, settings.colmax * p as f64, name_row)?;
                let limit = (settings.rowmax * n as f64).floor();
                let good: Vec<usize> = (0..p).filter(|&at| by_column[at] as f64 <= limit).collect();
                Ok(learn_analytes(state, settings, &analytes, &columns, good))
            }
            Neighbours::Samples => {
                refuse_sparse(place, "analyte", &by_column, settings.colmax * n as f64, name_column)?;
                let limit = (settings.rowmax * p as f64).floor();
                let good: Vec<usize> = (0..n).filter(|&at| by_row[at] as f64 <= limit).map(|at| study[at]).collect();
                let names = good.iter().map(|&row| state.grid.samples[row].clone()).collect();
                let rows = each_of(&state.grid, &analytes, &good, |_, row| row.to_vec());
                Ok(FittedKnn::Samples { settings, names, rows })
            }
        }
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        match self {
            FittedKnn::Analytes { settings, near, good } => apply_analytes(state, settings, near, good),
            FittedKnn::Samples { settings, names, rows } => apply_samples(state, settings, names, rows),
        }
    }
}

fn missing(values: &[f64]) -> usize {
    values.iter().filter(|value| value.is_nan()).count()
}

fn pick(column: &[f64], rows: &[usize]) -> Vec<f64> {
    rows.iter().map(|&row| column[row]).collect()
}

fn refuse_sparse<'a>(
    place: usize,
    what: &str,
    gaps: &[usize],
    limit: f64,
    name: impl Fn(usize) -> &'a str,
) -> Result<(), StepError> {
    let sparse: Vec<String> = gaps
        .iter()
        .enumerate()
        .filter(|(_, gaps)| **gaps as f64 > limit)
        .map(|(at, _)| format!("`{}`", name(at)))
        .collect();
    if sparse.is_empty() {
        return Ok(());
    }
    const SHOWN: usize = 10;
    let more = if sparse.len() > SHOWN { format!(" and {} more", sparse.len() - SHOWN) } else { String::new() };
    let shown = sparse[..sparse.len().min(SHOWN)].join(", ");
    Err(StepError {
        step: place,
        setting: "impute.colmax",
        code: "too_many_missing",
        message: format!("more values are missing than `colmax` allows in {what} {shown}{more}"),
        remedy: format!("leave the {what} out in qc (max_missing), or raise `colmax`"),
    })
}

fn learn_analytes(
    state: &State<'_>,
    settings: Settings,
    analytes: &[usize],
    columns: &[Vec<f64>],
    good: Vec<usize>,
) -> FittedKnn {
    let candidates: Vec<&[f64]> = good.iter().map(|&at| columns[at].as_slice()).collect();
    let good: Vec<usize> = good.into_iter().map(|at| analytes[at]).collect();
    let has_gap = |at: &usize| state.grid.column(good[*at]).iter().any(|value| value.is_nan());
    let wanted: Vec<usize> = (0..good.len()).filter(has_gap).collect();
    let lists = nearest(&candidates, &wanted, settings.k);
    let named = |list: Vec<usize>| list.into_iter().map(|at| good[at]).collect();
    let near = wanted.iter().map(|&at| good[at]).zip(lists.into_iter().map(named)).collect();
    FittedKnn::Analytes { settings, near, good }
}

/// Says which analytes received values of another level than their own.
///
/// METHOD: the mean of what was put in lies more than ten standard deviations of the measured values from their mean.
fn far_from_measured(state: &State<'_>, found: &[Filled]) -> Option<Remark> {
    let rows: Vec<usize> = (0..state.grid.samples.len()).collect();
    let is_far = |Filled { analyte, values }: &&Filled| {
        let measured = state.measured(*analyte, &rows);
        let apart = (mean(values.iter().map(|(_, value)| *value)) - mean(measured.iter().copied())).abs();
        descriptive::sd(&measured).is_some_and(|sd| apart > 10.0 * sd)
    };
    let far: Vec<&str> =
        found.iter().filter(is_far).map(|filled| state.grid.analytes[filled.analyte].as_str()).collect();
    let first = far.first()?;
    Some(Remark {
        code: "imputed_far_off",
        subject: (*first).to_owned(),
        message: format!(
            "{} analytes received values more than ten standard deviations from their measured mean, since their \
             neighbours lie on another level: {}",
            far.len(),
            far.join(", ")
        ),
        hint: "centre the analytes before (`scale: {method: auto}`); a logarithm alone is not enough",
    })
}

fn apply_analytes(
    state: &mut State<'_>,
    settings: &Settings,
    near: &BTreeMap<usize, Vec<usize>>,
    good: &[usize],
) -> StepNote {
    let (analytes, grid) = (state.analytes(), &state.grid);
    let limit = settings.colmax * analytes.len() as f64;
    let sparse: Vec<bool> = each_row(grid, &analytes, |_, row| missing(row) as f64 > limit);
    let means = each_row(grid, good, |_, row| mean(row.iter().copied()));
    let of = |&analyte: &usize| {
        let near = near.get(&analyte).map_or(&[][..], Vec::as_slice);
        let value = |row: usize| match mean(near.iter().map(|&other| grid.get(row, other))) {
            _ if sparse[row] => f64::NAN,
            value if value.is_nan() => means[row],
            value => value,
        };
        Filled { analyte, values: gaps(state, analyte).into_iter().map(|row| (row, value(row))).collect() }
    };
    let found: Vec<Filled> = analytes.par_iter().map(of).collect();
    let far = far_from_measured(state, &found);
    let mut note = put_all(state, "knn", found, "no neighbour and no mean is there in the sample");
    note.detail = format!("{}; k = {}, neighbours are analytes", note.detail, settings.k);
    note.remarks.extend(far);
    let names = sparse.iter().zip(&state.grid.samples).filter(|(sparse, _)| **sparse).map(|(_, name)| name);
    note.remarks.extend(names.map(|name| too_sparse(name)));
    note
}

fn apply_samples(state: &mut State<'_>, settings: &Settings, names: &[String], rows: &[Vec<f64>]) -> StepNote {
    let (analytes, grid) = (state.analytes(), &state.grid);
    let limit = (settings.rowmax * analytes.len() as f64).floor();
    let training: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let means: Vec<f64> =
        (0..analytes.len()).into_par_iter().map(|at| mean(training.iter().map(|row| row[at]))).collect();
    let filled = each_row(grid, &analytes, |row, values| {
        let few = missing(values);
        let itself = names.iter().position(|name| *name == grid.samples[row]);
        let near = match few {
            0 => return Vec::new(),
            few if few as f64 > limit => Vec::new(),
            _ => nearest_to(values, &training, itself, settings.k),
        };
        let value = |at: usize| match mean(near.iter().map(|&other| training[other][at])) {
            value if value.is_nan() => means[at],
            value => value,
        };
        (0..values.len()).filter(|&at| values[at].is_nan()).map(|at| (at, value(at))).collect::<Vec<_>>()
    });
    let mut found: Vec<Filled> = analytes.iter().map(|&analyte| Filled { analyte, values: Vec::new() }).collect();
    for (row, values) in filled.into_iter().enumerate() {
        values.into_iter().for_each(|(at, value)| found[at].values.push((row, value)));
    }
    let mut note = put_all(state, "knn", found, "no neighbour and no training sample has the analyte");
    note.detail = format!("{}; k = {}, neighbours are samples", note.detail, settings.k);
    note
}

/// The mean of the values that are there, NaN where none is.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    for value in values.filter(|value| !value.is_nan()) {
        (sum, count) = (sum + value, count + 1);
    }
    sum / count as f64
}

fn too_sparse(sample: &str) -> Remark {
    Remark {
        code: "sample_not_imputed",
        subject: sample.to_owned(),
        message: "more of its values are missing than `colmax` allows; they stay missing".to_owned(),
        hint: "look at the sample; where study samples teach, such a one would be an error",
    }
}

/// The end of the methods sentence.
pub(super) fn sentence(k: u32, neighbours: Neighbours, rowmax: f64) -> String {
    let rowmax = 100.0 * rowmax;
    let (by, over, beyond) = match neighbours {
        Neighbours::Analytes => ("analytes", "study samples in which both are there", "analyte with more than"),
        Neighbours::Samples => ("study samples", "analytes that both have", "sample with more than"),
    };
    let mean = if neighbours == Neighbours::Analytes { "sample's mean" } else { "analyte's mean" };
    format!(
        "replaced by the mean of the {k} nearest {by} (Troyanskaya 2001, 10.1093/bioinformatics/17.6.520; mean squared \
         difference over the {over}), or by the {mean} in any {beyond} {rowmax} % missing and where no neighbour had a value"
    )
}
