//! The bootstrap by participant: resamples, refits, and intervals that assume no distribution of the errors.
//!
//! [`resamples`] draws who is in; [`gaussian`] refits many least-squares tests that share rows, outcome and covariates
//! by one matrix product; [`refit`] refits anything else; [`acceleration`] is the skewness that the jackknife sees; and
//! [`interval`] turns replicates into percentile and BCa limits.
//!
//! Participants are resampled with everything measured in them, so neither equal variances nor normal errors are
//! assumed. Residuals are never resampled, since that would assume both. It makes no p-value: a test is the business
//! of the model or of a permutation. Nor are there studentized or basic limits, which are not kept by a
//! transformation of the estimate, as BCa limits are.
//!
//! Sources: Efron 1987, 10.1080/01621459.1987.10478410; DiCiccio & Efron 1996, 10.1214/ss/1032280214; Davison &
//! Hinkley 1997, 10.1017/CBO9780511802843, chapter 5.

pub mod acceleration;
mod cholesky;
pub mod gaussian;
pub mod interval;
#[cfg(test)]
mod interval_tests;
pub mod refit;
#[cfg(test)]
mod refit_tests;
pub mod resamples;
mod residual;

pub use acceleration::acceleration;
pub use gaussian::Group;
pub use interval::{Interval, Replicates};
pub use refit::{jackknife, replicates};
pub use resamples::{Resamples, Strata};

/// Why there are no replicates or no limits.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BootstrapError {
    #[error("{found} rows where the design has {expected}")]
    RowsDiffer { found: usize, expected: usize },
    #[error("the outcome or a predictor holds a value that is not finite")]
    NotFinite,
    #[error("no draws were made")]
    NoDraws,
    #[error("{failed} of {draws} refits failed")]
    RefitsFailed { failed: usize, draws: usize },
    #[error("{below} of {kept} replicates are below the estimate, so that its bias has no measure")]
    OneSided { below: usize, kept: usize },
    #[error("the estimate without one of the participants is undefined, or is the same without any of them")]
    NoAcceleration,
    #[error("the acceleration {acceleration} is too large for limits at this confidence")]
    Accelerated { acceleration: f64 },
    #[error("the confidence {confidence} is not between 0 and 1")]
    Confidence { confidence: f64 },
}
