//! What was asked: the models, their outcomes, and how many metabolites each tests.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::spaced;
use crate::report::study::Study;
use crate::report::view::{Shown, View, count};
use crate::report::words;
use crate::screen::schema::AssociationRow;

pub fn chapter(study: &Study) -> Value {
    let mut models: BTreeMap<(&str, &str), Vec<&AssociationRow>> = BTreeMap::new();
    for row in &study.associations {
        models.entry((&row.model, &row.predictor)).or_default().push(row);
    }
    let mut table =
        View::new("The models", &["Model", "Predictor", "Outcomes", "Covariates", "Error and reference", "#Analytes"]);
    for ((model, predictor), rows) in models {
        let outcomes: BTreeSet<String> = rows.iter().map(|row| spaced(&row.outcome)).collect();
        let analytes: BTreeSet<&str> = rows.iter().map(|row| row.analyte.as_str()).collect();
        let covariates = rows.first().map(|row| words::json_list(&row.covariates)).unwrap_or_default();
        let covariates = if covariates.is_empty() { "none".to_owned() } else { words::list(&covariates) };
        let how = rows.first().map(|row| {
            format!(
                "{}, {} covariance, {}",
                words::term(&row.family),
                words::term(&row.covariance),
                words::term(&row.inference)
            )
        });
        let lead = Some(model) == study.primary.as_deref();
        let n = analytes.len();
        let cells: Vec<Shown> = vec![
            if lead { format!("{model} (leads this page)") } else { model.to_owned() }.into(),
            words::predictor(predictor).into(),
            words::list(&outcomes.into_iter().collect::<Vec<_>>()).into(),
            covariates.into(),
            how.unwrap_or_default().into(),
            count(n as i64),
        ];
        table.row(if lead { "hit" } else { "" }, cells);
    }
    context! { question => question(study), table => table.shown() }
}

fn question(study: &Study) -> String {
    let Some(row) = study.leading().next() else {
        return "No metabolite was set against an outcome.".into();
    };
    let outcomes: Vec<String> = study.outcomes().iter().map(|outcome| spaced(outcome)).collect();
    let what = match row.predictor.split_once(": ") {
        Some(("change", measure)) => format!("Does a metabolite’s change ({})", spaced(measure)),
        Some(("level", timepoint)) => format!("Does a metabolite’s level at {}", spaced(timepoint)),
        _ => "Does a metabolite".to_owned(),
    };
    format!("{what} go along with {}?", words::list(&outcomes))
}
