//! The caches of other studies that a configuration names: folders, and which of them may be written to.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stages::contract::{Place, Problem};

use super::paths::inside;
use crate::store::shared::{Folder, Shared};

/// Caches of other studies beside the study's own. No part of any key: results are the same, wherever they lay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Folders that are asked for a result before a stage runs, in this order: another study's `outputs/.cache`, or a
    /// folder laid out like it; relative to this file. Default: none.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether what a stage made is put into the first of them as well. Outside the study's folder this needs
    /// `--allow-outside`. Default: false.
    #[serde(default)]
    pub write: bool,
}

impl Cache {
    /// The folders, and everything that is wrong with them. That one is not there is no problem: a drive may be away.
    pub fn resolve(&self, root: &Path, allow_outside: bool) -> (Shared, Vec<Problem>) {
        let wrong = |(n, path): (usize, &String)| unusable(n, path);
        let mut problems: Vec<Problem> = self.also.iter().enumerate().filter_map(wrong).collect();
        if self.write && problems.is_empty() {
            problems.extend(self.unwritable(root, allow_outside));
        }
        let folder = |path: &String| Folder { path: root.join(path), name: path.clone() };
        (Shared { folders: self.also.iter().map(folder).collect(), write: self.write }, problems)
    }

    fn unwritable(&self, root: &Path, allow_outside: bool) -> Option<Problem> {
        let place = Place::setting("cache.write");
        let Some(first) = self.also.first() else {
            let message = "`write: true` needs a folder to write to, and `cache.also` names none";
            return Some(Problem::new("no_folder", place, message, "name the folder first in `cache.also`"));
        };
        inside(root, first, root, "cache.write", allow_outside).err().map(|_| {
            let message = format!("results would be put into `{first}`, which lies outside the study's folder");
            let remedy = "run with --allow-outside if that is meant, or leave `write` out: reading needs no leave";
            Problem::new("outside_study", place, message, remedy)
        })
    }
}

/// Whether a path is the address of something that is no folder, or nothing.
fn unusable(n: usize, path: &str) -> Option<Problem> {
    let place = Place::setting(format!("cache.also.{n}"));
    if path.is_empty() {
        let remedy = "name a folder, or take the item out";
        return Some(Problem::new("invalid_value", place, "an empty path names no folder", remedy));
    }
    let (scheme, _) = path.split_once("://")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    if scheme.is_empty() || !scheme.chars().all(plain) {
        return None;
    }
    let message = format!("`{path}` is an address, and only folders are read");
    let remedy = "mount it as a folder (rclone mount, s3fs, a network drive), and name the folder";
    Some(Problem::new("not_a_folder", place, message, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_refused_and_writing_outside_needs_leave() {
        let folder = tempfile::tempdir().unwrap();
        let codes = |also: &[&str], write, allow| -> Vec<&'static str> {
            let cache = Cache { also: also.iter().map(|path| (*path).to_owned()).collect(), write };
            cache.resolve(folder.path(), allow).1.iter().map(|problem| problem.code).collect()
        };
        assert_eq!(
            codes(&["s3://a/b", "x", "https://a", ""], false, true),
            ["not_a_folder", "not_a_folder", "invalid_value"]
        );
        assert!(codes(&["/a/b", "../a", "a b/Ä,\"", "a://b".trim_start_matches("a")], false, false).is_empty());
        assert_eq!(codes(&[], true, true), ["no_folder"]);
        assert_eq!(codes(&["../a", "b"], true, false), ["outside_study"]);
        assert!(codes(&["../a"], true, true).is_empty());
        assert!(codes(&["b", "../a"], true, false).is_empty(), "only the first is written to");
    }
}
