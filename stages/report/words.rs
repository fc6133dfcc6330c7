//! Numbers and names as text for readers: sensible digits, a true minus sign, a dash for what is missing.
//!
//! Nothing here is for machines; the CSV tables hold every digit.

/// What stands where a number is missing.
pub const MISSING: &str = "–";

/// A p-value: two significant digits, or `<0.001`.
pub fn p_value(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "<0.001".into(),
        Some(p) if p < 0.01 => format!("{p:.4}"),
        Some(p) if p < 0.1 => format!("{p:.3}"),
        Some(p) => format!("{p:.2}"),
        None => MISSING.into(),
    }
}

/// A p-value within a sentence, `p = 0.0047` or `p < 0.001`, that no line break divides.
pub fn p_phrase(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "p\u{a0}<\u{a0}0.001".into(),
        other => format!("p\u{a0}=\u{a0}{}", p_value(other)),
    }
}

/// A level of significance, 1 - confidence, without the noise of its last bits.
pub fn level(alpha: f64) -> String {
    let text = format!("{alpha:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name of the configuration as words: underscores are spaces, and a number stays beside its word.
pub fn spaced(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let number_next = rest.peek().is_some_and(char::is_ascii_digit);
        text.push(if c != '_' { c } else { if number_next { '\u{a0}' } else { ' ' } });
    }
    text
}

/// A predictor's name as words: `percent change`, `level at baseline`, `percent change × sexmale`.
pub fn predictor(name: &str) -> String {
    if let Some((one, other)) = name.split_once(" × ") {
        return format!("{} × {}", predictor(one), spaced(other));
    }
    match (change(name), name.split_once(": ")) {
        (Some((measure @ ("percent" | "residualized"), None)), _) => format!("{measure} change"),
        (Some((measure @ ("percent" | "residualized"), Some(contrast))), _) => {
            format!("{measure} change ({})", spaced(contrast))
        }
        (Some((measure, None)), _) => format!("change ({})", spaced(measure)),
        (Some((measure, Some(contrast))), _) => format!("change ({}, {})", spaced(measure), spaced(contrast)),
        (None, Some(("level", timepoint))) => format!("level at {}", spaced(timepoint)),
        _ => spaced(name),
    }
}

/// The measure of a change, and which change where that is said: `change: percent (late)` is `percent` and `late`.
pub fn change(predictor: &str) -> Option<(&str, Option<&str>)> {
    let measure = predictor.strip_prefix("change: ")?;
    let contrast = measure.strip_suffix(')').and_then(|measure| measure.split_once(" ("));
    Some(contrast.map_or((measure, None), |(measure, contrast)| (measure, Some(contrast))))
}

/// A stratum as words: `sex=female` is `sex: female`.
pub fn stratum(name: &str) -> String {
    spaced(&name.replacen('=', ": ", 1))
}

/// A unit as one writes it: `mm2` is `mm²`.
pub fn unit(unit: &str) -> String {
    unit.replace("m2", "m²").replace("m3", "m³")
}

/// A setting's word as the field writes it.
pub fn term(word: &str) -> String {
    match word {
        "wald" => "Wald".into(),
        "below_lod" => "below LOD".into(),
        "lod_over_sqrt2" => "LOD/√2".into(),
        "half_lod" => "LOD/2".into(),
        "pqn" => "PQN".into(),
        "qc_rsc" => "QC-RSC".into(),
        "penalized_lr" => "penalized likelihood ratio".into(),
        "moderated" => "moderated t".into(),
        "bca" => "BCa".into(),
        "bonferroni" | "holm" | "hochberg" | "storey" => word[..1].to_uppercase() + &word[1..],
        "hc0" | "hc1" | "hc2" | "hc3" | "cr0" | "cr1" | "cr2" | "bh" | "by" | "bic" | "jzs" => word.to_uppercase(),
        other => spaced(other),
    }
}

/// A number with three significant digits.
pub fn number(value: Option<f64>) -> String {
    let Some(value) = value else { return MISSING.into() };
    let size = value.abs();
    let text = match size {
        0.0 => "0".to_owned(),
        _ if !(1e-4..1e7).contains(&size) => format!("{value:.2e}"),
        _ if size >= 99.95 => format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.995 => format!("{value:.2}"),
        _ if size >= 0.0995 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    };
    minus(&text)
}

/// A number with a fixed count of decimals.
pub fn fixed(value: Option<f64>, decimals: usize) -> String {
    value.map_or(MISSING.into(), |value| minus(&format!("{value:.decimals$}")))
}

/// A fraction as percent with one decimal.
pub fn percent(fraction: Option<f64>) -> String {
    fraction.map_or(MISSING.into(), |value| format!("{}\u{a0}%", minus(&format!("{:.1}", 100.0 * value))))
}

/// `low to high`, both with the decimals of the larger; with their own where that would round one away.
pub fn interval(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high, decimals(low, high)) {
        (None, None, _) => MISSING.into(),
        (_, _, Some(decimals)) => format!("{} to {}", fixed(low, decimals), fixed(high, decimals)),
        _ => format!("{} to {}", number(low), number(high)),
    }
}

