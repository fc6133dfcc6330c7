//! What runs a stage of the user's own again, and what does not; what is kept, and how it is looked at.

use super::{GOOD, STEP, bytes_below, participants, run_with, says, step, study};
use crate::common::{Said, Study};

const KEYED: &str = "  my_step:
    command: [sh, step.sh, first]
    files: [step.sh]
    inputs: {people: {table: ingest/participants, format: csv}}
    outputs: {table: table.csv}
    env: [FRUIT]
  after:
    command: [cp, inputs/table.csv, copy.csv]
    inputs: {table: {table: my_step/table, format: csv}}
    outputs: {copy: copy.csv}
";
const SCRIPT: &str = "echo \"$1 $FRUIT\"
rows=$(grep -c . inputs/people.csv)
printf 'rows,first,word,fruit\\n%s,%s,%s,%s\\n' $rows \"$(sed -n 2p inputs/people.csv | cut -d, -f2)\" $1 $FRUIT > table.csv
";

fn ran(said: Said) -> Vec<String> {
    let mut ran = said.fine().stages_with("running");
    ran.retain(|stage| ["my_step", "after"].contains(&stage.as_str()));
    ran.sort();
    ran
}

fn reruns(study: &Study, fruit: &str) -> Vec<String> {
    ran(run_with(study, &["run", "--json"], &[("FRUIT", fruit)]))
}

fn keyed() -> Study {
    let study = study(KEYED, &[("step.sh", SCRIPT)]);
    assert_eq!(reruns(&study, "apple"), ["after", "my_step"]);
    study
}

#[test]
fn it_runs_again_when_its_command_its_files_its_variables_or_its_inputs_change_and_what_follows_with_it() {
    let study = keyed();
    let both = ["after", "my_step"];
    study.edit(|text| text.replace("step.sh, first]", "step.sh, second]"));
    let said = run_with(&study, &["status"], &[("FRUIT", "apple")]).fine();
    says(
        &said.out,
        &[
            "my_step    outdated stages.my_step.command [\"sh\",\"step.sh\",\"first\"] -> [\"sh\",\"step.sh\",\"second\"] (pipeline.yaml:8)",
        ],
    );
    assert_eq!(reruns(&study, "apple"), both);
    assert_eq!(reruns(&study, "pear"), both, "the value of a variable");
    let said = ran(Said::new(study.command(&["run", "--json"]).env_remove("FRUIT").output().unwrap()));
    assert_eq!(said, both, "a variable that is not set");
    study.write("data/participants.csv", &participants(77));
    assert_eq!(reruns(&study, "apple"), both, "an input");
    study.write("step.sh", &SCRIPT.replace("printf", "#\nprintf"));
    assert_eq!(reruns(&study, "apple"), ["my_step"], "a file; the table is the same, and what follows stays");
    study.write("step.sh", SCRIPT);
    study.write("data/participants.csv", &participants(40));
    study.edit(|text| text.replace("step.sh, second]", "step.sh, first]"));
    assert!(reruns(&study, "apple").is_empty(), "everything as it was: the first result is still there");
}

#[test]
fn nothing_else_runs_it_again() {
    let study = keyed();
    study.edit(|text| {
        format!("# a comment\n{}", text.replace("    env: [FRUIT]", "    timeout: 5 min\n    env: [FRUIT]"))
    });
    study.edit(|text| text.replace("{table: table.csv}", "{table: {file: table.csv, report: {rows: 3}}}"));
    study.write("other.txt", "another file of the study");
    let path = format!("{}:/nowhere", std::env::var("PATH").unwrap());
    let others = [("FRUIT", "apple"), ("OTHER", "1"), ("PATH", &path), ("HOME", "/"), ("LANG", "de_DE.UTF-8")];
    assert!(ran(run_with(&study, &["run", "--json", "--jobs", "1"], &others)).is_empty());
    let moment = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::options().append(true).open(study.path("step.sh")).unwrap().set_modified(moment).unwrap();
    assert!(reruns(&study, "apple").is_empty());
}

