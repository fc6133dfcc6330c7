//! A design matrix that is named, finite and of full rank by construction.
//!
//! Whoever holds a [`Design`] holds the proof that a fit can be made of it. What cannot be a design says which term is
//! at fault and, for a collinear one, which columns it is a combination of. Categories are treatment-coded against
//! their first level and named as R names them: `sexmale`.

use faer::Mat;

use super::factor::{Dependence, Factor};

/// The name of the constant column.
pub const INTERCEPT: &str = "(Intercept)";

/// One variable, with a value for every observation of the fit.
#[derive(Debug, Clone, PartialEq)]
pub enum Variable {
    Numeric(Vec<f64>),
    /// Level indices and the levels, the reference first.
    Category {
        codes: Vec<usize>,
        levels: Vec<String>,
    },
}

impl Variable {
    pub fn len(&self) -> usize {
        match self {
            Variable::Numeric(values) => values.len(),
            Variable::Category { codes, .. } => codes.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why the columns are not a design.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DesignError {
    #[error("{n} observations for {terms} terms")]
    TooFewObservations { n: usize, terms: usize },
    #[error("{term} does not vary")]
    NoVariation { term: String },
    #[error("{term} holds a value that is not finite")]
    NotFinite { term: String },
    #[error("{term} is a combination of {}", .combination.join(", "))]
    RankDeficient { term: String, combination: Vec<String> },
}

impl DesignError {
    /// The status of a test that could not be made of these columns.
    pub fn status(&self) -> &'static str {
        match self {
            DesignError::TooFewObservations { .. } => "too_few_observations",
            DesignError::NoVariation { .. } => "no_variation",
            DesignError::NotFinite { .. } => "missing_input",
            DesignError::RankDeficient { .. } => "rank_deficient",
        }
    }
}

/// A design matrix with an intercept, n × p, and its factorization.
#[derive(Debug, Clone)]
pub struct Design {
    terms: Vec<String>,
    codings: Vec<Coding>,
    matrix: Mat<f64>,
    factor: Factor,
}

/// How a variable became columns.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Coding {
    Itself,
    /// The levels in use, the reference first.
    Levels(Vec<usize>),
}

impl Design {
    /// Builds the design `1 + variables`, complete cases only.
    ///
    /// Levels of a category that no observation has are dropped, as R's `model.frame` does.
    pub fn new(n: usize, variables: &[(String, Variable)]) -> Result<Self, DesignError> {
        let mut terms = vec![INTERCEPT.to_owned()];
        let mut columns = vec![vec![1.0; n]];
        let codings =
            variables.iter().map(|(name, variable)| Coding::of(name, variable)).collect::<Result<Vec<_>, _>>()?;
        for ((name, variable), coding) in variables.iter().zip(&codings) {
            for (term, column) in code(name, variable, coding) {
                terms.push(term);
                columns.push(column);
            }
        }
        // METHOD: at least one residual degree of freedom; a saturated model has no error to judge by.
        if n <= terms.len() {
            return Err(DesignError::TooFewObservations { n, terms: terms.len() });
        }
        let matrix = Mat::from_fn(n, terms.len(), |i, j| columns[j][i]);
        match Factor::new(&matrix) {
            Ok(factor) => Ok(Design { terms, codings, matrix, factor }),
            Err(dependences) => Err(blame(&terms, &dependences)),
        }
    }

    pub fn n(&self) -> usize {
        self.matrix.nrows()
    }

    /// The number of terms, which is the rank.
    pub fn rank(&self) -> usize {
        self.terms.len()
    }

    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The row that one new observation has in this design; none where a category has a level the design has not seen.
    pub fn row(&self, variables: &[(String, Variable)]) -> Option<Vec<f64>> {
        let mut row = vec![1.0];
        for ((_, variable), coding) in variables.iter().zip(&self.codings) {
            match (variable, coding) {
                (Variable::Numeric(values), Coding::Itself) => row.push(*values.first()?),
                (Variable::Category { codes, .. }, Coding::Levels(used)) => {
                    let code = codes.first().filter(|code| used.contains(code))?;
                    row.extend(used.iter().skip(1).map(|level| indicator(level == code)));
                }
                _ => return None,
            }
        }
        Some(row)
    }

    pub fn matrix(&self) -> &Mat<f64> {
        &self.matrix
    }

