//! Running one stage: its inputs in, its artifacts and findings out, a panic caught.

use std::panic::{AssertUnwindSafe, catch_unwind};

use stages::contract::finding::Findings;
use stages::contract::{Artifact, Finding, Progress, StageContext, StageError, Supply, Table};

use super::event::{Event, Listener};
use super::registry::{Bound, RunError};
use crate::config::Plan;
use crate::failure::Failure;
use crate::panics;
use crate::store::artifact::Content;
use crate::store::parquet;

/// What a stage made: its artifacts, its findings among them.
pub struct Made {
    pub artifacts: Vec<Artifact>,
    pub findings: usize,
    /// What a command said; kept beside the artifacts and no part of them, since it may tell of the clock.
    pub log: Option<Vec<u8>>,
}

/// Runs a stage.
pub fn perform(stage: &dyn Bound, supply: Supply, plan: &Plan, listener: &dyn Listener) -> Result<Made, Failure> {
    let progress = Told { stage: stage.name(), listener };
    let mut context = StageContext::new(plan.seed, &progress);
    let guard = panics::expect();
    let run = catch_unwind(AssertUnwindSafe(|| stage.run(supply, &mut context)));
    let panicked = guard.finish();
    let artifacts = match run {
        Ok(Ok(artifacts)) => artifacts,
        Ok(Err(RunError::Stage(StageError::Input(problems)))) => {
            return Err(Failure::data(plan.naming_files(problems)));
        }
        Ok(Err(RunError::Stage(StageError::Failed { code, message }))) => {
            return Err(Failure::stage(stage.name(), code, message));
        }
        Ok(Err(error)) => return Err(Failure::stage(stage.name(), "table", error.text())),
        Err(payload) => {
            let message = panicked.unwrap_or_else(|| panics::text(payload.as_ref()));
            return Err(Failure::stage(stage.name(), "panic", format!("stopped by a defect: {message}")));
        }
    };
    made(stage.name(), artifacts, context.into_findings())
}

/// Lays the findings beside the artifacts.
pub fn made(stage: &str, mut artifacts: Vec<Artifact>, findings: Vec<Finding>) -> Result<Made, Failure> {
    let rows: Vec<_> = findings.into_iter().map(|finding| finding.into_row(stage)).collect();
    let findings = rows.len();
    let table = Table::<Findings>::from_rows(rows);
    artifacts.push(table.map_err(|error| Failure::stage(stage, "findings", error.to_string()))?.into());
    Ok(Made { artifacts, findings, log: None })
}

/// The artifacts as files: tables as Parquet, documents as they are.
pub fn contents(stage: &str, artifacts: Vec<Artifact>) -> Result<Vec<Content>, Failure> {
    let content = |artifact| match artifact {
        Artifact::Document(document) => Ok((document.path, document.bytes)),
        Artifact::Table { name, frame, metadata } => {
            let bytes = parquet::encode(frame, &metadata);
            let bytes = bytes.map_err(|error| Failure::stage(stage, "parquet", format!("table {name}: {error}")))?;
            Ok((format!("{name}.parquet"), bytes))
        }
    };
    artifacts.into_iter().map(content).collect()
}

/// A stage's progress as events.
struct Told<'a> {
    stage: &'static str,
    listener: &'a dyn Listener,
}

impl Progress for Told<'_> {
    fn start(&self, label: &str, total: u64) {
        self.listener.hear(Event::Bar { stage: self.stage, label: label.to_owned(), total });
    }
    fn advance(&self, parts: u64) {
        self.listener.hear(Event::Advance { stage: self.stage, parts });
    }
}
