//! `ketascreen sweep` from the outside: what it makes, what it leaves alone, and what becomes of one that was killed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{json, lines};
use crate::common::{STAGES, Study, assert_same, repository};
use stages::sweep::schema::{Associations, CurveRow, Curves, SpecificationRow, Specifications, Universes};

/// Without what takes time and bears on nothing here.
const LIGHT: [&str; 4] = ["-S", "stages.screen.permutation=null", "-S", "stages.screen.bootstrap=null"];

const FEW: &str = "
sweep:
  settings:
    - {set: stages.qc.analytes.max_qc_rsd, name: QC RSD, to: [0.3, 0.0001, -1]}
    - {set: stages.qc.on_fail, to: [exclude, stop]}
  universes:
    - {stages.screen.confidence: 0.9}
  curve: {models: [published], draws: 99}
";

fn light<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words.iter().copied().chain(LIGHT).collect()
}

/// The default study with a sweep.
fn with(sweep: &str) -> Study {
    let study = Study::of_the_repository();
    study.edit(|text| format!("{text}{sweep}"));
    study
}

fn reference(name: &str) -> std::path::PathBuf {
    repository().join("tests/reference/sweep").join(name)
}

/// The records of a reference table, by the names of its columns.
fn records(path: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[track_caller]
fn close(value: Option<f64>, expected: &str, tolerance: f64, what: &str) {
    let (value, expected) = (value.unwrap_or_else(|| panic!("{what} is missing")), expected.parse::<f64>().unwrap());
    assert!((value - expected).abs() <= tolerance * expected.abs().max(1e-3), "{what}: {value:e} is not {expected:e}");
}

#[test]
fn r_makes_the_same_curves_of_the_same_universes() {
    let study = with(&std::fs::read_to_string(reference("universes.yaml")).unwrap());
    study.run(&light(&["sweep"])).fine();
    let rows = study.table::<Specifications>("sweep").rows();
    let rows: BTreeMap<(i64, String, String), SpecificationRow> =
        rows.into_iter().map(|row| ((row.universe, row.outcome.clone(), row.analyte.clone()), row)).collect();
    let expected = records(&reference("universes.csv"));
    assert_eq!((rows.len(), expected.len()), (528, 528));
    for record in expected {
        let key = (record["universe"].parse().unwrap(), record["outcome"].clone(), record["analyte"].clone());
        let (row, what) = (&rows[&key], format!("{key:?}"));
        close(row.effect, &record["effect"], 1e-9, &what);
        close(row.conf_low, &record["conf_low"], 1e-9, &what);
        close(row.conf_high, &record["conf_high"], 1e-9, &what);
        close(row.p_value, &record["p_value"], 1e-9, &what);
        close(row.z, &record["z"], 1e-9, &what);
    }
    let curves = study.table::<Curves>("sweep").rows();
    let expected = records(&reference("curves.csv"));
    assert_eq!(curves.len(), expected.len());
    for record in expected {
        let curve = curves.iter().find(|curve| curve.analyte == record["analyte"]).unwrap();
        let counts = [curve.answered, curve.positive, curve.significant].map(|n| n.to_string());
        assert_eq!(
            counts,
            ["answered", "positive", "significant"].map(|name| record[name].clone()),
            "{}",
            curve.analyte
        );
        close(Some(curve.share_significant), &record["share_significant"], 1e-9, &curve.analyte);
        close(curve.median_effect, &record["median_effect"], 1e-9, &curve.analyte);
        close(Some(curve.average_z), &record["average_z"], 1e-9, &curve.analyte);
    }
}

#[test]
fn of_six_people_every_ordering_gives_the_p_that_numpy_counts() {
    let study = Study::empty();
    for name in ["pipeline.yaml", "participants.csv", "samples.csv", "metabolites.csv"] {
        study.copy(&reference("tiny").join(name));
    }
    study.run(&["sweep"]).fine();
    let curves: BTreeMap<String, CurveRow> =
        study.table::<Curves>("sweep").rows().into_iter().map(|curve| (curve.analyte.clone(), curve)).collect();
    let expected = records(&reference("tiny/curves.csv"));
    assert_eq!((curves.len(), expected.len()), (3, 3));
    for record in expected {
        let curve = &curves[&record["analyte"]];
        assert!(curve.enumerated && curve.draws == 720);
        close(curve.median_effect.map(f64::abs), &record["median_size"], 1e-9, &curve.analyte);
        close(Some(curve.share_significant), &record["share"], 1e-9, &curve.analyte);
        close(Some(curve.average_z.abs()), &record["z_size"], 1e-9, &curve.analyte);
        for (p, name) in [(curve.p_median, "p_median"), (curve.p_share, "p_share"), (curve.p_average_z, "p_average_z")]
        {
            assert_eq!(p, record[name].parse().ok(), "{} {name}", curve.analyte);
        }
        assert_eq!(curve.p_family, record["p_family"].parse().ok(), "{}", curve.analyte);
    }
}

#[test]
fn a_sweep_shows_its_own_result_and_nothing_of_a_universe() {
    let study = with(FEW);
    let said = study.run(&light(&["run"])).fine();
    assert!(said.err.contains("the sweep has not run"), "{}", said.err);
    let (before, lock) = (study.shown(), std::fs::read(study.path("pipeline.lock")).unwrap());
    let said = study.run(&light(&["sweep"])).fine();
    let told = lines(&said.err, |line| line.starts_with("universe") || line.contains("screened"));
    insta::assert_snapshot!(told, @"
    universe   failed   4 (QC RSD=0.0001, qc.on_fail=stop): analyte `3-hydroxybutyrate`: RSD of pooled QC 0.02772 is above 0.0001 (stages.qc.analytes.max_qc_rsd); analyte `GABA`: RSD of pooled QC 0.0601 is above 0.0001 (stages.qc.analytes.max_qc_rsd); analyte `arginine`: RSD of pooled QC 0.02854 is above 0.0001 (stages.qc.analytes.max_qc_rsd); and 8 more
    universe   refused  5 (QC RSD=-1, qc.on_fail=exclude): -1 is not a finite number of at least 0 (stages.qc.analytes.max_qc_rsd)
    universe   refused  6 (QC RSD=-1, qc.on_fail=stop): -1 is not a finite number of at least 0 (stages.qc.analytes.max_qc_rsd)
    7 universes: 3 screened, 1 the same as an earlier one, 2 refused, 1 failed; 5 stages ran, 16 cached
    ");
    let after = study.shown();
    let kept = |files: &BTreeMap<String, Vec<u8>>| {
        let kept = files.iter().filter(|(path, _)| !path.starts_with("report/"));
        kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect::<BTreeMap<_, _>>()
    };
    assert!(kept(&after) == kept(&before), "the stages’ own results are as they were");
    let stages = |lock: &[u8]| {
        let mut lock: serde_json::Value = serde_json::from_slice(lock).unwrap();
        lock["stages"].as_object_mut().unwrap().remove("report");
        lock
    };
    assert_eq!(stages(&std::fs::read(study.path("pipeline.lock")).unwrap()), stages(&lock));

    let universes = study.table::<Universes>("sweep");
    let status: Vec<String> = universes.column("status");
    assert_eq!(status, ["ok", "same", "ok", "failed", "refused", "refused", "ok"]);
    assert_eq!(universes.column::<bool>("is_configured"), [true, false, false, false, false, false, false]);
    assert_eq!(universes.extra_names(), ["QC RSD", "qc.on_fail", "screen.confidence"]);
    let associations = study.table::<Associations>("sweep");
    let configured = stages::contract::Table::<stages::screen::schema::Associations>::height(&study.table("screen"));
    assert_eq!(associations.height(), 3 * configured, "universe 3 has no analyte left, and 2 has the rows of 1");
    let page = String::from_utf8(after["report/report.html"].clone()).unwrap();
    assert!(page.contains("Under other settings") && page.contains("7 universes: 3 screened"));
    assert!(after.contains_key("report/figures/specification_curve-3_hydroxybutyrate.svg"), "{:?}", after.keys());
    assert!(after.contains_key("report/tables/sweep_associations.csv"));

    // Nothing is left to do, also for a plain run, which keeps the chapter.
    let again = study.run(&light(&["sweep", "--json"])).fine();
    assert!(again.stages_with("running").is_empty(), "{}", again.out);
    assert!(study.run(&light(&["run", "--json"])).fine().stages_with("running").is_empty());
    assert_same(&study.shown(), &after);
    let verified = study.run(&["verify"]).fine().out;
    assert!(verified.contains("sweep      whole    5 files"), "{verified}");

    // Another draws: every universe is in the cache, even after a collection that keeps the last runs.
    study.run(&["gc", "--keep-runs", "2"]).fine();
    study.edit(|text| text.replace("draws: 99}", "draws: 98}"));
    let said = study.run(&light(&["run"])).fine();
    assert!(said.err.contains("the sweep is of other settings or files"), "{}", said.err);
    assert!(!study.shown().contains_key("report/tables/sweep_curves.csv"));
    let page = std::fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    assert!(page.contains("<code>ketascreen sweep</code> does it"));
    let said = study.run(&light(&["sweep"])).fine();
    assert!(said.err.contains("0 stages ran"), "{}", said.err);
}

#[test]
fn a_dry_run_lists_the_universes_and_writes_nothing() {
    let study = with(FEW);
    let said = study.run(&light(&["sweep", "--dry-run"])).fine();
    insta::assert_snapshot!(said.out, @"
    1     runs     QC RSD=0.3, qc.on_fail=exclude: ingest, qc, normalize, outcomes, screen
    2     runs     QC RSD=0.3, qc.on_fail=stop: ingest, qc, normalize, outcomes, screen
    3     runs     QC RSD=0.0001, qc.on_fail=exclude: ingest, qc, normalize, outcomes, screen
    4     runs     QC RSD=0.0001, qc.on_fail=stop: ingest, qc, normalize, outcomes, screen
    5     refused  QC RSD=-1, qc.on_fail=exclude: -1 is not a finite number of at least 0 (stages.qc.analytes.max_qc_rsd)
    6     refused  QC RSD=-1, qc.on_fail=stop: -1 is not a finite number of at least 0 (stages.qc.analytes.max_qc_rsd)
    7     runs     screen.confidence=0.9: ingest, qc, normalize, outcomes, screen
    7 universes: 5 with stages to run, 0 cached, 0 the same as another, 2 refused
    ");
    assert!(!study.path("outputs").exists());
    let told = json(&study.run(&light(&["sweep", "-n", "--json"])).fine());
    assert_eq!((told["format"].as_u64(), told["universes"].as_array().unwrap().len()), (Some(1), 7));
    let said = study.run(&["check"]).fine();
    assert!(said.out.contains("2 of 7 universes of the sweep are refused"), "{}", said.out);
}

#[test]
fn a_sweep_that_was_killed_goes_on_and_ends_with_the_same_bytes_at_any_number_of_threads() {
    const MANY: &str = "
sweep:
  settings:
    - {set: stages.normalize.steps.0.below_lod.method, to: [lod_over_sqrt2, half_lod, missing]}
    - {set: stages.normalize.steps.2.sample.method, to: [none, median]}
    - {set: stages.screen.models.adjusted.covariates, to: [[age], [age, sex]]}
  curve: {models: [adjusted]}
";
    let killed = with(MANY);
    let mut child = killed.start(&light(&["sweep", "-j", "1"]));
    let screens = || std::fs::read_dir(killed.path("outputs/.cache/entries/screen")).map_or(0, Iterator::count);
    let start = Instant::now();
    while screens() < 3 && child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let made = screens();
    assert!((3..12).contains(&made), "killed in the midst: {made}");
    assert!(!killed.path("outputs/sweep").exists());
    let said = killed.run(&light(&["sweep", "-j", "1"])).fine();
    let screened = |text: &str| text.lines().find(|line| line.contains("screened")).map(str::to_owned).unwrap();
    let whole = with(MANY);
    let other = whole.run(&light(&["sweep", "-j", "2"])).fine();
    assert_ne!(screened(&said.err), screened(&other.err), "what was finished did not run again");
    let sweep = |study: &Study| {
        let files = std::fs::read_dir(study.path("outputs/sweep")).unwrap().map(|file| file.unwrap().path());
        files
            .map(|path| (path.file_name().unwrap().to_owned(), std::fs::read(path).unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    assert!(sweep(&killed) == sweep(&whole), "the same bytes");
    assert_same(&killed.shown(), &whole.shown());
    assert_eq!(
        STAGES.len() + 2,
        std::fs::read_dir(whole.path("outputs")).unwrap().count(),
        "the stages, sweep and .cache"
    );
}

#[test]
fn a_universe_may_be_without_what_the_reports_printed_numbers_stand_beside() {
    let outcomes = "[[improvement_infusion_4, improvement_month_12], [improvement_infusion_4]]";
    let set = "stages.screen.models.published.outcomes";
    let study = with(&format!(
        "\nsweep:\n  settings: [{{set: {set}, name: outcomes, to: {outcomes}}}]\n  curve: {{draws: 9}}\n"
    ));
    let said = study.run(&light(&["sweep"])).fine();
    assert!(said.err.contains("2 universes: 2 screened; "), "{}", said.err);
}

#[test]
fn what_cannot_be_swept_is_refused_before_anything_runs() {
    let refused = |sweep: &str| {
        let study = with(sweep);
        let said = study.run(&["sweep"]);
        assert_eq!((said.code, study.path("outputs").exists()), (Some(2), false), "{}", said.err);
        said.err
    };
    let none = Study::of_the_repository().run(&["sweep"]);
    assert_eq!((none.code, none.err.contains("has no `sweep`")), (Some(2), true), "{}", none.err);
    let typo = "\nsweep:\n  settings:\n    - {set: stages.qc.analytes.max_qc_rds, to: [0.1, 0.2]}\n  universes: [{}]\n";
    let said = refused(typo);
    assert!(said.contains("unknown key `max_qc_rds`") && said.contains("did you mean `max_qc_rsd`?"), "{said}");
    let study = with(typo);
    assert_eq!(study.run(&["check"]).code, Some(2));
    let said = study.run(&light(&["run"])).fine();
    assert!(said.err.contains("the sweep has not run"), "a run needs no sweep: {}", said.err);
    let ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
    let grid: String =
        ["a", "b", "c", "d", "e"].map(|key| format!("    - {{set: stages.qc.{key}, to: {ten}}}\n")).concat();
    let said = refused(&format!("\nsweep:\n  settings:\n{grid}"));
    assert!(said.contains("10 × 10 × 10 × 10 × 10 = 100000 universes, and 10000 are the most"), "{said}");
    let said =
        refused("\nsweep:\n  settings:\n    - {set: stages.report.formats, to: [[html]]}\n  curve: {alpha: 1}\n");
    assert!(said.contains("out_of_reach") || said.contains("no setting that the associations"), "{said}");
    assert!(said.contains("1 is not a probability"), "{said}");
    // One setting under two names, and one within another, would each be called what they were not run with.
    let confidence = "{set: stages.screen.confidence, name: a, to: [0.9]}, {set: stages.screen.confidence, to: [0.8]}";
    let predictor = "{set: stages.screen.models.published.predictor, to: [{change: percent}, baseline]}, \
                     {set: stages.screen.models.published.predictor.change, labels: [one, one], to: [percent, log2_ratio]}";
    let universe = "{stages.screen.models: {}, stages.screen.models.published: {}}";
    let said = refused(&format!("\nsweep:\n  settings: [{confidence}, {predictor}]\n  universes: [{universe}]\n"));
    for words in [
        "`stages.screen.confidence` is swept twice",
        "`stages.screen.models.published.predictor.change` and `stages.screen.models.published.predictor` are swept, and one",
        "`stages.screen.models.published` and `stages.screen.models` are swept, and one lies within the other",
        "two alternatives are called `one`",
        "4 problems; nothing was run",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // The same however a path is written, and in listed universes.
    let quoted = "{set: stages.screen.confidence, to: [0.9], labels: ['0.95']}, \
                  {set: 'stages.screen.\"confidence\"', name: study.seed, to: [0.8]}";
    let steps = "{set: stages.normalize.steps.0, name: c, to: [1]}, {set: stages.normalize.steps.00, name: d, to: [2]}";
    let listed = "[{stages.screen.confidence: 0.95}, {study.seed: 3}, {study.seed: '3'}]";
    let said = refused(&format!("\nsweep:\n  settings: [{quoted}, {steps}]\n  universes: {listed}\n"));
    for words in [
        "`stages.screen.\"confidence\"` is swept twice",
        "`stages.normalize.steps.00` is swept twice",
        "another value of `stages.screen.confidence` is called `0.95` already",
        "another value of `study.seed` is called `3` already",
        "`study.seed` is the name of a column or of another setting already",
        "5 problems; nothing was run",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn nobody_is_named_where_nobody_is_shown() {
    let study =
        with("\nsweep:\n  settings:\n    - {set: stages.screen.models.published.covariates, to: [[], [age]]}\n");
    let private = ["-S", "stages.report.privacy={participant_points: false, min_cell: 5}"];
    let words: Vec<&str> = light(&["sweep"]).into_iter().chain(private).collect();
    study.run(&words).fine();
    let files = study.shown();
    let named: Vec<&String> = files
        .iter()
        .filter(|(path, _)| path.starts_with("report/tables/sweep") || path.starts_with("report/figures/spec"))
        .filter(|(_, bytes)| {
            String::from_utf8_lossy(bytes).contains("P01") || String::from_utf8_lossy(bytes).contains("\"P")
        })
        .map(|(path, _)| path)
        .collect();
    assert!(named.is_empty(), "{named:?}");
    assert!(files.contains_key("report/tables/sweep_associations.csv"));
    let shown = study.table::<Associations>("sweep");
    let dropped = shown.extra::<Option<String>>("dropped_participants").unwrap();
    assert!(dropped.iter().flatten().any(|names| names.contains("\"P")), "the table itself has them");
}

#[test]
fn a_lock_with_a_sweep_asks_for_the_sweep_and_is_met_by_the_same() {
    let study = with(
        "\nsweep:\n  universes: [{}, {stages.screen.confidence: 0.9}]\n  curve: {models: [published], draws: 49}\n",
    );
    study.run(&light(&["sweep"])).fine();
    let (lock, shown) = (std::fs::read(study.path("pipeline.lock")).unwrap(), study.shown());
    std::fs::remove_dir_all(study.path("outputs")).unwrap();
    let said = study.run(&light(&["run", "--locked"]));
    assert!(said.code == Some(2) && said.err.contains("make them first: `ketascreen sweep --locked`"), "{}", said.err);
    study.run(&light(&["sweep", "--locked"])).fine();
    assert_same(&study.shown(), &shown);
    study.run(&light(&["run", "--locked"])).fine();
    assert_eq!(std::fs::read(study.path("pipeline.lock")).unwrap(), lock);
    // Another setting of the sweep is named before anything runs; other tables are made and not shown.
    let swept = || std::fs::canonicalize(study.path("outputs/sweep")).unwrap();
    let before = swept();
    let other = ["-S", "sweep.curve.draws=50"];
    for command in ["sweep", "run"] {
        let words: Vec<&str> = light(&[command, "--locked"]).into_iter().chain(other).collect();
        let said = study.run(&words);
        let named = "sweep.curve.draws is 50, and pipeline.lock has 49";
        assert!(said.code == Some(2) && said.err.contains(named), "{command}: {}", said.err);
        assert!(said.err.contains("nothing was run") && swept() == before, "{}", said.err);
    }
    let words: Vec<&str> = light(&["explain", "report"]).into_iter().chain(other).collect();
    let said = study.run(&words).fine().out;
    assert!(said.contains("sweep.curve.draws 49 -> 50"), "{said}");
    let forged = |text: &str| {
        let slot = text.find("\"sweep/curves\": \"").unwrap() + "\"sweep/curves\": \"".len();
        let (head, tail) = text.split_at(slot);
        format!("{head}{}{}", "0".repeat(64), &tail[64..])
    };
    let text = String::from_utf8(lock).unwrap();
    study.write("pipeline.lock", &forged(&text));
    let said = study.run(&light(&["sweep", "--locked"]));
    assert!(
        said.code == Some(20) && said.err.contains("made other tables than pipeline.lock has: curves"),
        "{}",
        said.err
    );
    assert_eq!(swept(), before);
}

#[test]
fn a_section_for_a_sweep_that_has_not_run_is_why_the_report_is_made_again() {
    let study = tiny();
    let (with, without) = (std::fs::read_to_string(study.pipeline()).unwrap(), "sweep:");
    let at = with.find(without).unwrap();
    study.write("pipeline.yaml", &with[..at]);
    study.run(&["run"]).fine();
    study.write("pipeline.yaml", &with);
    let said = study.run(&["explain", "report"]).fine().out;
    assert!(said.contains("sweep.") && said.contains("(not set) -> ") && !said.contains("never run with"), "{said}");
    let said = study.run(&["run", "--locked"]);
    assert!(
        said.code == Some(2) && said.err.contains("(not set)") && said.err.contains("nothing was run"),
        "{}",
        said.err
    );
}

/// The small study of the reference, of six people.
fn tiny() -> Study {
    let study = Study::empty();
    for name in ["pipeline.yaml", "participants.csv", "samples.csv", "metabolites.csv"] {
        study.copy(&reference("tiny").join(name));
    }
    study
}

#[test]
fn what_looks_at_results_looks_at_the_sweep_as_well() {
    let study = tiny();
    study.run(&["run"]).fine();
    let graph = |format: &str| study.run(&["graph", "--format", format]).fine().out;
    let (mermaid, dot) = (graph("mermaid"), graph("dot"));
    assert!(mermaid.contains("[/\"4 universes (sweep)\"/] --> sweep\n"), "{mermaid}");
    assert!(
        mermaid.contains("sweep[\"sweep<br/>never run\"]:::never_run") && !mermaid.contains("sweep -->"),
        "{mermaid}"
    );
    assert!(dot.contains("sweep [label=\"sweep\\nnever run\""), "{dot}");
    let said = study.run(&["verify", "--rerun"]).fine().out;
    assert!(!said.contains("sweep"), "there is nothing of the sweep to be looked at: {said}");

    let status = || json(&study.run(&["status", "--json", "--exit-code"]).fine())["sweep"].clone();
    assert_eq!(status(), "not_run", "and it does not count");
    let said = study.run(&["sweep"]).fine();
    let printed = said.err.lines().last().unwrap().split(" cached").next().unwrap();
    let log = study.run(&["log", "-n", "1"]).fine().out;
    assert!(log.contains(&format!("finished: {printed} cached\n")), "the same numbers: {log}{}", said.err);
    assert_eq!(status(), "cached");
    let mermaid = graph("mermaid");
    assert!(mermaid.contains("sweep[\"sweep<br/>cached\"]:::cached"), "{mermaid}");
    let tables = "associations<br/>curves<br/>findings<br/>specifications<br/>universes";
    let edge = mermaid.lines().find(|line| line.contains("sweep -->|")).unwrap_or_default();
    let mut read: Vec<&str> = edge.split('"').nth(1).unwrap_or_default().split("<br/>").collect();
    read.sort_unstable();
    assert_eq!(read.join("<br/>"), tables, "{edge}");
    assert!(edge.ends_with("report"), "{edge}");

    // The sweep is made again with the rest, and all of it has the same bytes.
    let told = json(&study.run(&["verify", "--rerun", "--json"]).fine());
    let remade = told["rerun"].as_array().unwrap();
    let of = |stage: &str| remade.iter().filter(|file| file["stage"] == stage).count();
    assert_eq!((of("sweep"), of("report") > 0), (5, true), "{remade:?}");

    // Another curve: the sweep is told of by diff, and what is not of these settings is not made again, which is said.
    study.edit(|text| text.replace("alpha: 0.2", "alpha: 0.1"));
    study.run(&["run"]).fine();
    assert!(graph("mermaid").contains("sweep<br/>outdated"));
    let said = study.run(&["verify", "--rerun"]).fine().out;
    assert!(said.contains("sweep      not made again: it is not of these settings and files"), "{said}");
    let before = study.run(&["log", "--json"]).fine();
    let id = |said: &crate::common::Said, nth: usize| json(said)["runs"][nth]["id"].as_str().unwrap().to_owned();
    study.run(&["sweep"]).fine();
    let first = id(&before, 1);
    let said = study.run(&["diff", &first]).fine().out;
    assert!(said.contains("setting  sweep.curve.alpha 0.2 -> 0.1\n"), "{said}");
    assert!(said.contains("sweep      ") && said.contains("of 5 files differ"), "{said}");
    let alone = id(&study.run(&["log", "--json"]).fine(), 1);
    let said = study.run(&["diff", &alone, "last"]).fine().out;
    assert!(said.contains("is of a sweep’s universes; the next run has"), "{said}");
    assert!(said.contains("sweep      the same 5 files"), "{said}");
}

#[test]
fn a_crate_tells_of_the_sweep_that_the_report_shows() {
    let study = tiny();
    study.run(&["sweep"]).fine();
    let folder = study.path("crate");
    study.run(&["export", "ro-crate", folder.to_str().unwrap(), "--results"]).fine();
    assert!(folder.join("results/sweep/curves.parquet").exists());
    let text = std::fs::read_to_string(folder.join("ro-crate-metadata.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let graph = document["@graph"].as_array().unwrap();
    let entity = |id: &str| graph.iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("no {id}"));
    assert_eq!(entity("#value/sweep/sweep.curve.draws")["value"], 720);
    let read = entity("#run/report")["object"].as_array().unwrap();
    for table in ["associations", "curves", "findings", "specifications", "universes"] {
        let id = format!("results/sweep/{table}.parquet");
        assert!(entity(&id)["sha256"].is_string() && read.contains(&serde_json::json!({"@id": id})), "{id}");
    }
    assert!(entity("#run/sweep")["startTime"].is_string());
}
