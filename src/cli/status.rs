//! `ketascreen status`: how each stage stands, and why. Writes nothing, takes no lock.

use std::collections::BTreeSet;

use super::{OK, Study, out, run, targets};
use crate::engine::graph::Look;
use crate::engine::status::{Standing, State, survey};
use crate::engine::sweep::Attached;
use crate::failure::{Failure, OUTDATED};
use crate::progress::{NOT_SHOWN, with_reasons};
use crate::store::Store;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Leave with 10 when a run would do anything
    #[arg(long)]
    exit_code: bool,
    /// Do not hash cached files that look as they did when `run --trust-mtime` hashed them
    #[arg(long)]
    trust_mtime: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let (plan, sweep) = study.load()?;
    let store = Store::new(&plan.folders.outputs).trusting(run::trust(args.trust_mtime, true));
    let standings = survey(&plan, &store, &targets::stages(&plan, &[])?, &BTreeSet::new())?;
    print(&standings, sweep, &plan.shared.closed(), args.json);
    let current = standings.iter().all(|standing| standing.state.is_current());
    Ok(if current || !args.exit_code { OK } else { OUTDATED })
}

/// The version of the JSON's form.
const FORMAT: u32 = 1;

/// Prints standings, how the sweep stands, and remarks, as lines or as one JSON object.
pub fn print(standings: &[Standing], sweep: Attached, remarks: &[String], json: bool) {
    if json {
        let told = serde_json::json!({"format": FORMAT, "stages": standings, "sweep": sweep, "remarks": remarks});
        out(&told.to_string());
        return;
    }
    for standing in standings {
        for line in lines(standing) {
            out(&line);
        }
    }
    sweep.remark().into_iter().for_each(out);
    remarks.iter().for_each(|remark| out(remark));
}

/// A standing as lines for a person.
pub fn lines(standing: &Standing) -> Vec<String> {
    let stage = standing.stage;
    match standing.state {
        State::Cached => vec![format!("{stage:<10} cached")],
        State::CachedNotShown => vec![format!("{stage:<10} cached   {NOT_SHOWN}")],
        State::Shared => {
            let from = standing.from.as_deref().unwrap_or_default();
            vec![format!("{stage:<10} shared   in the shared cache {from}; a run copies it")]
        }
        State::Outdated if Look::of(standing) == Look::Altered => with_reasons(stage, "altered", &standing.reasons),
        State::Outdated => with_reasons(stage, "outdated", &standing.reasons),
        State::Maybe => {
            let waits = standing.waits_on.join(", ");
            vec![format!("{stage:<10} maybe    waits on {waits}, skipped if the output is unchanged")]
        }
    }
}
