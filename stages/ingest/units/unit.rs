//! A unit as laboratories write it: `µmol/L`, `mg dL-1`, `mM`, `nmol/mg protein`, `µmol/mmol creatinine`, `%`.
//!
//! Symbols are read as the SI writes them, lower case and upper case apart (`mM` is a concentration, `MM` is nothing),
//! with `u`, `mc` and either micro sign for micro. Every prefix is a power of ten, and so is the ratio of any two units
//! of one dimension. What is no unit of amount, mass, volume or number is opaque: a word such as `peak area` that equals
//! itself and converts to nothing. UCUM is not used: laboratories do not write it (`mM` is `mmol/L` there, `M` is mega).

use unicode_normalization::UnicodeNormalization;

/// What a unit measures, before it is divided by anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    Number,
    Amount,
    Mass,
    Volume,
}

impl Quantity {
    pub fn word(self) -> &'static str {
        match self {
            Quantity::Number => "number",
            Quantity::Amount => "amount of substance",
            Quantity::Mass => "mass",
            Quantity::Volume => "volume",
        }
    }
}

/// What a quantity is divided by: a quantity of something (`creatinine`, `protein`; empty where nothing is named).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Per {
    pub quantity: Quantity,
    pub of: String,
}

/// A unit of known dimension: 10^`exponent` of mol, g, L or 1, divided by the same of what it is per.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub top: Quantity,
    pub per: Option<Per>,
    pub exponent: i32,
}

/// A unit, known or a word of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    Known(Known),
    Opaque(String),
}

/// Powers of ten by prefix; the empty one first, so that `mol` is not milli-ol.
const PREFIXES: [(&str, i32); 11] = [
    ("", 0),
    ("k", 3),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("mc", -6),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
];
const SYMBOLS: [(&str, Quantity); 4] =
    [("mol", Quantity::Amount), ("g", Quantity::Mass), ("L", Quantity::Volume), ("l", Quantity::Volume)];
const NUMBERS: [(&str, i32); 4] = [("%", -2), ("1", 0), ("fraction", 0), ("ratio", 0)];
/// Prefixes of the molar (mol/L); `cM` is a centimorgan.
const MOLAR: [(&str, i32); 7] = [("M", 0), ("mM", -3), ("uM", -6), ("nM", -9), ("pM", -12), ("fM", -15), ("aM", -18)];
/// What stands for creatinine, whose mass and amount are known to belong together.
pub const CREATININE: &str = "creatinine";
const CREATININES: [&str; 6] = ["creatinine", "creat", "crea", "cre", "crn", "cr"];

impl Unit {
    /// Reads a unit; what is not understood is opaque.
    pub fn parse(text: &str) -> Unit {
        let plain = plain(text);
        known(&plain).map_or(Unit::Opaque(plain), Unit::Known)
    }
}

impl Known {
    /// The dimension in words: `amount of substance per mass of creatinine`.
    pub fn dimension(&self) -> String {
        match &self.per {
            None => self.top.word().into(),
            Some(per) if per.of.is_empty() => format!("{} per {}", self.top.word(), per.quantity.word()),
            Some(per) => format!("{} per {} of {}", self.top.word(), per.quantity.word(), per.of),
        }
    }
}

/// One spelling for signs that look alike: micro, minus, raised minus one, dots between factors, spaces.
fn plain(text: &str) -> String {
    let same = |c: char| match c {
        '\u{b5}' | '\u{3bc}' => 'u',
        '\u{207b}' | '\u{2212}' | '\u{2013}' => '-',
        '\u{b9}' => '1',
        '\u{b7}' | '\u{22c5}' | '\u{2219}' => ' ',
        '\u{2215}' | '\u{2044}' => '/',
        other => other,
    };
    let text: String = text.nfc().map(same).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" per ", "/")
}

