//! What a sweep would do now, without doing it. Reads only.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::universes::Multiverse;
use crate::engine::status;
use crate::failure::Failure;
use crate::store::{Digest, Store};

/// How one universe stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlook {
    pub universe: usize,
    pub name: String,
    /// cached, runs, same or refused.
    pub state: &'static str,
    /// Stages that would run, or may: those that wait on one that would.
    pub runs: Vec<&'static str>,
    pub same_as: Option<usize>,
    pub reason: String,
}

/// Every universe in its order.
pub fn survey(multiverse: &Multiverse, store: &Store) -> Result<Vec<Outlook>, Failure> {
    let identities = multiverse.identities()?;
    let mut known: BTreeMap<Digest, usize> = BTreeMap::new();
    let mut outlooks = Vec::new();
    for (choice, identity) in multiverse.choices.iter().zip(identities) {
        let (universe, name) = (choice.number, choice.name.clone());
        let mut outlook =
            Outlook { universe, name, state: "cached", runs: Vec::new(), same_as: None, reason: String::new() };
        match identity {
            Err(why) => (outlook.state, outlook.reason) = ("refused", why),
            Ok(identity) => match known.get(&identity) {
                Some(earlier) => (outlook.state, outlook.same_as) = ("same", Some(*earlier)),
                None => {
                    known.insert(identity, universe);
                    outlook.runs = runs(multiverse, store, universe)?;
                    outlook.state = if outlook.runs.is_empty() { "cached" } else { "runs" };
                }
            },
        }
        outlooks.push(outlook);
    }
    Ok(outlooks)
}

/// The stages of one universe that are not in the cache, or wait on one that is not.
fn runs(multiverse: &Multiverse, store: &Store, universe: usize) -> Result<Vec<&'static str>, Failure> {
    let plan = multiverse.plan(&multiverse.choices[universe - 1]).map_err(Failure::data)?;
    let targets = BTreeSet::from([super::universes::screen(&plan)?]);
    let standings = status::survey(&plan, store, &targets, &BTreeSet::new())?;
    Ok(standings.into_iter().filter(|standing| standing.is_to_run()).map(|standing| standing.stage).collect())
}
