//! Replicates that became one over several batches cannot be corrected for drift: their mean belongs to no batch.

use crate::contract::schema::Schema;
use crate::contract::{Place, Problem, Table};
use crate::qc::schema::OVER_BATCHES;
use crate::statistics::normalization::Step;
use crate::statistics::normalization::drift::Drift;

/// A problem at the first `drift` step that is on, where qc made one sample of replicates from several batches.
pub fn over_batches<S: Schema>(samples: &Table<S>, steps: &[Step]) -> Vec<Problem> {
    let groups = samples.metadata().get(OVER_BATCHES).filter(|groups| !groups.is_empty());
    let is_on = |step: &Step| matches!(step, Step::Drift(drift) if !matches!(drift, Drift::None { .. }));
    let problem = |(groups, place): (&String, usize)| {
        let message = format!("replicates from several batches became one sample, which belongs to no batch: {groups}");
        let remedy =
            "write `stages.qc.samples.replicates.after_normalize: true`, so that they become one after the steps";
        let place = Place::setting(format!("stages.normalize.steps.{place}.drift"));
        Problem::new("replicates_over_batches", place, message, remedy)
    };
    groups.zip(steps.iter().position(is_on)).map(problem).into_iter().collect()
}
