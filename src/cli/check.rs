//! `ketascreen check`: every problem of the configuration and the data at once. Stores nothing.

use std::collections::BTreeSet;

use stages::contract::schema::Schema;
use stages::contract::{Place, Problem, Table, Vocabulary};
use stages::ingest::schema::{Panel, Samples};

use super::{OK, Study, json_failure, out, tell};
use crate::config::{Options, Plan, resolve};
use crate::engine::event::Deaf;
use crate::engine::rehearse::{Rehearsal, rehearse};
use crate::engine::sweep::Multiverse;
use crate::failure::Failure;
use crate::words::counted;

/// The stages that look at the data as they came.
const LOOKED_AT: [&str; 2] = ["ingest", "qc"];

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let options = study.options();
    let (plan, problems, yaml) = resolve::survey(&options)?;
    let readable = problems.iter().map(|problem| readable(&problem.place)).min().unwrap_or(LOOKED_AT.len());
    let mut failures = Vec::new();
    let mut findings = 0;
    match plan.as_ref().map(|plan| look(plan, &LOOKED_AT[..readable])) {
        Some(Ok(n)) => findings = n,
        Some(Err(failure)) => failures.push(failure),
        None => {}
    }
    let universes = match plan.as_ref().filter(|_| problems.is_empty()).map(|plan| universes(plan, &options)) {
        Some(Ok(universes)) => universes,
        Some(Err(failure)) => {
            failures.push(failure);
            None
        }
        None => None,
    };
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
    // One file may be named in several sections.
    let names = plan.iter().flat_map(|plan| &plan.sources).flatten().map(|source| source.name.as_str());
    let files = names.collect::<BTreeSet<&str>>().len();
    if args.json {
        let refused = universes.map(|(refused, _)| refused);
        let told = serde_json::json!({
            "event": "checked", "files": files, "findings": findings, "universes_refused": refused,
        });
        out(&told.to_string());
        return Ok(OK);
    }
    let (files, findings) = (counted(files, "file"), counted(findings, "finding"));
    out(&format!("no problems in {} and its {files}; {findings} for the report", yaml.name));
    if let Some((refused, all)) = universes.filter(|(refused, _)| *refused > 0) {
        out(&format!(
            "{refused} of {all} universes of the sweep are refused; `ketascreen sweep -n` says which and why"
        ));
    }
    Ok(OK)
}

/// The universes of the sweep whose settings are refused, of how many; fails where none can be.
fn universes(plan: &Plan, options: &Options) -> Result<Option<(usize, usize)>, Failure> {
    let Some(multiverse) = Multiverse::new(plan, options)? else { return Ok(None) };
    let identities = multiverse.identities()?;
    Ok(Some((identities.iter().filter(|identity| identity.is_err()).count(), identities.len())))
}

fn look(plan: &Plan, stages: &[&str]) -> Result<usize, Failure> {
    let made = rehearse(plan, stages, &Deaf)?;
    let unknown = unknown_analytes(plan, &made);
    if unknown.is_empty() { Ok(made.findings) } else { Err(Failure::data(unknown)) }
}

/// Analytes that the settings of any stage name and the data do not have; a step may name a column of the samples instead.
fn unknown_analytes(plan: &Plan, made: &Rehearsal) -> Vec<Problem> {
    let Some(panel) = made_by_ingest::<Panel>(made) else { return Vec::new() };
    let known: Vec<String> = panel.column("analyte");
    let mut shown: BTreeSet<String> = panel.column::<String>("display_name").into_iter().collect();
    if let Some(samples) = made_by_ingest::<Samples>(made) {
        shown.extend(samples.extra_names().into_iter().map(str::to_owned));
    }
    let named = plan.stages.iter().flat_map(|stage| stage.analytes()).filter(|(_, name)| !shown.contains(name));
    let unknown = |(path, name): (String, String)| {
        Vocabulary::unknown("unknown_analyte", "analyte", &name, known.iter().map(String::as_str), path)
    };
    named.filter_map(unknown).collect()
}

fn made_by_ingest<S: Schema>(made: &Rehearsal) -> Option<Table<S>> {
    let (_, (frame, _)) = made.tables.iter().find(|(slot, _)| (slot.stage, slot.table) == ("ingest", S::NAME))?;
    Table::try_from(frame.clone()).ok()
}

/// How many of the stages that look at the data can, whatever is wrong at this place.
fn readable(place: &Place) -> usize {
    let Place::Setting(path) = place else { return LOOKED_AT.len() };
    let stage = path.strip_prefix("stages.").and_then(|rest| rest.split('.').next()).filter(|stage| !stage.is_empty());
    stage.map_or(0, |stage| LOOKED_AT.iter().position(|looked| *looked == stage).unwrap_or(LOOKED_AT.len()))
}