/// An estimate with the decimals of its limits.
pub fn estimate(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    decimals(low, high).map_or(number(value), |decimals| fixed(value, decimals))
}

/// The decimals that give the larger limit three digits; none where the other would be rounded away.
fn decimals(low: Option<f64>, high: Option<f64>) -> Option<usize> {
    let (low, high) = (low?, high?);
    let larger = number(Some(low.abs().max(high.abs())));
    let decimals = larger.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let smallest = libm::pow(10.0, -(decimals as f64)) / 2.0;
    let gone = |value: f64| value != 0.0 && value.abs() < smallest;
    (!larger.contains('e') && !gone(low) && !gone(high)).then_some(decimals)
}

/// A name for a figure or a heading: no control characters, at most `limit` characters, the middle left out.
///
/// The end stays, since names of metabolites often differ only there.
pub fn short(name: &str, limit: usize) -> String {
    let clean: Vec<char> = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.len() <= limit {
        return clean.into_iter().collect();
    }
    let end = limit.saturating_sub(1) / 3;
    let start = limit.saturating_sub(1 + end);
    let (start, end): (String, String) = (clean[..start].iter().collect(), clean[clean.len() - end..].iter().collect());
    format!("{}…{}", start.trim_end(), end.trim_start())
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} and {last}", start.join(", ")),
    }
}

/// `1 person`, `2 people`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// The names in a cell that holds a JSON list.
pub fn json_list(cell: &str) -> Vec<String> {
    serde_json::from_str(cell).unwrap_or_default()
}

fn minus(text: &str) -> String {
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    if zero { text.trim_start_matches('-').to_owned() } else { text.replace('-', "\u{2212}") }
}

/// A row's outcome, with its stratum where there is one.
pub fn outcome_within(row: &crate::screen::schema::AssociationRow) -> String {
    let outcome = spaced(&row.outcome);
    if row.stratum.is_empty() { outcome } else { format!("{outcome}, {}", stratum(&row.stratum)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_a_reader_needs() {
        assert_eq!(["0.0047", "0.032", "0.51"].map(String::from), [0.00472, 0.0321, 0.512].map(|p| p_value(Some(p))));
        assert_eq!(p_value(Some(0.0)), "<0.001");
        assert_eq!(number(Some(-1.3512)), "\u{2212}1.35");
        assert_eq!(number(Some(0.0)), "0");
        assert_eq!(fixed(Some(-0.01), 1), "0.0");
        assert_eq!(number(None), MISSING);
        assert_eq!(interval(Some(0.407), Some(2.2977)), "0.41 to 2.30");
        assert_eq!(interval(Some(-25.81), Some(-252.3)), "\u{2212}26 to \u{2212}252");
        assert_eq!(interval(Some(0.001), Some(2.5)), "0.0010 to 2.50");
        assert_eq!(estimate(Some(-0.0028), Some(-1.66), Some(1.66)), "0.00");
        assert_eq!(interval(Some(0.0), Some(1.5)), "0.00 to 1.50");
        assert_eq!(spaced("baseline_score_12"), "baseline score\u{a0}12");
    }

    #[test]
    fn a_change_is_named_by_its_measure_whichever_change_it_is() {
        assert_eq!(change("change: log2_ratio (week_4 - baseline)"), Some(("log2_ratio", Some("week_4 - baseline"))));
        assert_eq!((change("change: percent"), change("level: a (b)")), (Some(("percent", None)), None));
        assert_eq!(predictor("change: log2_ratio (early)"), "change (log2 ratio, early)");
        assert_eq!(predictor("change: percent (early)"), "percent change (early)");
        assert_eq!(predictor("change: percent"), "percent change");
        assert_eq!(predictor("level: baseline"), "level at baseline");
    }

    #[test]
    fn a_long_name_is_shortened_by_characters_not_bytes() {
        assert_eq!(short(&"β".repeat(200), 10), format!("{}…{}", "β".repeat(6), "β".repeat(3)));
        assert_eq!(short("a\u{0}b", 10), "a b");
    }
}
