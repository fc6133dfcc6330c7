//! A toy analysis for tests: `numbers` reads a file, `double` reads numbers, `parity` reads numbers, `sum` reads both.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use polars::prelude::*;
use serde_json::{Value, json};
use stages::contract::{
    Artifact, Metadata, Problem, Slot, SourceRequest, StageContext, StageError, Supply, Vocabulary,
};

use super::event::{Event, Listener};
use super::execute::{Request, execute};
use super::registry::{Bound, RunError};
use crate::config::Plan;
use crate::config::paths::Folders;
use crate::config::sources::Source;
use crate::failure::Failure;
use crate::store::lock::Lock;
use crate::store::{Digest, Store};

/// What a toy stage computes.
pub type Work = fn(&Toy, &Supply) -> Vec<i64>;

/// One toy stage.
#[derive(Clone)]
pub struct Toy {
    name: &'static str,
    reads: Vec<&'static str>,
    pub settings: Value,
    pub work: Work,
    runs: Arc<AtomicUsize>,
}

impl Bound for Toy {
    fn name(&self) -> &'static str {
        self.name
    }
    fn version(&self) -> u32 {
        1
    }
    fn draws(&self) -> bool {
        false
    }
    fn slots(&self) -> Vec<Slot> {
        self.reads.iter().map(|stage| Slot { stage, table: "values" }).collect()
    }
    fn tables(&self) -> Vec<&'static str> {
        vec!["values"]
    }
    fn settings(&self) -> Value {
        self.settings.clone()
    }
    fn sources(&self) -> Vec<SourceRequest> {
        Vec::new()
    }
    fn define(&self, _: &mut Vocabulary) {}
    fn check(&self, _: &Vocabulary) -> Vec<Problem> {
        Vec::new()
    }
    fn methods(&self) -> Vec<String> {
        Vec::new()
    }
    fn run(&self, supply: Supply, _: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match self.settings["fail"].as_str() {
            Some("panic") => panic!("the toy broke"),
            Some(_) => Err(StageError::Failed { code: "toy", message: "the toy refused".into() })?,
            None => {}
        }
        let values = Column::new("value".into(), (self.work)(self, &supply));
        let frame = DataFrame::new(values.len(), vec![values]).expect("one column");
        Ok(vec![Artifact::Table { name: "values", frame, metadata: Metadata::new() }])
    }
}

fn values(supply: &Supply, stage: &'static str) -> Vec<i64> {
    let (frame, _) = &supply.tables[&Slot { stage, table: "values" }];
    frame.column("value").and_then(|c| Ok(c.i64()?.iter().flatten().collect())).expect("integers")
}

fn settings() -> Value {
    json!({"fail": null})
}

/// A toy study in a temporary folder.
pub struct Study {
    pub folder: tempfile::TempDir,
    pub stages: Vec<Toy>,
    pub input: Vec<u8>,
    pub heard: Mutex<Vec<Event>>,
}

impl Listener for Study {
    fn hear(&self, event: Event) {
        self.heard.lock().expect("no test panics while listening").push(event);
    }
}

impl Study {
    pub fn new() -> Study {
        let toy = |name, reads: &[&'static str], work: Work| Toy {
            name,
            reads: reads.to_vec(),
            settings: settings(),
            work,
            runs: Arc::default(),
        };
        let stages = vec![
            toy("numbers", &[], |_, supply| supply.sources[0].bytes.iter().map(|byte| i64::from(*byte)).collect()),
            toy("double", &["numbers"], |toy, supply| {
                let factor = toy.settings["factor"].as_i64().unwrap_or(2);
                values(supply, "numbers").iter().map(|n| n * factor).collect()
            }),
            toy("parity", &["numbers"], |_, supply| values(supply, "numbers").iter().map(|n| n % 2).collect()),
            toy("sum", &["double", "parity"], |_, supply| {
                vec![values(supply, "double").iter().chain(&values(supply, "parity")).sum()]
            }),
        ];
        let folder = tempfile::tempdir().expect("a temporary folder");
        Study { folder, stages, input: vec![1, 2, 3], heard: Mutex::default() }
    }

    pub fn store(&self) -> Store {
        Store::new(&self.folder.path().join("outputs"))
    }

    pub fn plan(&self) -> Plan {
        let root = self.folder.path().to_owned();
        let source = Source {
            role: "input",
            name: "input".into(),
            bytes: self.input.clone().into(),
            digest: Digest::of(&self.input),
        };
        Plan {
            pipeline: root.join("pipeline.yaml"),
            yaml: Arc::default(),
            sweep: None,
            beside: super::supply::Shelf::new(),
            shared: Default::default(),
            folders: Folders { data: root.clone(), outputs: root.join("outputs"), root },
            seed: 1,
            stages: self.stages.iter().map(|toy| Box::new(toy.clone()) as Box<dyn Bound>).collect(),
            sources: vec![vec![source], vec![], vec![], vec![]],
        }
    }

    /// Runs everything, with changes to the request; which stages ran, by name.
    pub fn run(&self, change: impl Fn(&mut Request)) -> Result<Vec<&'static str>, Failure> {
        let before: BTreeMap<&str, usize> = self.counts();
        let mut request = Request { targets: (0..4).collect(), jobs: 2, ..Request::default() };
        change(&mut request);
        let store = self.store();
        let lock = Lock::take(&store, false)?;
        execute(&self.plan(), &store, &request, self, &lock, &|_| ())?;
        let after = self.counts();
        Ok(self.stages.iter().map(|toy| toy.name).filter(|name| after[name] != before[name]).collect())
    }

    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.stages.iter().map(|toy| (toy.name, toy.runs.load(Ordering::SeqCst))).collect()
    }
}
