//! `ketascreen run`: brings results up to date.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::{OK, Study, json_failure, status, targets, tell, watch};
use crate::config::{self, Plan};
use crate::engine::alone::shelved;
use crate::engine::event::{Event, Listener};
use crate::engine::execute::{Request, execute};
use crate::engine::plan::Graph;
use crate::engine::status::{survey, survey_alone};
use crate::engine::sweep::Attached;
use crate::failure::Failure;
use crate::progress::{Machine, Person};
use crate::store::lock::Lock;
use crate::store::lockfile::Lockfile;
use crate::store::{Store, Trust, artifact, lockfile};
use crate::{interrupt, log};

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// Stages to bring up to date, with what they need; all by default
    #[arg(value_name = "STAGE")]
    stages: Vec<String>,
    /// Run these stages alone, on what is cached
    #[arg(long, requires = "stages")]
    only: bool,
    /// Run these stages and all that follow from them, on what is cached before
    #[arg(long, value_name = "STAGE", conflicts_with_all = ["stages", "only"])]
    from: Vec<String>,
    /// Run although nothing changed: everything asked for, or one stage
    #[arg(long, value_name = "STAGE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    force: Vec<String>,
    /// Say what would run and why; write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Stages side by side, and threads within a stage; all processors by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// After a failure, finish the stages that do not wait on it
    #[arg(long)]
    keep_going: bool,
    /// Refuse to differ from pipeline.lock, in what goes in and in what comes out
    #[arg(long, conflicts_with = "dry_run")]
    locked: bool,
    /// Do not hash cached files whose size, times and identity are those of their last hashing (docs/commands.md)
    #[arg(long)]
    trust_mtime: bool,
    /// Print errors only
    #[arg(short, long)]
    quiet: bool,
    /// Print one JSON object per event on standard output
    #[arg(long, conflicts_with = "quiet")]
    json: bool,
    /// Wait for another run to finish instead of giving up
    #[arg(long)]
    wait_lock: bool,
    /// Run again whenever pipeline.yaml or a file that it names changes, until Ctrl-C
    #[arg(long, conflicts_with = "dry_run")]
    watch: bool,
}

impl Args {
    /// For a run that follows a change: it waits its turn, and nothing is forced a second time.
    pub fn again(&self) -> Args {
        Args { force: Vec::new(), wait_lock: true, ..self.clone() }
    }

    pub fn listener(&self) -> Box<dyn Listener> {
        listener(self.json, self.quiet)
    }
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    if args.watch { watch::exec(study, args) } else { Ok(once(study, args)) }
}

/// One run, and whatever there is to say about it; the exit code.
pub fn once(study: &Study, args: &Args) -> i32 {
    told(args.json, |slot| prepare(study, args, slot))
}

/// Works, leaving its plan in the slot, and tells of a failure; the exit code.
pub fn told(json: bool, work: impl FnOnce(&mut Option<Plan>) -> Result<(), Failure>) -> i32 {
    let mut plan = None;
    let done = work(&mut plan);
    log::close();
    let Err(failure) = done else { return OK };
    if json {
        super::out(&json_failure(&failure));
    }
    tell(&failure, plan.as_ref().map(|plan| plan.yaml.as_ref()))
}

/// Who hears of a run.
pub fn listener(json: bool, quiet: bool) -> Box<dyn Listener> {
    if json { Box::new(Machine) } else { Box::new(Person::new(quiet)) }
}

/// The results' folder, held by this process alone.
pub struct Hold {
    pub lock: Lock,
}

impl Hold {
    /// Takes the lock; what is half-written there is removed now, and on a signal from now on.
    pub fn take(store: &Store, wait: bool) -> Result<Hold, Failure> {
        let lock = Lock::take(store, wait)?;
        artifact::clean(store)?;
        interrupt::install(store.tmp());
        Ok(Hold { lock })
    }
}

impl Drop for Hold {
    /// Before the lock goes: then another run may own what is half-written there.
    fn drop(&mut self) {
        interrupt::release();
    }
}

/// What opens a run's log in its folder; a run goes on without one.
pub fn open_log(listener: &dyn Listener) -> impl Fn(&Path) + Sync {
    move |folder| {
        if let Err(failure) = log::open(folder) {
            listener.hear(Event::Remark { text: format!("no log: {}", failure.brief()) });
        }
    }
}

