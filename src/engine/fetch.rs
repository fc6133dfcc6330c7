//! Taking a stage's result from another study's cache instead of making it, and handing one on.

use std::sync::Arc;

use super::event::Event;
use super::flight::Tower;
use super::recipe::Recipe;
use super::registry::{Bound, FINDINGS};
use super::supply::Stored;
use crate::config::Plan;
use crate::failure::Failure;
use crate::store::history::{Outcome, StageRun};
use crate::store::shared::Found;
use crate::store::{Entry, Record};

/// A stage's result in another study's cache, and a remark for each that is there and cannot be used. Reads only.
pub fn find(plan: &Plan, stage: &dyn Bound, recipe: &Recipe) -> (Option<Found>, Vec<String>) {
    plan.shared.find(recipe, &tables(stage))
}

/// The same for who only wants to know of it: where it is, and its record.
pub fn look(plan: &Plan, stage: &dyn Bound, recipe: &Recipe) -> Option<(String, Record)> {
    plan.shared.look(recipe, &tables(stage))
}

/// The tables that every result of a stage has.
pub fn tables(stage: &dyn Bound) -> Vec<&'static str> {
    stage.tables().into_iter().chain([FINDINGS]).collect()
}

impl Tower<'_> {
    /// Copies a stage's result from another study's cache; none where none has it.
    pub fn fetch(
        &self,
        stage: &dyn Bound,
        recipe: &Recipe,
        entry: &Entry,
        history: &mut StageRun,
    ) -> Result<Option<Stored>, Failure> {
        let (found, remarks) = find(self.plan, stage, recipe);
        remarks.into_iter().for_each(|text| self.remark(text));
        let Some(found) = found else { return Ok(None) };
        let from = found.from.clone();
        let record = found.store(self.store, entry, recipe)?;
        (history.outcome, history.from) = (Outcome::Fetched, Some(from.clone()));
        let key = entry.key.to_string();
        tracing::info!(stage = stage.name(), key, from, "fetched");
        self.listener.hear(Event::Fetched { stage: stage.name(), key, from });
        Ok(Some(Stored { entry: entry.clone(), record: Arc::new(record) }))
    }

    /// Hands on what a stage made, where that is asked for; that it cannot be is no reason to fail.
    pub fn give(&self, entry: &Entry, record: &Record) {
        if let Some(text) = self.plan.shared.give(entry, record) {
            self.remark(text);
        }
    }

    fn remark(&self, text: String) {
        tracing::warn!("{text}");
        self.listener.hear(Event::Remark { text });
    }
}
