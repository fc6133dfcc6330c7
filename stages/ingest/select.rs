//! Chooses the analytes that the settings name: by name, or by a glob.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobBuilder;

use super::problems::Problems;
use super::registry::composed;
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
    patterns.iter().flat_map(|pattern| found(pattern, SETTING, names, problems)).collect()
}

/// What a setting says of a name, and whether by the whole name.
pub type Said<'s, T> = (bool, &'s T);

/// What a setting's map says of each of `names`, by name or by glob: a whole name before a glob.
///
/// A pattern that chooses nothing is refused, and so are two globs that say different things of one name.
pub fn assign<'a, 's, T: PartialEq>(
    said: &'s BTreeMap<String, T>,
    setting: &str,
    names: &BTreeSet<&'a str>,
    problems: &mut Problems,
) -> BTreeMap<&'a str, Said<'s, T>> {
    let mut exact = BTreeMap::new();
    let mut globs: BTreeMap<&str, (&String, &T)> = BTreeMap::new();
    for (pattern, what) in said {
        for name in found(pattern, &format!("{setting}.{pattern}"), names, problems) {
            if name == composed(pattern) {
                exact.insert(name, (true, what));
                continue;
            }
            match globs.get(name) {
                Some((other, earlier)) if *earlier != what && !said.contains_key(name) => {
                    let message = format!("`{pattern}` and `{other}` say different things of `{name}`");
                    let remedy = format!("name `{name}` itself: a whole name comes before a glob");
                    problems.push(Problem::new("contradicting_setting", Place::setting(setting), message, remedy));
                }
                _ => drop(globs.insert(name, (pattern, what))),
            }
        }
    }
    for (name, (_, what)) in globs {
        exact.entry(name).or_insert((false, what));
    }
    exact
}

fn found<'a>(pattern: &str, setting: &str, names: &BTreeSet<&'a str>, problems: &mut Problems) -> Vec<&'a str> {
    let found = matching(&composed(pattern), names);
    match &found {
        Ok(found) if found.is_empty() => {
            let remedy = suggest::remedy(pattern, names.iter().copied());
            let message = format!("no analyte of the file is called or matches `{pattern}`");
            problems.push(Problem::new("unknown_analyte", Place::setting(setting), message, remedy));
        }
        Ok(_) => {}
        Err(why) => {
            let message = format!("`{pattern}` is neither an analyte of the file nor a glob: {why}");
            let remedy = "write a name as the file does, or a glob with `*`, `?`, `[ab]`";
            problems.push(Problem::new("bad_glob", Place::setting(setting), message, remedy));
        }
    }
    found.unwrap_or_default()
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

    #[test]
    fn a_whole_name_comes_before_a_glob_and_globs_must_agree() {
        let names = BTreeSet::from(["lipid_1", "lipid_2", "lactate"]);
        let assigned = |said: &[(&str, i32)]| {
            let said: BTreeMap<String, i32> = said.iter().map(|(name, what)| (name.to_string(), *what)).collect();
            let mut problems = Problems::default();
            let found: Vec<(&str, i32)> =
                assign(&said, "s", &names, &mut problems).into_iter().map(|(name, (_, what))| (name, *what)).collect();
            (found, problems.into_result().is_ok())
        };
        assert_eq!(assigned(&[("lipid_*", 1), ("lipid_2", 2)]), (vec![("lipid_1", 1), ("lipid_2", 2)], true));
        assert!(assigned(&[("l*", 1), ("lipid_*", 1)]).1);
        assert!(!assigned(&[("l*", 1), ("lipid_*", 2)]).1);
        assert!(assigned(&[("l*", 1), ("lipid_?", 2), ("lipid_1", 3), ("lipid_2", 3)]).1);
        assert_eq!(assigned(&[("z*", 1)]), (vec![], false));
    }
}
