//! The seam between the runner and the science: what a stage is, and what it may ask of the runner.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::finding::Finding;
use super::fingerprint::Fingerprinted;
use super::problem::{Problem, StageError};
use super::slots::{FromSlots, IntoSlots, SourceRequest};
use super::vocabulary::Vocabulary;

/// One step of the analysis: tables in, tables out, nothing of files, clocks or terminals.
///
/// The same parameters, inputs and seed give the same bytes at any number of threads.
pub trait Stage: 'static {
    /// The stage's name: its folder, its section of the configuration, its folder of outputs.
    const NAME: &'static str;
    /// The version of the method, raised when any number may change.
    const VERSION: u32;
    /// Its settings: valid once they exist, equal to their default where the configuration says nothing.
    type Params: DeserializeOwned + Fingerprinted + JsonSchema + Clone + Send + Sync;
    type Inputs: FromSlots;
    type Outputs: IntoSlots;

    /// Computes the outputs.
    fn run(
        params: &Self::Params,
        inputs: Self::Inputs,
        context: &mut StageContext<'_>,
    ) -> Result<Self::Outputs, StageError>;

    /// Whether the stage draws random numbers under these settings, so that the study's seed enters its key.
    fn draws(_params: &Self::Params) -> bool {
        false
    }

    /// The files of the study that these settings ask for.
    fn sources(_params: &Self::Params) -> Vec<SourceRequest> {
        Vec::new()
    }

    /// Adds the names that these settings define.
    fn define(_params: &Self::Params, _names: &mut Vocabulary) {}

    /// Checks the settings against each other and every name they mention; all problems, not only the first.
    fn check(_params: &Self::Params, _names: &Vocabulary) -> Vec<Problem> {
        Vec::new()
    }

    /// The analytes that these settings name, each after its dotted path: whether they exist only the data can say.
    fn analytes(_params: &Self::Params) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The methods section that follows from the settings, a paragraph an item; empty where the stage does nothing.
    fn methods(_params: &Self::Params) -> Vec<String> {
        Vec::new()
    }
}

/// Where long work says how far it is; called from any thread.
pub trait Progress: Sync {
    /// Starts a bar of `total` equal parts.
    fn start(&self, label: &str, total: u64);
    /// Moves the bar by `parts`.
    fn advance(&self, parts: u64);
}

/// Says nothing: for tests and for callers without a terminal.
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
}

/// What a running stage may ask of the runner.
pub struct StageContext<'a> {
    /// The study's seed; random numbers come from `statistics::random`, by seed, name and draw.
    pub seed: u64,
    pub progress: &'a dyn Progress,
    findings: Vec<Finding>,
}

impl<'a> StageContext<'a> {
    pub fn new(seed: u64, progress: &'a dyn Progress) -> Self {
        StageContext { seed, progress, findings: Vec::new() }
    }

    /// Records something noticed that does not stop the run. One finding per code and subject: a repeat is dropped.
    pub fn find(&mut self, finding: Finding) {
        let known = |f: &Finding| f.code == finding.code && f.subject == finding.subject;
        if !self.findings.iter().any(known) {
            self.findings.push(finding);
        }
    }

    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
