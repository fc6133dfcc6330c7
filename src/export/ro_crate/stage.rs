//! One stage: a tool, a step of the workflow, its parameters, and the action that made its current result.

use serde_json::{Value, json};

use super::graph::{Graph, encoded, reference};
use super::study::{RUN, timed};
use super::{Payload, Told, data_path, result_path};
use crate::config::sources::Source;
use crate::engine::status::Standing;
use crate::store::Record;
use crate::store::history::{Outcome, Run};
use crate::store::moment::{after, offset};

const PARAMETER_PROFILE: &str = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE";

/// A stage with what is told of it.
pub struct Stage<'a> {
    told: &'a Told<'a>,
    standing: &'a Standing,
    workflow: String,
}

impl<'a> Stage<'a> {
    pub fn of(told: &'a Told<'a>, standing: &'a Standing, configuration: &Payload) -> Stage<'a> {
        Stage { told, standing, workflow: encoded(&configuration.path) }
    }

    fn id(&self, kind: &str, name: &str) -> String {
        format!("#{kind}/{}", encoded(name))
    }

    /// Describes the stage; a reference to the action that controlled it. None where it has no result.
    pub fn describe(&self, graph: &mut Graph, position: usize) -> Option<Value> {
        let (stage, record) = (self.standing.stage, &*self.standing.stored.as_ref()?.record);
        let tool = graph.add(json!({
            "@id": self.id("stage", stage), "@type": "SoftwareApplication", "name": format!("ketascreen {stage}"),
            "softwareVersion": format!("{}, method version {}", record.program, record.method_version),
            "input": [], "output": [],
        }));
        graph.append(&self.workflow, "hasPart", tool.clone());
        let action = self.action(graph, record, &tool);
        self.settings(graph, record);
        self.inputs(graph, record);
        self.outputs(graph, record);
        let step = graph.add(json!({
            "@id": format!("{}#{}", self.workflow, encoded(stage)), "@type": "HowToStep", "name": stage,
            "position": position.to_string(), "workExample": tool,
        }));
        graph.append(&self.workflow, "step", step.clone());
        Some(graph.add(json!({
            "@id": self.id("control", stage), "@type": "ControlAction", "name": format!("Run {stage}"),
            "instrument": step, "object": action,
        })))
    }

    fn action(&self, graph: &mut Graph, record: &Record, tool: &Value) -> Value {
        let stage = self.standing.stage;
        let action = json!({
            "@id": self.id("run", stage), "@type": "CreateAction", "name": format!("Run of {stage}"),
            "description": format!("Made the result of {stage} with the key {} on {}", record.key, record.target),
            "instrument": tool, "object": [], "result": [],
            "actionStatus": "http://schema.org/CompletedActionStatus",
        });
        let action = graph.add(timed(action, self.times(record)));
        graph.append("./", "mentions", action.clone());
        action
    }

    /// When the stage made this result: in the last run on record that did.
    fn times(&self, record: &Record) -> Option<(String, String)> {
        let key = record.key.to_string();
        let made = |run: &'a Run| {
            let own = run.stages.iter().chain(&run.universes);
            let mut own = own.filter(|one| one.outcome == Outcome::Ran && one.stage == record.stage);
            own.find(|one| one.key.as_deref() == Some(&key)).map(|one| (run, one))
        };
        let (run, one) = self.told.runs.iter().rev().find_map(made)?;
        let started = one.started.as_deref().unwrap_or(&run.started);
        Some((offset(started), after(started, one.seconds)?))
    }

    /// Each resolved setting is a parameter of the stage, with its value.
    fn settings(&self, graph: &mut Graph, record: &Record) {
        let seed = record.seed.map(|seed| ("study.seed".to_owned(), Value::from(seed)));
        let settings = record.settings.iter().map(|(path, value)| (path.clone(), value.clone())).chain(seed);
        for (path, value) in settings {
            let name = format!("{}/{path}", self.standing.stage);
            let parameter = self.parameter(graph, "setting", &name, &path, "Text");
            let plain = value.is_string() || value.is_number() || value.is_boolean();
            let value = if plain { value } else { Value::from(value.to_string()) };
            let value = graph.add(json!({
                "@id": self.id("value", &name), "@type": "PropertyValue", "name": path, "value": value,
                "exampleOfWork": parameter,
            }));
            self.reads(graph, value, true);
        }
    }

