//! `explain`, `status --json` and `log`.

use super::{json, lines, once, steady, twice};
use crate::common::{STAGES, Study};

#[test]
fn explain_shows_every_part_of_the_key_what_never_counts_and_the_nearest_entry() {
    let study = once();
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let said = study.run(&["explain", "screen"]).fine();
    // Settings and tables that are the same are many, and a stage may gain some.
    let telling = |line: &str| !line.starts_with("  same     stages.") && !line.contains(", made by ");
    let _steady = steady();
    insta::assert_snapshot!(lines(&said.out, telling), @r"
    screen     outdated stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)

    key DIGEST; outputs/screen shows DIGEST

      same     method version N
      changed  stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)
      same     study.seed DIGEST (pipeline.yaml:LINE)

    never counts: the number of threads (-j), what is printed and logged, paths and the name of the study's folder, the clock and modification times, comments and white space, the order of keys, a default written out
    nearest cached entry: DIGEST, the one shown; 1 part differs
      stages.screen.confidence 0.95 -> 0.9
    ");
    let same = said.out.lines().filter(|line| line.starts_with("  same     stages.screen.")).count();
    assert!(same > 10, "{}", said.out);
}

#[test]
fn explain_says_what_is_waited_for_and_that_a_stage_draws_nothing() {
    let study = once();
    study.edit(|text| text.replace("max_missing: 0.2", "max_missing: 0.3"));
    let said = study.run(&["explain", "outcomes"]).fine();
    assert!(said.out.contains("  waits    qc/assessments, made by qc\n"), "{}", said.out);
    let telling = |line: &str| !line.starts_with("  same     stages.") && !line.contains(", made by ");
    let _steady = steady();
    insta::assert_snapshot!(lines(&said.out, telling), @r"
    outcomes   maybe    waits on qc, skipped if the output is unchanged

    key not known before qc has run; outputs/outcomes shows DIGEST

      same     method version N
      no part  study.seed: outcomes draws no random numbers

    never counts: the number of threads (-j), what is printed and logged, paths and the name of the study's folder, the clock and modification times, comments and white space, the order of keys, a default written out
    nearest cached entry: DIGEST, the one shown; 0 of the known parts differ
    ");
}

#[test]
fn explain_before_the_first_run_has_nothing_to_compare_with() {
    let study = Study::of_the_repository();
    let said = study.run(&["explain", "ingest"]).fine();
    assert!(said.out.starts_with("ingest     outdated never run with these settings and inputs\n"), "{}", said.out);
    assert!(said.out.contains("outputs/ingest shows nothing"), "{}", said.out);
    assert!(said.out.contains("nearest cached entry: there is none"), "{}", said.out);
    assert!(!study.path("outputs").exists());
    let said = study.run(&["explain", "scren"]);
    assert_eq!((said.code, said.err.contains("did you mean `screen`?")), (Some(2), true), "{}", said.err);
}

#[test]
fn the_json_of_explain_status_and_log_has_a_version_and_the_documented_fields() {
    let study = twice();
    let told = json(&study.run(&["explain", "screen", "--json"]).fine());
    assert_eq!((&told["format"], &told["standing"]["state"]), (&1.into(), &"cached".into()));
    assert_eq!(told["key"], told["shown"]);
    let confidence = |part: &&serde_json::Value| part["name"] == "stages.screen.confidence";
    let nearest = told["nearest"]["differs"].as_array().unwrap();
    assert_eq!(nearest.len(), 1, "the earlier confidence is still in the cache");
    assert_eq!((&nearest[0]["old"], &nearest[0]["new"]), (&0.95.into(), &0.9.into()));
    let part = told["parts"].as_array().unwrap().iter().find(confidence).unwrap();
    assert_eq!((&part["part"], &part["verdict"]), (&"setting".into(), &"same".into()));
    assert!(part["origin"].as_str().unwrap().starts_with("pipeline.yaml:"), "{part}");
    let status = json(&study.run(&["status", "--json"]).fine());
    assert_eq!((&status["format"], status["stages"].as_array().unwrap().len()), (&1.into(), STAGES.len()));
    assert!(status["sweep"].is_null() && status.as_object().unwrap().contains_key("sweep"));
    let log = json(&study.run(&["log", "--json"]).fine());
    assert_eq!((&log["format"], &log["runs"][0]["run"]["format"]), (&1.into(), &1.into()));
    assert_eq!(log["runs"][0]["run"]["command"], serde_json::json!(["run"]));
    let failed = json(&study.run(&["log", "none", "--json"]));
    assert_eq!((&failed["event"], &failed["exit_code"]), (&"error".into(), &2.into()));
}

#[test]
fn the_log_lists_runs_newest_first_with_what_ran_and_why() {
    let study = twice();
    assert!(study.reruns().is_empty(), "a run that does nothing is not told");
    study.edit(|text| text.replace("confidence: 0.9", "confidence: 0.95"));
    assert!(study.reruns().is_empty(), "a run that shows earlier results again is");
    study.write("data/panel.csv", "not,what\nit,was\n");
    assert_eq!(study.run(&["run"]).code, Some(2));
    let said = study.run(&["log", "-n", "3"]).fine();
    let _steady = steady();
    insta::assert_snapshot!(said.out, @r"
    RUN  MOMENT  SECONDS  failed: 1 failed, 6 skipped
      ingest     failed   the file has no column `analyte`
      qc         skipped
      normalize  skipped
      outcomes   skipped
      screen     skipped
      predict    skipped
      report     skipped
    RUN  MOMENT  SECONDS  finished: 7 cached
      screen     cached   made before, shown after a run
      report     cached   made before, shown after a run
    RUN  MOMENT  SECONDS  finished: 2 ran, 5 cached
      screen     ran      stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)
      report     ran      stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)
                          screen/associations, screen/coefficients, screen/findings changed
    ");
    assert_eq!(study.run(&["log"]).fine().out.lines().filter(|line| line.contains("Z-")).count(), 4);
}

