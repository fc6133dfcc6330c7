//! The program from the outside: what reruns, what it says, how it ends.

use crate::common::{STAGES, Study, assert_same};

#[test]
fn a_second_run_has_nothing_to_do_and_comments_and_the_order_of_keys_do_not_matter() {
    let study = Study::of_the_repository();
    assert_eq!(study.reruns(), STAGES);
    assert!(study.reruns().is_empty());
    study.edit(|text| format!("# a comment\n{}\n\n# and one more", text.replace("study:", "study:   # the study")));
    assert!(study.reruns().is_empty());
    study.edit(reverse_sections);
    assert!(study.reruns().is_empty());
}

/// The top-level sections in the opposite order.
fn reverse_sections(text: &str) -> String {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines() {
        let starts = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if starts || sections.is_empty() {
            sections.push(String::new());
        }
        let last = sections.last_mut().unwrap();
        last.push_str(line);
        last.push('\n');
    }
    sections.reverse();
    sections.concat()
}

#[test]
fn a_setting_of_screen_reruns_screen_and_report_alone_and_changing_it_back_reruns_nothing() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let said = study.run(&["status"]).fine();
    assert!(
        said.out.contains("screen     outdated stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:"),
        "{}",
        said.out
    );
    assert_eq!(study.run(&["status", "--exit-code"]).code, Some(10));
    assert_eq!(study.reruns(), ["screen", "report"]);
    study.edit(|text| text.replace("confidence: 0.9", "confidence: 0.95"));
    assert!(study.reruns().is_empty());
    assert_eq!(study.run(&["status", "--exit-code"]).code, Some(0));
    assert_same(&study.shown(), &before);
}

#[test]
fn an_override_is_a_setting_like_any_other() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let said = study.run(&["run", "-S", "stages.screen.confidence=0.9"]).fine();
    assert!(said.err.contains("stages.screen.confidence 0.95 -> 0.9 (-S)"), "{}", said.err);
    assert!(study.reruns().is_empty(), "without it, yesterday's results are current again");
}

#[test]
fn folders_and_threads_do_not_change_a_byte() {
    let (one, two) = (Study::of_the_repository(), Study::of_the_repository());
    one.run(&["run", "-j", "1"]).fine();
    two.run(&["run", "-j", "2"]).fine();
    assert_same(&one.shown(), &two.shown());
    let lock = |study: &Study| std::fs::read_to_string(study.path("pipeline.lock")).unwrap();
    assert_eq!(lock(&one), lock(&two));
}

#[test]
fn all_mistakes_of_a_configuration_are_shown_at_once_and_earlier_outputs_stay() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    study.edit(|text| {
        let text = text.replace("confidence: 0.95", "confidense: 0.95\n    confidence: 95");
        let text = text.replacen("visit: infusion_4", "visit: infusion4", 1);
        let text = text.replacen("  seed:", "  title: twice\n  seed:", 1);
        text.replacen("file: participants.csv", "file: participant.csv", 1)
    });
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(2));
    for words in [
        "unknown key `confidense`",
        "did you mean `confidence`?",
        "95 is not a probability",
        "unknown visit `infusion4`",
        "did you mean `infusion_4`?",
        "`title` is given twice",
        "there is no file `participant.csv`",
        "did you mean `participants.csv`?",
        "5 problems; nothing was run",
    ] {
        assert!(said.err.contains(words), "{words}\n{}", said.err);
    }
    assert_eq!(study.run(&["check"]).code, Some(2));
    assert_same(&study.shown(), &before);
}

#[test]
fn one_stage_can_be_run_by_name_and_forced() {
    let study = Study::of_the_repository();
    let outcomes = study.run(&["run", "outcomes", "--json"]).fine();
    assert_eq!(outcomes.stages_with("running"), ["ingest", "qc", "outcomes"]);
    let said = study.run(&["run", "screen", "--only"]);
    assert_eq!(
        (said.code, said.err.contains("screen reads normalize, which has no results yet")),
        (Some(2), true),
        "{}",
        said.err
    );
    study.run(&["run"]).fine();
    let forced = study.run(&["run", "--force=screen", "--json"]).fine();
    assert_eq!(forced.stages_with("running"), ["screen"]);
    let said = study.run(&["run", "scren"]);
    assert_eq!((said.code, said.err.contains("did you mean `screen`?")), (Some(2), true), "{}", said.err);
}

