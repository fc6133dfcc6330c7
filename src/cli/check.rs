//! `ketascreen check`: every problem of the configuration and the data at once. Stores nothing.

use stages::contract::Place;

use super::{OK, Study, json_failure, out, tell};
use crate::config::{Plan, resolve};
use crate::engine::event::Deaf;
use crate::engine::rehearse::rehearse;
use crate::failure::Failure;

/// The stages that look at the data as they came.
const LOOKED_AT: [&str; 2] = ["ingest", "qc"];

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let (plan, problems, yaml) = resolve::survey(&study.options())?;
    let readable = |place: &Place| !matches!(place, Place::Setting(path) if !elsewhere(path));
    let data_can_be_read = problems.iter().all(|problem| readable(&problem.place));
    let mut failures = Vec::new();
    let mut findings = 0;
    match plan.as_ref().filter(|_| data_can_be_read).map(look) {
        Some(Ok(n)) => findings = n,
        Some(Err(failure)) => failures.push(failure),
        None => {}
    }
    if !problems.is_empty() || plan.is_none() {
        failures.insert(0, Failure::input(problems, yaml.clone()));
    }
    if !failures.is_empty() {
        let failure = Failure::several(failures);
        if args.json {
            out(&json_failure(&failure));
        }
        return Ok(tell(&failure, Some(&yaml)));
    }
    let files = plan.iter().flat_map(|plan| &plan.sources).flatten().count();
    match args.json {
        true => out(&serde_json::json!({"event": "checked", "files": files, "findings": findings}).to_string()),
        false => {
            out(&format!("no problems in {} and its {files} files; {findings} findings for the report", yaml.name))
        }
    }
    Ok(OK)
}

fn look(plan: &Plan) -> Result<usize, Failure> {
    rehearse(plan, &LOOKED_AT, &Deaf)
}

/// Whether a setting has nothing to do with how the data are read.
fn elsewhere(path: &str) -> bool {
    let stage = path.strip_prefix("stages.").and_then(|rest| rest.split('.').next());
    stage.is_some_and(|stage| !stage.is_empty() && !LOOKED_AT.contains(&stage))
}