#[test]
fn explain_names_every_part_of_the_key() {
    let study = keyed();
    study.write("step.sh", &SCRIPT.replace("printf", "#\nprintf"));
    let said = run_with(&study, &["explain", "my_step"], &[("FRUIT", "pear")]).fine();
    says(&said.out, &["stages.my_step.env.FRUIT \"apple\" -> \"pear\"", "step.sh (file)", "ingest/participants"]);
    says(
        &said.out,
        &[
            "same     stages.my_step.command [\"sh\"",
            "env.FRUIT \"apple\" -> \"pear\" (environment)",
            "no part  study.seed",
        ],
    );
    let said = run_with(&study, &["explain", "my_step", "--json"], &[("FRUIT", "pear")]).fine();
    assert!(serde_json::from_str::<serde_json::Value>(&said.out).unwrap()["parts"].as_array().unwrap().len() > 5);
}

#[test]
fn the_seed_counts_for_a_command_that_draws_and_for_no_other() {
    let study = step("printf 'x\\n%s\\n' ${KETASCREEN_SEED:-none} > table.csv");
    study.run(&["run"]).fine();
    study.edit(|text| text.replace("seed: 1", "seed: 2"));
    assert!(!study.reruns().contains(&"my_step".to_owned()));
    study.edit(|text| text.replace("    files: [step.sh]", "    files: [step.sh]\n    draws: true"));
    assert!(study.reruns().contains(&"my_step".to_owned()));
    study.edit(|text| text.replace("seed: 2", "seed: 3"));
    assert!(study.reruns().contains(&"my_step".to_owned()));
}

