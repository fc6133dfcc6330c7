//! `run --watch`: what changes runs, what is wrong is said, and Ctrl-C ends it.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::tiny::{participants, tiny};
use crate::common::Study;

/// A watching program and the lines that it writes.
struct Watcher {
    child: Child,
    lines: Receiver<String>,
}

impl Watcher {
    fn start(study: &Study, arguments: &[&str]) -> Watcher {
        let mut command = study.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let (out, err): (ChildStdout, ChildStderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let readers: [Box<dyn std::io::Read + Send>; 2] = [Box::new(out), Box::new(err)];
        for reader in readers {
            let sender = sender.clone();
            std::thread::spawn(move || {
                BufReader::new(reader).lines().map_while(Result::ok).try_for_each(|l| sender.send(l))
            });
        }
        Watcher { child, lines }
    }

    /// The lines up to one that has these words.
    #[track_caller]
    fn until(&self, words: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30));
            seen.push(line.unwrap_or_else(|_| panic!("nobody says `{words}` after {seen:?}")));
            if seen.last().unwrap().contains(words) {
                return seen;
            }
        }
    }

    fn ended_by(mut self, signal: &str) -> Option<i32> {
        Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_change_runs_what_reads_it_and_an_error_is_said_and_watched_on() {
    let study = tiny();
    let watcher = Watcher::start(&study, &["run", "--watch"]);
    let said = watcher.until("watching 2 files");
    assert!(said.iter().any(|line| line.contains("7 ran, 0 cached")), "{said:?}");
    // As an editor saves: written beside, renamed over.
    study.write("data/next.csv", &participants(77));
    std::fs::rename(study.path("data/next.csv"), study.path("data/participants.csv")).unwrap();
    let said = watcher.until("watching 2 files");
    assert!(said[0].contains("changed") && said[0].contains("participants.csv"), "{said:?}");
    assert!(
        said.iter().any(|line| line.starts_with("ingest     running  participants.csv (participants) changed")),
        "{said:?}"
    );
    let shown = study.shown();
    let text = std::fs::read_to_string(study.pipeline()).unwrap();
    study.write("pipeline.yaml", &text.replace("seed: 1", "sead: 1"));
    let said = watcher.until("watching 2 files").join("\n");
    assert!(said.contains("unknown key `sead`") && said.contains("nothing was run"), "{said}");
    assert!(study.shown() == shown);
    // While nothing runs, the lock is free and another's work is safe from this one's end.
    study.write("pipeline.yaml", &text);
    let said = watcher.until("watching 2 files").join("\n");
    assert!(said.contains("0 ran, 7 cached"), "{said}");
    study.run(&["run"]).fine();
    std::fs::create_dir_all(study.path("outputs/.cache/tmp/another")).unwrap();
    assert_eq!(watcher.ended_by("-INT"), Some(130));
    assert!(study.path("outputs/.cache/tmp/another").exists());
    assert_eq!(std::fs::read_dir(study.path("outputs/.cache/runs")).unwrap().count(), 2);
    assert!(study.shown() == shown);
}

#[test]
fn programs_hear_of_changes_as_events_and_a_file_that_is_removed_and_comes_back_is_seen() {
    let study = tiny();
    let watcher = Watcher::start(&study, &["run", "--watch", "--json", "--force"]);
    watcher.until(r#"{"event":"watching","files":2}"#);
    std::fs::remove_file(study.path("data/participants.csv")).unwrap();
    let said = watcher.until(r#""event":"watching""#).join("\n");
    assert!(said.contains(r#"{"event":"changed","files":["#) && said.contains(r#""event":"error""#), "{said}");
    study.write("data/participants.csv", &participants(40));
    let said = watcher.until(r#""event":"watching""#).join("\n");
    assert!(said.contains(r#""event":"finished","ran":[]"#), "nothing is forced a second time: {said}");
    assert_eq!(watcher.ended_by("-TERM"), Some(143));
}
