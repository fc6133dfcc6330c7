//! One spelling for names that differ only in how they are typed.
//!
//! Conservative: what may tell two compounds apart stays. Signs in parentheses, charges at the ends, commas, colons,
//! brackets and slashes are kept, and so is a hyphen between two digits. Case is kept where a name is so short that it
//! tells elements and molecules apart (`Co`, `CO`).

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Names of the Greek letters in alphabetical order, from α; the second sigma is the final one.
const GREEK: [&str; 25] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/// The same text in Unicode's composed form: `é` is one character, however it was typed.
pub fn composed(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// The name as it is compared where no spelling agrees: compatible characters, small letters, Greek spelled out, primes
/// of one kind, no spaces or hyphens within words.
pub fn fold(name: &str) -> String {
    let signs: Vec<char> = name.nfkc().map(sign).collect();
    let short = signs.iter().filter(|c| c.is_alphanumeric()).count() < 3;
    let mut folded = String::new();
    let mut at = 0;
    while let Some(&c) = signs.get(at) {
        let end = at + signs[at..].iter().take_while(|c| is_gap(**c)).count();
        if end > at {
            let run = &signs[at..end];
            folded.push_str(between(signs[..at].last(), run, signs.get(end)));
            at = end;
            continue;
        }
        match greek(c) {
            Some(spelled) => folded.push_str(spelled),
            None if short => folded.push(c),
            None => folded.extend(c.to_lowercase()),
        }
        at += 1;
    }
    folded
}

fn sign(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2032}' | '\u{2019}' | '\u{2018}' | '\u{2b9}' | '`' | '\u{b4}' => '\'',
        other => other,
    }
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_')
}

/// What is left of a run of spaces and hyphens: a hyphen between digits, and where it is a sign or a charge.
fn between(before: Option<&char>, run: &[char], after: Option<&char>) -> &'static str {
    let hyphen = if run.contains(&'-') { "-" } else { "" };
    match (before, after) {
        (Some(a), Some(b)) if a.is_numeric() && b.is_numeric() => "-",
        (Some('('), Some(')')) => hyphen,
        (Some(_), Some(_)) => "",
        _ => hyphen,
    }
}

fn greek(c: char) -> Option<&'static str> {
    let small = c.to_lowercase().next()?;
    let at = u32::from(small).checked_sub(u32::from('α'))?;
    GREEK.get(usize::try_from(at).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_typed_otherwise_are_one() {
        for same in [
            &[
                "β-Hydroxybutyrate",
                "beta-hydroxybutyrate",
                "Beta hydroxybutyrate",
                "β–hydroxy butyrate",
                "BETA-HYDROXYBUTYRATE",
            ][..],
            &["𝛼-tocopherol", "α-Tocopherol", "alpha_tocopherol"],
            &["5′-GMP", "5'-GMP", "5’-gmp"],
            &["Caf\u{e9}ine", "Cafe\u{301}ine"],
            &["(−)-Epicatechin", "(-)-epicatechin", "(–) epicatechin"],
            &["3-HB", "3-hb", "3 HB"],
        ] {
            let folded: Vec<String> = same.iter().map(|name| fold(name)).collect();
            assert!(folded.iter().all(|name| *name == folded[0]), "{folded:?}");
        }
    }

    #[test]
    fn what_may_be_another_compound_stays_apart() {
        for (a, b) in [
            ("(+)-catechin", "(-)-catechin"),
            ("PC 16-0", "PC 160"),
            ("C18:1", "C18-1"),
            ("CO", "Co"),
            ("Cl-", "Cl"),
            ("L-lactate", "D-lactate"),
            ("1,5-AG", "15-AG"),
            ("β-alanine", "alanine"),
            ("NA(+)", "NA"),
        ] {
            assert_ne!(fold(a), fold(b), "{a} and {b}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_name_in_either_normal_form_folds_alike(name in "\\PC{0,12}") {
            let (composed, decomposed): (String, String) = (name.nfc().collect(), name.nfd().collect());
            proptest::prop_assert_eq!(fold(&composed), fold(&decomposed));
            proptest::prop_assert_eq!(super::composed(&decomposed), composed);
            let _ = (crate::ingest::registry::identifier::Identifier::any(&name), fold(&name));
        }
    }

    #[test]
    fn folding_a_folded_name_changes_nothing() {
        for name in ["β-Hydroxy ‘butyrate’/3-HB", "(−)-x", "-", "", " ", "Σ ς", "=1+1", "PC 16-0", "İx", "ẞß", "- -"]
        {
            assert_eq!(fold(&fold(name)), fold(name), "{name}");
        }
    }
}
