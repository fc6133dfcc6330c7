//! Accessions of databases, as files write them: old and new digits, with the database's prefix or without.

/// An accession in one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    Hmdb(u32),
    Kegg(char, u32),
    Chebi(u32),
    InChIKey(String),
}

impl Identifier {
    pub fn word(&self) -> &'static str {
        match self {
            Identifier::Hmdb(_) => "HMDB accession",
            Identifier::Kegg(..) => "KEGG compound",
            Identifier::Chebi(_) => "ChEBI identifier",
            Identifier::InChIKey(_) => "InChIKey",
        }
    }

    /// `HMDB00357` and `HMDB0000357`: five digits until 2017, seven since.
    pub fn hmdb(text: &str) -> Option<Self> {
        let digits = after(text, &["hmdb:hmdb", "hmdb"])?;
        (5..=7).contains(&digits.len()).then(|| number(digits).map(Identifier::Hmdb))?
    }

    /// `C01089`, `cpd:C01089`, `KEGG:C01089`; glycans and drugs too.
    pub fn kegg(text: &str) -> Option<Self> {
        let rest = after(text, &["cpd:", "gl:", "dr:", "kegg:", "kegg.compound:", ""])?;
        let (kind, digits) = (rest.chars().next().filter(|kind| "CGD".contains(*kind))?, rest.get(1..)?);
        (digits.len() == 5).then(|| number(digits).map(|digits| Identifier::Kegg(kind, digits)))?
    }

    /// `CHEBI:17066`; a bare number could be anything.
    pub fn chebi(text: &str) -> Option<Self> {
        number(after(text, &["chebi:chebi:", "chebi:", "chebi_"])?).map(Identifier::Chebi)
    }

    /// `WHBMMWSBFZVSSR-GSVOUGTGSA-N`, with `InChIKey=` before it or not.
    pub fn inchikey(text: &str) -> Option<Self> {
        let key = after(text, &["inchikey=", "inchikey:", ""])?;
        let parts: Vec<usize> = key.split('-').map(str::len).collect();
        let plain = key.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        (parts == [14, 10, 1] && plain).then(|| Identifier::InChIKey(key.to_owned()))
    }

    /// Any of them, for a text that may be none.
    pub fn any(text: &str) -> Option<Self> {
        Self::hmdb(text).or_else(|| Self::kegg(text)).or_else(|| Self::chebi(text)).or_else(|| Self::inchikey(text))
    }

    /// What the panel's column `chebi` holds: there the number alone says enough.
    pub fn of_chebi_column(text: &str) -> Option<Self> {
        number(text).map(Identifier::Chebi).or_else(|| Self::chebi(text))
    }
}

/// The rest after the first of the prefixes, which may be written in small or capital letters.
fn after<'t>(text: &'t str, prefixes: &[&str]) -> Option<&'t str> {
    let rest = |prefix: &&str| {
        let head = text.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..))?
    };
    prefixes.iter().find_map(rest)
}

fn number(digits: &str) -> Option<u32> {
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accession_has_one_meaning_in_every_spelling() {
        let one = |texts: &[&str]| {
            let all: Vec<_> = texts.iter().map(|text| Identifier::any(text)).collect();
            assert!(all[0].is_some() && all.iter().all(|found| *found == all[0]), "{texts:?}: {all:?}");
        };
        one(&["HMDB00357", "HMDB0000357", "hmdb0000357", "HMDB:HMDB0000357"]);
        one(&["C01089", "cpd:C01089", "KEGG:C01089"]);
        one(&["CHEBI:17066", "chebi:17066", "CHEBI_17066"]);
        one(&["WHBMMWSBFZVSSR-GSVOUGTGSA-N", "InChIKey=WHBMMWSBFZVSSR-GSVOUGTGSA-N"]);
        assert_eq!(Identifier::of_chebi_column("17066"), Identifier::any("CHEBI:17066"));
    }

    #[test]
    fn what_is_no_accession_is_none() {
        for text in [
            "17066",
            "HMDB",
            "HMDB357",
            "HMDB00000357",
            "C1089",
            "C18:1",
            "c01089",
            "CHEBI:",
            "βeta:1",
            "",
            "WHBMMWSBFZVSSR",
        ] {
            assert_eq!(Identifier::any(text), None, "{text}");
        }
    }
}
