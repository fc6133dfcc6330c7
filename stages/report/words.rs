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

/// A predictor's name as words: `change (percent)`, `level at baseline`.
pub fn predictor(name: &str) -> String {
    match name.split_once(": ") {
        Some(("change", measure)) => format!("change ({})", measure.replace('_', " ")),
        Some(("level", timepoint)) => format!("level at {}", timepoint.replace('_', " ")),
        _ => name.to_owned(),
    }
}

/// A setting's word as the field writes it.
pub fn term(word: &str) -> String {
    match word {
        "wald" => "Wald".into(),
        "hc0" | "hc1" | "hc2" | "hc3" | "bh" | "by" => word.to_uppercase(),
        other => other.replace('_', " "),
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
    fraction.map_or(MISSING.into(), |value| format!("{} %", minus(&format!("{:.1}", 100.0 * value))))
}

/// `low to high`.
pub fn interval(low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (None, None) => MISSING.into(),
        _ => format!("{} to {}", number(low), number(high)),
    }
}

/// A yes-or-no cell.
pub fn flag(value: Option<bool>) -> String {
    match value {
        Some(true) => "yes".into(),
        Some(false) => "no".into(),
        None => MISSING.into(),
    }
}

/// A name for a figure or a heading: no control characters, at most `limit` characters.
pub fn short(name: &str, limit: usize) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= limit {
        return clean;
    }
    let kept: String = clean.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
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
    }

    #[test]
    fn a_long_name_is_shortened_by_characters_not_bytes() {
        assert_eq!(short(&"β".repeat(200), 10), format!("{}…", "β".repeat(9)));
        assert_eq!(short("a\u{0}b", 10), "a b");
    }
}
