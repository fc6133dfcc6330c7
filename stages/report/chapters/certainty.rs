//! How sure one can be: one association by every kind of inference, under every model, and with single people left out.

use minijinja::{Value, context};

use super::{alone, spaced, twins};
use crate::report::effect;
use crate::report::figures::{certainty, ladder};
use crate::report::kinds;
use crate::report::question::{Case, Question};
use crate::report::study::Study;
use crate::report::view::Draft;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// Analytes, and questions of each, that are looked at one by one.
const EACH: usize = 4;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let questions = study.questions();
    let asked = |analyte: &String| {
        let cases = questions.iter().take(EACH).filter_map(|question| study.case(analyte, question));
        cases.collect::<Vec<Case>>()
    };
    let cases: Vec<Case> = study.highlight.iter().take(EACH).flat_map(asked).collect();
    let shown = |case: &Case| shown(study, draft, case, &questions);
    let cases: Vec<Value> = cases.iter().map(shown).collect();
    context! { cases }
}

fn shown(study: &Study, draft: &mut Draft, case: &Case, questions: &[Question]) -> Value {
    let (lead, alpha) = (case.lead, 1.0 - case.lead.confidence);
    let kinds = kinds::kinds(study, case);
    let mut parts = vec!["ladder", lead.analyte.as_str(), lead.outcome.as_str()];
    // What tells the questions of one outcome apart.
    parts.extend([lead.stratum.as_str()].into_iter().filter(|stratum| !stratum.is_empty()));
    let name = draft.names.claim(&parts);
    let ladder = draft.show(ladder::draw(study, &name, case, &kinds));
    parts[0] = "certainty";
    let name = draft.names.claim(&parts);
    let forest = draft.show(certainty::draw(study, &name, case));
    context! {
        heading => format!("{} and {}", study.name(&lead.analyte), Question::of(lead).heading(questions)),
        agreement => kinds::agreement(&kinds, alpha),
        opposite => opposite(case),
        ratios => ratios(study, case),
        ladder, forest,
        table => twins::models(study, case).shown(),
        beside => twins::beside(study, case).shown(),
        alone => alone::sentence(study, &case.alike),
    }
}

/// Models whose estimate points the other way: p-values hide it.
fn opposite(case: &Case) -> Option<String> {
    let sign = case.lead.estimate.filter(|estimate| *estimate != 0.0)?.is_sign_positive();
    let against = |row: &&&AssociationRow| {
        case.shares_unit(row) && row.estimate.is_some_and(|other| other != 0.0 && other.is_sign_positive() != sign)
    };
    let models: Vec<String> =
        case.alike.iter().filter(against).map(|row| format!("“{}”", spaced(&row.model))).collect();
    (!models.is_empty()).then(|| format!("The estimate points the other way in {}.", words::list(&models)))
}

/// What a log ratio means: by how much a step multiplies the odds, the rate or the mean.
fn ratios(study: &Study, case: &Case) -> Vec<String> {
    let rows = case.alike.iter().chain(&case.otherwise);
    rows.filter_map(|row| ratio(study, row)).collect()
}

fn ratio(study: &Study, row: &AssociationRow) -> Option<String> {
    let what = effect::ratio(row)?;
    row.p_value?;
    let (share, step) = step(study, row);
    let times = |value: f64| libm::exp(value * share);
    let limits = match (row.conf_low.map(times), row.conf_high.map(times)) {
        (low, Some(high)) => words::interval(Some(low.unwrap_or(0.0)), Some(high)),
        (low, None) => format!("{} to ∞", words::number(Some(low.unwrap_or(0.0)))),
    };
    Some(format!(
        "As a ratio, {} in “{}”: {step}, the {what} {} multiplied by {} ({:.0}\u{a0}% limits {limits}).",
        spaced(&row.outcome),
        spaced(&row.model),
        if what == "odds" { "are" } else { "is" },
        words::number(row.estimate.map(times)),
        100.0 * row.confidence
    ))
}

/// The step that a ratio is told for, and its share of the estimate's own: a doubling may lie far outside the data, where
/// its ratio is no number one can read; a rise by 10 % does not.
fn step(study: &Study, row: &AssociationRow) -> (f64, String) {
    let unreadable = row.estimate.is_some_and(|estimate| estimate.abs() > libm::log(100.0));
    if unreadable && words::change(&row.predictor).is_some_and(|(measure, _)| measure == "log2_ratio") {
        return (libm::log2(1.1), "per rise by 10\u{a0}%".into());
    }
    (1.0, study.per(&row.predictor))
}
