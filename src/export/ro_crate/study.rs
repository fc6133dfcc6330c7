//! The crate as a whole: the study, the workflow, and the run that brought its results up to date.

use serde_json::{Value, json};

use super::graph::{Graph, encoded, reference};
use super::stage::{Stage, described};
use super::{METADATA, Payload, Told};
use crate::store::history::Run;
use crate::store::moment::{after, offset};

const PROFILES: [(&str, &str, &str); 4] = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
    (WORKFLOW_CRATE, "Workflow RO-Crate", "1.0"),
];
const WORKFLOW_CRATE: &str = "https://w3id.org/workflowhub/workflow-ro-crate/1.0";
const WORKFLOW_PROFILE: &str = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE";
const LICENCE: &str = "#licence";
pub const RUN: &str = "#run";

/// Describes everything.
pub fn describe(graph: &mut Graph, told: &Told<'_>, configuration: &Payload, lock: &Payload) {
    let title = title(told);
    let latest = told.runs.iter().rev().find(|run| run.succeeded);
    root(graph, &title, told, latest, configuration);
    let program = graph.add(json!({
        "@id": "#ketascreen", "@type": "SoftwareApplication", "name": "ketascreen",
        "softwareVersion": env!("CARGO_PKG_VERSION"),
    }));
    workflow(graph, &title, configuration);
    graph.append("./", "hasPart", reference(&encoded(&configuration.path)));
    let lock = described(graph, lock, true, "What the results are made of and are, to be compared with another run's");
    graph.append("./", "hasPart", lock);
    action(graph, told, latest, &configuration.path);
    let mut controls = Vec::new();
    for (place, standing) in told.standings.iter().enumerate() {
        controls.extend(Stage::of(told, standing, configuration).describe(graph, place + 1));
    }
    let organized = json!({
        "@id": "#organization", "@type": "OrganizeAction", "name": "Bring the results up to date",
        "instrument": program, "object": controls, "result": reference(RUN),
    });
    let organized = graph.add(timed(organized, latest.and_then(whole)));
    graph.append("./", "mentions", organized);
}

fn title(told: &Told<'_>) -> String {
    let of = |standing: &crate::engine::status::Standing| {
        standing
            .stored
            .as_ref()
            .and_then(|stored| stored.record.settings.get("study.title")?.as_str().map(str::to_owned))
    };
    told.standings.iter().find_map(of).unwrap_or_else(|| "A study analysed with ketascreen".to_owned())
}

fn root(graph: &mut Graph, title: &str, told: &Told<'_>, latest: Option<&Run>, configuration: &Payload) {
    graph.add(json!({
        "@id": METADATA, "@type": "CreativeWork", "about": reference("./"),
        "conformsTo": [reference("https://w3id.org/ro/crate/1.1"), reference(WORKFLOW_CRATE)],
    }));
    let held = match (told.with.results, told.with.data) {
        (true, true) => "Results and the study's files are in it.",
        (true, false) => "Results are in it; the study's files are described by their SHA-256.",
        (false, true) => "The study's files are in it; results are described by their SHA-256.",
        (false, false) => "The study's files and results are described by their SHA-256.",
    };
    let published = latest.map_or_else(|| "1970-01-01T00:00:00+00:00".to_owned(), |run| offset(&run.started));
    graph.add(json!({
        "@id": "./", "@type": "Dataset", "name": title,
        "description": format!("How the results of this study were made with ketascreen: settings, files, software and times. {held}"),
        "datePublished": published, "license": reference(LICENCE),
        "conformsTo": PROFILES.map(|(id, ..)| reference(id)),
        "mainEntity": reference(&encoded(&configuration.path)), "mentions": [], "hasPart": [],
    }));
    graph.add(json!({
        "@id": LICENCE, "@type": "CreativeWork", "name": "No licence is stated",
        "description": "The study states no licence: those who hold its data decide who may use it.",
    }));
    for (id, name, version) in PROFILES {
        graph.add(json!({"@id": id, "@type": "CreativeWork", "name": name, "version": version}));
    }
}

fn workflow(graph: &mut Graph, title: &str, configuration: &Payload) {
    graph.add(json!({"@id": WORKFLOW_PROFILE, "@type": "CreativeWork", "name": "ComputationalWorkflow", "version": "1.0-RELEASE"}));
    let language = graph.add(json!({
        "@id": "#pipeline-language", "@type": "ComputerLanguage", "name": "ketascreen's pipeline.yaml",
        "version": env!("CARGO_PKG_VERSION"), "identifier": reference("https://yaml.org/"), "url": reference("https://yaml.org/"),
    }));
    graph.add(json!({
        "@id": encoded(&configuration.path), "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": title, "encodingFormat": "application/yaml", "conformsTo": reference(WORKFLOW_PROFILE),
        "version": configuration.sha256.short(), "sha256": configuration.sha256, "contentSize": configuration.bytes.to_string(),
        "programmingLanguage": language, "input": [], "output": [], "hasPart": [], "step": [],
    }));
}

/// The run of the workflow; what it read and made is added by the stages.
fn action(graph: &mut Graph, told: &Told<'_>, latest: Option<&Run>, workflow: &str) {
    let words = latest.map_or("", |run| run.target.as_str());
    let stages: Vec<&str> = told.standings.iter().map(|standing| standing.stage).collect();
    let run = json!({
        "@id": RUN, "@type": "CreateAction", "name": "The analysis",
        "description": format!("Brought {} up to date on {words}; stages whose results were there already ran before", stages.join(", ")),
        "instrument": reference(&encoded(workflow)), "object": [], "result": [],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    });
    let run = graph.add(timed(run, latest.and_then(whole)));
    graph.append("./", "mentions", run);
}

/// When a run began and ended.
fn whole(run: &Run) -> Option<(String, String)> {
    Some((offset(&run.started), after(&run.started, run.seconds)?))
}

/// The action with its times, where they are known.
pub fn timed(mut action: Value, times: Option<(String, String)>) -> Value {
    if let (Some((start, end)), Value::Object(action)) = (times, &mut action) {
        action.insert("startTime".to_owned(), start.into());
        action.insert("endTime".to_owned(), end.into());
    }
    action
}