#[test]
fn the_log_shows_one_run_in_full() {
    let study = twice();
    let said = study.run(&["log", "last"]).fine();
    let _steady = steady();
    insta::assert_snapshot!(said.out, @r"
    run       RUN
    started   MOMENT
    took      SECONDS, at most MEMORY
    ended     finished: 2 ran, 5 cached
    command   run
    program   VERSION on MACHINE
    log       outputs/.cache/runs/RUN/log.txt

    ingest     cached, SECONDS
      key DIGEST

    qc         cached, SECONDS
      key DIGEST

    normalize  cached, SECONDS
      key DIGEST

    outcomes   cached, SECONDS
      key DIGEST

    screen     ran, SECONDS
      key DIGEST
      stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)

    predict    cached, SECONDS
      key DIGEST

    report     ran, SECONDS
      key DIGEST
      stages.screen.confidence 0.95 -> 0.9 (pipeline.yaml:LINE)
      screen/associations changed
      screen/coefficients changed
      screen/findings changed
    ");
    let first = study.run(&["log", "last~1"]).fine();
    assert!(first.out.contains("7 ran"), "{}", first.out);
    let said = study.run(&["log", "last~2"]);
    assert_eq!((said.code, said.err.contains("there are 2 runs only")), (Some(2), true), "{}", said.err);
}

