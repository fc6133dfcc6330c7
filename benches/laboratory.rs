//! A laboratory's large study as a whole process: 5,000 samples of 2,000 analytes, 500 of them pooled QC in 20 batches.
//!
//! `cargo bench --bench laboratory` writes a synthetic study (a wide CSV with drift, dilution and gaps) into a temporary
//! folder, runs ingest, qc and normalize on it, and prints wall time and peak memory; where Rscript with the package
//! `impute` is there, R's functions get the same numbers in the same run. docs/performance.md keeps the results.

mod common;
mod synthetic;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use common::measure;
use stages::statistics::normalization::{Recipe, Sheet};

const RUNS: usize = 3;

fn main() {
    let folder = std::env::temp_dir().join(format!("ketascreen-laboratory-{}", std::process::id()));
    let study = synthetic::Study::draw(5_000, 500, 20, 2_000);
    study.write(&folder);
    println!("{:<44} {:>8} {:>8} {:>8} {:>9}", "seconds; peak memory, MB", "min", "median", "max", "peak");
    for (name, stages, fresh) in [
        ("ingest + qc + normalize", &["normalize"][..], true),
        ("ingest", &["ingest"], true),
        ("qc", &["qc"], false),
        ("normalize", &["normalize"], false),
    ] {
        story(name, &folder, stages, fresh);
    }
    let steps = [("QC-RSC", r#"{"drift": {"method": "qc_rsc"}}"#), ("kNN", r#"{"impute": {"method": "knn"}}"#)];
    let ours = steps.map(|(name, step)| (name, step_seconds(&study, name, step)));
    compare(&ours, &folder, &study);
    drop(std::fs::remove_dir_all(&folder));
}

/// Runs one stage (and what it needs) and prints its times.
fn story(name: &str, folder: &Path, stages: &[&str], fresh: bool) {
    let mut times = Vec::new();
    let mut peak = 0.0_f64;
    for _ in 0..RUNS {
        if fresh {
            drop(std::fs::remove_dir_all(folder.join("outputs")));
        }
        let force = if fresh { vec![] } else { vec!["--force"] };
        let arguments = ["run", "-q"].iter().chain(&force).chain(stages).map(|a| (*a).to_owned());
        let (seconds, megabytes) = measure(folder, &arguments.collect::<Vec<_>>());
        times.push(seconds);
        peak = peak.max(megabytes);
    }
    times.sort_by(f64::total_cmp);
    println!("{name:<44} {:>8.2} {:>8.2} {:>8.2} {peak:>9.0}", times[0], times[RUNS / 2], times[RUNS - 1]);
}

/// The least of some runs of one step alone, fitted and applied in this process; kNN on logarithms.
fn step_seconds(study: &synthetic::Study, name: &str, step: &str) -> f64 {
    let sheet = if name == "kNN" { study.sheet(true) } else { study.sheet(false) };
    let recipe: Recipe = serde_json::from_str(&format!(r#"{{"steps": [{step}]}}"#)).expect("the settings are valid");
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    let once = |sheet: &Sheet| {
        let start = Instant::now();
        let fitted = recipe.fit(sheet, &rows, 1).expect("the study has what the step needs");
        std::hint::black_box(fitted);
        start.elapsed().as_secs_f64()
    };
    (0..RUNS).map(|_| once(&sheet)).fold(f64::INFINITY, f64::min)
}

/// R's functions on the same numbers, and how many times longer they take.
fn compare(ours: &[(&str, f64)], folder: &Path, study: &synthetic::Study) {
    study.write_binary(folder);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/normalization.R");
    let said = Command::new("Rscript").arg(script).arg(folder).output();
    let said = said.ok().filter(|said| said.status.success());
    let Some(said) = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()) else {
        ours.iter().for_each(|(name, seconds)| println!("{name:<44} {seconds:>8.2}"));
        println!("R's functions were not run: Rscript with the package impute is needed");
        return;
    };
    println!("\n{:<20} {:>12} {:>12} {:>8}", "one step, seconds", "ketascreen", "R", "ratio");
    for (name, seconds) in ours {
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        if let Some(theirs) = line {
            println!("{name:<20} {seconds:>12.2} {theirs:>12.2} {:>8.1}", theirs / seconds);
        }
    }
}
