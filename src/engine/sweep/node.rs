//! The sweep as something that can be performed like a stage: its universes in, its tables out.

use serde_json::Value;
use stages::contract::fingerprint::Fingerprinted;
use stages::contract::{
    Artifact, FromSlots, IntoSlots, Problem, Slot, SourceRequest, StageContext, Supply, Table, Vocabulary,
};
use stages::screen::{Inputs, Refit, Wanted};
use stages::sweep::params::{Curve, Scale};
use stages::sweep::{Outputs, Params, Screened, Universe};

use super::universes::SCREEN;
use crate::config::Plan;
use crate::engine::registry::{Bound, FINDINGS, RunError};
use crate::engine::supply::{Shelf, supply, table};
use crate::failure::Failure;

/// The universes, ready to be gathered.
pub struct Node {
    pub params: Params,
    pub universes: Vec<Universe>,
}

/// The tables that every sweep's result has.
pub fn tables() -> Vec<&'static str> {
    Outputs::tables().into_iter().chain([FINDINGS]).collect()
}

impl Bound for Node {
    fn name(&self) -> &'static str {
        stages::sweep::NAME
    }
    fn version(&self) -> u32 {
        stages::sweep::VERSION
    }
    fn draws(&self) -> bool {
        true
    }
    fn slots(&self) -> Vec<Slot> {
        Vec::new()
    }
    fn tables(&self) -> Vec<&'static str> {
        Outputs::tables()
    }
    fn settings(&self) -> Value {
        self.params.settings()
    }
    fn sources(&self) -> Vec<SourceRequest> {
        Vec::new()
    }
    fn define(&self, _: &mut Vocabulary) {}
    fn check(&self, _: &Vocabulary) -> Vec<Problem> {
        self.params.check()
    }
    fn methods(&self) -> Vec<String> {
        stages::sweep::methods(&self.params)
    }
    fn run(&self, _: Supply, context: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError> {
        Ok(stages::sweep::run(&self.params, &self.universes, context)?.into_artifacts())
    }
}

/// A universe's screen out of the cache: its associations, and the means to fit it again.
pub fn screened(plan: &Plan, shelf: &Shelf, curve: &Curve) -> Result<Screened, Failure> {
    let screen = super::universes::screen(plan)?;
    let (stage, defect) = (plan.stages[screen].as_ref(), |text: String| Failure::stage(SCREEN, "table", text));
    let stored = shelf.get(SCREEN).ok_or_else(|| defect("the screen is not on the shelf".to_owned()))?;
    let (frame, _) = table(stored, Slot { stage: SCREEN, table: "associations" })?;
    let associations = Table::try_from(frame).map_err(|error| defect(error.to_string()))?;
    let mut supply = supply(stage, &plan.sources[screen], shelf)?;
    stage.prepare(&mut supply).map_err(|error| defect(error.text()))?;
    let inputs = Inputs::fill(&mut supply);
    let inputs = inputs.map_err(|error| defect(error.to_string()))?;
    // What the stage holds came from text, and goes the same way again.
    let params = serde_json::from_value(stage.settings()).map_err(|error| defect(error.to_string()))?;
    let wanted = Wanted {
        models: curve.models.clone(),
        outcomes: curve.outcomes.clone(),
        standardized: curve.effect == Scale::Standardized,
    };
    let refit = Refit::new(params, &inputs, &wanted);
    Ok(Screened { associations, left_out: refit.left_out.clone(), refit: Box::new(refit) })
}
