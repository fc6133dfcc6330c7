//! What a table of one's own is for: a covariate, an outcome, a table of the report, and something to compute with.

use std::fs;
use std::process::Command;

use polars::prelude::{DataFrame, ParquetReader, SerReader};

use super::{says, study};
use crate::common::Study;

fn frame(study: &Study, path: &str) -> DataFrame {
    ParquetReader::new(fs::File::open(study.path(path)).unwrap()).finish().unwrap()
}

/// The default study with bmi and sex among the covariates, bmi an outcome, and a small sweep.
fn with_bmi() -> Study {
    let study = Study::of_the_repository();
    study.edit(|text| {
        let text = text.replace("covariates: [age, sex, baseline_score]", "covariates: [age, sex, bmi, baseline_score]");
        let text = text.replace("    endpoints:  ", "    endpoints:\n      weight: {kind: column, column: bmi}\n    # ");
        let text = text.replace("    models:\n", "    models:\n      heavy: {outcomes: [weight], predictor: {change: percent}, covariates: [sex]}\n");
        let text = text.replace("draws: 9999", "draws: 99").replace("draws: 2000", "draws: 200").replace("permutations: 999", "permutations: 9");
        text + "\nsweep:\n  settings: [{set: stages.screen.models.published.covariates, name: beside, to: [[], [bmi]]}]\n  curve: {draws: 9}\n"
    });
    study
}

/// The same with both columns made by a command instead of standing in the participants' file.
fn with_bmi_of_a_command() -> Study {
    let study = with_bmi();
    let people = fs::read_to_string(study.path("data/participants.csv")).unwrap();
    let cells: Vec<Vec<&str>> = people.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(cells[0], ["participant_id", "age", "sex", "bmi"]);
    let of = |columns: &[usize], rows: &[Vec<&str>]| -> String {
        let row = |row: &Vec<&str>| columns.iter().map(|at| row[*at]).collect::<Vec<_>>().join(",") + "\n";
        rows.iter().map(row).collect()
    };
    study.write("data/participants.csv", &of(&[0, 1], &cells));
    // In another order, which must not matter.
    let (head, rows) = cells.split_first().unwrap();
    let turned: Vec<Vec<&str>> = [head.clone()].into_iter().chain(rows.iter().rev().cloned()).collect();
    study.write("body.txt", &of(&[3, 0, 2], &turned));
    study.edit(|text| {
        let keep = |line: &&str| !line.starts_with("        sex: {kind") && !line.starts_with("        bmi: {kind");
        let text: String = text.lines().filter(keep).map(|line| format!("{line}\n")).collect();
        let own = "stages:\n  body:\n    command: [cp, body.txt, body.csv]\n    files: [body.txt]\n    outputs:\n      measured: \
                   {file: body.csv, participants: {bmi: number, sex: {category: [female, male]}}}\n";
        text.replacen("stages:\n", own, 1)
    });
    study
}

#[test]
fn covariates_and_outcomes_that_a_command_made_give_the_numbers_of_the_same_columns_in_the_participants_file() {
    let (file, own) = (with_bmi(), with_bmi_of_a_command());
    [&file, &own].iter().for_each(|study| drop(study.run(&["sweep"]).fine()));
    for table in [
        "outcomes/endpoints",
        "screen/associations",
        "screen/fits",
        "screen/coefficients",
        "screen/influence",
        "predict/performance",
        "predict/predictions",
        "sweep/associations",
        "sweep/specifications",
        "sweep/curves",
    ] {
        let path = format!("outputs/{table}.parquet");
        let (left, right) = (frame(&file, &path), frame(&own, &path));
        assert!(left.height() > 0 && left.equals_missing(&right), "{table}");
    }
    let heavy = fs::read_to_string(own.path("outputs/report/tables/associations.csv")).unwrap();
    assert!(heavy.lines().any(|line| line.contains("heavy") && line.contains("weight")), "the outcome was screened");
    // Another reference level, in the same cells, is another covariate.
    own.edit(|text| text.replace("{category: [female, male]}", "{category: [male, female]}"));
    let reruns = own.reruns();
    assert!(["screen", "predict"].iter().all(|stage| reruns.contains(&(*stage).to_owned())), "{reruns:?}");
    let coefficients = |study: &Study| frame(study, "outputs/screen/coefficients.parquet");
    assert!(!coefficients(&own).equals_missing(&coefficients(&file)));
    own.edit(|text| text.replace("{category: [male, female]}", "{category: [female, male]}"));
    assert!(own.reruns().is_empty());
    // Another value reruns whoever names the column, and not qc.
    let body = fs::read_to_string(own.path("body.txt")).unwrap();
    own.write("body.txt", &body.replacen("24.6,P02", "34.6,P02", 1));
    let reruns = own.reruns();
    assert!(
        ["body", "outcomes", "screen", "predict"].iter().all(|stage| reruns.contains(&(*stage).to_owned())),
        "{reruns:?}"
    );
    assert!(!reruns.contains(&"qc".to_owned()) && !reruns.contains(&"normalize".to_owned()), "{reruns:?}");
    assert!(!frame(&own, "outputs/screen/fits.parquet").equals_missing(&frame(&file, "outputs/screen/fits.parquet")));
}

