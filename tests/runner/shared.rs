//! Results taken from another study's cache, and put into one: `cache: {also: […], write: …}`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{json, once};
use crate::common::{STAGES, Said, Study, assert_same};
use crate::recovery::tiny::{leftovers, participants, tiny};

/// Everything below a folder: links by where they lead, files by their bytes.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_symlink() {
            found.insert(path.clone(), fs::read_link(&path).unwrap().as_os_str().as_encoded_bytes().to_vec());
        } else if path.is_dir() {
            found.insert(path.clone(), Vec::new());
            found.extend(tree(&path));
        } else {
            // Whoever reads a pipe waits for a writer.
            let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            found.insert(path.clone(), bytes);
        }
    }
    found
}

fn cache(study: &Study) -> PathBuf {
    study.path("outputs/.cache")
}

/// Lets a study read other caches.
fn reads(study: &Study, also: &[&Path], more: &str) {
    let also: Vec<String> = also.iter().map(|path| format!("{:?}", path.display().to_string())).collect();
    study.edit(|text| format!("{text}\ncache: {{also: [{}]{more}}}\n", also.join(", ")));
}

/// A small study that ran, and another of the same data that reads its cache.
fn two() -> (Study, Study) {
    let (first, second) = (tiny(), tiny());
    first.run(&["run"]).fine();
    reads(&second, &[&cache(&first)], "");
    (first, second)
}

/// The folder of a stage's only entry in a cache.
fn entry(cache: &Path, stage: &str) -> PathBuf {
    let mut found = fs::read_dir(cache.join("entries").join(stage)).unwrap();
    let path = found.next().unwrap().unwrap().path();
    assert!(found.next().is_none());
    path
}

fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

