//! The sweep's result, lent to the stages that read it while it is up to date.

use std::collections::BTreeMap;
use std::sync::Arc;

use stages::contract::fingerprint::Fingerprinted;

use super::node::tables;
use super::universes::{Identity, Multiverse};
use crate::config::{Options, Plan};
use crate::engine::decide::is_of;
use crate::engine::reason::Reason;
use crate::engine::recipe::Recipe;
use crate::engine::status::{Standing, State};
use crate::engine::supply::Stored;
use crate::failure::Failure;
use crate::store::Store;
use crate::store::verify::{damage, verify_by};

/// How the sweep stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attached {
    /// Its result is there, whole and of these settings and files.
    #[serde(rename = "cached")]
    Current,
    /// There is no result yet.
    NotRun,
    /// What is there is of other settings or files.
    Outdated,
    /// What is there is not as it was written.
    Damaged,
    /// The configuration has none.
    #[serde(untagged)]
    None,
}

/// Lends the sweep's result to the plan if it is up to date. Reads only.
pub fn attach(plan: &mut Plan, options: &Options) -> Result<Attached, Failure> {
    if plan.sweep.is_none() {
        return Ok(Attached::None);
    }
    if Store::new(&plan.folders.outputs).current(stages::sweep::NAME).is_none() {
        return Ok(Attached::NotRun);
    }
    let Some(multiverse) = Multiverse::new(plan, options)? else { return Ok(Attached::None) };
    // A sweep without any possible universe is `ketascreen sweep`'s to complain about: a run needs none.
    let Ok(identities) = multiverse.identities() else { return Ok(Attached::Outdated) };
    lend(plan, &multiverse, &identities)
}

/// The same where the universes and what decides each are known already.
pub fn lend(plan: &mut Plan, multiverse: &Multiverse, identities: &[Identity]) -> Result<Attached, Failure> {
    let shown = Store::new(&plan.folders.outputs).current(stages::sweep::NAME);
    let Some(entry) = shown else { return Ok(Attached::NotRun) };
    let recipe = multiverse.recipe(plan, identities);
    if recipe.key() != entry.key {
        return Ok(Attached::Outdated);
    }
    match verify_by(&entry, &|record| is_of(record, &recipe, &tables()), |output| damage(&entry, output))? {
        (Some(record), damaged) if damaged.is_empty() => {
            plan.beside.insert(stages::sweep::NAME, Stored { entry, record: Arc::new(record) });
            Ok(Attached::Current)
        }
        _ => Ok(Attached::Damaged),
    }
}

impl Attached {
    /// How the sweep stands, as a stage beside the others; none where the configuration has none. Of what it reads
    /// only its settings are told.
    pub fn standing(self, plan: &Plan) -> Option<Standing> {
        let (state, reasons) = match self {
            Attached::None => return None,
            Attached::Current => (State::Cached, Vec::new()),
            Attached::NotRun => (State::Outdated, vec![Reason::NeverRun]),
            Attached::Outdated => (State::Outdated, Vec::new()),
            Attached::Damaged => {
                (State::Outdated, vec![Reason::OutputAltered { file: stages::sweep::NAME.to_owned() }])
            }
        };
        let recipe = Recipe {
            stage: stages::sweep::NAME,
            version: stages::sweep::VERSION,
            seed: Some(plan.seed),
            settings: plan.sweep.as_ref()?.settings(),
            inputs: BTreeMap::new(),
        };
        let stored = plan.beside.get(stages::sweep::NAME).cloned();
        let (stage, waits_on) = (stages::sweep::NAME, Vec::new());
        Some(Standing { stage, state, reasons, waits_on, from: None, recipe, stored })
    }

    /// What a person should know, if anything.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Attached::None | Attached::Current => None,
            Attached::NotRun => Some("the sweep has not run: the report is without it; `ketascreen sweep` runs it"),
            Attached::Outdated => Some(
                "the sweep is of other settings or files: the report is without it; `ketascreen sweep` runs it again",
            ),
            Attached::Damaged => {
                Some("the sweep’s result is damaged: the report is without it; `ketascreen sweep` makes it again")
            }
        }
    }
}
