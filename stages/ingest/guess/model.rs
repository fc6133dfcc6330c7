//! The sections after ingest: modest settings that work, for the reader to change.

use super::page::{Page, word};
use super::tables::Found;

/// Writes quality control, normalization, outcomes, the screen and the report, as far as the tables allow.
pub fn write(found: &Found, page: &mut Page) {
    if found.has_metabolites {
        quality(found, page);
        normalization(found, page);
    }
    let endpoint = outcomes(found, page);
    match (endpoint, found.has_metabolites) {
        (Some(endpoint), true) => screen(endpoint, found, page),
        _ => page.todo(1, "screen: it needs metabolites, and an endpoint of outcomes"),
    }
    page.line(0, "");
    page.line(1, "report:");
    page.line(2, "formats: [html]");
    page.line(2, "privacy:                               # what a report may show that leaves the hospital");
    page.line(3, "participant_points: false");
    page.line(3, "min_cell: 5");
}

fn quality(found: &Found, page: &mut Page) {
    page.line(0, "");
    page.line(1, "qc:                                      # nothing is dropped without a row that says why");
    page.line(2, "analytes:");
    page.guess(3, "max_missing: 0.2", "usual; the largest share of study samples without a value");
    if found.has_pooled_qc {
        page.guess(3, "max_qc_rsd: 0.3", "usual; the largest sd/mean of the pooled QC samples");
    } else {
        page.todo(
            3,
            "max_qc_rsd: no sample is a pooled QC, by its type; say `type` and `types` of the samples if some are",
        );
    }
    page.line(2, "samples:");
    page.guess(3, "max_missing: 0.5", "usual; the largest share of analytes without a value");
    page.guess(2, "on_fail: exclude", "usual; flag keeps what fails, and says so");
}

/// The first and the last timepoint, where there are two.
fn change(found: &Found) -> Option<(&str, &str)> {
    match found.timepoints.as_slice() {
        [from, .., to] => Some((from, to)),
        _ => None,
    }
}

fn normalization(found: &Found, page: &mut Page) {
    page.line(0, "");
    page.line(1, "normalize:");
    let below = found.has_lod.then_some("- below_lod: {method: lod_over_sqrt2}");
    // A ratio is taken of the values as they were measured; a level is compared on a log scale.
    let log = change(found).is_none().then_some("- transform: {method: log2}");
    if below.is_none() && log.is_none() {
        page.guess(
            2,
            "steps: []",
            "the values as they were measured; add drift, sample and impute as the laboratory advises",
        );
    } else {
        page.line(2, "steps:");
        below.into_iter().for_each(|step| page.guess(3, step, "the panel has limits of detection"));
        log.into_iter().for_each(|step| page.guess(3, step, "usual for concentrations"));
    }
    if found.has_pooled_qc {
        page.todo(
            2,
            "steps: where pooled QC stand in order of injection in every batch, `- drift: {method: qc_rsc}` takes drift out",
        );
    }
    if let Some((from, to)) = change(found) {
        page.line(2, "change:");
        page.guess(3, format!("from: {}", word(from)), "the first timepoint");
        page.guess(
            3,
            format!("to: {}", word(to)),
            if found.timepoints.len() > 2 { "the last timepoint" } else { "the other timepoint" },
        );
        page.guess(3, "measures: [log2_ratio]", "doubling and halving count alike");
    }
}

/// Writes the endpoints; the name of the one that the screen takes.
fn outcomes(found: &Found, page: &mut Page) -> Option<&'static str> {
    let [first, .., last] = found.visits.as_slice() else {
        page.line(0, "");
        page.todo(1, "outcomes: they need two visits, or a participants' column: {endpoints: {NAME: {kind: column}}}");
        return None;
    };
    let (first, last) = (word(first), word(last));
    page.line(0, "");
    page.line(1, "outcomes:");
    page.line(2, "endpoints:");
    let improvement = format!("improvement: {{kind: percent_improvement, from: {first}, to: {last}}}");
    page.guess(3, improvement, "from the first visit to the last; lower totals are taken as better");
    let response = format!("response: {{kind: improvement_at_least, percent: 50, from: {first}, to: {last}}}");
    page.guess(3, response, "usual; at least half of the total is gone");
    if found.scale == Some("madrs") {
        let remission = format!("remission: {{kind: at_most, value: 10, visit: {last}}}");
        page.guess(3, remission, "usual for MADRS; a total of at most 10");
    }
    Some("improvement")
}

fn screen(endpoint: &str, found: &Found, page: &mut Page) {
    let predictor = match (change(found), found.timepoints.first()) {
        (Some(_), _) => "{change: log2_ratio}".to_owned(),
        (None, Some(timepoint)) => format!("{{level: {}}}", word(timepoint)),
        (None, None) => return page.todo(1, "screen: no timepoint is known"),
    };
    page.line(0, "");
    page.line(1, "screen:                                  # every metabolite against every outcome, in every model");
    page.line(2, "models:");
    page.line(3, "main:");
    page.guess(4, format!("outcomes: [{endpoint}]"), "the only endpoint that is a number");
    page.guess(4, format!("predictor: {predictor}"), "what normalize makes of the timepoints");
    page.guess(4, "covariates: [baseline_score]", "usual; add age, sex and whatever else matters");
    page.guess(4, "covariance: hc3", "spreads need not be the same for everyone");
    page.guess(4, "inference: t", "right for few participants");
    page.guess(2, "multiplicity: {method: bh}", "the share of chance findings among those reported is held");
}
