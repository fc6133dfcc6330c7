//! What stands beside an estimate: diagnostics of its model, equivalence, evidence, the analysis of covariance, noise.

use crate::statistics::bayes_factor::{self, BayesFactor, Explained, MEDIUM_SCALE};
use crate::statistics::design::{Design, Variable};
use crate::statistics::equivalence::tost;
use crate::statistics::fit::fit;
use crate::statistics::heteroscedasticity::breusch_pagan;
use crate::statistics::inference::Reference;
use crate::statistics::{descriptive, shapiro_wilk};
use crate::study::BASELINE_SCORE;

use super::params::{BayesPrior, Sensitivity};
use super::question::Answer;
use super::solve::Solved;
use super::test_term::{test_term, test_terms};

/// Fills everything that was asked for beside the test.
pub fn fill(answer: &mut Answer, solved: &Solved<'_>, place: usize) {
    let asked = |what| solved.case.params.sensitivity.contains(&what);
    equivalence(answer, solved);
    if solved.is_least_squares() {
        evidence(answer, solved, place);
    }
    if asked(Sensitivity::Diagnostics) {
        diagnose(answer, solved, place);
    }
    if asked(Sensitivity::Ancova) && !solved.case.question.model.is_moderated() {
        ancova(answer, solved);
    }
    if asked(Sensitivity::AssayNoise) {
        noise(answer, solved, place);
    }
}

fn equivalence(answer: &mut Answer, solved: &Solved<'_>) {
    let Some(equivalence) = solved.case.question.model.equivalence else { return };
    let row = &mut answer.association;
    if let (Some(estimate), Some(std_error)) = (row.estimate, row.std_error) {
        let reference = row.df_reference.map_or(Reference::Normal, Reference::T);
        row.p_equivalence = tost(estimate, std_error, equivalence.margin.get(), reference).map(|tests| tests.p_value);
    }
}

/// The evidence for the tested term over its absence, from R² with and without it.
fn evidence(answer: &mut Answer, solved: &Solved<'_>, place: usize) {
    let Some(prior) = solved.case.params.bayes_factor else { return };
    let (n, p) = (solved.case.y.len(), solved.design.rank());
    let (rss, tss) = (solved.fit.deviance, solved.fit.null_deviance);
    // Leaving one term out adds β²/(XᵀX)⁻¹ⱼⱼ to the residual sum of squares.
    let beta = solved.fit.coefficients[place];
    let rss_without = rss + beta * beta / solved.fit.gram_inverse[(place, place)];
    let explained = |rss: f64, terms: usize| Explained { terms, unexplained: (rss / tss).min(1.0) };
    let factor: Option<BayesFactor> = match prior {
        BayesPrior::Bic => bayes_factor::bic(rss_without, rss, n, 1),
        BayesPrior::Jzs => bayes_factor::jzs(explained(rss, p - 1), explained(rss_without, p - 2), n, MEDIUM_SCALE),
    };
    let row = &mut answer.association;
    row.bayes_factor = factor.map(BayesFactor::value).filter(|value| value.is_finite());
    row.log10_bayes_factor = factor.map(|factor| factor.ln / std::f64::consts::LN_10);
    row.bayes_prior = Some(prior.name().to_owned());
}

fn diagnose(answer: &mut Answer, solved: &Solved<'_>, place: usize) {
    let Some(row) = &mut answer.fit else { return };
    let spread: f64 = solved.squares(place).iter().sum();
    let direction: f64 = solved.design.factor().direction(place).iter().map(|x| x * x).sum();
    row.vif = Some(spread * direction);
    if solved.is_least_squares() {
        let spread_test = breusch_pagan(&solved.design, &solved.fit.residuals);
        row.breusch_pagan = spread_test.as_ref().map(|test| test.statistic);
        row.breusch_pagan_p = spread_test.as_ref().map(|test| test.p_value);
        let normal = shapiro_wilk::test(&solved.fit.residuals);
        row.shapiro_wilk = normal.as_ref().map(|test| test.statistic);
        row.shapiro_wilk_p = normal.as_ref().map(|test| test.p_value);
    }
    row.nonlinearity_p = nonlinearity(solved, place);
    row.diagnostics = Some(in_words(row));
}

/// The p of the square of the tested predictor, added to the model.
fn nonlinearity(solved: &Solved<'_>, place: usize) -> Option<f64> {
    if solved.case.question.model.is_moderated() {
        return None;
    }
    let mut case = solved.case.clone();
    let name = format!("{}²", solved.design.terms()[place]);
    case.variables.push((name.clone(), Variable::Numeric(solved.squares(place))));
    let curved = Solved::new(case).ok()?;
    test_term(&curved, curved.place(&name)?).map(|(_, p)| p)
}

