//! From the settings of a model to the variables of its design, and the terms that are tested.

use crate::statistics::design::{INTERCEPT, Variable};
use crate::statistics::spline::Spline;
use crate::study::Values;

use super::covariate::Covariate;
use super::question::{Question, Target};

/// A status and what happened, for a test that could not be made.
pub type Refusal = (&'static str, String);

type Named = (String, Variable);

/// The variables of the design at the complete cases `rows`: covariates, predictors, interactions.
pub fn variables(
    question: &Question<'_>,
    covariates: &[(&Covariate, Values)],
    predictors: &[Values],
    asked: &[usize],
    rows: &[usize],
) -> Result<Vec<Named>, Refusal> {
    let mut variables = Vec::new();
    for (covariate, values) in covariates {
        variables.extend(of_covariate(covariate, values, asked, rows)?);
    }
    let names = predictor_terms(question, covariates);
    variables.extend(names.iter().zip(predictors).map(|(name, values)| (name.clone(), values.select(rows))));
    for (name, values) in names.iter().zip(predictors) {
        for (covariate, other) in interacting(question, covariates) {
            variables.extend(products(name, &numbers(values, rows), covariate, &other.select(rows)));
        }
    }
    Ok(variables)
}

/// The terms that are tested: each predictor, and its product with each interacting covariate.
pub fn targets(question: &Question<'_>, covariates: &[(&Covariate, Values)]) -> Vec<Target> {
    let mut targets = Vec::new();
    let terms = predictor_terms(question, covariates);
    for (predictor, term) in question.model.predictor.iter().zip(terms) {
        let label = predictor.label();
        targets.push(Target { predictor: label.clone(), term: term.clone() });
        for (covariate, values) in interacting(question, covariates) {
            for other in levels(covariate, values) {
                targets.push(Target { predictor: format!("{label} × {other}"), term: format!("{term}:{other}") });
            }
        }
    }
    targets
}

/// The values of a numeric variable at some rows, all of which are known.
pub fn numbers(values: &Values, rows: &[usize]) -> Vec<f64> {
    match values.select(rows) {
        Variable::Numeric(values) => values,
        Variable::Category { codes, .. } => codes.into_iter().map(|code| code as f64).collect(),
    }
}

/// The terms of the predictors: the metabolite's own name, with the predictor's where there are several, unless a
/// covariate's term has that name already.
fn predictor_terms(question: &Question<'_>, covariates: &[(&Covariate, Values)]) -> Vec<String> {
    let predictors = question.model.predictor.as_slice();
    let name = |label: String| match predictors.len() {
        1 => question.analyte.to_owned(),
        _ => format!("{} ({label})", question.analyte),
    };
    predictors.iter().map(|predictor| distinct(name(predictor.label()), covariates)).collect()
}

fn distinct(term: String, covariates: &[(&Covariate, Values)]) -> String {
    let taken = covariates.iter().any(|(covariate, values)| levels(&covariate.label(), values).contains(&term));
    if taken || term == INTERCEPT { format!("{term} (metabolite)") } else { term }
}

/// The terms of one covariate as they may appear: itself, or its name with each level beyond the first.
fn levels(name: &str, values: &Values) -> Vec<String> {
    match values {
        Values::Numeric(_) => vec![name.to_owned()],
        Values::Category { levels, .. } => levels.iter().skip(1).map(|level| format!("{name}{level}")).collect(),
    }
}

fn interacting<'v>(
    question: &'v Question<'_>,
    covariates: &'v [(&Covariate, Values)],
) -> impl Iterator<Item = (&'v str, &'v Values)> {
    let named = |name: &&String| covariates.iter().find(|(covariate, _)| covariate.column() == name.as_str());
    question.model.interactions.iter().filter_map(move |name| named(&name).map(|(c, values)| (c.column(), values)))
}

/// A predictor's products with a covariate: one, or one per level in use beyond the first.
fn products(predictor: &str, x: &[f64], name: &str, other: &Variable) -> Vec<Named> {
    let product = |term: String, z: Vec<f64>| {
        (format!("{predictor}:{term}"), Variable::Numeric(x.iter().zip(z).map(|(x, z)| x * z).collect()))
    };
    match other {
        Variable::Numeric(z) => vec![product(name.to_owned(), z.clone())],
        Variable::Category { codes, levels } => {
            let used = (0..levels.len()).filter(|level| codes.contains(level)).skip(1);
            let indicator = |level: usize| codes.iter().map(|code| f64::from(u8::from(*code == level))).collect();
            used.map(|level| product(format!("{name}{}", levels[level]), indicator(level))).collect()
        }
    }
}

fn of_covariate(
    covariate: &Covariate,
    values: &Values,
    asked: &[usize],
    rows: &[usize],
) -> Result<Vec<Named>, Refusal> {
    let label = covariate.label();
    match covariate {
        Covariate::Column(_) => Ok(vec![(label, values.select(rows))]),
        Covariate::Category(_) => Ok(vec![(label, categories(values, rows))]),
        Covariate::Spline { df, .. } => {
            // METHOD: knots at the quantiles of everyone asked about, as R's ns in a formula has them, so that every
            // metabolite is adjusted by the same curve.
            let known: Vec<usize> = asked.iter().copied().filter(|row| values.is_known(*row)).collect();
            let spline = Spline::new(&numbers(values, &known), usize::from(*df))
                .map_err(|error| ("rank_deficient", format!("{label}: {error}; use fewer degrees of freedom")))?;
            let points: Vec<Vec<f64>> = numbers(values, rows).into_iter().map(|x| spline.row(x)).collect();
            let column = |k: usize| Variable::Numeric(points.iter().map(|point| point[k]).collect());
            Ok((0..usize::from(*df)).map(|k| (format!("{label}{}", k + 1), column(k))).collect())
        }
    }
}

/// Each distinct value as a level, the smallest first.
fn categories(values: &Values, rows: &[usize]) -> Variable {
    let x = numbers(values, rows);
    let mut distinct = x.clone();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let codes = x.iter().filter_map(|x| distinct.iter().position(|value| value == x)).collect();
    Variable::Category { codes, levels: distinct.iter().map(f64::to_string).collect() }
}