fn digest(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Changes the record of an entry.
fn forge(entry: &Path, change: impl Fn(&mut serde_json::Value)) {
    let path = entry.join("record.json");
    let mut record: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let before = record.clone();
    change(&mut record);
    assert_ne!(record, before);
    replace(&path, &serde_json::to_vec(&record).unwrap());
}

#[test]
fn a_second_study_of_the_same_data_runs_nothing_and_has_the_same_bytes() {
    let (first, second) = (once(), Study::of_the_repository());
    reads(&second, &[&cache(&first)], "");
    let before = tree(&first.path("."));
    let told = json(&second.run(&["status", "--json"]).fine());
    let states: Vec<&str> = told["stages"].as_array().unwrap().iter().map(|s| s["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["shared"; 7], "each key is known, since each table is");
    let said = second.run(&["run", "-n"]).fine();
    let line = format!("screen     shared   in the shared cache {}; a run copies it", cache(&first).display());
    assert!(said.out.contains(&line) && !second.path("outputs").exists(), "{}", said.out);
    assert_eq!(second.run(&["status", "--exit-code"]).code, Some(10));
    assert!(second.run(&["explain", "screen"]).fine().out.starts_with(&line));
    let drawn = second.run(&["graph"]).fine().out;
    assert!(drawn.contains("screen[\"screen<br/>shared\"]:::shared") && !drawn.contains(":::cached"), "{drawn}");
    let drawn = second.run(&["graph", "--format", "dot"]).fine().out;
    assert!(drawn.contains("screen [label=\"screen\\nshared\", fillcolor=\"#cfe2f3\"]"), "{drawn}");
    let said = second.run(&["run", "--json"]).fine();
    assert_eq!(said.stages_with("fetched"), STAGES);
    assert_eq!((said.stages_with("running"), said.stages_with("done")), (vec![], vec![]));
    assert_same(&second.shown(), &first.shown());
    for stage in STAGES {
        let record = |study: &Study| fs::read(study.path("outputs").join(stage).join("record.json")).unwrap();
        assert!(record(&second) == record(&first), "{stage}");
    }
    let lock = |study: &Study| fs::read(study.path("pipeline.lock")).unwrap();
    assert_eq!(lock(&second), lock(&first), "where a result lay is no part of it");
    assert_eq!(tree(&first.path(".")), before);
    second.run(&["status", "--exit-code"]).fine();
    second.run(&["verify", "--all"]).fine();
    let rerun = second.run(&["verify", "--rerun"]).fine();
    assert!(rerun.out.contains("with the same bytes"), "{}", rerun.out);
    assert!(second.reruns().is_empty());
    let told = json(&second.run(&["log", "last", "--json"]).fine());
    let stage = &told["runs"][0]["run"]["stages"][0];
    assert_eq!((&stage["outcome"], &stage["from"]), (&"fetched".into(), &cache(&first).display().to_string().into()));
    let log = second.run(&["log"]).fine().out;
    assert!(log.contains("finished: 7 fetched") && log.contains("  qc         fetched  from "), "{log}");
    second.run(&["diff", "last", "last"]).fine();
}

#[test]
fn what_another_setting_changes_runs_and_the_rest_is_fetched() {
    let (first, second) = (once(), Study::of_the_repository());
    reads(&second, &[Path::new("/not/mounted"), &cache(&first)], "");
    let said = second.run(&["run", "-S", "stages.screen.confidence=0.9"]).fine();
    assert!(
        said.err.contains("cache.also: there is no folder /not/mounted; nothing is taken from it\n"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("qc         fetched  from ") && said.err.contains("2 ran, 5 fetched, 0 cached"),
        "{}",
        said.err
    );
    // Forced stages run; a locked run is held to its lock as always.
    assert_eq!(second.run(&["run", "--force=qc", "--json"]).fine().stages_with("running"), ["qc"]);
    let third = Study::of_the_repository();
    reads(&third, &[&cache(&first)], "");
    fs::copy(first.path("pipeline.lock"), third.path("pipeline.lock")).unwrap();
    assert_eq!(third.run(&["run", "--locked", "--json"]).fine().stages_with("fetched"), STAGES);
    let fourth = tiny();
    reads(&fourth, &[&cache(&first)], "");
    let forced = fourth.run(&["run", "--force", "--json"]).fine();
    assert_eq!(forced.stages_with("running"), STAGES);
}

/// Runs the second of two studies whose first has a damaged entry of a stage: that stage runs, with a remark, the
/// first is left as it is, and the second has what it would have had.
#[track_caller]
fn is_a_miss(stage: &str, remark: &str, damage: impl Fn(&Path)) -> Said {
    let (first, second) = two();
    let whole = first.shown();
    damage(&entry(&cache(&first), stage));
    let before = tree(&first.path("."));
    let status = second.run(&["status"]).fine().out;
    assert!(status.contains(&format!("{stage:<10} outdated")), "{status}");
    let said = second.run(&["run", "--json"]).fine();
    assert_eq!(said.stages_with("running"), [stage], "{}", said.out);
    let remarks: Vec<&str> = said.out.lines().filter(|line| line.contains("\"remark\"")).collect();
    assert!(remarks.len() == 1 && remarks[0].contains(&format!("{stage}: not taken from ")), "{remarks:?}");
    assert!(remarks[0].contains(remark), "{remarks:?}");
    assert_eq!(tree(&first.path(".")), before, "what lies elsewhere is never altered");
    assert_same(&second.shown(), &whole);
    second.run(&["verify", "--rerun"]).fine();
    assert_eq!(leftovers(&second), 0);
    said
}

#[test]
fn what_is_damaged_elsewhere_is_a_miss_that_names_the_file() {
    let table = |entry: &Path| entry.join("flow.parquet");
    is_a_miss("qc", "flow.parquet was altered", |entry| {
        let mut bytes = fs::read(table(entry)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        replace(&table(entry), &bytes);
    });
    is_a_miss("qc", "flow.parquet was altered", |entry| {
        let bytes = fs::read(table(entry)).unwrap();
        replace(&table(entry), &bytes[..bytes.len() - 1]);
    });
    is_a_miss("qc", "flow.parquet was altered", |entry| replace(&table(entry), b""));
    is_a_miss("qc", "flow.parquet is missing", |entry| fs::remove_file(table(entry)).unwrap());
    is_a_miss("qc", "flow.parquet", |entry| {
        fs::remove_file(table(entry)).unwrap();
        fs::create_dir(table(entry)).unwrap();
    });
    is_a_miss("report", "record.json is no record", |entry| replace(&entry.join("record.json"), b"{"));
    is_a_miss("report", "record.json is no record", |entry| fs::remove_file(entry.join("record.json")).unwrap());
    is_a_miss("ingest", "is no folder", |entry| {
        fs::remove_dir_all(entry).unwrap();
        fs::write(entry, "x").unwrap();
    });
}

#[test]
fn a_record_that_is_of_something_else_is_a_miss_whatever_its_digests_say() {
    // Bytes and digest agree: only the recipe tells.
    let with_other_bytes = |entry: &Path| {
        let page = entry.join("report.html");
        let (old, new) = (fs::read(&page).unwrap(), b"<!doctype html>forged".to_vec());
        forge(entry, |record| {
            let outputs = record["outputs"].as_array_mut().unwrap();
            let page = outputs.iter_mut().find(|output| output["path"] == "report.html").unwrap();
            assert_eq!(page["sha256"], digest(&old));
            page["sha256"] = digest(&new).into();
            page["bytes"] = new.len().into();
        });
        replace(&page, &new);
    };
    is_a_miss("report", "record.json is of other settings", |entry| {
        with_other_bytes(entry);
        forge(entry, |record| record["settings"]["study.seed"] = 2.into());
    });
    is_a_miss("qc", "record.json is of other inputs", |entry| {
        forge(entry, |record| record["inputs"]["ingest/samples"] = digest(b"x").into());
    });
    is_a_miss("qc", "record.json is of another method version", |entry| {
        forge(entry, |record| record["method_version"] = 999.into());
    });
    is_a_miss("qc", "record.json is of another seed", |entry| forge(entry, |record| record["seed"] = 7.into()));
    is_a_miss("qc", "record.json is of another stage", |entry| {
        forge(entry, |record| record["stage"] = "ingest".into())
    });
    is_a_miss("qc", "record.json has another key", |entry| {
        forge(entry, |record| record["key"] = digest(b"x").into());
    });
    is_a_miss("qc", "record.json is no record", |entry| forge(entry, |record| record["format"] = 2.into()));
    is_a_miss("qc", "record.json was made on x86_64 plan9", |entry| {
        forge(entry, |record| record["target"] = "x86_64 plan9".into());
    });
    is_a_miss("qc", "record.json names no table `flow`", |entry| {
        forge(entry, |record| {
            let outputs = record["outputs"].as_array_mut().unwrap();
            outputs.retain(|output| output["path"] != "flow.parquet");
        });
    });
}

#[test]
fn a_link_or_a_path_that_leaves_the_entry_is_refused() {
    let outside = tempfile::tempdir().unwrap();
    let elsewhere = outside.path().join("flow.parquet");
    is_a_miss("qc", "flow.parquet is a link", |entry| {
        // The link leads to the very bytes.
        fs::copy(entry.join("flow.parquet"), &elsewhere).unwrap();
        fs::remove_file(entry.join("flow.parquet")).unwrap();
        std::os::unix::fs::symlink(&elsewhere, entry.join("flow.parquet")).unwrap();
    });
    is_a_miss("qc", "more is a link", |entry| std::os::unix::fs::symlink("/etc", entry.join("more")).unwrap());
    is_a_miss("qc", "is no folder", |entry| {
        let moved = outside.path().join("entry");
        let copied = std::process::Command::new("cp").arg("-a").arg(entry).arg(&moved).status().unwrap();
        assert!(copied.success());
        fs::remove_dir_all(entry).unwrap();
        std::os::unix::fs::symlink(&moved, entry).unwrap();
    });
    for path in ["../../../lock", "/etc/passwd", ".hidden", "record.json"] {
        is_a_miss("qc", "which cannot be stored", |entry| {
            forge(entry, |record| {
                let more = serde_json::json!({"path": path, "sha256": digest(b""), "bytes": 0});
                record["outputs"].as_array_mut().unwrap().push(more);
            });
        });
    }
    let made = std::process::Command::new("mkfifo").arg(outside.path().join("pipe")).status();
    if made.is_ok_and(|made| made.success()) {
        is_a_miss("qc", "more is no file", |entry| {
            let made = std::process::Command::new("mkfifo").arg(entry.join("more")).status().unwrap();
            assert!(made.success());
        });
    }
}

#[test]
fn a_damaged_result_of_ones_own_is_replaced_by_a_whole_one_from_elsewhere() {
    let (first, second) = two();
    second.run(&["run"]).fine();
    let table = second.path("outputs/qc/flow.parquet");
    replace(&table, b"x");
    let said = second.run(&["run", "--json"]).fine();
    assert_eq!((said.stages_with("fetched"), said.stages_with("set_aside")), (vec!["qc".into()], vec!["qc".into()]));
    assert_same(&second.shown(), &first.shown());
    // A folder named by its own name, and one that leads back to the study's own cache, do no harm.
    second.edit(|text| text.replace("also: [", "also: [outputs/.cache, "));
    replace(&table.canonicalize().unwrap(), b"x");
    assert!(second.reruns().is_empty());
    assert_same(&second.shown(), &first.shown());
}

#[test]
fn a_folder_that_cannot_be_written_is_read() {
    let (first, second) = two();
    let chmod = |mode: &str| {
        let done = std::process::Command::new("chmod").args(["-R", mode]).arg(cache(&first)).status().unwrap();
        assert!(done.success());
    };
    chmod("a-w");
    let before = tree(&first.path("."));
    let said = second.run(&["run", "--json"]).fine();
    chmod("u+w");
    assert_eq!(said.stages_with("fetched"), STAGES);
    assert_eq!(tree(&first.path(".")), before);
    assert_same(&second.shown(), &first.shown());
}

/// A study that writes to a folder that several share, which is inside it unless allowed otherwise.
fn writer(shared: &Path) -> Study {
    let study = tiny();
    reads(&study, &[shared], ", write: true");
    study
}

#[test]
fn what_was_made_is_put_into_the_first_folder_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let shared = folder.path().join("Ω, \"shared\" #1");
    fs::create_dir(&shared).unwrap();
    let (first, second) = (writer(&shared), writer(&shared));
    let refused = first.run(&["run"]);
    assert_eq!(refused.code, Some(2));
    for words in ["lies outside the study's folder", "pipeline.yaml:", "(cache.write)", "--allow-outside"] {
        assert!(refused.err.contains(words), "{words}: {}", refused.err);
    }
    assert!(!first.path("outputs").exists() && tree(&shared).is_empty());
    assert_eq!(first.run(&["run", "--allow-outside", "--json"]).fine().stages_with("running"), STAGES);
    for stage in STAGES {
        let (own, put) = (entry(&cache(&first), stage), entry(&shared, stage));
        let named = |folder: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
            tree(folder)
                .into_iter()
                .map(|(path, bytes)| (path.strip_prefix(folder).unwrap().to_owned(), bytes))
                .collect()
        };
        assert_eq!(named(&own), named(&put), "{stage}");
    }
    assert_eq!(fs::read_dir(shared.join("incoming")).unwrap().count(), 0);
    let before = tree(&shared);
    assert_eq!(second.run(&["run", "--allow-outside", "--json"]).fine().stages_with("fetched"), STAGES);
    // What is there is as it would be put: nothing to say and nothing to do.
    let forced = second.run(&["run", "--allow-outside", "--force", "--json"]).fine();
    assert_eq!((forced.stages_with("done").len(), forced.out.contains("remark")), (7, false), "{}", forced.out);
    assert_eq!(tree(&shared), before);
    // What is there and is damaged stays as it is, and is named.
    replace(&entry(&shared, "qc").join("record.json"), b"{}");
    let before = tree(&shared);
    let third = writer(&shared);
    let said = third.run(&["run", "--allow-outside"]).fine();
    assert!(said.err.contains("qc: not taken from ") && said.err.contains("1 ran, 6 fetched"), "{}", said.err);
    assert!(said.err.contains("another result under this key, which is left as it is"), "{}", said.err);
    assert_eq!(tree(&shared), before);
    // A drive that is away, and one that takes nothing, cost a remark.
    fs::write(third.path("data/participants.csv"), participants(55)).unwrap();
    fs::rename(&shared, folder.path().join("away")).unwrap();
    let said = third.run(&["run", "--allow-outside"]).fine();
    assert!(said.err.contains("nothing is taken from it or put into it") && !shared.exists(), "{}", said.err);
    fs::create_dir(&shared).unwrap();
    fs::write(shared.join("entries"), "a file in the way").unwrap();
    fs::write(third.path("data/participants.csv"), participants(56)).unwrap();
    let said = third.run(&["run", "--allow-outside"]).fine();
    assert!(said.err.contains("qc: not put into ") && !said.err.contains("fetched"), "{}", said.err);
    assert_eq!(fs::read_dir(shared.join("incoming")).unwrap().count(), 0);
    third.run(&["status", "--exit-code", "--allow-outside"]).fine();
}

#[test]
fn a_folder_inside_the_study_may_be_written_to_and_two_writers_do_no_harm() {
    let study = writer(Path::new("shared"));
    fs::create_dir(study.path("shared")).unwrap();
    study.run(&["run"]).fine();
    assert_eq!(fs::read_dir(study.path("shared/entries")).unwrap().count(), 7);
    let folder = tempfile::tempdir().unwrap();
    let studies: Vec<Study> = (0..4).map(|_| writer(folder.path())).collect();
    let runs: Vec<_> = studies.iter().map(|study| study.start(&["run", "--allow-outside"])).collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    let last = writer(folder.path());
    assert_eq!(last.run(&["run", "--allow-outside", "--json"]).fine().stages_with("fetched"), STAGES);
    studies.iter().for_each(|study| assert_same(&study.shown(), &last.shown()));
}

#[test]
fn addresses_are_refused_with_what_to_do() {
    let study = tiny();
    study.edit(|text| format!("{text}\ncache:\n  also: [\"gs://bucket/cache\", ok, \"https://a/b\"]\n  write: true\n"));
    let said = study.run(&["run"]);
    assert_eq!(said.code, Some(2));
    for words in [
        "`gs://bucket/cache` is an address, and only folders and s3:// are read",
        "`https://a/b` is an address",
        "(cache.also.0)",
        "mount it as a folder",
        "2 problems; nothing was run",
    ] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    assert_eq!(study.run(&["check"]).code, Some(2));
    let study = tiny();
    study.edit(|text| format!("{text}\ncache: {{alos: [x], write: true}}\n"));
    let said = study.run(&["run"]);
    assert!(said.err.contains("did you mean `also`?") && said.err.contains("cache.write"), "{}", said.err);
}

#[test]
fn no_key_and_no_lock_file_knows_of_the_setting() {
    let study = tiny();
    study.run(&["run"]).fine();
    let lock = fs::read(study.path("pipeline.lock")).unwrap();
    reads(&study, &[Path::new("nowhere")], "");
    assert!(study.reruns().is_empty());
    assert!(study.run(&["run", "-S", "cache.also=[elsewhere]", "--json"]).fine().stages_with("running").is_empty());
    study.run(&["run", "--force", "-S", "cache.write=false"]).fine();
    assert_eq!(fs::read(study.path("pipeline.lock")).unwrap(), lock);
}

/// Kills while results are copied and put: the next plain run finishes, nothing half-written is anywhere.
#[test]
fn after_kills_while_results_are_copied_nothing_half_written_is_shown_or_shared() {
    let (first, folder) = (tiny(), tempfile::tempdir().unwrap());
    first.run(&["run"]).fine();
    let study = tiny();
    reads(&study, &[folder.path(), &cache(&first)], ", write: true");
    let start = Instant::now();
    let probe = tiny();
    reads(&probe, &[&cache(&first)], "");
    probe.run(&["run"]).fine();
    let whole = start.elapsed();
    let before = tree(&first.path("."));
    for n in 0..30 {
        let _ = fs::remove_dir_all(study.path("outputs"));
        // Every other time what is copied is removed, and the stages run and hand on.
        let arguments: &[&str] =
            if n % 2 == 0 { &["run", "--allow-outside"] } else { &["run", "--force", "--allow-outside"] };
        let _ = fs::remove_dir_all(folder.path().join("entries"));
        let mut child = study.start(arguments);
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * f64::from(n) / 28.0));
        let _ = child.kill();
        child.wait().unwrap();
        for stage in fs::read_dir(folder.path().join("entries")).into_iter().flatten() {
            for put in fs::read_dir(stage.unwrap().path()).unwrap() {
                let put = put.unwrap().path();
                let record: serde_json::Value =
                    serde_json::from_slice(&fs::read(put.join("record.json")).unwrap()).unwrap();
                for output in record["outputs"].as_array().unwrap() {
                    let bytes = fs::read(put.join(output["path"].as_str().unwrap())).unwrap();
                    assert_eq!(output["sha256"], digest(&bytes));
                }
            }
        }
        study.run(&["run", "--allow-outside"]).fine();
        assert_eq!(leftovers(&study), 0);
        study.run(&["verify", "--all"]).fine();
        assert_same(&study.shown(), &first.shown());
    }
    assert_eq!(tree(&first.path(".")), before);
    // What killed writers left is a day old at some time, and then goes.
    let left = folder.path().join("incoming/1-1-0-qc");
    fs::create_dir_all(&left).unwrap();
    let old = std::time::SystemTime::now() - Duration::from_secs(3 * 86_400);
    fs::File::open(&left).unwrap().set_modified(old).unwrap();
    study.write("data/participants.csv", &participants(66));
    study.run(&["run", "--allow-outside"]).fine();
    assert!(!left.exists());
}
