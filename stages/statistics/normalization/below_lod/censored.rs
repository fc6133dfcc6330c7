//! Left-censored normal distribution of an analyte's logarithms, by maximum likelihood.
//!
//! Each analyte's ln x is taken for normal with mean μ and standard deviation σ; a value below the limit of detection L
//! tells only that x < L. The likelihood is `Σ ln φ((ln x - μ)/σ)/σ + m ln Φ((ln L - μ)/σ)` (Tobin 1958, 10.2307/1907382,
//! without covariates). What is put in is the expectation below the limit, `E[x | x < L]`, or a draw from there.
//!
//! A single imputation: the mean makes the values below the limit equal, and either way what follows treats them as
//! measured, so its standard errors are too small where many values lie below the limit. It takes the logarithms for
//! normal and the limit for exact.

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::statistics::descriptive;
use crate::statistics::normalization::{Remark, State, StepNote};
use crate::statistics::random::Stream;
use crate::statistics::tails::{normal_quantile, normal_sf};

/// What is put in below the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// The expectation below the limit.
    #[default]
    Mean,
    /// A draw from the distribution below the limit, fixed by the seed.
    Draw,
}

impl Fill {
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Fill::Mean => {
                "were replaced by their expectation below that limit under a normal distribution of the analyte's \
                 logarithms, fitted to the study samples by left-censored maximum likelihood (Tobin 1958, 10.2307/1907382)"
            }
            Fill::Draw => {
                "were replaced by draws below that limit from a normal distribution of the analyte's logarithms, fitted to \
                 the study samples by left-censored maximum likelihood (Tobin 1958, 10.2307/1907382)"
            }
        }
    }
}

/// A normal distribution of logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogNormal {
    pub mean: f64,
    pub sd: f64,
}

/// Each analyte's distribution; none where the study samples do not determine it.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedCensored {
    laws: Vec<Option<LogNormal>>,
    fill: Fill,
    seed: u64,
}

impl LogNormal {
    /// The maximum-likelihood estimate from logarithms, and `censored` more of which only `< limit` is known.
    ///
    /// In `γ = 1/σ` and `δ = μ/σ` the likelihood is concave (Olsen 1978, 10.2307/1913082), so Newton's method with
    /// halved steps reaches its one summit. None with fewer than two different logarithms.
    pub fn fit(logs: &[f64], limit: f64, censored: usize) -> Option<LogNormal> {
        let sd = descriptive::sd(logs).filter(|sd| *sd > 0.0)?;
        let center = descriptive::mean(logs)?;
        // On standardized logarithms the start is at δ = 0, γ = 1.
        let z: Vec<f64> = logs.iter().map(|log| (log - center) / sd).collect();
        let (limit, m) = ((limit - center) / sd, censored as f64);
        let mut x = [0.0, 1.0];
        let mut here = Likelihood::at(&z, limit, m, x)?;
        for _ in 0..100 {
            let step = here.newton()?;
            let mut length = 1.0;
            let next = loop {
                let to = [x[0] + length * step[0], x[1] + length * step[1]];
                match Likelihood::at(&z, limit, m, to).filter(|next| next.value >= here.value) {
                    Some(next) => break Some((to, next)),
                    None if length < 1e-10 => break None,
                    None => length *= 0.5,
                }
            };
            let Some((to, next)) = next else { break };
            let moved = (to[0] - x[0]).abs().max((to[1] - x[1]).abs());
            (x, here) = (to, next);
            if moved < 1e-14 * (1.0 + x[0].abs() + x[1].abs()) {
                break;
            }
        }
        let found = LogNormal { mean: center + sd * x[0] / x[1], sd: sd / x[1] };
        (found.mean.is_finite() && found.sd.is_finite()).then_some(found)
    }

    /// `E[x | x < L] = exp(μ + σ²/2) Φ((ln L - μ)/σ - σ) / Φ((ln L - μ)/σ)`.
    pub fn mean_below(&self, limit: f64) -> f64 {
        let z = (limit - self.mean) / self.sd;
        libm::exp(self.mean + 0.5 * self.sd * self.sd) * normal_sf(self.sd - z) / normal_sf(-z)
    }

    /// The value at a share `u` of the part below the limit.
    pub fn below(&self, limit: f64, u: f64) -> f64 {
        let share = normal_sf(-(limit - self.mean) / self.sd);
        libm::exp(self.mean + self.sd * normal_quantile(u * share))
    }
}

