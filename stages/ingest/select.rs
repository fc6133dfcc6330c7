//! Chooses the analytes that the settings name: by name, or by a glob.

use std::collections::BTreeSet;

use globset::GlobBuilder;

use super::problems::Problems;
use crate::contract::{Place, Problem, suggest};

/// The setting that names analytes.
const SETTING: &str = "stages.ingest.metabolites.analytes";

/// Those of `names` that one of the patterns chooses; all where there is no pattern.
///
/// A pattern that is an analyte's whole name chooses it whatever signs it holds; any other is a glob. One that chooses
/// nothing is refused.
pub fn select<'a>(patterns: &[String], names: &BTreeSet<&'a str>, problems: &mut Problems) -> BTreeSet<&'a str> {
    if patterns.is_empty() {
        return names.clone();
    }
    let mut selected = BTreeSet::new();
    for pattern in patterns {
        match matching(pattern, names) {
            Ok(found) if found.is_empty() => {
                let remedy = suggest::remedy(pattern, names.iter().copied());
                let message = format!("no analyte of the file is called or matches `{pattern}`");
                problems.push(Problem::new("unknown_analyte", Place::setting(SETTING), message, remedy));
            }
            Ok(found) => selected.extend(found),
            Err(why) => {
                let message = format!("`{pattern}` is neither an analyte of the file nor a glob: {why}");
                let remedy = "write a name as the file does, or a glob with `*`, `?`, `[ab]`";
                problems.push(Problem::new("bad_glob", Place::setting(SETTING), message, remedy));
            }
        }
    }
    selected
}

fn matching<'a>(pattern: &str, names: &BTreeSet<&'a str>) -> Result<Vec<&'a str>, String> {
    if let Some(name) = names.get(pattern) {
        return Ok(vec![name]);
    }
    let glob = GlobBuilder::new(pattern).literal_separator(false).backslash_escape(true).build();
    let matcher = glob.map_err(|error| error.kind().to_string())?.compile_matcher();
    Ok(names.iter().copied().filter(|name| matcher.is_match(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_name_is_taken_literally_and_anything_else_is_a_glob() {
        let names = BTreeSet::from(["m01", "m02", "x[1]", "x1", "β/3-HB"]);
        let chosen = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|p| p.to_string()).collect();
            let mut problems = Problems::default();
            let chosen: Vec<&str> = select(&patterns, &names, &mut problems).into_iter().collect();
            (chosen, problems.into_result().is_ok())
        };
        assert_eq!(chosen(&["m??"]), (vec!["m01", "m02"], true));
        assert_eq!(chosen(&["x[1]"]), (vec!["x[1]"], true));
        assert_eq!(chosen(&["β*"]), (vec!["β/3-HB"], true));
        assert_eq!(chosen(&["m3"]), (vec![], false));
        assert_eq!(chosen(&["[", "m01"]), (vec!["m01"], false));
    }
}
