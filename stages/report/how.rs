//! How a test was made, in words: short beside a mark, in full in a table.

use super::study::Study;
use super::words;
use crate::screen::schema::AssociationRow;

/// The shortest name of a row's errors and reference: `Wald`, `HC3, t`, `LR`, `Firth`.
pub fn short(row: &AssociationRow) -> String {
    let reference = match row.inference.as_str() {
        "penalized_lr" => return "Firth".into(),
        "likelihood_ratio" => "LR".to_owned(),
        "moderated" => "moderated t".to_owned(),
        other => words::term(other),
    };
    if takes_errors(row) && row.covariance != "model" {
        format!("{}, {reference}", words::term(&row.covariance))
    } else {
        reference
    }
}

/// Errors and reference in full: `model covariance, Wald`, `likelihood ratio`.
pub fn reference(row: &AssociationRow) -> String {
    let reference = words::term(&row.inference);
    if takes_errors(row) { format!("{} covariance, {reference}", words::term(&row.covariance)) } else { reference }
}

/// Whether the reference is of an estimate over its standard error; the others compare likelihoods.
fn takes_errors(row: &AssociationRow) -> bool {
    !matches!(row.inference.as_str(), "likelihood_ratio" | "score" | "penalized_lr" | "moderated")
}

/// The distribution, with its link where it is not the usual one: `gaussian`, `binomial (logit link)`.
pub fn family(row: &AssociationRow) -> String {
    match (words::spaced(&row.family), row.link.as_str()) {
        (family, "identity" | "") if row.family == "gaussian" => family,
        (family, "") => family,
        (family, link) => format!("{family} ({link} link)"),
    }
}

/// Everything about how a model's tests were made, for the table of models.
pub fn model(study: &Study, rows: &[&AssociationRow]) -> String {
    let Some(first) = rows.iter().find(|row| row.estimator != "firth").or(rows.first()) else { return String::new() };
    let setting = |key: &str| study.setting(&format!("stages.screen.models.{}.{key}", first.model))?.as_str();
    let mut parts = vec![family(first), reference(first)];
    let clusters = ["cluster", "cluster_cr0", "cluster_cr1"].into_iter();
    let cluster = clusters.filter_map(|key| setting(&format!("covariance.{key}"))).next();
    parts.extend(cluster.map(|column| format!("clusters: {}", words::spaced(column))));
    let firth = rows.iter().filter(|row| row.status == "firth").count();
    if first.estimator == "firth" {
        parts[1] = "Firth’s penalized likelihood throughout".into();
    } else if firth > 0 {
        parts.push(format!("Firth’s penalized likelihood where separated ({firth} of {})", rows.len()));
    } else if setting("on_separation") == Some("firth") {
        parts.push("Firth’s penalized likelihood where separated (nowhere)".into());
    }
    if first.response == "analyte" {
        parts.push("the metabolite on the left side, variances shared across metabolites".into());
    }
    parts.join(", ")
}

/// A status as readers see it; empty where all is well.
pub fn status(study: &Study, row: &AssociationRow) -> String {
    match (row.status.as_str(), row.detail.as_str()) {
        ("ok", _) => String::new(),
        ("firth", "") => "separated: by Firth".into(),
        (status, "") => words::spaced(status),
        (status, detail) => format!("{}: {}", words::spaced(status), study.readable(detail)),
    }
}

/// Limits, where a missing one of a test that was made is infinite.
pub fn limits(row: &AssociationRow) -> String {
    match (row.conf_low, row.conf_high) {
        (None, Some(high)) if row.p_value.is_some() => format!("\u{2212}∞ to {}", words::number(Some(high))),
        (Some(low), None) if row.p_value.is_some() => format!("{} to ∞", words::number(Some(low))),
        (None, None) if row.p_value.is_some() => "\u{2212}∞ to ∞".into(),
        (low, high) => words::interval(low, high),
    }
}

/// How many resamples the bootstrap had to leave out, where it had to.
pub fn left_out<'a>(rows: impl Iterator<Item = &'a AssociationRow>) -> String {
    let worst = rows.filter_map(|row| Some((row.boot_failed?, row.boot_draws?))).max();
    match worst {
        Some((failed, draws)) if failed > 0 => format!(
            " In up to {failed} of {draws} resamples a model could not be fitted; the limits are of the others alone, and \
             too narrow where these are many."
        ),
        _ => String::new(),
    }
}

/// A permutation p-value with its Monte-Carlo standard error; every ordering has none.
pub fn monte_carlo(p: Option<f64>, std_error: Option<f64>) -> String {
    let shown = words::p_value(p);
    match (p, std_error) {
        (Some(_), Some(error)) if error > 0.0 => {
            let decimals = shown.split_once('.').map_or(4, |(_, digits)| digits.len());
            let least = libm::pow(10.0, -(decimals as f64));
            if error < least / 2.0 { shown } else { format!("{shown} ± {error:.decimals$}") }
        }
        _ => shown,
    }
}

/// A Bayes factor as odds for what it speaks for, and its strength in words: `8.4 to 1`, `moderate`.
///
/// METHOD: Jeffreys' bounds at 3, 10, 30 and 100, in the words of Lee and Wagenmakers (2013); below 3 the data say
/// hardly anything.
pub fn evidence(log10: f64) -> (String, &'static str) {
    let factor = libm::pow(10.0, log10.abs());
    let odds = if factor > 1000.0 { ">1000".to_owned() } else { words::number(Some(factor)) };
    let strength = match factor {
        f if f < 3.0 => "hardly any",
        f if f < 10.0 => "moderate",
        f if f < 30.0 => "strong",
        f if f < 100.0 => "very strong",
        _ => "extreme",
    };
    (format!("{odds} to 1"), strength)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_limit_of_a_test_that_was_made_is_infinite() {
        let row = AssociationRow { p_value: Some(0.1), conf_low: Some(0.4), ..AssociationRow::default() };
        assert_eq!(limits(&row), "0.400 to ∞");
        assert_eq!(limits(&AssociationRow { p_value: None, conf_low: None, ..row }), words::MISSING);
    }

    #[test]
    fn a_monte_carlo_error_has_the_digits_of_its_p() {
        assert_eq!(monte_carlo(Some(0.049), Some(0.0021)), "0.049 ± 0.002");
        assert_eq!(monte_carlo(Some(0.5), Some(0.0021)), "0.50");
        assert_eq!(monte_carlo(Some(0.03), Some(0.0)), "0.030");
        assert_eq!(monte_carlo(None, None), words::MISSING);
    }

    #[test]
    fn evidence_of_three_to_one_is_the_first_that_counts() {
        assert_eq!(evidence(0.9), ("7.94 to 1".to_owned(), "moderate"));
        assert_eq!(evidence(-0.3).1, "hardly any");
        assert_eq!(evidence(400.0), (">1000 to 1".to_owned(), "extreme"));
    }
}
