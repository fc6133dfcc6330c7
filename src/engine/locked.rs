//! `run --locked`: pipeline.lock says what the results must be made of and what they must be; this says where they
//! are not.
//!
//! What the configuration and the study's files decide is compared before anything runs. The bytes that a stage makes
//! are compared as it makes them, so that nothing is built on others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stages::contract::{Place, Problem, Slot};

use super::pair::Pair;
use super::reason::shown;
use super::recipe::Recipe;
use super::registry::Bound;
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::lockfile::{LockedStage, Lockfile};
use crate::store::target::target;
use crate::store::{Digest, Record};

/// Everything in which the plan and the sweep's tables beside it differ from the lock file; nothing was run for it.
pub fn before(plan: &Plan, wanted: &BTreeSet<usize>, lock: &Lockfile) -> Vec<Problem> {
    let lent = |index: &usize| {
        let stage = plan.stages[*index].as_ref();
        lent(plan, stage, lock.stages.get(stage.name())?, &lock.name)
    };
    settled(plan, wanted, lock).into_iter().chain(wanted.iter().filter_map(lent)).collect()
}

/// Everything in which the configuration and the study's files differ from the lock file.
pub fn settled(plan: &Plan, wanted: &BTreeSet<usize>, lock: &Lockfile) -> Vec<Problem> {
    // A setting that several stages hold, and the report with all of them, is one problem.
    let mut problems: BTreeMap<String, Problem> = BTreeMap::new();
    for index in wanted {
        let stage = plan.stages[*index].as_ref();
        let inputs = plan.sources[*index].iter().map(|source| (source.slot(), source.digest.clone())).collect();
        let recipe = Recipe::new(stage, plan.seed, inputs);
        let Some(locked) = lock.stages.get(stage.name()) else {
            let message = format!("{} is not in {}", stage.name(), lock.name);
            problems.insert(message.clone(), problem(Place::Study, message));
            continue;
        };
        for (name, problem) in stage_problems(&recipe, locked, &lock.name) {
            problems.entry(name).or_insert(problem);
        }
    }
    problems.into_values().collect()
}

/// Whether a stage reads what was lent to it then: the sweep's tables, or none.
fn lent(plan: &Plan, stage: &dyn Bound, locked: &LockedStage, lock: &str) -> Option<Problem> {
    let other = |slot: &&Slot| {
        let now = plan.beside.get(slot.stage).and_then(|stored| stored.record.table(slot.table));
        now.map(|output| &output.sha256) != locked.inputs.get(&format!("{}/{}", slot.stage, slot.table))
    };
    let slot = stage.optional().into_iter().find(|slot| other(&slot))?;
    let (from, name) = (slot.stage, stage.name());
    let message = format!("the {from}’s tables, which {name} reads, are not those that {lock} has");
    let remedy = format!("make them first: `ketascreen {from} --locked`; or give back the settings that {lock} has");
    Some(Problem::new("locked", Place::Study, message, remedy))
}

fn stage_problems(recipe: &Recipe, locked: &LockedStage, lock: &str) -> Vec<(String, Problem)> {
    let stage = recipe.stage;
    let mut problems = Vec::new();
    let mut differs = |name: &str, words: &str, place: Place, now: Option<&Value>, then: Option<&Value>| {
        if now != then {
            let message = format!("{words} is {}, and {lock} has {}", shown(now), shown(then));
            problems.push((name.to_owned(), problem(place, message)));
        }
    };
    let (now, then) = (recipe.version.into(), locked.method_version.into());
    let words = format!("the method version of {stage}");
    differs(&words, &words, Place::Study, Some(&now), Some(&then));
    let (now, then) = (recipe.seed.map(Value::from), locked.seed.map(Value::from));
    differs("study.seed", "study.seed", Place::setting("study.seed"), now.as_ref(), then.as_ref());
    let now = recipe.flat_settings();
    for path in now.keys().chain(locked.settings.keys()).collect::<BTreeSet<_>>() {
        // The report holds other stages' versions and files among its settings: those stages tell of them.
        match ["stages.", "study.", "sweep."].iter().any(|section| path.starts_with(section)) {
            true => {
                for pair in Pair::new(path, locked.settings.get(path), now.get(path)).parts() {
                    let place = Place::setting(pair.place());
                    differs(&pair.name, &pair.name, place, pair.new.as_ref(), pair.old.as_ref());
                }
            }
            false if path == "program" => {
                let words = "the version of the program";
                differs(path, words, Place::Study, now.get(path), locked.settings.get(path));
            }
            false => {}
        }
    }
    let files: BTreeMap<&String, &Digest> = locked.inputs.iter().filter(|(slot, _)| slot.ends_with(')')).collect();
    for slot in recipe.inputs.keys().chain(files.keys().copied()).collect::<BTreeSet<_>>() {
        let value = |digest: Option<&Digest>| digest.map(|digest| Value::from(digest.as_str()));
        let (now, then) = (value(recipe.inputs.get(slot)), value(files.get(slot).copied()));
        let words = format!("{slot}, which {stage} reads,");
        differs(slot, &words, Place::Study, now.as_ref(), then.as_ref());
    }
    problems
}