fn known(text: &str) -> Option<Known> {
    let (top, per) = split(text)?;
    let Some((unit, of)) = per else {
        if let Some((_, exponent)) = MOLAR.iter().find(|(symbol, _)| *symbol == top) {
            let per = Per { quantity: Quantity::Volume, of: String::new() };
            return Some(Known { top: Quantity::Amount, per: Some(per), exponent: *exponent });
        }
        let number = NUMBERS.iter().find(|(symbol, _)| *symbol == top);
        let (quantity, exponent) = number.map(|(_, e)| (Quantity::Number, *e)).or_else(|| symbol(top))?;
        return Some(Known { top: quantity, per: None, exponent });
    };
    let ((top, over), (quantity, under)) = (symbol(top)?, symbol(unit)?);
    Some(Known { top, per: Some(Per { quantity, of: substance(&of) }), exponent: over - under })
}

/// A unit, and what the unit of what it is per measures.
type Parts<'a> = (&'a str, Option<(&'a str, String)>);

/// `a/b of` or `a b-1 of`: what is above, and what is below with the words after it.
fn split(text: &str) -> Option<Parts<'_>> {
    if let Some((top, below)) = text.split_once('/') {
        let (unit, of) = below.trim().split_once(' ').unwrap_or((below.trim(), ""));
        return (!of.contains('/')).then(|| (top.trim(), Some((unit, of.to_owned()))));
    }
    let tokens: Vec<&str> = text.split([' ', '.']).filter(|token| !token.is_empty()).collect();
    match tokens.as_slice() {
        [only] => Some((only, None)),
        [top, below, of @ ..] => {
            let unit = below.strip_suffix("-1")?;
            Some((top, Some((unit.strip_suffix('^').unwrap_or(unit), of.join(" ")))))
        }
        [] => None,
    }
}

fn symbol(text: &str) -> Option<(Quantity, i32)> {
    let of = |(prefix, exponent): &(&str, i32)| {
        let rest = text.strip_prefix(prefix)?;
        SYMBOLS.iter().find(|(symbol, _)| *symbol == rest).map(|(_, quantity)| (*quantity, *exponent))
    };
    PREFIXES.iter().find_map(of)
}

fn substance(words: &str) -> String {
    let words =
        words.strip_prefix("of ").unwrap_or(words).trim_matches(['(', ')']).trim_end_matches('.').to_lowercase();
    if CREATININES.contains(&words.as_str()) { CREATININE.into() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_has_many_spellings() {
        for same in [
            &[
                "µmol/L",
                "μmol/l",
                "umol/L",
                "mcmol/L",
                "µM",
                "μM",
                "uM",
                "µmol L-1",
                "μmol·L⁻¹",
                "µmol.L^-1",
                "µmol per L",
            ][..],
            &["mg/dL", "mg/dl", " mg / dL ", "mg dL-1", "mg dL−1"],
            &["µmol/mmol creatinine", "umol/mmol Crea", "µmol/mmol of creatinine", "μmol mmol-1 cr."],
            &["fraction", "1", "ratio"],
            &["peak area", "peak  area"],
        ] {
            let units: Vec<Unit> = same.iter().map(|text| Unit::parse(text)).collect();
            assert!(units.iter().all(|unit| *unit == units[0]), "{same:?}: {units:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_unit_or_a_word(text in "\\PC{0,12}|[µumgLl/ .-]{0,8}") {
            Unit::parse(&text);
        }
    }

    #[test]
    fn what_is_no_unit_of_amount_mass_volume_or_number_is_a_word_of_its_own() {
        for word in [
            "a.u.",
            "counts",
            "peak area",
            "MM",
            "cM",
            "Mmol/L",
            "MMOL/L",
            "mEq/L",
            "IU/mL",
            "nmol/mg/min",
            "nmol/10^6 cells",
            "m",
            "",
            "/",
            "/L",
            "mol/",
            "L-1",
            "%/L",
            "ppm",
            "β",
            "µg lactate/mL",
        ] {
            assert!(matches!(Unit::parse(word), Unit::Opaque(_)), "{word}: {:?}", Unit::parse(word));
        }
    }
}