    pub fn factor(&self) -> &Factor {
        &self.factor
    }
}

impl Coding {
    /// Decides the coding; refuses what is not finite or does not vary.
    fn of(name: &str, variable: &Variable) -> Result<Self, DesignError> {
        let no_variation = || DesignError::NoVariation { term: name.to_owned() };
        match variable {
            Variable::Numeric(values) => {
                if values.iter().any(|value| !value.is_finite()) {
                    return Err(DesignError::NotFinite { term: name.to_owned() });
                }
                // METHOD: a column that is constant up to rounding is named for what it is, before it would show up
                // as a multiple of the intercept.
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let constant = !values.is_empty() && high - low <= 1e-12 * low.abs().max(high.abs());
                if constant { Err(no_variation()) } else { Ok(Coding::Itself) }
            }
            Variable::Category { codes, levels } => {
                let used: Vec<usize> = (0..levels.len()).filter(|level| codes.contains(level)).collect();
                if used.len() < 2 && !codes.is_empty() { Err(no_variation()) } else { Ok(Coding::Levels(used)) }
            }
        }
    }
}

/// The columns of one variable: itself, or one per level beyond the reference.
fn code(name: &str, variable: &Variable, coding: &Coding) -> Vec<(String, Vec<f64>)> {
    match (variable, coding) {
        (Variable::Category { codes, levels }, Coding::Levels(used)) => {
            let column = |level: &usize| codes.iter().map(|code| indicator(code == level)).collect();
            used.iter().skip(1).map(|level| (format!("{name}{}", levels[*level]), column(level))).collect()
        }
        (Variable::Numeric(values), _) => vec![(name.to_owned(), values.clone())],
        (Variable::Category { .. }, Coding::Itself) => Vec::new(),
    }
}

fn indicator(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Blames the term that came last among the dependent ones, so that a covariate is blamed before the intercept.
fn blame(terms: &[String], dependences: &[Dependence]) -> DesignError {
    let involved = |d: &Dependence| d.combination.iter().copied().chain([d.column]).collect::<Vec<_>>();
    let mut columns = dependences.first().map(involved).unwrap_or_default();
    columns.sort_unstable();
    let term = columns.pop().unwrap_or_default();
    let combination = columns.iter().map(|&column| terms[column].clone()).collect();
    DesignError::RankDeficient { term: terms[term].clone(), combination }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(name: &str, values: &[f64]) -> (String, Variable) {
        (name.to_owned(), Variable::Numeric(values.to_vec()))
    }

    #[test]
    fn a_collinear_column_is_named_with_what_it_is_made_of() {
        let a = [1.0, 2.0, 4.0, 3.0, 7.0, 1.0];
        let b = [3.0, 1.0, 0.0, 2.0, 2.0, 9.0];
        let c: Vec<f64> = a.iter().zip(b).map(|(a, b)| 2.0 * a - 3.0 * b + 5.0).collect();
        let error = Design::new(6, &[numeric("a", &a), numeric("b", &b), numeric("c", &c)]).unwrap_err();
        let combination = vec![INTERCEPT.to_owned(), "a".into(), "b".into()];
        assert_eq!(error, DesignError::RankDeficient { term: "c".into(), combination });
    }

    #[test]
    fn constants_gaps_and_too_few_rows_are_refused() {
        assert!(matches!(Design::new(5, &[numeric("a", &[7.0; 5])]), Err(DesignError::NoVariation { .. })));
        assert!(matches!(Design::new(3, &[numeric("a", &[1.0, f64::NAN, 2.0])]), Err(DesignError::NotFinite { .. })));
        assert!(matches!(Design::new(2, &[numeric("a", &[1.0, 2.0])]), Err(DesignError::TooFewObservations { .. })));
        assert!(matches!(Design::new(0, &[numeric("a", &[])]), Err(DesignError::TooFewObservations { .. })));
    }

    #[test]
    fn categories_are_coded_against_the_first_level_in_use() {
        let levels = vec!["a".to_owned(), "b".into(), "c".into()];
        let site = Variable::Category { codes: vec![1, 2, 1, 2, 2], levels };
        let design = Design::new(5, &[("site".to_owned(), site)]).unwrap();
        assert_eq!(design.terms(), [INTERCEPT, "sitec"]);
    }
}