fn problem(place: Place, message: String) -> Problem {
    let remedy = "give back what the lock file has, or run without --locked, which writes it anew";
    Problem::new("locked", place, message, remedy)
}

/// Whether a stage's result is the locked one; else the failure that names each file.
pub fn after(record: &Record, lock: &Lockfile) -> Result<(), Failure> {
    let Some(locked) = lock.stages.get(&record.stage) else { return Ok(()) };
    let made: BTreeMap<&String, &Digest> = record.outputs.iter().map(|output| (&output.path, &output.sha256)).collect();
    let paths: BTreeSet<&String> = made.keys().copied().chain(locked.outputs.keys()).collect();
    let other = |path: &&&String| made.get(**path).copied() != locked.outputs.get(**path);
    let other: Vec<&str> = paths.iter().filter(other).map(|path| path.as_str()).collect();
    if other.is_empty() {
        return Ok(());
    }
    let machine = match &lock.target {
        Some(there) if *there != target() => format!("; it was written on {there}, and this is {}", target()),
        _ => String::new(),
    };
    let message = format!("made other bytes than {} has: {}{machine}", lock.name, other.join(", "));
    Err(Failure::stage(&record.stage, "locked", message))
}

/// Whether the sweep's tables are those that stages were locked with; else the failure that names each.
pub fn swept(record: &Record, lock: &Lockfile) -> Result<(), Failure> {
    let of_sweep = |slot: &str| slot.strip_prefix(stages::sweep::NAME)?.strip_prefix('/').map(str::to_owned);
    let inputs = lock.stages.values().flat_map(|stage| &stage.inputs);
    let locked: BTreeMap<String, &Digest> =
        inputs.filter_map(|(slot, digest)| Some((of_sweep(slot)?, digest))).collect();
    let other =
        |(table, digest): &(&String, &&Digest)| record.table(table).map(|output| &output.sha256) != Some(digest);
    let other: Vec<&str> = locked.iter().filter(other).map(|(table, _)| table.as_str()).collect();
    let message = match (locked.is_empty(), other.is_empty()) {
        (true, _) => format!("{} was written without the sweep", lock.name),
        (false, true) => return Ok(()),
        (false, false) => format!("made other tables than {} has: {}", lock.name, other.join(", ")),
    };
    Err(Failure::stage(stages::sweep::NAME, "locked", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::execute::Request;
    use crate::engine::toy::Study;
    use crate::store::lockfile;
    use serde_json::json;
    use std::sync::Arc;

    fn lock(study: &Study) -> Lockfile {
        lockfile::read(&study.folder.path().join("pipeline.lock")).unwrap()
    }

    #[test]
    fn what_a_plan_differs_in_is_named_before_anything_runs() {
        let mut study = Study::new();
        study.run(|_| ()).unwrap();
        let (lock, all) = (lock(&study), (0..4).collect());
        assert!(before(&study.plan(), &all, &lock).is_empty());
        study.stages[1].settings = json!({"fail": null, "factor": 3});
        study.input = vec![4];
        let told: Vec<String> = before(&study.plan(), &all, &lock).into_iter().map(|p| p.message).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        input (input), which numbers reads, is e52d9c50, and pipeline.lock has 039058c6
        stages.double.factor is 3, and pipeline.lock has (not set)
        ");
    }

    #[test]
    fn other_bytes_fail_the_stage_and_are_not_shown() {
        let mut study = Study::new();
        study.run(|_| ()).unwrap();
        let lock = Arc::new(lock(&study));
        let locked = |request: &mut Request| {
            request.locked = Some(Arc::clone(&lock));
            request.force = (0..4).collect();
        };
        assert_eq!(study.run(locked).unwrap().len(), 4);
        let file = study.store().link("double").join("values.parquet");
        let shown = std::fs::read(&file).unwrap();
        study.stages[1].work = |_, _| vec![7];
        let failure = study.run(locked).unwrap_err();
        assert_eq!((failure.code(), std::fs::read(&file).unwrap()), (crate::failure::STAGE, shown));
        assert_eq!(failure.brief(), "double: made other bytes than pipeline.lock has: values.parquet [locked]");
    }
}