/// METHOD: a diagnostic is told below p = 0.01, a variance inflation above 10 and a condition number above 1000.
fn in_words(row: &super::schema::FitRow) -> String {
    let small = |p: Option<f64>| p.filter(|p| *p < 0.01);
    let mut words = Vec::new();
    if let Some(p) = small(row.breusch_pagan_p) {
        words.push(format!("the spread of the residuals depends on the predictors (Breusch-Pagan p = {p:.2e})"));
    }
    if let Some(p) = small(row.shapiro_wilk_p) {
        words.push(format!("the residuals are not normal (Shapiro-Wilk p = {p:.2e})"));
    }
    if let Some(p) = small(row.nonlinearity_p) {
        words.push(format!("the association is curved (p of the square = {p:.2e})"));
    }
    if let Some(vif) = row.vif.filter(|vif| *vif > 10.0) {
        words.push(format!("the covariates nearly determine the predictor (variance inflation {vif:.1})"));
    }
    if let Some(condition) = row.condition.filter(|condition| *condition > 1000.0) {
        words.push(format!("the predictors are nearly collinear (condition number {condition:.1e})"));
    }
    words.join("; ")
}

/// The analysis of covariance beside a change score: the follow-up total on the predictor and the baseline total.
fn ancova(answer: &mut Answer, solved: &Solved<'_>) {
    let case = &solved.case;
    if !solved.is_least_squares() {
        return;
    }
    let Some((follow_up, baseline)) = case.study.totals(case.question.outcome) else { return };
    let (Some(y), Some(x)) = (at(&follow_up, &case.rows), at(&baseline, &case.rows)) else { return };
    let mut twin = case.clone();
    twin.y = y;
    twin.unit = twin.unit.clone().without_response();
    if !twin.variables.iter().any(|(name, _)| name == BASELINE_SCORE) {
        twin.variables.insert(0, (BASELINE_SCORE.to_owned(), Variable::Numeric(x)));
    }
    let Ok(twin) = Solved::new(twin) else { return };
    let row = &mut answer.association;
    let Some(place) = twin.place(&row.term) else { return };
    let unit = twin.case.unit.coefficient(&row.term);
    row.ancova_estimate = Some(twin.fit.coefficients[place] * unit);
    if let Some(tested) = test_terms(&twin).ok().and_then(|tests| tests[place]) {
        row.ancova_std_error = Some(tested.std_error * unit);
        row.ancova_p_value = Some(tested.p_value);
        row.ancova_conf_low = tested.conf_low.map(|limit| limit * unit);
        row.ancova_conf_high = tested.conf_high.map(|limit| limit * unit);
    }
}

/// The values at some rows, where all of them are known.
fn at(values: &[Option<f64>], rows: &[usize]) -> Option<Vec<f64>> {
    rows.iter().map(|row| values[*row]).collect()
}

/// The spread that assay noise alone gives the change, over the spread of the change.
fn noise(answer: &mut Answer, solved: &Solved<'_>, place: usize) {
    let label = &answer.association.predictor;
    let of_target = solved.case.question.noise.iter().find(|(predictor, _)| predictor == label);
    if let (Some((_, noise)), Some(spread)) = (of_target, descriptive::sd(&solved.column(place))) {
        let spread = spread * solved.case.unit.variable(&answer.association.term);
        answer.association.noise_ratio = Some(noise / spread).filter(|ratio| ratio.is_finite());
    }
}

/// Whether an outcome goes along with the baseline that it is computed from: r and its p, over everyone with both.
pub fn shares_its_baseline(outcome: &[Option<f64>], baseline: &[Option<f64>]) -> Option<(f64, f64)> {
    let pairs: Vec<(f64, f64)> = outcome.iter().zip(baseline).filter_map(|(y, x)| Some(((*y)?, (*x)?))).collect();
    let (y, x): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let design = Design::new(y.len(), &[(BASELINE_SCORE.to_owned(), Variable::Numeric(x))]).ok()?;
    let line = fit(&design, &y).ok()?;
    let r = line.r_squared().max(0.0).sqrt().copysign(line.coefficients[1]);
    let df = line.df_residual as f64;
    let t = r * (df / (1.0 - r * r)).sqrt();
    Some((r, Reference::T(df).p_value(t)))
}