#[test]
fn a_history_that_cannot_be_read_is_said_so_and_a_broken_configuration_hides_no_history() {
    let study = once();
    let run = std::fs::read_dir(study.path("outputs/.cache/runs")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(run.join("run.json"), "{\"format\": 99}").unwrap();
    std::fs::create_dir(study.path("outputs/.cache/runs/20990101T000000Z-1")).unwrap();
    study.write("outputs/.cache/runs/20990101T000000Z-1/log.txt", "a line of the log\n");
    let said = study.run(&["log", "2099"]).fine();
    assert!(said.out.ends_with("or is running\n  a line of the log\n"), "{}", said.out);
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 95"));
    let said = study.run(&["log"]).fine();
    let _steady = steady();
    insta::assert_snapshot!(said.out, @r"
    RUN  did not end: it was killed or interrupted, or is running
    RUN  was written by another version of the program
    ");
}

#[test]
fn a_run_names_the_report_only_where_the_report_was_among_its_stages() {
    let study = once();
    let last = |said: &crate::common::Said| said.err.lines().last().unwrap_or_default().to_owned();
    let confidence = ["-S", "stages.screen.confidence=0.9"];
    let said = study.run(&[&["run", "screen"], &confidence[..]].concat()).fine();
    assert!(last(&said).starts_with("1 ran, 4 cached, ") && !said.err.contains("report"), "{}", said.err);
    let said = study.run(&[&["run", "screen", "--json"], &confidence[..]].concat()).fine();
    let told: serde_json::Value = serde_json::from_str(said.out.lines().last().unwrap()).unwrap();
    assert_eq!((&told["event"], &told["report"]), (&"finished".into(), &serde_json::Value::Null));
    let said = study.run(&["run"]).fine();
    assert!(last(&said).ends_with("; the report is outputs/report/report.html"), "{}", said.err);
}

#[test]
fn what_a_stage_alone_cannot_read_is_said_once_and_nothing_is_said_to_be_computed() {
    let study = Study::of_the_repository();
    let said = study.run(&["run", "screen", "--only"]);
    assert_eq!(said.code, Some(2));
    insta::assert_snapshot!(said.err, @r"
    error: screen reads ingest, qc, normalize and outcomes, which have no results yet
    help: make them with `ketascreen run screen`
    ");
    study.run(&["run", "screen"]).fine();
    study.edit(|text| {
        text.replace("max_missing: 0.2", "max_missing: 0.25").replace("confidence: 0.95", "confidence: 0.9")
    });
    let said = study.run(&["run", "screen", "--only"]).fine();
    assert!(said.err.starts_with("screen computed on results that are out of date: qc, "), "{}", said.err);
    assert!(said.err.lines().last().unwrap().starts_with("1 ran, 0 cached, "), "{}", said.err);
    let told = study.run(&["log", "last"]).fine().out;
    assert!(told.contains("finished: 1 ran\n") && told.contains("qc         cached, read and not asked for"), "{told}");
    std::fs::remove_file(study.path("outputs/qc/flow.parquet")).unwrap();
    let said = study.run(&["run", "screen", "--only"]);
    assert!(!said.err.contains("computed") && said.err.contains("whole: qc/flow.parquet is missing"), "{}", said.err);
}

/// The words of a help that begin with two dashes, and are options of this command.
fn options(help: &str) -> Vec<String> {
    const EVERYWHERE: [&str; 2] = ["--help", "--version"];
    let starts = |line: &str| line.split_whitespace().find(|word| word.starts_with("--")).map(str::to_owned);
    let option = |line: &str| line.trim_start().starts_with('-').then(|| starts(line))?;
    let bare = |word: String| word.split(['[', '=']).next().unwrap_or_default().to_owned();
    let mut options: Vec<String> = help.lines().filter_map(option).map(bare).collect();
    options.retain(|option| !EVERYWHERE.contains(&option.as_str()));
    options
}

#[test]
fn the_page_of_commands_shows_every_command_and_every_option() {
    let study = Study::empty();
    let page = std::fs::read_to_string(crate::common::repository().join("docs/commands.md")).unwrap();
    let help = study.run(&["--help"]).fine().out;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let commands = commands.lines().map_while(|line| line.split_whitespace().next());
    let mut missing = Vec::new();
    for command in commands.filter(|command| *command != "help") {
        let help = study.run(&[command, "--help"]).fine().out;
        let shown = page.contains(&format!("ketascreen {command}"));
        missing.extend((!shown).then(|| command.to_owned()));
        let unsaid = options(&help).into_iter().filter(|option| !page.contains(option.as_str()));
        missing.extend(unsaid.map(|option| format!("{command} {option}")));
    }
    assert!(missing.is_empty(), "docs/commands.md says nothing of {missing:?}");
}
