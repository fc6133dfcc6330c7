//! `verify` and `gc`.

use super::{json, lines, once, steady, twice};
use crate::common::{Study, assert_same};

#[test]
fn verify_hashes_what_is_shown_and_names_what_is_damaged() {
    let study = twice();
    let said = study.run(&["verify"]).fine();
    assert!(said.out.contains("7 results, ") && said.out.contains("every byte is as recorded"), "{}", said.out);
    assert!(study.run(&["verify", "--all"]).fine().out.contains("9 results, "));
    let altered = study.path("outputs/qc/flow.parquet");
    std::fs::remove_file(&altered).unwrap();
    std::fs::write(&altered, "x").unwrap();
    std::fs::remove_file(study.path("outputs/screen/fits.parquet")).unwrap();
    let before = std::fs::read(study.path("pipeline.lock")).unwrap();
    let said = study.run(&["verify", "--rerun"]);
    assert_eq!(said.code, Some(10));
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d+ files hashed", "FILES hashed");
    let _counts = settings.bind_to_scope();
    insta::assert_snapshot!(lines(&said.out, |line| line.contains("damaged") || line.contains("hashed:")), @r"
    qc         damaged  qc/flow.parquet was altered
    screen     damaged  screen/fits.parquet is missing
    7 results, FILES hashed: 2 results are not as recorded; `ketascreen run` sets them aside and makes them again
    ");
    assert_eq!(std::fs::read(study.path("pipeline.lock")).unwrap(), before);
    let told = json(&study.run(&["verify", "--json"]));
    assert_eq!((&told["format"], &told["rerun"]), (&1.into(), &serde_json::Value::Null));
    let nothing = Study::of_the_repository().run(&["verify"]);
    assert_eq!((nothing.code, nothing.err.contains("there are no results")), (Some(2), true), "{}", nothing.err);
}

#[test]
fn verify_makes_everything_again_and_finds_the_same_bytes_and_writes_nothing() {
    let study = once();
    let before = study.shown();
    let runs = || std::fs::read_dir(study.path("outputs/.cache/runs")).unwrap().count();
    let told = runs();
    let said = study.run(&["verify", "--rerun"]).fine();
    let last = said.out.lines().last().unwrap();
    let made = study.shown().len();
    assert_eq!(last, format!("{made} files made again: {made} with the same bytes"));
    assert_same(&study.shown(), &before);
    assert_eq!(runs(), told);
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let said = study.run(&["verify", "--rerun"]);
    assert_eq!((said.code, said.err.contains("not up to date: screen, report")), (Some(2), true), "{}", said.err);
}

/// A record that says of a file what the stage does not make: kept by whoever can write both, found by a rerun.
#[test]
fn verify_finds_a_result_that_is_whole_and_not_what_the_stage_makes() {
    let study = once();
    let entry = study.path("outputs/report");
    let page = entry.join("report.html");
    let old = std::fs::read(&page).unwrap();
    let new = [old.as_slice(), b"<!-- forged -->"].concat();
    let digest = |bytes: &[u8]| {
        use sha2::Digest;
        use std::fmt::Write;
        sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let record = std::fs::read_to_string(entry.join("record.json")).unwrap();
    let forged = record.replace(&digest(&old), &digest(&new));
    assert_ne!(record, forged);
    for (path, bytes) in [(page, new), (entry.join("record.json"), forged.into_bytes())] {
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    study.run(&["verify"]).fine();
    let said = study.run(&["verify", "--rerun"]);
    assert_eq!(said.code, Some(10));
    assert!(said.out.contains("report     differs  report/report.html: other bytes"), "{}", said.out);
}

#[test]
fn gc_removes_what_the_last_runs_did_not_use_and_never_what_is_shown() {
    let study = twice();
    study.edit(|text| text.replace("confidence: 0.9 ", "confidence: 0.8 "));
    study.run(&["run"]).fine();
    let before = study.shown();
    let dry = study.run(&["gc", "--keep-runs", "2", "--dry-run"]).fine();
    let _steady = steady();
    let sizes = |text: &str| {
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"\d+(\.\d+)? (bytes|kB|MB)", "SIZE");
        let _guard = settings.bind_to_scope();
        insta::assert_snapshot!(text, @r"
        report     would remove 1 entry, SIZE
        screen     would remove 1 entry, SIZE
        SIZE would be freed; kept 7 entries that outputs/ shows and 2 more that the last 2 runs used
        ");
    };
    sizes(&dry.out);
    assert!(study.run(&["verify", "--all"]).fine().out.contains("11 results, "), "nothing was removed");
    let said = study.run(&["gc", "--keep-runs", "2"]).fine();
    assert_eq!(said.out, dry.out.replace("would remove", "removed").replace("would be freed", "freed"));
    assert!(study.run(&["verify", "--all"]).fine().out.contains("9 results, "));
    study.run(&["gc", "--keep-runs", "0"]).fine();
    assert!(study.run(&["verify", "--all"]).fine().out.contains("7 results, "));
    assert_same(&study.shown(), &before);
    assert!(study.reruns().is_empty());
    let fresh = Study::of_the_repository();
    fresh.run(&["gc", "--keep-runs", "1"]).fine();
    assert!(!fresh.path("outputs").exists());
    assert_eq!(study.run(&["gc"]).code, Some(2), "how many runs to keep is for the user to say");
}

#[test]
fn gc_takes_the_lock_and_cleans_what_dead_runs_left_and_what_was_set_aside() {
    let study = once();
    let file = study.path("outputs/.cache/lock");
    let lock = std::fs::File::options().write(true).open(&file).unwrap();
    lock.lock().unwrap();
    assert_eq!(study.run(&["gc", "--keep-runs", "1"]).code, Some(75));
    study.run(&["gc", "--keep-runs", "1", "--dry-run"]).fine();
    lock.unlock().unwrap();
    std::fs::create_dir_all(study.path("outputs/.cache/tmp/1-0-qc")).unwrap();
    study.write("outputs/.cache/tmp/1-0-qc/flow.parquet", "half");
    std::fs::create_dir_all(study.path("outputs/.cache/aside/qc-1-1")).unwrap();
    study.write("outputs/.cache/aside/qc-1-1/flow.parquet", "damaged");
    let told = json(&study.run(&["gc", "--keep-runs", "1", "--json"]).fine());
    assert_eq!((&told["format"], &told["leftover_bytes"], &told["aside_bytes"]), (&1.into(), &4.into(), &7.into()));
    assert_eq!(told["freed_bytes"], 4, "what was set aside stays until it is asked for");
    assert_eq!(std::fs::read_dir(study.path("outputs/.cache/tmp")).map_or(0, Iterator::count), 0);
    let said = study.run(&["gc", "--keep-runs", "1", "--aside"]).fine();
    assert!(said.out.starts_with("removed 7 bytes of damaged results set aside\n"), "{}", said.out);
    assert!(!study.path("outputs/.cache/aside").exists());
    assert!(study.reruns().is_empty());
}
