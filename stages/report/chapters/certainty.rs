//! How sure one can be: the same association under every model, many tests, and single people left out.

use minijinja::{Value, context};

use super::spaced;
use crate::report::figures::certainty;
use crate::report::study::Study;
use crate::report::view::{Draft, View, count, p, sorted};
use crate::report::words;
use crate::screen::schema::{AssociationRow, InfluenceRow};

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let mut cases = Vec::new();
    for analyte in study.highlight.iter().take(4) {
        for outcome in study.outcomes().iter().take(4) {
            let rows = side_by_side(study, analyte, outcome);
            let name = draft.names.claim(&["certainty", analyte, outcome]);
            let table = table(study, analyte, outcome, &rows);
            if !table.rows.is_empty() {
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
        "Error, reference",
        "#n",
        "#Estimate",
        "#Limits",
        "#p",
        "#Adjusted p",
        "#Of tests",
        "#One left out",
        "#Flips",
    ];
    let mut table = View::new(caption, &head).csv("associations");
    for row in rows {
        let covariates = words::json_list(&row.covariates);
        let covariates = if covariates.is_empty() { "none".to_owned() } else { covariates.join(", ") };
        let cells = vec![
            row.model.clone().into(),
            covariates.into(),
            format!("{}, {}", words::term(&row.covariance), words::term(&row.inference)).into(),
            sorted(study.guard.count(row.n).text(), Some(row.n as f64)),
            row.estimate.into(),
            words::interval(row.conf_low, row.conf_high).into(),
            p(row.p_value),
            p(row.p_adjusted),
            count(row.tests_in_family),
            words::interval(row.loo_min, row.loo_max).into(),
            words::flag(row.loo_flips).into(),
        ];
        table.row(if Some(&row.model) == study.primary.as_ref() { "hit" } else { "" }, cells);
    }
    table.note(
        "One left out: the range of the estimate when each person in turn is left out. Flips: whether one person moves p \
         across the level.",
    )
}

/// Who alone moves the conclusion of the leading model.
fn alone(study: &Study, rows: &[&AssociationRow]) -> String {
    let Some(lead) = rows.iter().find(|row| Some(&row.model) == study.primary.as_ref()) else {
        return String::new();
    };
    let alpha = 1.0 - lead.confidence;
    let Some(below) = lead.p_value.map(|p| p < alpha) else { return String::new() };
    let moves = |person: &&InfluenceRow| {
        (&person.model, &person.outcome, &person.analyte) == (&lead.model, &lead.outcome, &lead.analyte)
            && (&person.predictor, &person.stratum) == (&lead.predictor, &lead.stratum)
            && person.loo_p_value.is_some_and(|p| (p < alpha) != below)
    };
    let people: Vec<String> =
        study.influence.iter().filter(moves).map(|person| person.participant_id.clone()).collect();
    let level = words::level(alpha);
    match (lead.loo_flips, people.len()) {
        (None, _) => "Whether one person decides was not asked.".into(),
        (Some(false), _) => {
            let largest =
                lead.loo_p_max.map_or(String::new(), |p| format!(" (the largest p is {})", words::p_value(Some(p))));
            format!("No single person moves p across {level} in the model {}{largest}.", lead.model)
        }
        (Some(true), n) if n > 0 && study.guard.points => {
            format!(
                "Leaving out {} alone moves p across {level} in the model {}.",
                words::short(&words::list(&people), 300),
                lead.model
            )
        }
        (Some(true), _) => format!("Leaving out one person moves p across {level} in the model {}.", lead.model),
    }
}
