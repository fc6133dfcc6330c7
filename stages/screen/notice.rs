//! What a reader of the association table should not overlook, as findings.

use std::collections::BTreeSet;

use crate::contract::{Finding, StageContext};
use crate::study::{BASELINE_SCORE, Study};

use super::beside::shares_its_baseline;
use super::params::Params;
use super::question::Answer;
use super::schema::AssociationRow;

/// Notes tests that were not made, conclusions that one person decides, and what the diagnostics say of small p-values.
pub fn tests<'a>(answers: impl Iterator<Item = &'a Answer>, context: &mut StageContext<'_>) {
    for answer in answers {
        let row = &answer.association;
        let subject = subject(row);
        match row.status.as_str() {
            "ok" => {}
            "firth" => {
                let message = "answered by Firth's penalized likelihood, with its own test and limits";
                context.find(Finding::note("firth", &subject, message).hint("see docs/methods.md"));
            }
            status => {
                let message = format!("{status}: {}", row.detail);
                context.find(Finding::warning("test_not_made", &subject, message));
            }
        }
        one_participant(row, &subject, context);
        let words = answer.fit.as_ref().and_then(|fit| fit.diagnostics.as_deref()).unwrap_or_default();
        if !words.is_empty() && row.p_value.is_some_and(|p| p < 1.0 - row.confidence) {
            context.find(Finding::note("diagnostics", &subject, words).hint("see the columns of the fits table"));
        }
        refits(row, &subject, context);
        noise(row, context);
    }
}

/// METHOD: limits from fewer than 95 % of the resamples are told of, since those that fit are not like those that do not.
fn refits(row: &AssociationRow, subject: &str, context: &mut StageContext<'_>) {
    let (Some(failed), Some(draws)) = (row.boot_failed, row.boot_draws) else { return };
    if row.boot_low.is_some() && 20 * failed > draws {
        let message = format!(
            "the model could not be fitted in {failed} of {draws} resamples; the bootstrap limits are of the others alone and probably too narrow"
        );
        context.find(
            Finding::note("bootstrap_refits_failed", subject, message).hint("estimator: firth fits every resample"),
        );
    }
}

fn subject(row: &AssociationRow) -> String {
    let parts = [&row.model, &row.outcome, &row.stratum, &row.analyte];
    parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
}

fn one_participant(row: &AssociationRow, subject: &str, context: &mut StageContext<'_>) {
    if row.loo_flips != Some(true) {
        return;
    }
    let by: Vec<String> =
        row.loo_flips_by.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let who = match by.as_slice() {
        [one] => format!("without {one}"),
        many if many.len() <= 3 => format!("without one of {}", many.join(", ")),
        many => format!("without one of {} participants", many.len()),
    };
    let message = format!(
        "one participant decides whether p is below {:.3}: {who} it is on the other side; left out one at a time, p reaches {:.4}",
        1.0 - row.confidence,
        row.loo_p_max.unwrap_or(f64::NAN)
    );
    context.find(Finding::note("one_participant_decides", subject, message).hint("see the influence table"));
}

/// METHOD: a change is told to be near the assay's noise when noise alone gives half of its spread, so that a quarter of
/// its variance is noise.
fn noise(row: &AssociationRow, context: &mut StageContext<'_>) {
    let Some(ratio) = row.noise_ratio.filter(|ratio| *ratio >= 0.5) else { return };
    let message = format!(
        "{}: assay noise alone would give {:.0} % of the spread of the change (√2 · RSD of the pooled QC against its SD); an association is diluted by it",
        row.predictor,
        100.0 * ratio
    );
    context.find(
        Finding::note("change_near_noise", &row.analyte, message)
            .hint("see the QC chapter, and the blank and drift rules"),
    );
}

/// Notes change scores that go along with the baseline they are computed from, in models that do not hold it.
pub fn coupling(params: &Params, study: &Study, context: &mut StageContext<'_>) {
    let without = params.models.values().filter(|model| {
        !model.is_moderated() && !model.covariates.iter().any(|covariate| covariate.column() == BASELINE_SCORE)
    });
    let outcomes: BTreeSet<&String> = without.flat_map(|model| &model.outcomes).collect();
    for outcome in outcomes {
        let Some((_, baseline)) = study.totals(outcome) else { continue };
        let Some((r, p)) = shares_its_baseline(&study.outcome(outcome), &baseline) else { continue };
        if p < 0.05 {
            let message = format!(
                "this change score goes along with the baseline it is computed from (r = {r:.2}, p = {p:.3}): regression to the mean can pass for an association with whatever goes along with the baseline"
            );
            let hint = "see the ancova columns (sensitivity: [ancova]), or add baseline_score to the covariates";
            context.find(Finding::warning("regression_to_the_mean", outcome.as_str(), message).hint(hint));
        }
    }
}