#[test]
fn a_column_that_nobody_makes_is_unknown_and_one_that_a_command_makes_is_suggested() {
    let study = with_bmi_of_a_command();
    study.edit(|text| text.replace("covariates: [age, sex, bmi,", "covariates: [age, sex, bmj,"));
    let said = study.run(&["check"]);
    assert_eq!(said.code, Some(2));
    says(&said.err, &["`bmj`", "did you mean `bmi`?"]);
}

const SCORES: &str = "  scores:
    command: [sh, scores.sh]
    files: [scores.sh]
    inputs: {people: {table: ingest/participants, format: csv}}
    outputs: {scores: {file: scores.csv, participants: {depth: number, slept: binary, n: count, arm: {category: [low, high]}}}}
";

/// A row for each of these participants.
fn scores(rows: &[&str]) -> String {
    format!("cat > scores.csv <<'END'\nparticipant_id,depth,slept,n,arm\n{}\nEND\n", rows.join("\n"))
}

#[test]
fn a_table_of_participants_is_ordered_and_typed_and_who_is_not_in_it_is_told() {
    let study = study(SCORES, &[("scores.sh", &scores(&["P03,1e-3,yes,2,low", "P01,,0,,", "P02,NaN,TRUE,0,high"]))]);
    study.run(&["run"]).fine();
    let table = frame(&study, "outputs/scores/scores.parquet");
    let text = |name: &str| {
        table.column(name).unwrap().str().unwrap().iter().map(|cell| cell.map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(text("participant_id"), ["P01", "P02", "P03"].map(|id| Some(id.to_owned())));
    assert_eq!(text("arm"), [None, Some("high".into()), Some("low".into())]);
    assert_eq!(table.column("depth").unwrap().f64().unwrap().iter().collect::<Vec<_>>(), [None, None, Some(1e-3)]);
    assert_eq!(
        table.column("slept").unwrap().bool().unwrap().iter().collect::<Vec<_>>(),
        [Some(false), Some(true), Some(true)]
    );
    assert_eq!(table.column("n").unwrap().i64().unwrap().iter().collect::<Vec<_>>(), [None, Some(0), Some(2)]);
    let findings = frame(&study, "outputs/scores/findings.parquet");
    let message = findings.column("message").unwrap().str().unwrap().get(0).unwrap();
    says(message, &["9 of 12 participants have no row: P00, P04, P05"]);
}

#[test]
#[rustfmt::skip]
fn a_table_of_participants_that_is_not_what_was_declared_is_refused() {
    for (rows, words) in [
        (&["P99,1,1,1,low"][..], "participants whom the study does not have: P99"),
        (&["P01,1,1,1,low", "P01,2,1,1,low"], "several rows of participant P01"),
        (&[",1,1,1,low"], "column participant_id, row 1: nobody is named"),
        (&["P01,much,1,1,low"], "column depth: it holds text, and was declared as number"),
        (&["P01,1,maybe,1,low"], "column slept: row 1: maybe is not yes or no"),
        (&["P01,1,1,-1,low"], "column n: row 1: -1 is not a whole number of at least 0"),
        (&["P01,1,1,1.5,low"], "column n: row 1: 1.5 is not a whole number of at least 0"),
        (&["P01,1,1,1,middle"], "column arm: row 1: `middle` is not one of low, high"),
        (&["P01,-inf,1,1,low"], "column depth, row 1: an infinite number"),
    ] {
        let study = study(SCORES, &[("scores.sh", &scores(rows))]);
        let said = study.run(&["run"]);
        assert_eq!(said.code, Some(20), "{rows:?}: {}", said.err);
        says(&said.err, &[words, "`scores.csv`", "(stages.scores.outputs"]);
    }
    let missing = study(SCORES, &[("scores.sh", "printf 'participant_id,depth\\nP01,1\\n' > scores.csv")]).run(&["run"]);
    says(&missing.err, &["has no column arm; it has participant_id, depth", "(stages.scores.outputs"]);
    let nobody = study(SCORES, &[("scores.sh", "printf 'id,depth\\nP01,1\\n' > scores.csv")]).run(&["run"]);
    says(&nobody.err, &["has no column participant_id"]);
}

const SHOWN: &str = "  mine:
    command: [sh, mine.sh, \"<i>&\"]
    files: [mine.sh]
    outputs:
      odd: {file: odd.csv, report: {caption: \"<b>Odd</b> & \\\"quoted\\\"\", rows: 2}}
      people: {file: people.csv, report: {}}
      plot: plots/mine.svg
";
const MINE: &str = "mkdir plots; echo '<svg/>' > plots/mine.svg
cat > odd.csv <<'END'
\"<script>alert(1)</script>\",=1+1,\"a \"\"b\"\", 'β'\"
\"<img src=x onerror=alert(2)>\",1.5,TRUE
NA(+),NA,FALSE
third,0.1,TRUE
END
printf 'who,n\\nof P07,1\\n' > people.csv
";

#[test]
fn a_table_in_the_report_is_text_whatever_it_holds_and_its_csv_has_every_row() {
    let study = study(SHOWN, &[("mine.sh", MINE)]);
    study.run(&["run"]).fine();
    let page = fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    for raw in ["<script>alert", "<img src=x", "<b>Odd", "<i>&"] {
        assert!(!page.contains(raw), "{raw}");
    }
    says(
        &page,
        &[
            "&lt;script&gt;alert(1)",
            "&lt;img src=x onerror=alert(2)&gt;",
            "&lt;b&gt;Odd",
            "The first 2 of 3 rows",
            "NA(+)",
        ],
    );
    assert!(!page.contains(">third<"), "the third row is not on the page");
    let csv = fs::read_to_string(study.path("outputs/report/tables/mine_odd.csv")).unwrap();
    assert!(csv.lines().count() == 4 && csv.contains("third"), "{csv}");
    assert_eq!(fs::read_to_string(study.path("outputs/mine/plots/mine.svg")).unwrap(), "<svg/>\n");
    says(&page, &["of P07"]);
    study.edit(|text| text.replace("{formats: [html]}", "{formats: [html], privacy: {participant_points: false}}"));
    study.run(&["run"]).fine();
    let page = fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    assert!(!page.contains("P07") && !study.path("outputs/report/tables/mine_people.csv").exists());
    says(&page, &["Single participants are not shown, and this table names some.", "&lt;script&gt;alert(1)"]);
}

/// Whether a program runs and ends well; where it does not, the test says so aloud.
pub fn there_is(program: &str, arguments: &[&str]) -> bool {
    let there = Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("SKIPPED: `{program} {}` does not run here", arguments.join(" "));
    }
    there
}

#[test]
fn parquet_of_polars_is_read_in_every_usual_compression_and_with_every_usual_type() {
    if !there_is("python3", &["-c", "import polars"]) {
        return;
    }
    let own = "  frames:
    command: [python3, frames.py]
    files: [frames.py]
    inputs: {people: ingest/participants}
    outputs: {zstd: zstd.parquet, snappy: snappy.parquet, gzip: gzip.parquet, lz4: lz4.parquet, plain: uncompressed.parquet}
";
    let script = "import polars as pl
people = pl.read_parquet('inputs/people.parquet')
table = people.select(pl.col('participant_id').alias('who, \"β\" =1+1'), (pl.col('age') / 3).cast(pl.Float32).alias('third'),
    pl.col('age').cast(pl.Int32).alias('n'), (pl.col('age') > 35).alias('old'))
table = table.with_columns(pl.when(pl.col('n') == 40).then(float('nan')).otherwise(pl.col('third')).alias('third'))
for kind in ['zstd', 'snappy', 'gzip', 'lz4', 'uncompressed']:
    table.write_parquet(f'{kind}.parquet', compression=kind)
";
    let study = study(own, &[("frames.py", script)]);
    study.run(&["run"]).fine();
    let first = frame(&study, "outputs/frames/zstd.parquet");
    assert_eq!((first.height(), first.width()), (12, 4));
    let third: Vec<Option<f64>> = first.column("third").unwrap().f64().unwrap().iter().collect();
    assert_eq!((third[0], third[1]), (None, Some(f64::from(31.0_f32 / 3.0))), "NaN is missing");
    for name in ["snappy", "gzip", "lz4", "plain"] {
        assert!(frame(&study, &format!("outputs/frames/{name}.parquet")).equals_missing(&first), "{name}");
    }
}

#[test]
fn odd_names_and_every_digit_survive_a_table_that_r_reads_and_writes_as_text() {
    if !there_is("Rscript", &["-e", "1"]) {
        return;
    }
    let own = "  made:
    command: [cp, odd.txt, odd.csv]
    files: [odd.txt]
    outputs: {odd: odd.csv}
  through_r:
    command: [Rscript, --vanilla, -e, 'x <- read.csv(\"inputs/odd.csv\", check.names = FALSE); write.csv(x, \"odd.csv\", row.names = FALSE)']
    inputs: {odd: {table: made/odd, format: csv}}
    outputs: {odd: odd.csv}
";
    let odd = "\"β-hydroxy, \"\"x\"\"\",=1+1,2 x\nNA(+),0.1,1\n\"a/b\nc\",-2.5e-7,\nΔ9,1e300,3\n";
    let study = study(own, &[("odd.txt", odd)]);
    study.run(&["run"]).fine();
    let (made, through) = (frame(&study, "outputs/made/odd.parquet"), frame(&study, "outputs/through_r/odd.parquet"));
    assert!(made.height() == 3 && made.equals_missing(&through), "{made:?}{through:?}");
}
