//! Names of stages on the command line.

use std::collections::BTreeSet;

use stages::contract::suggest;

use crate::config::Plan;
use crate::engine::plan::Graph;
use crate::failure::Failure;

/// The indices of the named stages; all of them where none is named.
pub fn stages(plan: &Plan, names: &[String]) -> Result<BTreeSet<usize>, Failure> {
    if names.is_empty() {
        return Ok((0..plan.stages.len()).collect());
    }
    let known: Vec<&str> = plan.stages.iter().map(|stage| stage.name()).collect();
    let index = |name: &String| {
        let found = known.iter().position(|stage| stage == name);
        found.ok_or_else(|| unknown(name, &known))
    };
    names.iter().map(index).collect()
}

fn unknown(name: &str, known: &[&str]) -> Failure {
    if super::COMMANDS.contains(&name) {
        let message = format!("`{name}` is a command and not a stage");
        return Failure::Usage { message, remedy: format!("the stages are {}", known.join(", ")) };
    }
    Failure::Usage {
        message: format!("there is no stage or command `{name}`"),
        remedy: suggest::remedy(name, known.iter().chain(&super::COMMANDS).copied()),
    }
}

/// The named stages and all that follow from them.
pub fn with_followers(plan: &Plan, names: &[String]) -> Result<BTreeSet<usize>, Failure> {
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    Ok(graph.with_followers(&stages(plan, names)?))
}
