//! The studies that are drawn: thirty participants, a predictor, covariates, an outcome.

use stages::statistics::design::{Design, Variable};
use stages::statistics::random::Stream;

pub const N: usize = 30;

/// A study with one predictor.
pub struct World {
    pub covariates: Vec<(String, Variable)>,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl World {
    /// The design `1 + covariates + x`: the tested term is the last.
    pub fn design(&self) -> Design {
        design(&self.covariates, Some(&self.x))
    }

    /// The design without the tested term.
    pub fn without(&self) -> Design {
        design(&self.covariates, None)
    }
}

/// The design of covariates and, where there is one, a predictor behind them.
pub fn design(covariates: &[(String, Variable)], x: Option<&Vec<f64>>) -> Design {
    let tested = x.map(|x| ("x".to_owned(), Variable::Numeric(x.clone())));
    let variables: Vec<_> = covariates.iter().cloned().chain(tested).collect();
    let n = variables.first().map_or(N, |(_, variable)| variable.len());
    Design::new(n, &variables).expect("continuous columns are no combination of each other")
}

/// Standard normal values, one per participant.
pub fn normals(stream: &mut Stream) -> Vec<f64> {
    (0..N).map(|_| stream.normal()).collect()
}

/// Errors around zero that are skewed, and the wider the farther x is from its middle: `(½ + |x|) (E − 1)`, E
/// exponential of mean 1.
pub fn unequal(stream: &mut Stream, x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| (0.5 + x.abs()) * (-libm::log(stream.uniform()) - 1.0)).collect()
}

/// Three covariates, two numeric and one of two categories, and what they add to a predictor and to an outcome.
pub struct Covariates {
    pub columns: Vec<(String, Variable)>,
    /// Of size 1 or so: the predictor is correlated with the covariates.
    pub pull: Vec<f64>,
    /// The covariates' part in the outcome.
    pub push: Vec<f64>,
}

/// Draws the covariates.
pub fn covariates(stream: &mut Stream) -> Covariates {
    let (age, score) = (normals(stream), normals(stream));
    let sex: Vec<usize> = (0..N).map(|i| i % 2).collect();
    let levels = vec!["female".to_owned(), "male".to_owned()];
    let of = |weights: [f64; 3]| {
        (0..N).map(|i| weights[0] * age[i] + weights[1] * score[i] + weights[2] * sex[i] as f64).collect()
    };
    Covariates {
        pull: of([0.5, 0.3, 0.5]),
        push: of([0.5, -0.5, 0.5]),
        columns: vec![
            ("age".to_owned(), Variable::Numeric(age)),
            ("score".to_owned(), Variable::Numeric(score)),
            ("sex".to_owned(), Variable::Category { codes: sex, levels }),
        ],
    }
}

/// Element-wise sums.
pub fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// A column times a number.
pub fn times(factor: f64, column: &[f64]) -> Vec<f64> {
    column.iter().map(|value| factor * value).collect()
}
