//! The universes as plans, and the recipe of the sweep that follows from them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use stages::contract::fingerprint::Fingerprinted;
use stages::contract::{Place, Problem};
use stages::sweep::universes::universes;
use stages::sweep::{Choice, Params};

use crate::config::resolve::{self, Parsed};
use crate::config::sources::Files;
use crate::config::{Options, Plan, Yaml};
use crate::engine::plan::Graph;
use crate::engine::recipe::Recipe;
use crate::failure::Failure;
use crate::store::Digest;

/// The stage whose tables the universes are compared by.
pub const SCREEN: &str = "screen";
const REPORT: &str = "stages.report.";
/// Problems of one universe that its reason tells.
const TOLD: usize = 3;

/// The universes of a configuration.
pub struct Multiverse {
    pub params: Params,
    pub choices: Vec<Choice>,
    /// What decides the configuration's own screen.
    pub configured: Digest,
    options: Options,
    yaml: Arc<Yaml>,
    /// The text that every universe is made of.
    parsed: Parsed,
}

/// What decides a universe's screen, or why it has none.
pub type Identity = Result<Digest, String>;

impl Multiverse {
    /// The universes of a plan that has a sweep; none where it has none.
    pub fn new(plan: &Plan, options: &Options) -> Result<Option<Multiverse>, Failure> {
        let Some(params) = plan.sweep.clone() else { return Ok(None) };
        let files = Some(options.files.clone().unwrap_or_else(|| Arc::new(Files::default())));
        let (choices, configured) = (universes(&params), identity(plan));
        let options = Options { files, shared: Some(plan.shared.clone()), ..options.clone() };
        let parsed = resolve::parse(&options)?;
        Ok(Some(Multiverse { params, choices, configured, options, yaml: Arc::clone(&plan.yaml), parsed }))
    }

    /// One universe as a plan, or everything that is wrong with its settings.
    pub fn plan(&self, choice: &Choice) -> Result<Plan, Vec<Problem>> {
        let options = Options { universe: choice.sets.clone(), ..self.options.clone() };
        let (plan, mut problems, _) = resolve::survey_of(self.parsed.clone(), &options);
        // A universe has no report: one may be without what the report's printed numbers stand beside.
        let of_report = |problem: &Problem| matches!(&problem.place, Place::Setting(path) if path.starts_with(REPORT));
        problems.retain(|problem| !of_report(problem));
        plan.filter(|_| problems.is_empty()).ok_or(problems)
    }

    pub fn identity(&self, plan: &Plan) -> Digest {
        identity(plan)
    }

    /// What decides each universe, in their order; fails where none of the grid can be, or none at all, since then the
    /// sweep itself is wrong and not one of its alternatives.
    pub fn identities(&self) -> Result<Vec<Identity>, Failure> {
        let (mut identities, mut first) = (Vec::new(), None);
        for choice in &self.choices {
            identities.push(match self.plan(choice) {
                Ok(plan) => Ok(self.identity(&plan)),
                Err(problems) => {
                    let reason = reason(&problems);
                    first.get_or_insert((choice, problems));
                    Err(reason)
                }
            });
        }
        let grid = identities.len() - self.params.universes.len();
        let none = |some: &[Identity]| !some.is_empty() && some.iter().all(Result::is_err);
        match first.filter(|_| none(&identities[..grid]) || none(&identities)) {
            Some((choice, problems)) => Err(Failure::input(none_possible(choice, problems), Arc::clone(&self.yaml))),
            None => Ok(identities),
        }
    }

    /// The recipe of the sweep's own result.
    pub fn recipe(&self, plan: &Plan, identities: &[Identity]) -> Recipe {
        let mut all = Vec::new();
        for (choice, identity) in self.choices.iter().zip(identities) {
            let told = match identity {
                Ok(digest) => format!("{} ok {digest}", choice.number),
                Err(reason) => format!("{} refused {}", choice.number, Digest::of(reason.as_bytes())),
            };
            all.extend(format!("{told} {}\n", Digest::of(choice.name.as_bytes())).bytes());
        }
        let inputs = [("universes", Digest::of(&all)), ("the configuration’s own screen", self.configured.clone())];
        Recipe {
            stage: stages::sweep::NAME,
            version: stages::sweep::VERSION,
            seed: Some(plan.seed),
            settings: self.params.settings(),
            inputs: BTreeMap::from(inputs.map(|(name, digest)| (name.to_owned(), digest))),
        }
    }
}

/// Where a plan has its screen.
pub fn screen(plan: &Plan) -> Result<usize, Failure> {
    let screen = plan.stages.iter().position(|stage| stage.name() == SCREEN);
    screen.ok_or_else(|| Failure::stage("runner", "slots", "there is no screen to sweep"))
}

/// Everything that decides the screen and what it needs: equal where their results are.
fn identity(plan: &Plan) -> Digest {
    // A plan whose stages do not fit together is no universe; whoever runs it is told.
    let wanted =
        screen(plan).ok().and_then(|screen| Some(Graph::new(&plan.stages).ok()?.with_needs(&BTreeSet::from([screen]))));
    let wanted = wanted.unwrap_or_default();
    let key = |index: &usize| {
        let stage = plan.stages[*index].as_ref();
        let files = plan.sources[*index].iter().map(|source| (source.slot(), source.digest.clone())).collect();
        Recipe::new(stage, plan.seed, files).key()
    };
    let keys: Vec<String> = wanted.iter().map(|index| key(index).to_string()).collect();
    Digest::of(keys.join("\n").as_bytes())
}

/// Why a universe's settings are refused, on one line.
pub fn reason(problems: &[Problem]) -> String {
    let one = |problem: &Problem| match &problem.place {
        Place::Setting(path) if !path.is_empty() => format!("{} ({path})", problem.message),
        Place::File { name, line: Some(line), .. } => format!("{} ({name}:{line})", problem.message),
        Place::File { name, line: None, .. } => format!("{} ({name})", problem.message),
        Place::Setting(_) | Place::Source { .. } | Place::Study => problem.message.clone(),
    };
    let mut told: Vec<String> = problems.iter().take(TOLD).map(one).collect();
    told.extend((problems.len() > TOLD).then(|| format!("and {} more", problems.len() - TOLD)));
    told.join("; ")
}

fn none_possible(choice: &Choice, problems: Vec<Problem>) -> Vec<Problem> {
    let one = |problem: Problem| {
        let message = format!(
            "no such universe can be: universe {} ({}): {}",
            choice.number,
            choice.name,
            reason(std::slice::from_ref(&problem))
        );
        Problem { message, place: Place::setting("sweep"), ..problem }
    };
    problems.into_iter().map(one).collect()
}
