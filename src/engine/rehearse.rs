//! Running stages in memory, storing nothing: how `check` looks at the data.

use std::collections::BTreeMap;

use stages::contract::{Artifact, Metadata, Slot, Supply};

use super::event::Listener;
use super::perform::perform;
use crate::config::Plan;
use crate::config::sources::Source;
use crate::failure::Failure;

/// What a rehearsal made.
#[derive(Default)]
pub struct Rehearsal {
    pub tables: BTreeMap<Slot, (polars::prelude::DataFrame, Metadata)>,
    pub findings: usize,
}

/// Runs the named stages one after the other.
pub fn rehearse(plan: &Plan, names: &[&str], listener: &dyn Listener) -> Result<Rehearsal, Failure> {
    let Rehearsal { mut tables, mut findings } = Rehearsal::default();
    for (stage, sources) in plan.stages.iter().zip(&plan.sources).filter(|(stage, _)| names.contains(&stage.name())) {
        let taken = stage.slots().into_iter().filter_map(|slot| Some((slot, tables.get(&slot)?.clone())));
        let supply = Supply { tables: taken.collect(), sources: sources.iter().map(Source::file).collect() };
        let made = perform(stage.as_ref(), supply, plan, listener)?;
        findings += made.findings;
        for artifact in made.artifacts {
            if let Artifact::Table { name, frame, metadata } = artifact {
                tables.insert(Slot { stage: stage.name(), table: name }, (frame, metadata));
            }
        }
    }
    Ok(Rehearsal { tables, findings })
}
