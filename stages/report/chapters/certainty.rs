//! How sure one can be: the same association under every model, many tests, and single people left out.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use super::spaced;
use crate::report::figures::certainty;
use crate::report::study::Study;
use crate::report::view::{Draft, View, p, sorted};
use crate::report::words;
use crate::screen::schema::{AssociationRow, InfluenceRow};

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let mut cases = Vec::new();
    for analyte in study.highlight.iter().take(4) {
        for outcome in study.outcomes().iter().take(4) {
            let rows = side_by_side(study, analyte, outcome);
            let name = draft.names.claim(&["certainty", analyte, outcome]);
            let table = table(study, analyte, outcome, &rows);
            if !table.is_empty() {
                let figure = draft.show(certainty::draw(study, &name, &rows));
                cases.push(context! { figure, table => table.shown(), alone => alone(study, &rows) });
            }
        }
    }
    context! { cases }
}

fn side_by_side<'a>(study: &'a Study, analyte: &str, outcome: &str) -> Vec<&'a AssociationRow> {
    let mut rows: Vec<&AssociationRow> =
        study.associations.iter().filter(|row| row.analyte == analyte && row.outcome == outcome).collect();
    rows.sort_by_key(|row| Some(&row.model) != study.primary.as_ref());
    rows
}

fn table(study: &Study, analyte: &str, outcome: &str, rows: &[&AssociationRow]) -> View {
    let caption = format!("{} and {}, model by model", study.name(analyte), spaced(outcome));
    let head = [
        "Model",
        "Covariates",
        "Covariance, reference",
        "#n",
        "#Estimate",
        "#Limits",
        "#p",
        "#Adjusted p",
        "#One left out",
        "Flipped by",
    ];
    let mut table = View::new(caption, &head).csv("associations");
    for row in rows {
        let covariates: Vec<String> = words::json_list(&row.covariates).iter().map(|name| spaced(name)).collect();
        let covariates = if covariates.is_empty() { "none".to_owned() } else { covariates.join(", ") };
        let cells = vec![
            spaced(&row.model).into(),
            covariates.into(),
            format!("{}, {}", words::term(&row.covariance), words::term(&row.inference)).into(),
            sorted(study.guard.count(row.n).text(), Some(row.n as f64)),
            sorted(words::estimate(row.estimate, row.conf_low, row.conf_high), row.estimate),
            words::interval(row.conf_low, row.conf_high).into(),
            p(row.p_value),
            p(row.p_adjusted),
            words::interval(row.loo_min, row.loo_max).into(),
            flipped_by(study, row).into(),
        ];
        table.row(if Some(&row.model) == study.primary.as_ref() { "hit" } else { "" }, cells);
    }
    let note = note(study, rows);
    table.note(note)
}

fn note(study: &Study, rows: &[&AssociationRow]) -> String {
    let sizes: BTreeSet<i64> = rows.iter().map(|row| row.tests_in_family).collect();
    let sizes: Vec<String> = sizes.into_iter().map(|size| size.to_string()).collect();
    let effects: BTreeSet<String> = rows.iter().map(|row| study.effect(row)).collect();
    let effects: Vec<String> = effects.into_iter().collect();
    let (adjustment, level) =
        rows.first().map_or((String::new(), 0.05), |row| (words::term(&row.adjustment), 1.0 - row.confidence));
    format!(
        "Estimates are in {}. Adjusted p: {adjustment}, over {} tests. One left out: the range of the estimate when each \
         person in turn is left out. Flipped by: who alone, when left out, moves p across {}, and p then.",
        words::list(&effects),
        words::list(&sizes),
        words::level(level)
    )
}

/// The people who alone move p across the level, with the p without them, the largest move first.
fn movers<'a>(study: &'a Study, row: &AssociationRow) -> Vec<(&'a str, f64)> {
    let alpha = 1.0 - row.confidence;
    let Some(all) = row.p_value else { return Vec::new() };
    let same = |person: &&InfluenceRow| {
        (&person.model, &person.outcome, &person.analyte) == (&row.model, &row.outcome, &row.analyte)
            && (&person.predictor, &person.stratum) == (&row.predictor, &row.stratum)
    };
    let without = |person: &'a InfluenceRow| {
        let p = person.loo_p_value.filter(|p| (*p < alpha) != (all < alpha))?;
        Some((person.participant_id.as_str(), p))
    };
    let mut people: Vec<(&str, f64)> = study.influence.iter().filter(same).filter_map(without).collect();
    people.sort_by(|a, b| (b.1 - all).abs().total_cmp(&(a.1 - all).abs()).then(a.0.cmp(b.0)));
    people
}

/// Names of people shown for one test.
const NAMED: usize = 3;

fn flipped_by(study: &Study, row: &AssociationRow) -> String {
    let people = movers(study, row);
    match row.loo_flips {
        None => words::MISSING.into(),
        Some(false) => "no one".into(),
        Some(true) if !study.guard.points || people.is_empty() => "one person".into(),
        Some(true) => named(&people),
    }
}

fn named(people: &[(&str, f64)]) -> String {
    let shown =
        people.iter().take(NAMED).map(|(id, p)| format!("{} ({})", words::short(id, 24), words::p_value(Some(*p))));
    let shown: Vec<String> = shown.collect();
    match people.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Who alone moves the conclusion, in which models.
fn alone(study: &Study, rows: &[&AssociationRow]) -> String {
    let level = words::level(rows.first().map_or(0.05, |row| 1.0 - row.confidence));
    let of = |flips: bool| rows.iter().filter(move |row| row.loo_flips == Some(flips));
    let steady: Vec<String> = of(false).map(|row| format!("“{}”", spaced(&row.model))).collect();
    let worst = of(false).filter_map(|row| row.loo_p_max).fold(0.0, f64::max);
    let moved: Vec<String> = of(true).map(|row| without(study, row)).collect();
    if steady.is_empty() && moved.is_empty() {
        return "Whether one person decides was not asked.".into();
    }
    let mut text = String::new();
    if !steady.is_empty() {
        let noun = if steady.len() == 1 { "model" } else { "models" };
        let models = words::list(&steady);
        let below = of(false).all(|row| row.p_value.is_some_and(|p| p < 1.0 - row.confidence));
        let worst = if below { format!(" (the largest p is {})", words::p_value(Some(worst))) } else { String::new() };
        text = format!("No single person moves p across {level} in the {noun} {models}{worst}. ");
    }
    if !moved.is_empty() {
        text.push_str(&format!("Leaving out one person moves p across {level} in {}.", words::list(&moved)));
    }
    text.trim_end().to_owned()
}

/// `“adjusted” (any of 6 people; p = 0.033 becomes 0.095 without P07)`.
fn without(study: &Study, row: &AssociationRow) -> String {
    let model = spaced(&row.model);
    let people = movers(study, row);
    match people.first().filter(|_| study.guard.points) {
        Some((id, p)) => format!(
            "“{model}” ({}{} becomes {} without {})",
            if people.len() > 1 { format!("any of {} people; ", people.len()) } else { String::new() },
            words::p_phrase(row.p_value),
            words::p_value(Some(*p)),
            words::short(id, 40)
        ),
        None => format!("“{model}”"),
    }
}
