//! What was asked: the models, their outcomes, and how many metabolites each tests.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::spaced;
use crate::report::how;
use crate::report::study::Study;
use crate::report::view::{Shown, View, count};
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// One model as words.
struct Model {
    name: String,
    lead: bool,
    predictor: String,
    outcomes: String,
    covariates: String,
    how: String,
    analytes: usize,
}

pub fn chapter(study: &Study) -> Value {
    let mut models: BTreeMap<&str, Vec<&AssociationRow>> = BTreeMap::new();
    for row in &study.associations {
        models.entry(&row.model).or_default().push(row);
    }
    let mut models: Vec<Model> = models.into_iter().filter_map(|(name, rows)| model(study, name, &rows)).collect();
    models.sort_by_key(|model| !model.lead);
    context! { question => question(study), table => table(&models).shown() }
}

fn model(study: &Study, name: &str, rows: &[&AssociationRow]) -> Option<Model> {
    let first = rows.first()?;
    let outcomes: BTreeSet<String> = rows.iter().map(|row| spaced(&row.outcome)).collect();
    let analytes: BTreeSet<&str> = rows.iter().map(|row| row.analyte.as_str()).collect();
    let covariates: Vec<String> = words::json_list(&first.covariates).iter().map(|name| spaced(name)).collect();
    Some(Model {
        name: spaced(name),
        lead: Some(name) == study.primary.as_deref(),
        predictor: predictors(rows),
        outcomes: words::list(&outcomes.into_iter().collect::<Vec<_>>()),
        covariates: if covariates.is_empty() { "none".to_owned() } else { words::list(&covariates) },
        how: how::model(study, rows),
        analytes: analytes.len(),
    })
}

/// Every predictor, the products that are tested too, and the strata: `percent change, also × sexmale; within each sex`.
fn predictors(rows: &[&AssociationRow]) -> String {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.predictor.as_str()).collect();
    let plain = names.iter().filter(|name| !name.contains(" × ")).map(|name| words::predictor(name));
    let products: BTreeSet<&str> = names.iter().filter_map(|name| Some(name.split_once(" × ")?.1)).collect();
    let products: Vec<String> = products.into_iter().map(|other| format!("× {}", spaced(other))).collect();
    let strata: BTreeSet<&str> = rows.iter().filter_map(|row| Some(row.stratum.split_once('=')?.0)).collect();
    let strata: Vec<String> = strata.into_iter().map(spaced).collect();
    let mut text = words::list(&plain.collect::<Vec<_>>());
    if !products.is_empty() {
        text.push_str(&format!(", also {}", words::list(&products)));
    }
    if !strata.is_empty() {
        text.push_str(&format!("; within each {}", words::list(&strata)));
    }
    text
}

/// A row per model; what all models share is said once, in the note.
fn table(models: &[Model]) -> View {
    let same = |of: fn(&Model) -> &str| models.iter().all(|model| of(model) == of(&models[0]));
    let (one_predictor, one_list) = (same(|model| &model.predictor), same(|model| &model.outcomes));
    let one_size = models.iter().all(|model| model.analytes == models[0].analytes);
    let head = ["Model", "Predictor", "Outcomes", "Covariates", "Distribution, errors and reference", "#Metabolites"];
    let mut table = View::new("The models", &head);
    let unless = |same: bool, text: &str| -> Shown { if same { "" } else { text }.into() };
    for model in models {
        let lead = if model.lead { " (leads this page)" } else { "" };
        let cells = vec![
            format!("{}{lead}", model.name).into(),
            unless(one_predictor, &model.predictor),
            unless(one_list, &model.outcomes),
            model.covariates.as_str().into(),
            model.how.as_str().into(),
            if one_size { "".into() } else { count(model.analytes as i64) },
        ];
        table.row(if model.lead { "hit" } else { "" }, cells);
    }
    let Some(first) = models.first() else { return table };
    let shared = [
        one_predictor.then(|| format!("the predictor ({})", first.predictor)),
        one_list.then(|| format!("the outcomes ({})", first.outcomes)),
        one_size.then(|| words::count(first.analytes, "metabolite", "metabolites")),
    ];
    let shared: Vec<String> = shared.into_iter().flatten().collect();
    if shared.is_empty() || models.len() < 2 {
        table
    } else {
        table.note(format!("Alike in all: {}.", words::list(&shared)))
    }
}

fn question(study: &Study) -> String {
    let Some(row) = study.leading().next() else {
        return "No metabolite was set against an outcome.".into();
    };
    let outcomes: Vec<String> = study.outcomes().iter().map(|outcome| spaced(outcome)).collect();
    let what = match row.predictor.split_once(": ") {
        Some(_) => format!("Does a metabolite’s {}", words::predictor(&row.predictor)),
        None => "Does a metabolite".to_owned(),
    };
    format!("{what} go along with {}?", words::list(&outcomes))
}
