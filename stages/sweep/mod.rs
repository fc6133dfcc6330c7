//! The screen in every universe at once: one table of all associations, and for each analyte the specification curve
//! with its permutation test.
//!
//! A universe is the configuration with some settings set otherwise. The runner brings each up to date through the same
//! cache as any run, so that what universes share is computed once, and hands over what became of it: a table and a
//! screen that can be fitted again, or the reason why there is none. Nothing here fits a model.

pub mod params;
pub mod schema;
pub mod universes;

mod curve;
mod describe;
mod gather;
#[cfg(test)]
mod tests;

pub use describe::methods;
pub use params::Params;
pub use universes::Choice;

use std::collections::BTreeMap;

use crate::contract::{Finding, Refit, StageContext, StageError, Table};
use crate::outputs;
use crate::screen::schema as screen;

/// Raised when any number may change.
pub const VERSION: u32 = 1;
/// Universes that one sentence names.
const TOLD: usize = 12;
/// The sweep's name: its section of the configuration, its folder of outputs.
pub const NAME: &str = "sweep";

outputs! {
    Outputs {
        universes: schema::Universes,
        associations: schema::Associations,
        specifications: schema::Specifications,
        curves: schema::Curves,
    }
}

/// A universe and what became of it.
pub struct Universe {
    pub choice: Choice,
    /// Whether its screen is the one that the configuration itself gives.
    pub is_configured: bool,
    pub fate: Fate,
}

/// What became of a universe.
pub enum Fate {
    /// It was screened.
    Screened(Screened),
    /// The earlier universe of this number has the same settings, and its screen reads the same tables.
    Same(usize),
    /// Its settings are no configuration.
    Refused(String),
    /// A stage stopped.
    Failed(String),
}

/// A universe's screen.
pub struct Screened {
    pub associations: Table<screen::Associations>,
    pub refit: Box<dyn Refit>,
    /// Models whose participants may not change places, with the reason.
    pub left_out: BTreeMap<String, &'static str>,
}

/// Gathers the universes, and tests what they say together.
pub fn run(params: &Params, universes: &[Universe], context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
    notice(universes, context);
    let specifications = curve::specifications(params, universes);
    let curves = curve::test(params, universes, &specifications, context)?;
    curve::notice(params, universes, &specifications, context);
    Ok(Outputs {
        universes: gather::universes(params, universes)?,
        associations: gather::associations(params, universes)?,
        specifications: Table::from_rows(curve::ranked(specifications))?,
        curves: Table::from_rows(curves)?,
    })
}

/// What a reader of the curves should know of the universes behind them.
fn notice(universes: &[Universe], context: &mut StageContext<'_>) {
    let mut same: Vec<String> = Vec::new();
    let mut models: BTreeMap<&String, &str> = BTreeMap::new();
    for universe in universes {
        let subject = format!("universe {} ({})", universe.choice.number, universe.choice.name);
        match &universe.fate {
            Fate::Same(earlier) => same.push(format!("{} as {earlier}", universe.choice.number)),
            Fate::Refused(why) => context.find(Finding::warning("universe_refused", subject, why)),
            Fate::Failed(why) => context.find(Finding::warning("universe_failed", subject, why)),
            Fate::Screened(screened) => models.extend(screened.left_out.iter().map(|(model, why)| (model, *why))),
        }
    }
    if !same.is_empty() {
        let first = same[..same.len().min(TOLD)].join(", ");
        let more = same.len().saturating_sub(TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!(
            "of {} universes {} have the settings and the tables of an earlier one, and are counted once: {first}{more}",
            universes.len(),
            same.len()
        );
        context.find(Finding::note("universes_twice", "", message));
    }
    for (model, why) in models {
        context.find(Finding::note("not_in_the_curves", model, format!("{why}, so its tests are in no curve")));
    }
}