    fn inputs(&self, graph: &mut Graph, record: &Record) {
        for (slot, digest) in &record.inputs {
            let name = format!("{}/{slot}", self.standing.stage);
            let parameter = self.parameter(graph, "input", &name, slot, "File");
            let source = self.told.plan.sources.iter().flatten().find(|source| source.slot() == *slot);
            let file = match (source, slot.split_once('/')) {
                (Some(source), _) => self.source(graph, source),
                (None, Some((stage, table))) => reference(&self.of_result(stage, &format!("{table}.parquet"))),
                // What the runner itself tells a stage.
                (None, None) => graph.add(json!({
                    "@id": self.id("told", slot), "@type": "CreativeWork", "name": slot, "sha256": digest,
                })),
            };
            if let Some(id) = file["@id"].as_str() {
                graph.append(id, "exampleOfWork", parameter);
            }
            self.reads(graph, file, source.is_some());
        }
    }

    fn source(&self, graph: &mut Graph, source: &Source) -> Value {
        let path = data_path(self.told.plan, source);
        let payload = Payload { path, sha256: source.digest.clone(), bytes: source.bytes.len() as u64 };
        described(graph, &payload, self.told.with.data, "A file of the study")
    }

    fn outputs(&self, graph: &mut Graph, record: &Record) {
        let stage = self.standing.stage;
        for output in &record.outputs {
            let name = format!("{stage}/{}", output.path);
            let parameter = self.parameter(graph, "output", &name, &name, "File");
            let payload =
                Payload { path: result_path(stage, &output.path), sha256: output.sha256.clone(), bytes: output.bytes };
            let file = described(graph, &payload, self.told.with.results, "A result");
            graph.append(&self.of_result(stage, &output.path), "exampleOfWork", parameter);
            graph.append(&self.id("run", stage), "result", file.clone());
            graph.append(RUN, "result", file);
        }
    }

    fn of_result(&self, stage: &str, file: &str) -> String {
        identity(&result_path(stage, file), self.told.with.results)
    }

    /// A parameter of the stage; those that the study gives are the workflow's as well, and so is what comes out.
    fn parameter(&self, graph: &mut Graph, kind: &str, name: &str, said: &str, of: &str) -> Value {
        graph.add(json!({
            "@id": PARAMETER_PROFILE, "@type": "CreativeWork", "name": "FormalParameter", "version": "1.0-RELEASE",
        }));
        let parameter = graph.add(json!({
            "@id": self.id(kind, name), "@type": "FormalParameter", "name": said, "additionalType": of,
            "conformsTo": reference(PARAMETER_PROFILE),
        }));
        let side = if kind == "output" { "output" } else { "input" };
        graph.append(&self.id("stage", self.standing.stage), side, parameter.clone());
        if kind != "input" || !said.contains('/') {
            graph.append(&self.workflow, side, parameter.clone());
        }
        parameter
    }

    /// The stage's action read it; the whole run did, where the study gave it.
    fn reads(&self, graph: &mut Graph, what: Value, given: bool) {
        if given {
            graph.append(RUN, "object", what.clone());
        }
        graph.append(&self.id("run", self.standing.stage), "object", what);
    }
}

/// A file by its path where the crate holds it, and else by an identifier of its own.
fn identity(path: &str, held: bool) -> String {
    if held { encoded(path) } else { format!("#file/{}", encoded(path)) }
}

/// Describes a file, which is a part of the crate where it is held.
pub fn described(graph: &mut Graph, payload: &Payload, held: bool, description: &str) -> Value {
    let file = graph.add(json!({
        "@id": identity(&payload.path, held), "@type": if held { "File" } else { "CreativeWork" }, "name": payload.path,
        "description": description, "encodingFormat": format(&payload.path), "sha256": payload.sha256,
        "contentSize": payload.bytes.to_string(), "exampleOfWork": [],
    }));
    if held {
        graph.append("./", "hasPart", file.clone());
    }
    file
}

/// The media type by the name's ending (IANA where registered).
fn format(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "txt" | "mwtab" | "mztab" => "text/plain",
        "json" | "lock" => "application/json",
        "yaml" | "yml" => "application/yaml",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "parquet" => "application/vnd.apache.parquet",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}
