//! Names of files that follow from names of the study.

use std::collections::BTreeSet;

/// Hands out file names of `[a-z0-9_-]`, short and never twice.
#[derive(Debug, Default)]
pub struct FileNames {
    taken: BTreeSet<String>,
}

impl FileNames {
    /// A name for the parts, joined by `-`; a number is added where an earlier name took it.
    pub fn claim(&mut self, parts: &[&str]) -> String {
        let joined = parts.iter().map(|part| plain(part)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        let base = if joined.is_empty() { "unnamed".to_owned() } else { joined };
        let numbered = |n: u64| if n == 1 { base.clone() } else { format!("{base}-{n}") };
        let name = (1..).map(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }
}

/// Lower case ASCII letters and digits, runs of anything else as one `_`, at most 40 characters.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    name.truncate(40);
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_short_and_unique() {
        let mut names = FileNames::default();
        assert_eq!(names.claim(&["scatter", "=1+1, \"β/3-HB\"<script>"]), "scatter-1_1_3_hb_script");
        assert_eq!(names.claim(&["scatter", "../1/1 3 hb script"]), "scatter-1_1_3_hb_script-2");
        assert_eq!(names.claim(&["β"]), "unnamed");
        assert!(names.claim(&["x", &"a".repeat(200)]).len() <= 45);
    }
}
