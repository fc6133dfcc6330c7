//! The program as a whole process: wall time and peak memory of what a user does all day.
//!
//! `cargo bench` runs each story on the study that the program carries and prints the minimum, the median and the
//! maximum; docs/performance.md keeps the results. Nothing here fails for being slow.

mod common;

use std::path::{Path, PathBuf};

use common::measure;

const RUNS: usize = 15;
const NO_PERMUTATIONS: [&str; 2] = ["-S", "stages.predict.validation.permutations=0"];

fn main() {
    let folder = std::env::temp_dir().join(format!("ketascreen-bench-{}", std::process::id()));
    study(&folder);
    println!("{:<52} {:>9} {:>9} {:>9} {:>9}", "wall time, ms; peak memory, MB", "min", "median", "max", "peak");
    let fresh = |_: usize| drop(std::fs::remove_dir_all(folder.join("outputs")));
    let nothing = |_: usize| {};
    report("everything from nothing", &folder, fresh, |_| owned(&NO_PERMUTATIONS));
    report("everything from nothing, 999 permutations", &folder, fresh, |_| Vec::new());
    report("nothing to do", &folder, nothing, |_| Vec::new());
    report("status", &folder, nothing, |_| owned(&["status"]));
    report("explain screen", &folder, nothing, |_| owned(&["explain", "screen"]));
    report("verify", &folder, nothing, |_| owned(&["verify"]));
    report("verify --rerun", &folder, nothing, |_| owned(&["verify", "--rerun"]));
    report("one setting of the screen changed", &folder, nothing, |run| {
        owned(&["-S", &format!("stages.screen.confidence=0.{}", 800 + run)])
    });
    report("the same, without the bootstrap", &folder, nothing, |run| {
        owned(&["-S", "stages.screen.bootstrap=null", "-S", &format!("stages.screen.confidence=0.{}", 800 + run)])
    });
    crowd(&folder);
    report("nothing to do, 10,000 other results and runs", &folder, nothing, |_| Vec::new());
    report("status, 10,000 other results and runs", &folder, nothing, |_| owned(&["status"]));
    report("explain report, 10,000 other results", &folder, nothing, |_| owned(&["explain", "report"]));
    drop(std::fs::remove_dir_all(&folder));
}

/// Ten thousand other results of the report, and as many runs.
fn crowd(folder: &Path) {
    let cache = folder.join("outputs/.cache");
    let record = folder.join("outputs/report/record.json");
    for n in 0..10_000 {
        let entry = cache.join(format!("entries/report/{n:064x}"));
        std::fs::create_dir(&entry).expect("a folder can be made");
        std::fs::hard_link(&record, entry.join("record.json")).expect("a file can be linked");
        std::fs::create_dir(cache.join(format!("runs/20200101T000000Z-{n}"))).expect("a folder can be made");
    }
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|a| (*a).to_owned()).collect()
}

/// Copies the study that the program carries.
fn study(folder: &Path) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(folder.join("data")).expect("a folder can be made");
    std::fs::copy(root.join("pipeline.yaml"), folder.join("pipeline.yaml")).expect("a file can be copied");
    for entry in std::fs::read_dir(root.join("data")).expect("the study is there").flatten() {
        std::fs::copy(entry.path(), folder.join("data").join(entry.file_name())).expect("a file can be copied");
    }
}

fn report(name: &str, folder: &Path, before: impl Fn(usize), arguments: impl Fn(usize) -> Vec<String>) {
    let mut times = Vec::new();
    let mut peak = 0.0_f64;
    for run in 0..=RUNS {
        before(run);
        let (seconds, megabytes) = measure(folder, &arguments(run));
        if run > 0 {
            times.push(seconds * 1000.0);
        }
        peak = peak.max(megabytes);
    }
    times.sort_by(f64::total_cmp);
    println!("{name:<52} {:>9.1} {:>9.1} {:>9.1} {peak:>9.1}", times[0], times[RUNS / 2], times[RUNS - 1]);
}
