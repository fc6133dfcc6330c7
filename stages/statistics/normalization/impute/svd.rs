//! Iterative SVD: a gap receives what the components that analytes share say of it.
//!
//! The model is `x_ik = μ_k + Σ_c s_ic v_kc`, fitted by least squares to the values that are there: given the loadings v,
//! a sample's scores s are a regression of its values on them; given the scores, μ and v of an analyte are a regression
//! of its values on these. What stays the same under both is also what does not change when gaps are filled, an SVD
//! taken and gaps filled again (Troyanskaya 2001, 10.1093/bioinformatics/17.6.520), and is reached sooner. μ and v are
//! learned from the training samples; any sample's scores follow from these and itself.

use rayon::prelude::*;

use super::{Filled, put_all};
use crate::statistics::cholesky::Cholesky;
use crate::statistics::normalization::blocks::{each_of, each_row};
use crate::statistics::normalization::{Remark, State, StepError, StepNote};
use crate::statistics::random::Stream;

const ITERATIONS: usize = 500;
/// The root mean square change of the filled values, relative to theirs, at which the iterations end.
const TOLERANCE: f64 = 1e-11;
/// The share of the first component's length at which another is rounding.
const NIL: f64 = 1e-13;

/// What analytes share.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedSvd {
    /// By analyte of the step; none where the training samples have too few of its values.
    model: Vec<Option<Analyte>>,
    components: usize,
    converged: bool,
}

/// The centre and the loadings of one analyte.
#[derive(Debug, Clone, PartialEq)]
pub struct Analyte {
    pub center: f64,
    pub loadings: Vec<f64>,
}

impl FittedSvd {
    /// # Errors
    /// Fewer training samples or analytes than the components need.
    pub(super) fn fit(
        place: usize,
        state: &State<'_>,
        study: &[usize],
        components: usize,
    ) -> Result<FittedSvd, StepError> {
        let analytes = state.analytes();
        let rows = each_of(&state.grid, &analytes, study, |_, row| row.to_vec());
        learn(rows, components).ok_or_else(|| StepError {
            step: place,
            setting: "impute.components",
            code: "too_few_values",
            message: format!("{components} components need more samples and more analytes that have values"),
            remedy: "ask for fewer components, or leave sparse analytes and samples out in qc".to_owned(),
        })
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let analytes = state.analytes();
        let filled = each_row(&state.grid, &analytes, |_, row| self.fill(row));
        let mut found: Vec<Filled> = analytes.iter().map(|&analyte| Filled { analyte, values: Vec::new() }).collect();
        for (row, values) in filled.into_iter().enumerate() {
            values.into_iter().for_each(|(at, value)| found[at].values.push((row, value)));
        }
        let mut note = put_all(state, "svd", found, "the analyte or the sample has too few values for the components");
        note.detail = format!("{}; {} components", note.detail, self.components);
        if !self.converged {
            note.remarks.push(not_converged());
        }
        note
    }

    /// What the gaps of a row receive, by place.
    fn fill(&self, row: &[f64]) -> Vec<(usize, f64)> {
        let missing: Vec<usize> = (0..row.len()).filter(|&at| row[at].is_nan()).collect();
        let scores = if missing.is_empty() { None } else { scores(row, &self.model, self.components) };
        let value = |at: usize| match (&scores, &self.model[at]) {
            (Some(scores), Some(analyte)) => analyte.predict(scores),
            _ => f64::NAN,
        };
        missing.into_iter().map(|at| (at, value(at))).collect()
    }
}

impl Analyte {
    fn predict(&self, scores: &[f64]) -> f64 {
        self.center + self.loadings.iter().zip(scores).map(|(v, s)| v * s).sum::<f64>()
    }
}

/// Learns centres and loadings from samples (rows), each with the same analytes; NaN is missing.
pub fn learn(rows: Vec<Vec<f64>>, components: usize) -> Option<FittedSvd> {
    let width = rows.first()?.len();
    let rows: Vec<Vec<f64>> = rows.into_iter().filter(|row| there(row) > components).collect();
    let columns: Vec<Vec<f64>> =
        (0..width).into_par_iter().map(|at| rows.iter().map(|row| row[at]).collect()).collect();
    let usable = columns.iter().filter(|column| there(column) > components + 1).count();
    if usable <= components {
        return None;
    }
    let (mut model, mut components) = first_guess(&rows, &columns, components);
    let (mut before, mut converged): (Vec<Vec<(usize, f64)>>, bool) = (Vec::new(), false);
    for _ in 0..ITERATIONS {
        // One and the scores; a sample whose scores are undetermined teaches nothing in this round.
        let terms = |row: &Vec<f64>| scores(row, &model, components).map(|found| [vec![1.0], found].concat());
        let terms: Vec<Option<Vec<f64>>> = rows.par_iter().map(terms).collect();
        model = columns.par_iter().map(|column| regress(column, &terms, components)).collect();
        components = orthonormalize(&mut model, components);
        let now = FittedSvd { model, components, converged: true };
        let filled: Vec<Vec<(usize, f64)>> = rows.par_iter().map(|row| now.fill(row)).collect();
        model = now.model;
        converged = !before.is_empty() && change(&before, &filled) <= TOLERANCE;
        if converged {
            break;
        }
        before = filled;
    }
    Some(FittedSvd { model, components, converged })
}

fn there(values: &[f64]) -> usize {
    values.iter().filter(|value| !value.is_nan()).count()
}

/// The root mean square change relative to the root mean square value.
fn change(before: &[Vec<(usize, f64)>], now: &[Vec<(usize, f64)>]) -> f64 {
    let pairs = || before.iter().flatten().zip(now.iter().flatten()).filter(|(old, new)| (old.1 - new.1).is_finite());
    let moved: f64 = pairs().map(|(old, new)| (new.1 - old.1) * (new.1 - old.1)).sum();
    let size: f64 = pairs().map(|(_, new)| new.1 * new.1).sum();
    if moved == 0.0 { 0.0 } else { (moved / size).sqrt() }
}

