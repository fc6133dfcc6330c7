//! Paths of the configuration: below the study's folder, unless the user allows otherwise.

use std::path::{Component, Path, PathBuf};

use stages::contract::{Place, Problem};

/// The folders of one study.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Where the configuration file lies.
    pub root: PathBuf,
    pub data: PathBuf,
    pub outputs: PathBuf,
}

/// Joins a configured path to its base, and refuses one that leaves `root` by `..`, as an absolute path or by a link.
pub fn inside(base: &Path, path: &str, root: &Path, setting: &str, allow: bool) -> Result<PathBuf, Box<Problem>> {
    let joined = base.join(path);
    if allow {
        return Ok(joined);
    }
    if path.is_empty() || !is_below(path) {
        return Err(outside(setting, path, "a relative path without `..`"));
    }
    let real_root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let real = nearest_existing(&joined).and_then(|existing| existing.canonicalize().ok());
    match real {
        Some(real) if !real.starts_with(&real_root) => Err(outside(setting, path, "it is a link that leads elsewhere")),
        _ => Ok(joined),
    }
}

/// The path itself where it exists, or the nearest ancestor that does.
fn nearest_existing(path: &Path) -> Option<&Path> {
    path.ancestors().find(|path| path.symlink_metadata().is_ok())
}

/// Whether a path as it is written stays below its base.
pub fn is_below(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Where a path leads: links followed as far as there is something, and no `..` in what is not there yet.
pub fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let existing = path.ancestors().find_map(|part| Some((part, part.canonicalize().ok()?)));
    let Some((part, mut real)) = existing else { return path };
    for part in path.strip_prefix(part).into_iter().flat_map(Path::components) {
        match part {
            Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
    }
    real
}

fn outside(setting: &str, path: &str, what: &str) -> Box<Problem> {
    Box::new(Problem::new(
        "outside_study",
        Place::setting(setting),
        format!("`{path}` leaves the study's folder ({what})"),
        "keep the study's files beside its pipeline.yaml, or run with --allow-outside",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leaves_the_study_is_refused_unless_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir(root.join("data")).unwrap();
        std::os::unix::fs::symlink("/usr", root.join("link")).unwrap();
        let try_one = |path: &str, allow| inside(root, path, root, "study.data", allow);
        assert!(try_one("data", false).is_ok());
        assert!(try_one("not/yet/there", false).is_ok());
        for path in ["..", "data/../..", "/usr", "link", "link/share", ""] {
            assert_eq!(try_one(path, false).unwrap_err().code, "outside_study", "{path}");
        }
        assert!(try_one("/usr", true).is_ok());
    }
}
