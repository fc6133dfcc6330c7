//! The stages of the user's own among the program's: who reads what, and the order that follows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stages::contract::{Place, Problem, Slot};

use super::beside::{Beside, Column};
use super::names::kept;
use super::node::Own;
use super::params::Params;
use crate::engine::registry::{Bound, FINDINGS};

/// The stages that may name a column of participants, whoever makes it.
const NAME_COLUMNS: [&str; 3] = ["outcomes", "screen", "predict"];
const REPORT: &str = "report";

/// All stages in an order in which each comes after what it reads; a cycle, if there is one, by the stages in it.
pub fn weave(
    built_in: Vec<Box<dyn Bound>>,
    own: &BTreeMap<String, Params>,
) -> (Vec<Box<dyn Bound>>, Option<Vec<&'static str>>) {
    if own.is_empty() {
        return (built_in, None);
    }
    let mut stages: Vec<Box<dyn Bound>> = built_in.into_iter().map(|stage| beside(stage, own)).collect();
    stages.extend(own.iter().map(|(name, params)| Box::new(Own::new(name, params)) as Box<dyn Bound>));
    match order(&stages) {
        Ok(order) => {
            let mut stages: Vec<Option<Box<dyn Bound>>> = stages.into_iter().map(Some).collect();
            (order.into_iter().filter_map(|index| stages[index].take()).collect(), None)
        }
        Err(cycle) => {
            let names = cycle.into_iter().map(|index| stages[index].name()).collect();
            (stages, Some(names))
        }
    }
}

/// A stage of the program with the tables of the user's own that it reads.
fn beside(stage: Box<dyn Bound>, own: &BTreeMap<String, Params>) -> Box<dyn Bound> {
    let (mut slots, mut columns): (BTreeSet<Slot>, Vec<Column>) = (BTreeSet::new(), Vec::new());
    if NAME_COLUMNS.contains(&stage.name()) {
        let mut named = BTreeSet::new();
        texts(&stage.settings(), &mut named);
        for (name, params) in own {
            for (table, column, kind) in params.columns().filter(|(_, column, _)| named.contains(*column)) {
                let slot = Slot { stage: kept(name), table: kept(table) };
                slots.insert(slot);
                columns.push(Column { slot, name: column.clone(), kind: kind.clone() });
            }
        }
    }
    if stage.name() == REPORT {
        for (name, params) in own {
            let told =
                params.outputs.iter().filter(|(_, output)| output.report.is_some() || output.participants.is_some());
            for (table, output) in told.filter(|(_, output)| output.is_table()) {
                slots.insert(Slot { stage: kept(name), table: FINDINGS });
                slots.extend(output.report.is_some().then(|| Slot { stage: kept(name), table: kept(table) }));
            }
        }
    }
    if slots.is_empty() { stage } else { Box::new(Beside { stage, slots: slots.into_iter().collect(), columns }) }
}

/// Every text of some settings, keys of maps among them.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    crate::config::tree::names(value, found);
}

/// Indices in an order in which each stage comes after what it reads, the first that can come first; else a cycle.
fn order(stages: &[Box<dyn Bound>]) -> Result<Vec<usize>, Vec<usize>> {
    let place: BTreeMap<&str, usize> = stages.iter().enumerate().map(|(index, stage)| (stage.name(), index)).collect();
    let reads: Vec<BTreeSet<usize>> = stages
        .iter()
        .map(|stage| stage.slots().iter().filter_map(|slot| place.get(slot.stage).copied()).collect())
        .collect();
    let mut order = Vec::new();
    let mut left: BTreeSet<usize> = (0..stages.len()).collect();
    while let Some(next) = left.iter().copied().find(|index| reads[*index].is_disjoint(&left)) {
        left.remove(&next);
        order.push(next);
    }
    if left.is_empty() { Ok(order) } else { Err(cycle(&reads, &left)) }
}

/// A cycle among stages of which each reads another of them, from its first stage back to it.
fn cycle(reads: &[BTreeSet<usize>], left: &BTreeSet<usize>) -> Vec<usize> {
    let mut path: Vec<usize> = Vec::new();
    let mut at = left.first().copied();
    while let Some(index) = at {
        if let Some(first) = path.iter().position(|seen| *seen == index) {
            let mut cycle = path.split_off(first);
            cycle.push(index);
            // From who reads to who is read; told the other way round, in the order of the work.
            cycle.reverse();
            return cycle;
        }
        path.push(index);
        at = reads[index].iter().copied().find(|up| left.contains(up));
    }
    path
}

/// The problem of a cycle, at the stage of the user's own that is in it.
pub fn cyclic(cycle: &[&'static str], own: &BTreeMap<String, Params>) -> Problem {
    let stage = cycle.iter().find(|name| own.contains_key(**name)).copied().unwrap_or_default();
    let message = format!("{stage} waits for itself: {}", cycle.join(" -> "));
    let remedy =
        "each stage runs after the tables that it reads: take one of these inputs, or the column that is used, out";
    Problem::new("cycle", Place::setting(format!("stages.{stage}.inputs")), message, remedy)
}