/// The loadings of the matrix whose gaps are filled with the analytes' means, by subspace iteration; and how many
/// components there are.
fn first_guess(rows: &[Vec<f64>], columns: &[Vec<f64>], mut components: usize) -> (Vec<Option<Analyte>>, usize) {
    let mean = |column: &[f64]| column.iter().filter(|value| !value.is_nan()).sum::<f64>() / there(column) as f64;
    let start = |(at, column): (usize, &Vec<f64>)| {
        // METHOD: the start of the search has a fixed seed, since what it finds does not depend on it.
        let mut stream = Stream::new(0, "normalize/impute/svd/start", at as u64);
        let enough = there(column) > components + 1;
        enough.then(|| Analyte { center: mean(column), loadings: (0..components).map(|_| stream.normal()).collect() })
    };
    let mut model: Vec<Option<Analyte>> = columns.iter().enumerate().map(start).collect();
    components = orthonormalize(&mut model, components);
    for _ in 0..50 {
        let score = |row: &Vec<f64>| {
            let mut scores = vec![0.0; components];
            for (analyte, value) in model.iter().zip(row).filter_map(|(a, value)| Some((a.as_ref()?, value))) {
                if !value.is_nan() {
                    let value = value - analyte.center;
                    scores.iter_mut().zip(&analyte.loadings).for_each(|(score, v)| *score += v * value);
                }
            }
            scores
        };
        let scores: Vec<Vec<f64>> = rows.par_iter().map(score).collect();
        model.par_iter_mut().zip(columns).for_each(|(analyte, column)| {
            if let Some(analyte) = analyte {
                analyte.loadings.fill(0.0);
                for (value, scores) in column.iter().zip(&scores).filter(|(value, _)| !value.is_nan()) {
                    let value = value - analyte.center;
                    analyte.loadings.iter_mut().zip(scores).for_each(|(v, score)| *v += score * value);
                }
            }
        });
        components = orthonormalize(&mut model, components);
    }
    (model, components)
}

/// A sample's scores: the least-squares coefficients of its centred values on the loadings.
fn scores(row: &[f64], model: &[Option<Analyte>], components: usize) -> Option<Vec<f64>> {
    let pairs = row.iter().zip(model).filter(|(value, _)| !value.is_nan());
    let pairs =
        pairs.filter_map(|(value, analyte)| analyte.as_ref().map(|a| (value - a.center, a.loadings.as_slice())));
    solve(pairs, components)
}

/// An analyte's centre and loadings: the coefficients of its values on one and the scores.
fn regress(column: &[f64], terms: &[Option<Vec<f64>>], components: usize) -> Option<Analyte> {
    if there(column) <= components + 1 {
        return None;
    }
    let pairs = column.iter().zip(terms).filter(|(value, _)| !value.is_nan());
    let pairs = || pairs.clone().filter_map(|(value, terms)| Some((*value, terms.as_deref()?)));
    // METHOD: where the last scores are a combination of those before, they explain nothing more and their loading is zero.
    let mut found = (1..=components + 1).rev().find_map(|terms| solve(pairs(), terms))?;
    found.resize(components + 1, 0.0);
    Some(Analyte { center: found[0], loadings: found[1..].to_vec() })
}

/// Least squares by the normal equations; none where there are too few values or they are collinear.
fn solve<'a>(pairs: impl Iterator<Item = (f64, &'a [f64])>, terms: usize) -> Option<Vec<f64>> {
    let (mut gram, mut right, mut count) = (vec![0.0; terms * terms], vec![0.0; terms], 0);
    for (value, row) in pairs {
        for i in 0..terms {
            right[i] += row[i] * value;
            (0..=i).for_each(|j| gram[i * terms + j] += row[i] * row[j]);
        }
        count += 1;
    }
    let factor = if count >= terms { Cholesky::new(terms, &gram) } else { None };
    factor.map(|factor| factor.solve(&right))
}

/// Makes the columns of the loadings orthogonal and of length one (modified Gram and Schmidt), and counts them.
///
/// METHOD: a column that is nil beside the first (the analytes share fewer components than were asked for) is left out,
/// with those after it.
fn orthonormalize(model: &mut [Option<Analyte>], components: usize) -> usize {
    let mut first = 0.0;
    for c in 0..components {
        for other in 0..c {
            let product: f64 = model.iter().flatten().map(|a| a.loadings[c] * a.loadings[other]).sum();
            model.iter_mut().flatten().for_each(|a| a.loadings[c] -= product * a.loadings[other]);
        }
        let length = model.iter().flatten().map(|a| a.loadings[c] * a.loadings[c]).sum::<f64>().sqrt();
        if c == 0 {
            first = length;
        }
        if c > 0 && length <= NIL * first {
            model.iter_mut().flatten().for_each(|a| a.loadings.truncate(c));
            return c;
        }
        model.iter_mut().flatten().for_each(|a| a.loadings[c] /= length);
    }
    components
}

fn not_converged() -> Remark {
    Remark {
        code: "svd_not_converged",
        subject: "svd".to_owned(),
        message: format!("the filled values still moved after {ITERATIONS} iterations"),
        hint: "ask for fewer components, or leave sparse analytes and samples out in qc",
    }
}

/// The end of the methods sentence.
pub(super) fn sentence(components: u32) -> String {
    format!(
        "replaced by their least-squares approximation with {components} components shared by the analytes (iterative \
         singular value decomposition; Troyanskaya 2001, 10.1093/bioinformatics/17.6.520)"
    )
}