/// The log-likelihood in δ and γ with its derivatives.
struct Likelihood {
    value: f64,
    slope: [f64; 2],
    /// δδ, δγ, γγ.
    curve: [f64; 3],
}

impl Likelihood {
    fn at(z: &[f64], limit: f64, censored: f64, [delta, gamma]: [f64; 2]) -> Option<Likelihood> {
        if gamma <= 0.0 {
            return None;
        }
        let n = z.len() as f64;
        let mut l =
            Likelihood { value: n * libm::log(gamma), slope: [0.0, n / gamma], curve: [-n, 0.0, -n / (gamma * gamma)] };
        for z in z {
            let residual = gamma * z - delta;
            l.value -= 0.5 * residual * residual;
            l.slope[0] += residual;
            l.slope[1] -= residual * z;
            l.curve[1] += z;
            l.curve[2] -= z * z;
        }
        if censored > 0.0 {
            let a = gamma * limit - delta;
            let below = normal_sf(-a);
            let mills = libm::exp(-0.5 * a * a) / (2.0 * std::f64::consts::PI).sqrt() / below;
            let bend = -mills * (mills + a);
            l.value += censored * libm::log(below);
            l.slope[0] -= censored * mills;
            l.slope[1] += censored * mills * limit;
            l.curve[0] += censored * bend;
            l.curve[1] -= censored * bend * limit;
            l.curve[2] += censored * bend * limit * limit;
        }
        l.value.is_finite().then_some(l)
    }

    fn newton(&self) -> Option<[f64; 2]> {
        let [dd, dg, gg] = self.curve;
        let determinant = dd * gg - dg * dg;
        let step = [
            (dg * self.slope[1] - gg * self.slope[0]) / determinant,
            (dg * self.slope[0] - dd * self.slope[1]) / determinant,
        ];
        (determinant > 0.0 && step.iter().all(|s| s.is_finite())).then_some(step)
    }
}

impl FittedCensored {
    pub(super) fn fit(state: &State<'_>, study: &[usize], fill: Fill) -> FittedCensored {
        let law = |analyte: usize| -> Option<LogNormal> {
            let limit = state.sheet.lod(analyte).filter(|lod| *lod > 0.0).map(libm::log)?;
            let below = |row: &&usize| state.sheet.is_below_lod(**row, analyte);
            let censored = study.iter().filter(below).count();
            // METHOD: a value of zero or less that is not marked as below the limit has no logarithm and does not teach.
            let measured = study.iter().filter(|row| !below(row)).map(|&row| state.grid.get(row, analyte));
            let logs: Vec<f64> = measured.filter(|value| *value > 0.0).map(libm::log).collect();
            if logs.len() < 3 { None } else { LogNormal::fit(&logs, limit, censored) }
        };
        let laws = (0..state.grid.analytes.len()).into_par_iter().map(law).collect();
        FittedCensored { laws, fill, seed: state.seed }
    }

    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let samples = state.grid.samples.clone();
        let analytes = state.grid.analytes.clone();
        let substitute = |lod: Option<f64>, row: usize, analyte: usize| {
            let law = self.laws.get(analyte).copied().flatten()?;
            let limit = libm::log(lod.filter(|lod| *lod > 0.0)?);
            let value = match self.fill {
                Fill::Mean => law.mean_below(limit),
                Fill::Draw => {
                    let (sample, analyte) = (&samples[row], &analytes[analyte]);
                    let name = format!("normalize/below_lod/censored_ml/{}:{sample}/{analyte}", sample.len());
                    law.below(limit, Stream::new(self.seed, &name, 0).uniform())
                }
            };
            // Where the limit lies so deep in the tail that the computer sees nothing below it, the limit is what is left.
            Some(if value.is_finite() { value } else { libm::exp(limit) })
        };
        let mut note = super::replace(state, "censored_ml", substitute, &not_fitted);
        let mut sds: Vec<f64> = self.laws.iter().flatten().map(|law| law.sd).collect();
        note.detail = format!("{}; median σ of the logarithms {}", note.detail, super::shown(&mut sds));
        note
    }
}

fn not_fitted(analyte: &str, values: usize) -> Remark {
    Remark {
        code: "not_fitted",
        subject: analyte.to_owned(),
        message: format!(
            "{values} values below the limit of detection stay as they are: the panel gives no limit, or fewer than three \
             study samples are above it, or these are equal"
        ),
        hint: "give the analyte's lod in the panel, or leave out analytes that are hardly ever detected",
    }
}
