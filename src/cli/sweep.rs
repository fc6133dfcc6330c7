//! `ketascreen sweep`: the analysis under every combination of the swept settings, then the report with its curves.

use super::{Study, out, run};
use crate::config::{self, Plan};
use crate::engine::event::Event;
use crate::engine::execute::{Request, execute};
use crate::engine::locked;
use crate::engine::sweep::{self, Multiverse, Outlook, Told};
use crate::failure::Failure;
use crate::store::Store;
use crate::words::counted;

/// The version of the JSON's form.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// List the universes and what would run; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Stages side by side, and threads within a stage; all processors by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Refuse to show anything that differs from pipeline.lock once the universes have run
    #[arg(long, conflicts_with = "dry_run")]
    locked: bool,
    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
    /// Print one JSON object per event on standard output; with --dry-run one object
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Wait for another run to finish instead of giving up
    #[arg(long)]
    wait_lock: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    Ok(run::told(args.json, |slot| prepare(study, args, slot)))
}

fn prepare(study: &Study, args: &Args, slot: &mut Option<Plan>) -> Result<(), Failure> {
    let options = study.options();
    let plan = slot.insert(config::load(&options)?);
    let multiverse = Multiverse::new(plan, &options)?.ok_or_else(|| no_sweep(plan))?;
    let store = Store::new(&plan.folders.outputs);
    if args.dry_run {
        return dry_run(&multiverse, &store, args.json);
    }
    let identities = multiverse.identities()?;
    let (targets, locked) = ((0..plan.stages.len()).collect(), run::locked(plan, args.locked)?);
    if let Some(lock) = &locked {
        plan.refuse(locked::settled(plan, &targets, lock))?;
    }
    let request = Request { targets, jobs: run::threads(args.jobs), locked, ..Request::default() };
    let hold = run::Hold::take(&store, args.wait_lock)?;
    let listener = run::listener(args.json, args.quiet);
    let listener = &*listener;
    let open_log = run::open_log(listener);
    if let Some(told) = sweep::run(plan, &multiverse, &identities, &request, listener, &hold.lock, &open_log)? {
        listener.hear(Event::Remark { text: words(&told) });
    }
    // The configuration's own results and the report, which now has the curves.
    sweep::lend(plan, &multiverse, &identities)?;
    execute(plan, &store, &request, listener, &hold.lock, &open_log)
}

fn no_sweep(plan: &Plan) -> Failure {
    Failure::Usage {
        message: format!("{} has no `sweep`", plan.yaml.name),
        remedy: "name settings with their alternatives, as docs/sweep.md shows: \
                 `sweep: {settings: [{set: stages.qc.analytes.max_missing, to: [0.2, 0.5]}]}`"
            .to_owned(),
    }
}

/// What became of the universes, on one line.
fn words(told: &Told) -> String {
    let some = [(told.same, "the same as an earlier one"), (told.refused, "refused"), (told.failed, "failed")];
    let some = some.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!(", {n} {what}"));
    let (universes, stages) = (counted(told.universes, "universe"), counted(told.ran, "stage"));
    let some: String = some.collect();
    format!("{universes}: {} screened{some}; {stages} ran, {} cached", told.screened, told.cached)
}

fn dry_run(multiverse: &Multiverse, store: &Store, json: bool) -> Result<(), Failure> {
    let outlooks = sweep::survey(multiverse, store)?;
    if json {
        out(&serde_json::json!({"format": FORMAT, "universes": outlooks}).to_string());
        return Ok(());
    }
    outlooks.iter().for_each(|outlook| out(&line(outlook)));
    let of = |state: &str| outlooks.iter().filter(|outlook| outlook.state == state).count();
    let universes = counted(outlooks.len(), "universe");
    let (runs, cached, same, refused) = (of("runs"), of("cached"), of("same"), of("refused"));
    out(&format!(
        "{universes}: {runs} with stages to run, {cached} cached, {same} the same as another, {refused} refused"
    ));
    Ok(())
}

/// `3  runs     transform=log2: normalize, screen`.
fn line(outlook: &Outlook) -> String {
    let what = match (outlook.state, outlook.same_as) {
        (_, Some(earlier)) => format!(": as universe {earlier}"),
        ("refused", _) => format!(": {}", outlook.reason),
        ("runs", _) => format!(": {}", outlook.runs.join(", ")),
        _ => String::new(),
    };
    format!("{:<5} {:<8} {}{what}", outlook.universe, outlook.state, outlook.name)
}
