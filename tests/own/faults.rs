//! Commands that write where they may not: what can be noticed is noticed, and no altered byte is ever served.

use std::fs;

use super::{GOOD, leftovers, results, says, step, unharmed};
use crate::common::assert_same;

/// The cached table of participants, from a command's folder.
const CACHED: &str = "$(ls ../../../entries/ingest/*/participants.parquet)";

#[test]
fn a_command_that_alters_a_cached_result_fails_and_the_altered_bytes_are_served_to_nobody() {
    for (word, harm, named) in [
        ("appended", "chmod u+w F; printf x >> F", "participants.parquet"),
        ("of the same size", "chmod u+w F; printf XXXX | dd of=F conv=notrunc status=none", "participants.parquet"),
        ("another's file in its place", "rm -f F; cp inputs/people.csv F", "participants.parquet"),
        ("removed", "rm -f F", "participants.parquet"),
        ("removed as a whole", "rm -rf $(dirname F)", " is gone"),
        (
            "with a record that fits",
            "old=$(sha256sum < F | cut -c1-64); chmod u+w F; printf x >> F; \
            new=$(sha256sum < F | cut -c1-64); cd $(dirname F); sed \"s/$old/$new/\" record.json > r; cat r > record.json || \
            mv -f r record.json; rm -f r; cd -",
            "record.json, which was set aside",
        ),
    ] {
        let study = step(GOOD);
        study.run(&["run"]).fine();
        let before = results(&study);
        study.write("step.sh", &format!("{}\n{GOOD}", harm.replace('F', CACHED)));
        // Alone: a stage beside it that reads the result fails too.
        let said = study.run(&["run", "my_step"]);
        assert_eq!(said.code, Some(20), "{word}: {}", said.err);
        says(&said.err, &["what it must not touch became another", "the cached result ingest/", named]);
        says(&said.err, &["every other output is unchanged"]);
        let after = results(&study);
        let others = |path: &&std::path::PathBuf| !path.to_string_lossy().contains("/ingest/");
        let differs: Vec<_> =
            before.keys().filter(others).filter(|path| before.get(*path) != after.get(*path)).collect();
        assert!(differs.is_empty(), "{word}: {differs:?}");
        study.write("step.sh", GOOD);
        let said = study.run(&["run"]).fine();
        assert!(
            said.err.contains("ingest     damaged") || said.err.contains("ingest     running"),
            "{word}: {}",
            said.err
        );
        let mended = results(&study);
        assert!(before.iter().all(|(path, bytes)| mended.get(path) == Some(bytes)), "{word}");
        study.run(&["verify", "--all"]).fine();
    }
}

#[test]
fn a_command_that_removes_results_is_named_and_what_is_left_is_told() {
    let study = step(GOOD);
    study.run(&["run"]).fine();
    let before = study.shown();
    for harm in ["rm -rf ../../../../../outputs", "rm -rf ../../../../.cache; mkdir ../../../../.cache"] {
        study.write("step.sh", &format!("echo before; {harm}; exit 3"));
        // Alone: a stage beside it may fail too, and then the disk decides the code.
        let said = study.run(&["run", "my_step"]);
        assert_eq!(said.code, Some(20), "{}", said.err);
        says(&said.err, &["ran, the folder `outputs` was removed or replaced, with every result in it"]);
        says(&said.err, &["(stages.my_step.command)", "let the command write in its own folder only"]);
        assert!(!said.err.contains("unchanged") && said.err.ends_with("no earlier output is left\n"), "{}", said.err);
        study.write("step.sh", GOOD);
        study.run(&["run"]).fine();
        assert_same(&study.shown(), &before);
    }
    // The links alone: nothing is lost.
    study.write("step.sh", &format!("rm ../../../../ingest ../../../shown; {GOOD}"));
    let said = study.run(&["run", "my_step"]);
    assert_eq!(said.code, Some(20), "{}", said.err);
    says(&said.err, &["became another: outputs/ingest is gone, outputs/.cache/shown is gone"]);
    study.write("step.sh", GOOD);
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &before);
}

#[test]
fn a_command_that_alters_a_file_of_the_study_fails_and_the_file_is_named() {
    let study = step(GOOD);
    study.run(&["run"]).fine();
    let before = results(&study);
    study.write("step.sh", &format!("echo P99,50 >> ../../../../../data/participants.csv\n{GOOD}"));
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(20), "{}", said.err);
    says(&said.err, &["became another: data/participants.csv", "give the file its content back"]);
    unharmed(&study, &before);
    // Its own script is a file of the study too.
    let study = step(&format!("echo '#' >> ../../../../../step.sh\n{GOOD}"));
    let said = study.run(&["run"]);
    assert_eq!((said.code, said.err.contains("became another: step.sh")), (Some(20), true), "{}", said.err);
}

#[test]
fn what_it_leaves_elsewhere_in_the_study_is_remarked_and_what_it_does_not_declare_is_a_finding() {
    let study = step(&format!("echo x > ../../../../../beside.txt; echo y > more.txt\n{GOOD}"));
    let said = study.run(&["run"]).fine();
    says(&said.err, &["files of the study’s folder changed: beside.txt"]);
    assert!(!study.path("outputs/my_step/more.txt").exists());
    study.edit(|text| text.replace("{table: table.csv}", "{table: {file: table.csv, report: {}}}"));
    study.run(&["run"]).fine();
    let page = fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    says(&page, &["it left files that are not among its outputs and are not kept: more.txt"]);
}

#[test]
fn a_folder_that_a_command_closed_is_removed_all_the_same() {
    let study = step(&format!("mkdir -p a/b; echo x > a/b/c; chmod 000 a/b a\n{GOOD}"));
    study.run(&["run"]).fine();
    assert_eq!(leftovers(&study), 0);
}

#[test]
fn inputs_are_copies_and_what_a_command_does_to_them_reaches_no_cached_byte() {
    let study = step(GOOD);
    study.edit(|text| text.replace(", format: csv", ", format: parquet"));
    study.write("step.sh", "chmod u+w inputs/people.parquet; printf x >> inputs/people.parquet; echo a > table.csv");
    study.run(&["run", "ingest"]).fine();
    let before = results(&study);
    let said = study.run(&["run", "my_step"]);
    assert_eq!((said.code, said.err.contains("changed what it was given to read")), (Some(20), true), "{}", said.err);
    unharmed(&study, &before);
    study.run(&["verify", "--all"]).fine();
}
