//! What `export ro-crate` writes: every file by its digest, every setting, every time, and nothing that was not asked for.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::once;
use crate::common::Study;
use crate::recovery::tiny::tiny;

fn crate_of(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("ro-crate-metadata.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    document["@graph"].as_array().unwrap().clone()
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Every identifier that an entity refers to.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => match (map.len(), map.get("@id")) {
            (1, Some(id)) => drop(into.insert(id.as_str().unwrap().to_owned())),
            _ => map.values().for_each(|value| references(value, into)),
        },
        Value::Array(list) => list.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

fn entity<'a>(graph: &'a [Value], id: &str) -> &'a Value {
    graph.iter().find(|entity| entity["@id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn exported(study: &Study, more: &[&str]) -> Vec<Value> {
    let folder = study.path("crate");
    let mut words = vec!["export", "ro-crate", folder.to_str().unwrap()];
    words.extend(more);
    let said = study.run(&words).fine();
    assert_eq!(said.out, format!("wrote {}\n", folder.join("ro-crate-metadata.json").display()));
    crate_of(&folder)
}

#[test]
fn a_crate_names_every_file_setting_and_time_and_holds_no_participant_unless_asked() {
    let study = once();
    let graph = exported(&study, &[]);
    let files: BTreeSet<String> = std::fs::read_dir(study.path("crate"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files, ["pipeline.lock", "pipeline.yaml", "ro-crate-metadata.json"].map(str::to_owned).into());
    let ids: BTreeSet<String> = graph.iter().map(|entity| entity["@id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), graph.len(), "each entity is there once");
    let mut referred = BTreeSet::new();
    graph.iter().for_each(|entity| entity.as_object().unwrap().values().for_each(|v| references(v, &mut referred)));
    let dangling: Vec<&String> = referred.iter().filter(|id| !ids.contains(*id) && !id.starts_with("http")).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
    let lock: Value = serde_json::from_slice(&std::fs::read(study.path("pipeline.lock")).unwrap()).unwrap();
    for (stage, locked) in lock["stages"].as_object().unwrap() {
        for (file, digest) in locked["outputs"].as_object().unwrap() {
            assert_eq!(entity(&graph, &format!("#file/results/{stage}/{file}"))["sha256"], *digest);
        }
        let run = entity(&graph, &format!("#run/{stage}"));
        let read: BTreeSet<&str> = list(&run["object"]).iter().map(|object| object["@id"].as_str().unwrap()).collect();
        let settings = locked["settings"].as_object().unwrap().len();
        let seed = usize::from(!locked["seed"].is_null());
        assert_eq!(read.len(), settings + seed + locked["inputs"].as_object().unwrap().len(), "{stage}");
        for time in ["startTime", "endTime"] {
            assert!(run[time].as_str().is_some_and(|time| time.ends_with("+00:00")), "{stage} {time}");
        }
        let lasted = locked["outputs"].as_object().unwrap().len();
        assert_eq!(list(&run["result"]).len(), lasted, "{stage}");
    }
    let confidence = entity(&graph, "#value/screen/stages.screen.confidence");
    assert_eq!(confidence["value"], 0.95);
    assert!(
        !std::fs::read_to_string(study.path("crate/ro-crate-metadata.json"))
            .unwrap()
            .contains(study.path("").to_str().unwrap())
    );
}

/// Every file that a crate names is in it and has the digest and the length that it says; how many there are.
#[track_caller]
fn has_what_it_names(study: &Study, graph: &[Value]) -> usize {
    let files: Vec<&Value> =
        graph.iter().filter(|entity| list(&entity["@type"]).iter().any(|kind| *kind == "File")).collect();
    for file in &files {
        let bytes = std::fs::read(study.path("crate").join(file["@id"].as_str().unwrap().replace("%20", " "))).unwrap();
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (file["sha256"].as_str(), file["contentSize"].as_str()),
            (Some(&*digest), Some(&*bytes.len().to_string()))
        );
    }
    files.len()
}

#[test]
fn a_crate_with_results_and_data_holds_the_bytes_that_it_names() {
    let study = once();
    let graph = exported(&study, &["--results", "--data"]);
    assert!(has_what_it_names(&study, &graph) > 40);
}

#[test]
fn a_crate_with_the_data_is_a_study_that_runs_to_the_same_bytes_wherever_its_files_lay() {
    let study = tiny();
    for (path, text) in [("participants.csv", "not the one in data\n"), ("renv.lock", "{}"), ("results/a.txt", "mine")]
    {
        std::fs::create_dir_all(study.path(path).parent().unwrap()).unwrap();
        study.write(path, text);
    }
    let step = "  mine: {command: [cp, participants.csv, kept.txt], outputs: {kept: kept.txt}, \
                files: [participants.csv, renv.lock, pipeline.yaml]}\n  report:";
    study.edit(|text| text.replace("  report:", step));
    std::fs::rename(study.path("data"), study.path("my data")).unwrap();
    study.edit(|text| text.replace("seed: 1", "seed: 1, data: my data"));
    study.run(&["run"]).fine();
    let graph = exported(&study, &["--results", "--data"]);
    has_what_it_names(&study, &graph);
    for path in ["my data/participants.csv", "participants.csv", "renv.lock", "pipeline.yaml"] {
        let bytes = |path: &str| std::fs::read(study.path(path)).unwrap();
        assert!(bytes(&format!("crate/{path}")) == bytes(path), "{path}");
    }
    study.run(&["run", "--locked", "--pipeline", "crate/pipeline.yaml"]).fine();
    // What has the place of something that the crate needs lies elsewhere in it.
    std::fs::remove_dir_all(study.path("crate")).unwrap();
    study.edit(|text| text.replace("renv.lock, ", "renv.lock, results/a.txt, "));
    study.run(&["run"]).fine();
    let graph = exported(&study, &["--results", "--data"]);
    has_what_it_names(&study, &graph);
    let lies = |entity: &&Value| entity["@id"].as_str().unwrap().starts_with("outside/");
    assert_eq!(
        graph.iter().filter(lies).map(|entity| entity["contentSize"].as_str().unwrap()).collect::<Vec<_>>(),
        ["4"]
    );
}

#[test]
fn a_crate_is_made_of_what_is_up_to_date_and_over_nothing() {
    let study = once();
    std::fs::create_dir(study.path("crate")).unwrap();
    let folder = study.path("crate");
    let said = study.run(&["export", "ro-crate", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("is there already"), "{}", said.err);
    std::fs::remove_dir(&folder).unwrap();
    study.edit(|text| text.replace("confidence: 0.95", "confidence: 0.9"));
    let said = study.run(&["export", "ro-crate", folder.to_str().unwrap()]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("not up to date: screen"), "{}", said.err);
    assert!(!folder.exists());
}

#[test]
fn a_crate_is_valid_under_the_provenance_run_crate_profile() {
    let study = once();
    exported(&study, &["--results"]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/ro_crate/validate.py");
    let python = std::env::var("KETASCREEN_ROC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(said) = Command::new(python).arg(script).arg(study.path("crate")).output() else {
        return eprintln!("SKIPPED: there is no python3 to validate a crate with");
    };
    let text = String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr);
    match said.status.code() {
        Some(0) => {}
        Some(3) => eprintln!("SKIPPED: a crate is not validated here: {text}"),
        _ => panic!("{text}"),
    }
}
