//! The caches of other studies that a configuration names: folders and buckets, and which may be written to.

use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stages::contract::{Place, Problem};

use super::paths::inside;
use crate::store::shared::{Bucket, Depot, Folder, SCHEME, Shared};

/// Caches of other studies beside the study's own. No part of any key: results are the same, wherever they lay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// Places that are asked for a result before a stage runs, in this order: another study's `outputs/.cache`, or a
    /// folder laid out like it, relative to this file; or a bucket, `s3://bucket/prefix`, with credentials, region and
    /// server from the variables `AWS_…`. Default: none.
    #[serde(default)]
    pub also: Vec<String>,
    /// Whether what a stage made is put into the first of them as well. Outside the study's folder this needs
    /// `--allow-outside`. Default: false.
    #[serde(default)]
    pub write: bool,
}

impl Cache {
    /// The places, and everything that is wrong with them. That one is not there is no problem: a drive may be away.
    pub fn resolve(&self, root: &Path, allow_outside: bool) -> (Shared, Vec<Problem>) {
        let (mut depots, mut problems) = (Vec::new(), Vec::new());
        for (n, path) in self.also.iter().enumerate() {
            match depot(root, path) {
                Ok(depot) => depots.push(depot),
                Err((code, message, remedy)) => {
                    problems.push(Problem::new(code, Place::setting(format!("cache.also.{n}")), message, remedy));
                }
            }
        }
        if self.write && problems.is_empty() {
            problems.extend(self.unwritable(root, allow_outside));
        }
        (Shared::new(depots, self.write), problems)
    }

    fn unwritable(&self, root: &Path, allow_outside: bool) -> Option<Problem> {
        let place = Place::setting("cache.write");
        let Some(first) = self.also.first() else {
            let message = "`write: true` needs a place to write to, and `cache.also` names none";
            return Some(Problem::new("no_folder", place, message, "name it first in `cache.also`"));
        };
        let within = !first.starts_with(SCHEME) && inside(root, first, root, "cache.write", allow_outside).is_ok();
        (!within && !allow_outside).then(|| {
            let message = format!("results would be put into `{first}`, which lies outside the study's folder");
            let remedy = "run with --allow-outside if that is meant, or leave `write` out: reading needs no leave";
            Problem::new("outside_study", place, message, remedy)
        })
    }
}

/// The place that an item names; else a code, what is wrong with it, and what to do.
fn depot(root: &Path, item: &str) -> Result<Arc<dyn Depot>, (&'static str, String, &'static str)> {
    if item.is_empty() {
        return Err((
            "invalid_value",
            "an empty path names no folder".to_owned(),
            "name a folder, or take the item out",
        ));
    }
    if item.starts_with(SCHEME) {
        let wrong = |why| {
            let remedy = "write s3://bucket/prefix; keys and region are read from the variables AWS_…";
            ("invalid_value", format!("`{item}` is no bucket: {why}"), remedy)
        };
        return Bucket::at(item).map(|bucket| Arc::new(bucket) as Arc<dyn Depot>).map_err(wrong);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match item.split_once("://") {
        Some((scheme, _)) if !scheme.is_empty() && scheme.chars().all(plain) => {
            let remedy = "mount it as a folder (rclone mount, a network drive), and name the folder";
            Err(("not_a_folder", format!("`{item}` is an address, and only folders and s3:// are read"), remedy))
        }
        _ => Ok(Arc::new(Folder { path: root.join(item), name: item.to_owned() })),
    }
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
            codes(&["s3://a/b", "gs://a/b", "x", "https://a", "", "s3://a:b@c/d"], false, true),
            ["not_a_folder", "not_a_folder", "invalid_value", "invalid_value"]
        );
        assert!(codes(&["/a/b", "../a", "a b/Ä,\"", "a://b".trim_start_matches("a")], false, false).is_empty());
        assert_eq!(codes(&[], true, true), ["no_folder"]);
        assert_eq!(codes(&["../a", "b"], true, false), ["outside_study"]);
        assert_eq!(codes(&["s3://a", "b"], true, false), ["outside_study"]);
        assert!(codes(&["../a"], true, true).is_empty() && codes(&["s3://a"], true, true).is_empty());
        assert!(codes(&["b", "../a"], true, false).is_empty(), "only the first is written to");
    }
}
