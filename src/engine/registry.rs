//! The stages, in order.
//!
//! A new stage is: its folder, one `pub mod`, one field of the configuration, one line here.

use std::error::Error;

use serde_json::Value;
use stages::contract::fingerprint::Fingerprinted;
use stages::contract::{
    Artifact, FromSlots, IntoSlots, Problem, Slot, SlotError, SourceRequest, Stage, StageContext, StageError, Supply,
    Vocabulary,
};

use super::own::{self, Own};
use crate::config::file::Stages;

/// The stages, in the order of the analysis.
fn registered() -> Vec<Registered> {
    vec![
        with::<stages::ingest::Ingest>(|settings| &settings.ingest),
        with::<stages::qc::Qc>(|settings| &settings.qc),
        with::<stages::normalize::Normalize>(|settings| &settings.normalize),
        with::<stages::outcomes::Outcomes>(|settings| &settings.outcomes),
        with::<stages::screen::Screen>(|settings| &settings.screen),
        with::<stages::predict::Predict>(|settings| &settings.predict),
        with::<stages::report::Report>(|settings| &settings.report),
    ]
}

/// The stages with their settings, those of the user's own among them, each after what it reads.
pub fn bind(settings: &Stages) -> Vec<Box<dyn Bound>> {
    own::weave(built_in(settings), &settings.own).0
}

/// Everything that is wrong with the stages of the user's own.
pub fn check_own(settings: &Stages) -> Vec<Problem> {
    let mut problems = own::check(&built_in(settings), settings);
    let cycle = own::weave(built_in(settings), &settings.own).1;
    problems.extend(cycle.map(|cycle| own::cyclic(&cycle, &settings.own)));
    problems
}

/// The program's stages with their settings, in the order of the analysis.
fn built_in(settings: &Stages) -> Vec<Box<dyn Bound>> {
    registered().iter().map(|stage| (stage.bind)(settings)).collect()
}

/// The names of the program's stages, in the order of the analysis: for what looks at results without a configuration.
pub fn names() -> Vec<&'static str> {
    registered().iter().map(|stage| stage.name).collect()
}

/// A stage together with its settings, its types erased.
pub trait Bound: Send + Sync {
    fn name(&self) -> &'static str;
    fn version(&self) -> u32;
    fn draws(&self) -> bool;
    fn slots(&self) -> Vec<Slot>;
    /// Slots that are read where there is something in them.
    fn optional(&self) -> Vec<Slot> {
        Vec::new()
    }
    fn tables(&self) -> Vec<&'static str>;
    /// The resolved settings.
    fn settings(&self) -> Value;
    /// Files of the study's data folder.
    fn sources(&self) -> Vec<SourceRequest>;
    /// Files beside the configuration.
    fn files(&self) -> Vec<SourceRequest> {
        Vec::new()
    }
    /// The stage as one of the user's own, if it is one: a command, which is run in a folder.
    fn own(&self) -> Option<&Own> {
        None
    }
    fn define(&self, names: &mut Vocabulary);
    fn check(&self, names: &Vocabulary) -> Vec<Problem>;
    fn analytes(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn methods(&self) -> Vec<String>;
    /// Brings what was supplied into the form in which the stage reads it.
    fn prepare(&self, _: &mut Supply) -> Result<(), RunError> {
        Ok(())
    }
    fn run(&self, supply: Supply, context: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError>;
}

/// Why a stage made nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error(transparent)]
    Slot(#[from] SlotError),
}

impl RunError {
    /// The whole chain of causes as one text.
    pub fn text(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            if !text.contains(&error.to_string()) {
                text = format!("{text}: {error}");
            }
            cause = error.source();
        }
        text
    }
}

struct With<S: Stage>(S::Params);

/// Gives a stage its settings.
type Bind = Box<dyn Fn(&Stages) -> Box<dyn Bound>>;

/// A stage before it has settings.
struct Registered {
    name: &'static str,
    bind: Bind,
}

fn with<S: Stage>(params: fn(&Stages) -> &S::Params) -> Registered {
    Registered { name: S::NAME, bind: Box::new(move |settings| Box::new(With::<S>(params(settings).clone()))) }
}

impl<S: Stage> Bound for With<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }
    fn version(&self) -> u32 {
        S::VERSION
    }
    fn draws(&self) -> bool {
        S::draws(&self.0)
    }
    fn slots(&self) -> Vec<Slot> {
        S::Inputs::slots()
    }
    fn optional(&self) -> Vec<Slot> {
        S::Inputs::optional()
    }
    fn tables(&self) -> Vec<&'static str> {
        S::Outputs::tables()
    }
    fn settings(&self) -> Value {
        self.0.settings()
    }
    fn sources(&self) -> Vec<SourceRequest> {
        S::sources(&self.0)
    }
    fn define(&self, names: &mut Vocabulary) {
        S::define(&self.0, names);
    }
    fn check(&self, names: &Vocabulary) -> Vec<Problem> {
        S::check(&self.0, names)
    }
    fn analytes(&self) -> Vec<(String, String)> {
        S::analytes(&self.0)
    }
    fn methods(&self) -> Vec<String> {
        S::methods(&self.0)
    }
    fn run(&self, mut supply: Supply, context: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError> {
        let inputs = S::Inputs::fill(&mut supply)?;
        Ok(S::run(&self.0, inputs, context)?.into_artifacts())
    }
}

/// The table that every stage makes beside its own.
pub const FINDINGS: &str = "findings";