#[test]
fn a_command_sees_its_folder_and_its_environment_and_nothing_else() {
    let own = "  look:
    command: [sh, sub/look.sh, \"=1+1, $HOME; `x` 'β'\"]
    files: [sub/look.sh, \"data/odd, β.txt\"]
    inputs: {people: ingest/participants, who: {table: ingest/participants, format: csv}}
    outputs: {seen: seen.txt}
    env: [LANG, NOT_SET]
";
    let script = "{ find . -type f | sort; echo \"in: $(cat)\"; echo \"arg: $1\"; pwd | grep -c outputs/.cache/tmp
        touch inputs/new 2>/dev/null; ls -l inputs/who.csv | cut -c1-10; rm -f inputs/new
        env | cut -d= -f1 | grep -v -e '^_$' -e PWD -e SHLVL | sort; echo LANG=$LANG; cd \"$TMPDIR\" && ls | wc -l; } > seen.txt";
    let study = study(own, &[]);
    std::fs::create_dir(study.path("sub")).unwrap();
    study.write("sub/look.sh", script);
    study.write("data/odd, β.txt", "odd");
    let said =
        run_with(&study, &["run"], &[("LANG", "de_DE.UTF-8"), ("SECRET", "x"), ("LC_ALL", "C"), ("TZ", "Asia/Tokyo")]);
    said.fine();
    insta::assert_snapshot!(super::text_of(&study, "outputs/look/seen.txt").replace("      0", "0"), @r"
    ./data/odd, β.txt
    ./inputs/people.parquet
    ./inputs/who.csv
    ./seen.txt
    ./sub/look.sh
    in: 
    arg: =1+1, $HOME; `x` 'β'
    1
    -r--r--r--
    HOME
    KETASCREEN_STAGE
    KETASCREEN_THREADS
    LANG
    MKL_NUM_THREADS
    OMP_NUM_THREADS
    OPENBLAS_NUM_THREADS
    PATH
    POLARS_MAX_THREADS
    PYTHONDONTWRITEBYTECODE
    PYTHONHASHSEED
    TMPDIR
    TZ
    LANG=de_DE.UTF-8
    0
    ");
}

#[test]
fn what_it_said_is_in_the_log_of_the_run_and_beside_its_result() {
    let study = step(&format!("{GOOD}echo 'to the other' >&2\nprintf 'a\\033[31mb\\n'\n"));
    study.run(&["run"]).fine();
    assert_eq!(super::text_of(&study, "outputs/my_step/log.txt"), "working\nto the other\na\u{1b}[31mb\n");
    let said = study.run(&["log", "last"]).fine();
    let log = said.out.lines().find_map(|line| line.strip_prefix("log       ")).expect("the path of the log");
    says(&super::text_of(&study, log), &["said: working", "said: to the other"]);
    study.run(&["verify"]).fine();
    std::fs::remove_file(study.path("outputs/my_step/log.txt")).unwrap();
    study.run(&["verify"]).fine();
}

#[test]
fn every_command_of_the_program_knows_it() {
    let study = step(GOOD);
    study.run(&["run", "my_step"]).fine();
    assert!(study.path("outputs/my_step/table.parquet").exists() && !study.path("outputs/report").exists());
    study.run(&["run"]).fine();
    let lock = super::text_of(&study, "pipeline.lock");
    says(&lock, &["my_step", "table.parquet", "stages.my_step.command\""]);
    study.run(&["run", "--locked"]).fine();
    study.run(&["check"]).fine();
    says(&study.run(&["graph"]).fine().out, &["ingest -->|\"participants\"| my_step", "step.sh (file)"]);
    study.run(&["graph", "--format", "dot"]).fine();
    says(&study.run(&["verify", "--rerun"]).fine().out, &["with the same bytes"]);
    study.edit(|text| text.replace("[sh, step.sh]", "[sh, step.sh, more]"));
    says(&study.run(&["run", "-n"]).fine().out, &["my_step    outdated"]);
    let locked = study.run(&["run", "--locked"]);
    assert_eq!(locked.code, Some(2), "{}", locked.err);
    says(&locked.err, &["stages.my_step.command"]);
    study.write("step.sh", "cut -d, -f2 inputs/people.csv > table.csv");
    study.run(&["run"]).fine();
    says(
        &study.run(&["diff", "last~1", "last"]).fine().out,
        &["my_step    1 of 2 files differ", "input    step.sh (file)", "table.parquet  12 rows"],
    );
    says(&study.run(&["log", "last"]).fine().out, &["my_step    ran"]);
    let entries = || bytes_below(&study.path("outputs/.cache/entries/my_step")).len();
    let all = entries();
    study.run(&["gc", "--keep-runs", "1"]).fine();
    assert!(entries() < all);
    std::fs::remove_file(study.path("outputs/my_step/table.parquet")).unwrap();
    let said = study.run(&["verify"]);
    assert_eq!((said.code, said.out.contains("my_step/table.parquet is missing")), (Some(10), true), "{}", said.out);
    study.run(&["run"]).fine();
    study.run(&["verify"]).fine();
}

#[test]
fn a_stage_that_was_taken_out_is_shown_no_more_and_its_results_can_be_collected() {
    let study = step(GOOD);
    study.run(&["run"]).fine();
    let without = |text: &str| text.replace(STEP, "");
    study.edit(without);
    study.run(&["run"]).fine();
    assert!(!study.path("outputs/my_step").exists() && study.path("outputs/.cache/entries/my_step").exists());
    study.run(&["gc", "--keep-runs", "1"]).fine();
    assert!(bytes_below(&study.path("outputs/.cache/entries/my_step")).is_empty());
}

#[test]
fn commands_run_beside_each_other() {
    let own = "  one:
    command: [sh, meet.sh, one, two]
    files: [meet.sh]
    outputs: {met: met.txt}
    env: [PLACE]
  two:
    command: [sh, meet.sh, two, one]
    files: [meet.sh]
    outputs: {met: met.txt}
    env: [PLACE]
";
    let meet = "touch \"$PLACE/$1\"; for i in $(seq 200); do [ -e \"$PLACE/$2\" ] && { echo met > met.txt; exit 0; }; sleep 0.05; done; exit 1";
    let study = study(own, &[("meet.sh", meet)]);
    let place = tempfile::tempdir().unwrap();
    run_with(&study, &["run", "--jobs", "2"], &[("PLACE", place.path().to_str().unwrap())]).fine();
}
