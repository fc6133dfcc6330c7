//! What the screen found: forests and volcanoes of the leading model, the scatter of what is highlighted, every test.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::answer::small;
use super::{numbers, spaced};
use crate::report::figures::{forest, scatter, volcano};
use crate::report::how;
use crate::report::question::Question;
use crate::report::study::Study;
use crate::report::view::{Draft, Shown, View, named, people as counted};
use crate::report::words;
use crate::screen::schema::{AssociationRow, InfluenceRow};

/// Rows of the table of tests on the page.
const ROWS: usize = 60;
/// Outcomes and analytes that get figures of their own.
const DRAWN: usize = 6;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let (mut forests, mut volcanoes, mut scatters) = (Vec::new(), Vec::new(), Vec::new());
    for question in study.questions().iter().take(DRAWN) {
        let rows: Vec<&AssociationRow> = study.leading().filter(|row| question.asks(row)).collect();
        let (model, outcome) = (study.primary.as_deref().unwrap_or_default(), &question.outcome);
        let name = draft.names.claim(&["forest", model, outcome]);
        forests.extend(draft.show(forest::draw(study, &name, &rows)));
        let name = draft.names.claim(&["volcano", model, outcome]);
        volcanoes.extend(draft.show(volcano::draw(study, &name, &rows)));
        for row in rows.iter().filter(|row| study.highlight.iter().take(DRAWN).any(|chosen| *chosen == row.analyte)) {
            let name = draft.names.claim(&["scatter", &row.analyte, outcome]);
            scatters.extend(draft.show(scatter::draw(study, &name, row, &people(study, row))));
        }
    }
    let models: BTreeSet<&String> = study.associations.iter().map(|row| &row.model).collect();
    let (lead, others): (Vec<&String>, Vec<&String>) =
        models.into_iter().partition(|model| Some(*model) == study.primary.as_ref());
    let tables = |models: Vec<&String>| models.into_iter().filter_map(|model| table(study, model).shown()).collect();
    let (lead, others): (Vec<Value>, Vec<Value>) = (tables(lead), tables(others));
    let highlight: Vec<String> = study.highlight.iter().map(|analyte| study.name(analyte)).collect();
    context! {
        summary => summary(study),
        forests, volcanoes, scatters,
        highlight => words::list(&highlight),
        lead, others,
        undrawn => undrawn(study),
    }
}

fn people<'a>(study: &'a Study, row: &AssociationRow) -> Vec<&'a InfluenceRow> {
    let same = |person: &&InfluenceRow| {
        (&person.model, &person.outcome, &person.predictor) == (&row.model, &row.outcome, &row.predictor)
            && (&person.stratum, &person.analyte) == (&row.stratum, &row.analyte)
    };
    study.influence.iter().filter(same).collect()
}

/// Why nothing is drawn person by person.
fn undrawn(study: &Study) -> &'static str {
    if study.influence.is_empty() {
        return "it takes each person’s values, which the screen gives when its sensitivity asks for influence";
    }
    "a straight line through the points would not be the model’s (it has covariates, another family, or too few people)"
}

/// How many tests there are, how many could be made, and how many are small before and after adjustment.
fn summary(study: &Study) -> String {
    let all = study.associations.len();
    if all == 0 {
        return "Nothing was screened: no metabolite was set against an outcome.".into();
    }
    let made = study.associations.iter().filter(|row| row.p_value.is_some()).count();
    let made = if made == all { "all".to_owned() } else { made.to_string() };
    let (lead, before, after) = small(study.leading());
    let alpha = study.leading().next().map_or(0.05, |row| 1.0 - row.confidence);
    format!(
        "{} were asked for and {made} could be made. In the model “{}”, {before} of {lead} have p below {} before \
         adjustment for many tests and {} after it.",
        words::count(all, "test", "tests"),
        spaced(study.primary.as_deref().unwrap_or_default()),
        words::level(alpha),
        if after == 0 { "none".to_owned() } else { after.to_string() },
    )
}

/// Every test of one model, question by question, the smallest p first.
fn table(study: &Study, model: &str) -> View {
    let head = [&["Metabolite", "#n", "#Events"][..], &numbers::HEAD, &["Status"]].concat();
    let mut table = View::new(format!("Every test of the model “{}”", spaced(model)), &head).csv("associations");
    let mut questions: BTreeMap<Question, Vec<&AssociationRow>> = BTreeMap::new();
    for row in study.associations.iter().filter(|row| row.model == model) {
        questions.entry(Question::of(row)).or_default().push(row);
    }
    let several = questions.len() > 1;
    let all: Vec<Question> = questions.keys().cloned().collect();
    let (mut effects, mut limits) = (BTreeSet::new(), String::new());
    for (question, mut rows) in questions {
        table.group(question.heading(&all));
        rows.sort_by(|a, b| a.p_value.unwrap_or(2.0).total_cmp(&b.p_value.unwrap_or(2.0)));
        effects.extend(rows.first().map(|row| study.effect(row)));
        limits = rows.first().map_or(limits, |row| format!("{:.0}\u{a0}%", 100.0 * row.confidence));
        rows.iter().for_each(|row| {
            table.row(if study.highlight.contains(&row.analyte) { "hit" } else { "" }, cells(study, row))
        });
    }
    let effects: Vec<String> = effects.into_iter().collect();
    let resampled = resampled(study, model);
    let note = format!("Estimates are in {}, limits at {limits}.{resampled}", words::list(&effects));
    table.note(note).first(ROWS, if several { "the smallest p of each outcome first" } else { "the smallest p first" })
}

/// What stands behind the columns that chance and resampling gave; nothing where there are none.
fn resampled(study: &Study, model: &str) -> String {
    let rows = || study.associations.iter().filter(|row| row.model == model);
    let permuted = rows().find_map(|row| row.orderings).map_or(String::new(), |orderings| {
        format!(
            " Permutation p from {orderings} orderings, ± its Monte-Carlo standard error; max-T adjusts it for the whole family of tests."
        )
    });
    let bootstrap = rows().find_map(|row| Some((row.boot_interval.as_deref()?, row.boot_draws?)));
    let bootstrap = bootstrap.map_or(String::new(), |(kind, draws)| {
        format!(" Bootstrap limits are {}, from {draws} resamples.", words::term(kind))
    });
    format!("{permuted}{bootstrap}{}", how::left_out(rows()))
}

fn cells(study: &Study, row: &AssociationRow) -> Vec<Shown> {
    let (n, events) = study.guard.events(row.n, row.events);
    let mut cells = vec![named(study.name(&row.analyte)), counted(n), events.map_or(words::MISSING.into(), counted)];
    cells.extend(numbers::of(row));
    cells.push(how::status(study, row).into());
    cells
}
