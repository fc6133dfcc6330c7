//! `ketascreen run --watch`: a run, and another whenever pipeline.yaml or a file that it names has changed.
//!
//! The files are asked for their size, time and identity twice a second. What systems tell of changes on their own is not
//! told on network drives, where laboratories keep their data; some dozens of files cost nothing to ask; and a file that an
//! editor replaces by a rename, or that is not there yet, needs no special care.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Study, run};
use crate::config;
use crate::engine::event::Event;

/// How often the files are asked.
const PAUSE: Duration = Duration::from_millis(500);

/// What a change to a file changes; none where there is no file.
type Look = Option<(u64, Option<SystemTime>, u64)>;

/// The files and how each looks.
type Looks = BTreeMap<PathBuf, Look>;

/// Runs, waits for a change, and runs again, until a signal ends the program.
pub fn exec(study: &Study, args: &run::Args) -> ! {
    let mut files = vec![study.pipeline.clone()];
    let mut first = true;
    loop {
        // Looked at before the run: what changes while it goes on is seen after it.
        files = declared(study, files);
        let before = looks(&files);
        run::once(study, &if first { args.clone() } else { args.again() });
        first = false;
        let listener = args.listener();
        listener.hear(Event::Watching { files: files.len() });
        let changed = wait(&files, before);
        listener.hear(Event::Changed { files: changed });
    }
}

/// pipeline.yaml and every file that it names; where it cannot be read, those that it named before.
fn declared(study: &Study, known: Vec<PathBuf>) -> Vec<PathBuf> {
    let Ok((Some(plan), _, _)) = config::survey(&study.options()) else { return known };
    let requests = plan.stages.iter().flat_map(|stage| stage.sources());
    let mut files: Vec<PathBuf> = requests.map(|request| plan.folders.data.join(request.path)).collect();
    let beside = plan.stages.iter().flat_map(|stage| stage.files());
    files.extend(beside.map(|request| plan.folders.root.join(request.path)));
    files.push(study.pipeline.clone());
    files.sort();
    files.dedup();
    files
}

fn looks(files: &[PathBuf]) -> Looks {
    files.iter().map(|file| (file.clone(), look(file))).collect()
}

fn look(file: &Path) -> Look {
    let found = std::fs::metadata(file).ok()?;
    #[cfg(unix)]
    let identity = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let identity = 0;
    Some((found.len(), found.modified().ok(), identity))
}

/// Waits until the files look otherwise than `before`, and then for a pause in which nothing changes; which ones differ.
fn wait(files: &[PathBuf], before: Looks) -> Vec<String> {
    let mut last = before.clone();
    loop {
        std::thread::sleep(PAUSE);
        let now = looks(files);
        let still = now == last;
        last = now;
        let differs = |file: &&PathBuf| last.get(*file) != before.get(*file);
        let changed: Vec<String> = files.iter().filter(differs).map(|file| file.display().to_string()).collect();
        // Seen twice alike: whoever writes is done.
        if still && !changed.is_empty() {
            return changed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_looks_otherwise_when_written_replaced_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("α.csv");
        let mut seen = vec![look(&file)];
        std::fs::write(&file, "1").unwrap();
        seen.push(look(&file));
        std::fs::write(&file, "12").unwrap();
        seen.push(look(&file));
        let time = std::fs::metadata(&file).unwrap().modified().unwrap();
        let other = folder.path().join("other");
        std::fs::write(&other, "34").unwrap();
        std::fs::File::options().append(true).open(&other).unwrap().set_modified(time).unwrap();
        std::fs::rename(&other, &file).unwrap();
        seen.push(look(&file));
        assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{seen:?}");
        assert_eq!(look(&file), look(&file));
    }
}
