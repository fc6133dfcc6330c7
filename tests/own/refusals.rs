//! What is refused before anything runs, and what a command that ran is refused for.

use super::{GOOD, results, says, step, study, unharmed};
use crate::common::Study;

/// What stands in [`STEP`], what is written instead, and what the refusal must say.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

#[test]
#[rustfmt::skip]
fn a_mistake_in_its_settings_is_named_with_its_line_and_its_remedy_and_nothing_runs() {
    let mistakes: &[Mistake] = &[
        ("ingest/participants", "ingest/participant", &["ingest makes no table `participant`", "(stages.my_step.inputs.people)", "did you mean `participants`?"]),
        ("ingest/participants", "ingst/participants", &["there is no stage `ingst`", "did you mean `ingest`?"]),
        ("ingest/participants", "participants", &["`participants` is not the name of a table", "stage/table"]),
        ("ingest/participants", "my_step/table", &["my_step waits for itself: my_step -> my_step", "take one of these inputs"]),
        ("ingest/participants", "sweep/curves", &["`sweep/curves` is a table of the sweep, which no stage can read", "(stages.my_step.inputs.people)", "the sweep runs after all stages"]),
        ("format: csv", "format: xlsx", &["unknown value `xlsx`", "(stages.my_step.inputs.people.format)", "csv"]),
        ("format: csv", "formt: csv", &["unknown key `formt`", "(stages.my_step.inputs.people.formt)", "did you mean `format`?"]),
        ("{people:", "{../people:", &["`../people` cannot be the name of a file"]),
        ("[sh, step.sh]", "[]", &["the command is empty", "(stages.my_step.command)", "command: [Rscript, extra.R]"]),
        ("[sh, step.sh]", "sh step.sh", &["string \"sh step.sh\", expected a list", "(stages.my_step.command)"]),
        ("[sh, step.sh]", "[sh step.sh]", &["no shell reads the command", "write a list: [sh, step.sh]"]),
        ("    files: [step.sh]\n", "", &["`step.sh` is a file of the study and not among the stage’s files", "(stages.my_step.command.1)", "add `files: [step.sh]`"]),
        ("[sh, step.sh]", "[./other.sh]", &["the program `./other.sh` is not among the stage’s files", "add `files: [other.sh]`"]),
        ("files: [step.sh]", "files: [stp.sh]", &["there is no file `stp.sh` in the study’s folder", "(stages.my_step.files.0)", "did you mean `step.sh`?"]),
        ("files: [step.sh]", "files: [step.sh, ../x]", &["`../x` leaves the study's folder", "(stages.my_step.files.1)"]),
        ("files: [step.sh]", "files: [step.sh, /etc/hosts]", &["`/etc/hosts` leaves the study's folder"]),
        ("files: [step.sh]", "files: [step.sh, step.sh]", &["`step.sh` is named twice"]),
        ("files: [step.sh]", "files: [step.sh, ./step.sh]", &["`./step.sh` is named twice"]),
        ("files: [step.sh]", "files: [step.sh, ./inputs/people.csv]", &["`./inputs/people.csv`: the folder `inputs` holds the tables"]),
        ("files: [step.sh]", "files: [step.sh, data]", &["`data` is a folder, not a file", "(stages.my_step.files.1)", "name a file in it"]),
        ("files: [step.sh]", "files: [step.sh, outputs/qc/decisions.parquet]", &["`outputs/qc/decisions.parquet` is a result of this study", "(stages.my_step.files.1)", "read it with `inputs: {decisions: qc/decisions}`"]),
        ("files: [step.sh]", "files: [step.sh, ./outputs//qc/./decisions.csv]", &["is a result of this study", "read it with `inputs: {decisions: {table: qc/decisions, format: csv}}`"]),
        ("files: [step.sh]", "files: [step.sh, outputs/report/report.html]", &["`outputs/report/report.html` is a result of this study", "results cannot be read as files"]),
        ("files: [step.sh]", "files: [step.sh, outputs/mine.csv]", &["`outputs/mine.csv` lies in the folder of the study's results", "keep the file in another folder"]),
        ("{table: table.csv}", "{}", &["the stage has no outputs", "outputs: {table: my_table.parquet}"]),
        ("{table: table.csv}", "{table: ../table.csv}", &["`../table.csv` cannot be the path of an output", "(stages.my_step.outputs.table)", "below the command’s folder"]),
        ("{table: table.csv}", "{table: /tmp/table.csv}", &["`/tmp/table.csv` cannot be the path of an output"]),
        ("{table: table.csv}", "{table: a/../table.csv}", &["cannot be the path of an output"]),
        ("{table: table.csv}", "{table: inputs/table.csv}", &["`inputs/table.csv` is what the command reads"]),
        ("{table: table.csv}", "{table: step.sh}", &["`step.sh` is what the command reads"]),
        ("{table: table.csv}", "{table: step.sh/t.csv}", &["`step.sh/t.csv` is what the command reads"]),
        ("files: [step.sh]\n    inputs: {people: {table: ingest/participants, format: csv}}\n    outputs: {table: table.csv}", "files: [./step.sh]\n    outputs: {table: step.sh}", &["`step.sh` is what the command reads"]),
        ("{table: table.csv}", "{table: table.csv, more: record.json/x}", &["`record.json/x` cannot be kept beside `record.json`", "(stages.my_step.outputs.more)"]),
        ("{table: table.csv}", "{more: table.parquet/x, table: table.csv}", &["`table.parquet` cannot be kept beside `table.parquet/x`"]),
        ("{table: table.csv}", "{table: t.csv, other: t.csv}", &["two outputs are the file `t.csv`"]),
        ("{table: table.csv}", "{findings: table.csv}", &["`findings.parquet` would be kept twice"]),
        ("{table: table.csv}", "{table: {file: t.txt, report: {}}}", &["`t.txt` is no table"]),
        ("{table: table.csv}", "{table: {file: t.csv, report: {rows: 0}}}", &["0 rows are not from 1 to 1000"]),
        ("{table: table.csv}", "{table: {file: t.csv, participants: {age: number}}}", &["the column `age` is one of the participants’ file already"]),
        ("{table: table.csv}", "{table: {file: t.csv, participants: {baseline_score: number}}}", &["`baseline_score` has a meaning of its own"]),
        ("{table: table.csv}", "{table: {file: t.csv, participants: {x: real}}}", &["unknown value `real`", "number"]),
        ("{table: table.csv}", "{table: table.csv}\n    env: [KETASCREEN_SEED]", &["`KETASCREEN_SEED` is set by the program"]),
        ("{table: table.csv}", "{table: table.csv}\n    env: [A=1]", &["`A=1` is not the name of a variable"]),
        ("{table: table.csv}", "{table: table.csv}\n    timeout: soon", &["`soon` is not a time such as `90 s`", "(stages.my_step.timeout)"]),
        ("{table: table.csv}", "{table: table.csv}\n    timeout: 0", &["above 0 and at most 30 days"]),
        ("{table: table.csv}", "{table: table.csv}\n    retries: 3", &["unknown key `retries`", "(stages.my_step.retries)"]),
        ("    outputs: {table: table.csv}\n", "", &["`stages.my_step` has no `outputs`"]),
        ("    command: [sh, step.sh]\n", "", &["unknown key `my_step`", "a stage of your own has a `command`"]),
        ("my_step:", "qc:", &["`qc` is a stage of the program, and cannot be a stage of your own", "my_qc"]),
        ("my_step:", "sweep:", &["a stage cannot be called `sweep`"]),
        ("my_step:", "My Step:", &["`My Step` cannot be the name of a stage", "lower-case"]),
    ];
    for (from, to, words) in mistakes {
        let study = step(GOOD);
        study.edit(|text| text.replace(from, to));
        for command in [&["check"][..], &["run"]] {
            let said = study.run(command);
            assert_eq!(said.code, Some(2), "{to}: {}{}", said.out, said.err);
            says(&said.err, words);
            says(&said.err, &["pipeline.yaml", "help: "]);
        }
        assert!(!study.path("outputs/my_step").exists() && !study.path("pipeline.lock").exists(), "{to}");
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_a_link_out_of_the_study_is_refused() {
    let study = step(GOOD);
    std::os::unix::fs::symlink("/etc/hosts", study.path("hosts")).unwrap();
    study.edit(|text| {
        let text = text.replace("files: [step.sh]", "files: [step.sh, hosts]");
        text.replace("ingest/participants", "qc/nothing").replace("table: table.csv", "table: ../t.csv")
    });
    let said = study.run(&["check"]);
    says(&said.err, &["`hosts` leaves the study's folder", "qc makes no table", "`../t.csv` cannot be", "3 problems"]);
}

#[test]
fn a_result_is_not_read_as_a_file_wherever_its_links_lead() {
    let study = step(GOOD);
    study.run(&["run"]).fine();
    let before = results(&study);
    std::os::unix::fs::symlink("outputs/ingest/participants.parquet", study.path("people")).unwrap();
    std::os::unix::fs::symlink("outputs", study.path("elsewhere")).unwrap();
    study.edit(|text| text.replace("files: [step.sh]", "files: [step.sh, people, elsewhere/my_step/table.parquet]"));
    let said = study.run(&["check"]);
    assert_eq!(said.code, Some(2));
    says(
        &said.err,
        &["`people` is a result of this study", "read it with `inputs: {participants: ingest/participants}`"],
    );
    says(&said.err, &["`elsewhere/my_step/table.parquet` is a result of this study", "2 problems; nothing was run"]);
    assert_eq!(study.run(&["run"]).code, Some(2));
    // A script that is there and only an argument yet.
    study.edit(|text| {
        text.replace(", people, elsewhere/my_step/table.parquet", "").replace("[sh, step.sh]", "[sh, step.sh, people]")
    });
    let said = study.run(&["check"]);
    says(&said.err, &["`people` is a result of this study", "(stages.my_step.command.2)", "1 problem"]);
    // The data are no results either.
    study.edit(|text| text.replace("[sh, step.sh, people]", "[sh, step.sh]"));
    std::fs::rename(study.path("data/participants.csv"), study.path("data/kept.csv")).unwrap();
    std::os::unix::fs::symlink("../outputs/ingest/participants.parquet", study.path("data/participants.csv")).unwrap();
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(2));
    says(
        &said.err,
        &["`participants.csv` is a result of this study", "(stages.ingest.participants.file)", "1 problem"],
    );
    unharmed(&study, &before);
}

#[test]
fn files_beside_results_are_read_where_the_outputs_are_the_studys_own_folder() {
    let study = step(GOOD);
    study.edit(|text| text.replace("study: {", "study: {outputs: ., "));
    study.run(&["run"]).fine();
    study.edit(|text| text.replace("files: [step.sh]", "files: [step.sh, report/report.html]"));
    let said = study.run(&["run"]);
    assert_eq!((said.code, said.err.contains("`report/report.html` is a result")), (Some(2), true), "{}", said.err);
}

#[test]
fn a_file_outside_of_the_study_has_no_place_in_a_commands_folder() {
    let study = step(GOOD);
    study.edit(|text| text.replace("files: [step.sh]", "files: [step.sh, /etc/hosts, ../x]"));
    let said = study.run(&["run", "--allow-outside"]);
    assert_eq!(said.code, Some(2));
    says(
        &said.err,
        &["`/etc/hosts` does not lie below", "`../x` does not lie below", "make a link there", "2 problems"],
    );
}

#[test]
fn stages_that_wait_for_each_other_are_named_in_a_row() {
    let own = "  first:
    command: [cp, inputs/b.parquet, a.parquet]
    inputs: {b: second/b}
    outputs: {a: {file: a.parquet, report: {}}}
  second:
    command: [cp, inputs/a.parquet, b.parquet]
    inputs: {a: first/a}
    outputs: {b: b.parquet}
";
    let said = study(own, &[]).run(&["check"]);
    assert_eq!(said.code, Some(2));
    says(&said.err, &["waits for itself: ", "first -> second -> first"]);
    // A covariate of the screen that is made of the screen's own associations.
    let study = Study::of_the_repository();
    study.edit(|text| {
        let own = "stages:\n  late:\n    command: [cp, inputs/a.csv, t.csv]\n    inputs: {a: {table: screen/associations, \
                   format: csv}}\n    outputs: {t: {file: t.csv, participants: {made: number}}}\n";
        text.replacen("stages:\n", own, 1).replace("covariates: [age, sex, b", "covariates: [age, sex, made, b")
    });
    let said = study.run(&["check"]);
    assert_eq!(said.code, Some(2));
    says(&said.err, &["late waits for itself: ", "screen"]);
}

/// What the script does, and what must be said of it.
type Failing = (&'static str, &'static [&'static str]);

#[test]
#[rustfmt::skip]
fn a_command_that_fails_is_told_with_its_last_lines_and_leaves_every_result_as_it_was() {
    let failing: &[Failing] = &[
        ("echo one; echo 'two β' >&2; exit 3", &["`sh step.sh` left with exit code 3", "(stages.my_step.command)", "  | one\n  | two β\n", "log.txt", "help: "]),
        ("for i in $(seq 50); do echo line $i; done; exit 1", &["  | line 31\n", "  | line 50\n"]),
        ("printf 'a\\033[2Jb\\n'; kill -9 $$", &["ended by signal 9", "perhaps for want of memory", "  | a\u{fffd}[2Jb\n"]),
        ("true", &["`table.csv` was not made", "(stages.my_step.outputs)", "it said nothing"]),
        ("mkdir table.csv", &["`table.csv` is no file"]),
        ("ln -s inputs/people.csv table.csv", &["`table.csv` is a link"]),
        ("ln -s ../../../../../data data; mkfifo table.csv", &["`table.csv` is no file"]),
        (": > table.csv", &["`table.csv` is not the table it should be"]),
        ("printf 'a,b\\n1\\n' > table.csv", &["`table.csv` is not the table it should be: line 2 has 1 cell, and the header 2"]),
        ("printf 'a;b\\n1,5;2\\n' > table.csv", &["`table.csv` is not the table it should be", "separate with commas (in R: write.csv, not write.csv2)"]),
        ("printf 'a,a\\n1,2\\n' > table.csv", &["is not the table it should be: two columns are called `a`"]),
        ("rm step.sh inputs/people.csv; mkfifo step.sh inputs/people.csv; echo a > table.csv", &["changed what it was given to read: inputs/people.csv, step.sh"]),
        ("rm -rf ../../*my_step", &["changed what it was given to read: inputs/people.csv, step.sh"]),
        ("printf 'a\\n1\\nInf\\n' > table.csv", &["column a, row 2: an infinite number; leave it missing"]),
        ("printf '\"\",a\\n\"1\",2\\n' > table.csv", &["row.names = FALSE"]),
        ("echo x > inputs/new; chmod u+w inputs/people.csv; echo x >> inputs/people.csv; cp inputs/people.csv table.csv", &["`sh step.sh` changed what it was given to read: inputs/people.csv"]),
        ("rm -f step.sh; cp inputs/people.csv table.csv", &["changed what it was given to read: step.sh"]),
    ];
    for (script, words) in failing {
        let study = step(GOOD);
        study.run(&["run"]).fine();
        let before = results(&study);
        study.write("step.sh", script);
        let said = study.run(&["run"]);
        assert_eq!(said.code, Some(20), "{script}: {}", said.err);
        says(&said.err, words);
        says(&said.err, &["earlier outputs are unchanged", "pipeline.yaml:"]);
        unharmed(&study, &before);
        assert_eq!(super::leftovers(&study), 0, "{script}");
        let json = study.run(&["run", "--json"]);
        assert!(json.out.contains("\"setting\":\"stages.my_step."), "{}", json.out);
        study.write("step.sh", GOOD);
        study.run(&["run"]).fine();
    }
}

#[test]
fn a_program_that_is_not_there_or_cannot_be_started_is_named_with_its_place() {
    let study = step(GOOD);
    study.edit(|text| text.replace("[sh, step.sh]", "[no-such-program-here, step.sh]"));
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(20));
    says(&said.err, &["there is no program `no-such-program-here`", "pipeline.yaml:", "(stages.my_step.command.0)"]);
    says(&said.err, &["install it, or correct the command; programs are looked for in PATH"]);
    study.edit(|text| text.replace("[no-such-program-here, step.sh]", "[./step.sh]"));
    study.write("step.sh", "#!/no/such/interpreter\n");
    let said = study.run(&["run"]);
    assert_eq!((said.code, said.err.contains("cannot be started")), (Some(20), true), "{}", said.err);
    study.write("step.sh", &format!("#!/bin/sh\n{GOOD}"));
    study.run(&["run"]).fine();
}

#[test]
fn a_parquet_file_that_is_none_is_refused_and_several_bad_outputs_are_said_at_once() {
    let study = step("head -c 4000 /dev/urandom > table.parquet; echo PAR1 > other.parquet");
    study.edit(|text| text.replace("{table: table.csv}", "{table: table.parquet, other: other.parquet, third: x.txt}"));
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(20));
    says(
        &said.err,
        &["`table.parquet` is no Parquet file", "`other.parquet` is no Parquet file", "`x.txt` was not made"],
    );
}

#[test]
fn after_a_failure_the_rest_can_be_finished() {
    let study = step("exit 1");
    let said = study.run(&["run", "--keep-going"]);
    assert_eq!(said.code, Some(20));
    says(&said.err, &["report     done", "my_step    failed"]);
    assert!(!study.path("outputs/my_step").exists());
}
