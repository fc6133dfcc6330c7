//! `--only`: some stages without those before them, on what these show.

use std::collections::BTreeSet;

use super::plan::Graph;
use super::supply::{Shelf, Stored};
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::{Damage, Store};

/// For `--only`: what the other stages' links show, whole; else every one that has nothing, or nothing whole, to read.
pub fn shelved(plan: &Plan, store: &Store, graph: &Graph, wanted: &BTreeSet<usize>) -> Result<Shelf, Failure> {
    let needed: BTreeSet<usize> = wanted.iter().flat_map(|index| graph.upstream[*index].clone()).collect();
    let (mut shelf, mut missing, mut damage) = (plan.beside.clone(), BTreeSet::new(), Vec::new());
    for index in needed.difference(wanted) {
        let stage = plan.stages[*index].name();
        let Some(entry) = store.current(stage) else {
            missing.insert(*index);
            continue;
        };
        match store.verify(&entry)? {
            (Some(record), damaged) if damaged.is_empty() => {
                drop(shelf.insert(stage, Stored { entry, record: record.into() }));
            }
            (_, damaged) => {
                missing.insert(*index);
                damage.extend(damaged.iter().map(|damage: &Damage| damage.reason().to_string()));
            }
        }
    }
    if missing.is_empty() { Ok(shelf) } else { Err(unread(plan, graph, wanted, &missing, &damage)) }
}

/// What some of the wanted stages read and cannot, in one sentence.
fn unread(
    plan: &Plan,
    graph: &Graph,
    wanted: &BTreeSet<usize>,
    missing: &BTreeSet<usize>,
    damage: &[String],
) -> Failure {
    let named = |indices: &BTreeSet<usize>| -> Vec<&str> { indices.iter().map(|i| plan.stages[*i].name()).collect() };
    let reads = |index: &&usize| graph.upstream[**index].iter().any(|up| missing.contains(up));
    let readers = named(&wanted.iter().filter(reads).copied().collect());
    let (read, have) =
        (if readers.len() == 1 { "reads" } else { "read" }, if missing.len() == 1 { "has" } else { "have" });
    let yet = if damage.is_empty() { "yet".to_owned() } else { format!("that are whole: {}", damage.join(", ")) };
    let message = format!("{} {read} {}, which {have} no results {yet}", listed(&readers), listed(&named(missing)));
    Failure::Usage { message, remedy: format!("make them with `ketascreen run {}`", named(wanted).join(" ")) }
}

/// `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
