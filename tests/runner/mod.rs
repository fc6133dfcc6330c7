//! The commands about runs and the cache, from the outside: what they say, and how they end.

mod bucket;
mod compared;
mod exported;
mod faults;
mod full;
mod kept;
mod locked;
mod mistakes;
mod shared;
mod sweep;
mod texts;
mod told;

use crate::common::{Said, Study};

/// A study that ran.
fn once() -> Study {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    study
}

/// A study that ran, and ran again with another confidence.
fn twice() -> Study {
    let study = once();
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    study.run(&["run"]).fine();
    study
}

/// While it lives, snapshots are without what differs from run to run and from version to version: digests, ids,
/// moments, durations, memory, the machine, and the lines of pipeline.yaml.
fn steady() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    for (pattern, word) in [
        (r"\d{8}T\d{6}(\.\d{3})?Z-\d+", "RUN"),
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", "MOMENT"),
        (r"\b[0-9a-f]{64}\b", "DIGEST"),
        (r"\b[0-9a-f]{8}\b", "DIGEST"),
        (r"\d+\.\d+ s\b", "SECONDS"),
        (r"\d+ MB of memory", "MEMORY"),
        (r"pipeline\.yaml:\d+", "pipeline.yaml:LINE"),
        (r"program   .*", "program   VERSION on MACHINE"),
        (r"method version \d+", "method version N"),
    ] {
        settings.add_filter(pattern, word);
    }
    settings.bind_to_scope()
}

/// The lines of a text that pass.
fn lines(text: &str, passes: impl Fn(&str) -> bool) -> String {
    text.lines().filter(|line| passes(line)).map(|line| format!("{}\n", line.trim_end())).collect()
}

fn json(said: &Said) -> serde_json::Value {
    serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{why}: {}{}", said.out, said.err))
}