fn prepare(study: &Study, args: &Args, slot: &mut Option<Plan>) -> Result<(), Failure> {
    let (plan, sweep) = study.load()?;
    let mut plan = slot.insert(plan);
    let mut request = request_of(plan, args)?;
    let store = Store::new(&plan.folders.outputs).trusting(trust(args.trust_mtime, args.dry_run));
    // Whoever only looks takes no lock.
    let hold = if args.dry_run { None } else { Some(Hold::take(&store, args.wait_lock)?) };
    let listener = args.listener();
    let outdated = if request.only { outdated(plan, &store, &request)? } else { Vec::new() };
    if !outdated.is_empty() {
        listener.hear(Event::Remark { text: words(plan, &request, &outdated) });
        // The report says so as well, and is made again when they are up to date.
        let shared = Some(plan.shared.clone());
        plan = slot.insert(study.load_as(&config::Options { outdated, shared, ..study.options() })?.0);
        request = request_of(plan, args)?;
    }
    let Some(hold) = hold else { return dry_run(plan, sweep, &store, &request, args.json) };
    execute(plan, &store, &request, &*listener, &hold.lock, &open_log(&*listener))?;
    if let Some(remark) = sweep.remark() {
        listener.hear(Event::Remark { text: remark.to_owned() });
    }
    Ok(())
}

/// What the command line asks for.
fn request_of(plan: &Plan, args: &Args) -> Result<Request, Failure> {
    let targets = match args.from.as_slice() {
        [] => targets::stages(plan, &args.stages)?,
        from => targets::with_followers(plan, from)?,
    };
    let all = args.force.iter().any(String::is_empty);
    let force = match all {
        true => targets.clone(),
        false if args.force.is_empty() => BTreeSet::new(),
        false => targets::stages(plan, &args.force)?,
    };
    let locked = locked(plan, args.locked)?;
    let only = args.only || !args.from.is_empty();
    Ok(Request { targets, only, force, jobs: threads(args.jobs), keep_going: args.keep_going, locked })
}

fn dry_run(plan: &Plan, sweep: Attached, store: &Store, request: &Request, json: bool) -> Result<(), Failure> {
    let survey = if request.only { survey_alone } else { survey };
    let standings = survey(plan, store, &request.targets, &request.force)?;
    status::print(&standings, sweep, &plan.shared.closed(), json);
    Ok(())
}

/// What `--only` and `--from` compute on although it is out of date; fails where there is nothing to compute on.
fn outdated(plan: &Plan, store: &Store, request: &Request) -> Result<Vec<String>, Failure> {
    let graph = Graph::new(&plan.stages).map_err(|text| Failure::stage("runner", "slots", text))?;
    shelved(plan, store, &graph, &request.targets)?;
    let standings = survey(plan, store, &request.targets, &BTreeSet::new())?;
    let names: Vec<&str> = request.targets.iter().map(|index| plan.stages[*index].name()).collect();
    let stale = standings.iter().filter(|s| !names.contains(&s.stage) && !s.state.is_current());
    Ok(stale.map(|standing| standing.stage.to_owned()).collect())
}

fn words(plan: &Plan, request: &Request, outdated: &[String]) -> String {
    let names: Vec<&str> = request.targets.iter().map(|index| plan.stages[*index].name()).collect();
    format!("{} computed on results that are out of date: {}", names.join(", "), outdated.join(", "))
}

/// What the run is held to, where it is held to anything.
pub fn locked(plan: &Plan, wanted: bool) -> Result<Option<Arc<Lockfile>>, Failure> {
    let read = || lockfile::read(&lockfile::path(&plan.pipeline)).map(Arc::new);
    wanted.then(read).transpose()
}

/// How far cached files are believed; whoever only reads keeps no record of it.
pub fn trust(mtime: bool, only_reads: bool) -> Trust {
    match (mtime, only_reads) {
        (false, _) => Trust::Nothing,
        (true, true) => Trust::Looks,
        (true, false) => Trust::LooksAndKeeps,
    }
}

/// As many threads as asked for, or as there are processors.
pub fn threads(jobs: Option<u16>) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    jobs.map_or_else(all, usize::from)
}
