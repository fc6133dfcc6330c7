//! Slots to order: which stages wait on which.

use std::collections::BTreeSet;

use super::registry::{Bound, FINDINGS};

/// The stages' dependencies, by index; a stage only ever reads stages before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// For each stage, the stages it reads, in order.
    pub upstream: Vec<Vec<usize>>,
}

impl Graph {
    /// Derives the graph; an error names a slot that no earlier stage fills, a defect of the program.
    pub fn new(stages: &[Box<dyn Bound>]) -> Result<Graph, String> {
        let mut upstream = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let mut reads = BTreeSet::new();
            for slot in stage.slots() {
                let made = |other: &dyn Bound| slot.table == FINDINGS || other.tables().contains(&slot.table);
                let from = stages[..index].iter().position(|other| other.name() == slot.stage && made(other.as_ref()));
                let missing =
                    || format!("{} reads {}/{}, which nothing before it makes", stage.name(), slot.stage, slot.table);
                reads.insert(from.ok_or_else(missing)?);
            }
            upstream.push(reads.into_iter().collect());
        }
        Ok(Graph { upstream })
    }

    /// These stages and everything they need.
    pub fn with_needs(&self, targets: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut all = targets.clone();
        for index in (0..self.upstream.len()).rev() {
            if all.contains(&index) {
                all.extend(&self.upstream[index]);
            }
        }
        all
    }

    /// These stages and everything that follows from them.
    pub fn with_followers(&self, targets: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut all = targets.clone();
        for (index, reads) in self.upstream.iter().enumerate() {
            if reads.iter().any(|up| all.contains(up)) {
                all.insert(index);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::registry;

    #[test]
    fn the_registered_stages_fit_together_and_wait_only_on_what_they_read() {
        let settings = serde_json::json!({"ingest": {"participants": {"file": "participants.csv"}}});
        let settings = serde_json::from_value(settings).unwrap();
        let stages = registry::bind(&settings);
        let names: Vec<_> = stages.iter().map(|stage| stage.name()).collect();
        assert_eq!(names, ["ingest", "qc", "normalize", "outcomes", "screen", "predict", "report"]);
        assert_eq!(names, registry::names());
        let graph = Graph::new(&stages).unwrap();
        assert_eq!(graph.upstream[..4], [vec![], vec![0], vec![0, 1], vec![1]]);
        let screen = graph.with_needs(&BTreeSet::from([4]));
        assert_eq!(screen, BTreeSet::from([0, 1, 2, 3, 4]), "predict is not needed");
        assert_eq!(graph.with_followers(&BTreeSet::from([2])), BTreeSet::from([2, 4, 6]));
    }
}