#[test]
fn a_report_that_is_made_on_results_of_other_settings_says_so_until_they_are_up_to_date() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let before = study.shown();
    let other = "stages.screen.confidence=0.9";
    let page = |study: &Study| std::fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    let words =
        "These numbers may not be of the settings and files below: when this page was made, screen was out of date";
    assert!(!page(&study).contains("These numbers may not"));
    for arguments in [["run", "report", "--only"], ["run", "--from", "report"]] {
        let said = study.run(&[&arguments[..], &["-S", other]].concat()).fine();
        assert!(said.err.contains("computed on results that are out of date: screen"), "{}", said.err);
        assert!(page(&study).contains(words), "{arguments:?}");
        let told = study.run(&[&arguments[..], &["-n", "-S", other]].concat()).fine().out;
        assert!(told.contains("report     cached"), "what a run would do again: {told}");
    }
    let told = study.run(&["status", "-S", other]).fine().out;
    assert!(told.contains(r#"report     outdated stages that were out of date ["screen"] -> (not set)"#), "{told}");
    study.run(&["run", "-S", other]).fine();
    assert!(!page(&study).contains("These numbers may not"));
    study.run(&["run", "report", "--only", "-S", other]).fine();
    assert!(!page(&study).contains("These numbers may not"), "everything is up to date");
    study.run(&["run"]).fine();
    assert_same(&study.shown(), &before);
}

#[test]
fn one_item_of_a_long_list_is_a_reason_by_its_own_path() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let told = study.run(&["status", "-S", "stages.normalize.steps.4.transform.method=log2"]).fine().out;
    assert!(told.contains(r#"outdated stages.normalize.steps.4.transform.method "none" -> "log2" (-S)"#), "{told}");
    // What an override sets is of the override, all of it, whatever the file has there.
    let told = study.run(&["status", "-S", "stages.normalize.steps=[{below_lod: {method: half_lod}}]"]).fine().out;
    assert!(told.contains(r#"steps.0.below_lod.method "lod_over_sqrt2" -> "half_lod" (-S)"#), "{told}");
    assert!(!told.contains("(pipeline.yaml:"), "{told}");
    let drift = |text: &str| text.lines().find(|line| line.contains("- drift: {method")).unwrap().to_owned();
    study.edit(|text| text.replace(&format!("{}\n", drift(text)), ""));
    let told = study.run(&["status"]).fine().out;
    let line = std::fs::read_to_string(study.pipeline())
        .unwrap()
        .lines()
        .position(|line| line.starts_with("    steps:"))
        .unwrap()
        + 1;
    assert!(told.contains(&format!(" -> (not set) (pipeline.yaml:{line})")), "{told}");
}

#[test]
fn commands_that_only_read_write_nothing() {
    let study = Study::of_the_repository();
    for arguments in [&["status"][..], &["run", "-n"], &["check"], &["schema"]] {
        study.run(arguments).fine();
    }
    assert!(!study.path("outputs").exists());
}

#[test]
fn help_shows_the_exit_codes_and_a_closed_pipe_is_no_panic() {
    let study = Study::of_the_repository();
    let help = study.run(&["--help"]).fine();
    assert!(help.out.contains("75   another run is writing here"), "{}", help.out);
    let mut child = study.command(&["schema"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(study.run(&["--no-such-option"]).code, Some(2));
}

#[test]
fn a_folder_without_a_configuration_is_named() {
    let study = Study::of_the_repository();
    std::fs::remove_file(study.pipeline()).unwrap();
    let said = study.run(&[]);
    assert_eq!(said.code, Some(2));
    insta::assert_snapshot!(said.err, @r"
    error: there is no pipeline.yaml here
    help: run ketascreen in the study's folder, or name the file with --pipeline
    ");
}

#[test]
fn the_synthetic_study_is_written_once_and_never_over_a_file() {
    let study = Study::of_the_repository();
    study.run(&["simulate", "--out", "fresh", "--seed", "20250715"]).fine();
    let said = study.run(&["simulate", "--out", "fresh", "--seed", "20250715"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("metabolites.csv") && said.err.contains("nothing was written"), "{}", said.err);
}

#[test]
fn the_committed_schema_is_the_one_the_program_prints() {
    let study = Study::of_the_repository();
    let committed = std::fs::read_to_string(crate::common::repository().join("pipeline.schema.json")).unwrap();
    assert_eq!(study.run(&["schema"]).fine().out, committed, "write it anew: ketascreen schema > pipeline.schema.json");
}

#[test]
fn the_default_report_reproduces_every_published_number_and_no_other_metabolite_is_below_five_percent() {
    let study = Study::of_the_repository();
    study.run(&["run"]).fine();
    let page = std::fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    assert!(page.contains("20 of 20 numbers agree to the printed digits."));
    assert!(page.contains("Synthetic data") && page.contains("says nothing about patients"));
    let figures = std::fs::read_dir(study.path("outputs/report/figures")).unwrap();
    for figure in figures {
        let text = std::fs::read_to_string(figure.unwrap().path()).unwrap();
        assert!(text.contains("Synthetic data"), "every figure says that the data are synthetic");
    }
    let rows = study.table::<stages::screen::schema::Associations>("screen").rows();
    let published: Vec<_> = rows.iter().filter(|row| row.model == "published").collect();
    assert_eq!(published.len(), 22);
    for row in published {
        let small = row.p_value.unwrap() < 0.05;
        assert_eq!(small, row.analyte == "3-hydroxybutyrate", "{} {}", row.outcome, row.analyte);
    }
}
