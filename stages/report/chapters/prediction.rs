//! Does it predict: how well models foretell a person they have not seen.

use minijinja::{Value, context};

use super::spaced;
use crate::predict::schema::{PerformanceRow, PredictionRow};
use crate::report::figures::prediction;
use crate::report::study::Study;
use crate::report::view::{Draft, View, named, p, people as counted, sorted};
use crate::report::words;

/// Rows of the table on the page.
const ROWS: usize = 40;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let performance = performance(study);
    let drawn = drawn(study);
    let figure = drawn.and_then(|row| {
        let name = draft.names.claim(&["prediction", &row.outcome, &row.features]);
        draft.show(prediction::draw(study, &name, row, &people(study, row)))
    });
    context! { performance => performance.shown(), figure, predicts => predicts(study) }
}

fn performance(study: &Study) -> View {
    let head = ["Features", "Learner", "#n", "#Q²", "#AUC", "#RMSE", "#RMSE, mean only", "#Permutation p", "Remark"];
    let mut table = View::new("Predicting a person the model has not seen", &head).csv("performance");
    let mut rows: Vec<&PerformanceRow> = study.performance.iter().collect();
    rows.sort_by(|a, b| {
        (&a.outcome, a.features == "each")
            .cmp(&(&b.outcome, b.features == "each"))
            .then_with(|| skill(b).total_cmp(&skill(a)))
    });
    let (mut outcome, several) = ("", study.performance.iter().any(|row| row.learner != study.performance[0].learner));
    for row in rows {
        if row.outcome != outcome {
            outcome = &row.outcome;
            table.group(spaced(outcome));
        }
        let from = match row.analyte.as_str() {
            "" => features(&row.features).into(),
            analyte => named(study.name(analyte)),
        };
        let status = match (row.status.as_str(), row.detail.as_str()) {
            ("ok", detail) => study.readable(detail),
            (status, "") => spaced(status),
            (status, detail) => format!("{}: {}", spaced(status), study.readable(detail)),
        };
        let cells = vec![
            from,
            if several { spaced(&row.learner) } else { String::new() }.into(),
            counted(study.guard.count(row.n)),
            sorted(words::fixed(row.q2, 2), row.q2),
            sorted(words::fixed(row.auc, 2), row.auc),
            row.rmse.into(),
            row.rmse_mean_only.into(),
            p(row.permutation_p),
            status.into(),
        ];
        table.row("", cells);
    }
    let note = "Q² is 1 for perfect prediction, 0 for no better than the others’ mean, and below 0 for worse. RMSE is the \
                typical error, in the outcome’s unit.";
    table.note(note).first(ROWS, "sets of features first, the best first")
}

/// A set of features as words.
pub fn features(name: &str) -> String {
    match name {
        "covariates" => "the covariates alone".into(),
        "each" => "one metabolite".into(),
        "best_in_fold" => "the best metabolite of each fold".into(),
        "all" => "all metabolites".into(),
        other => spaced(other),
    }
}

fn skill(row: &PerformanceRow) -> f64 {
    row.q2.or(row.auc).unwrap_or(f64::NEG_INFINITY)
}

/// The honest choice to draw: what chose its metabolite within the fold, else the best of the sets.
fn drawn<'a>(study: &'a Study) -> Option<&'a PerformanceRow> {
    let sets = || study.performance.iter().filter(|row| row.features != "each" && row.q2.is_some());
    sets().find(|row| row.features == "best_in_fold").or_else(|| sets().max_by(|a, b| skill(a).total_cmp(&skill(b))))
}

fn people<'a>(study: &'a Study, row: &PerformanceRow) -> Vec<&'a PredictionRow> {
    let same = |person: &&PredictionRow| {
        (&person.outcome, &person.features) == (&row.outcome, &row.features)
            && (&person.learner, &person.analyte) == (&row.learner, &row.analyte)
    };
    study.predictions.iter().filter(same).collect()
}

fn predicts(study: &Study) -> String {
    let Some(row) = drawn(study) else { return String::new() };
    let verdict = match (row.q2, row.permutation_p) {
        (Some(q2), Some(p)) if q2 > 0.0 && p < 0.05 => "it predicts better than chance",
        (Some(q2), _) if q2 > 0.0 => "it predicts a little better than the mean, no more than chance could do",
        _ => "it does not predict better than the mean of the others",
    };
    let chance = row.permutation_p.map_or(String::new(), |p| format!(", permutation {}", words::p_phrase(Some(p))));
    format!(
        "For {} from {}, {verdict}: Q² = {}, RMSE {} against {} for the mean alone{chance}.",
        spaced(&row.outcome),
        features(&row.features),
        words::fixed(row.q2, 2),
        words::number(row.rmse),
        words::number(row.rmse_mean_only)
    )
}
