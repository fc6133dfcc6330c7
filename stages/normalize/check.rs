//! Checks the settings against each other and against the names of the study.

use std::collections::BTreeSet;

use super::Params;
use crate::contract::{Place, Problem, Vocabulary};
use crate::statistics::normalization::impute::ImputeMethod;
use crate::statistics::normalization::sample::SampleStep;
use crate::statistics::normalization::{ChangeSettings, Step};

/// Every problem of the settings.
pub fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
    let mut problems: Vec<Problem> = params.not_built().into_iter().map(not_built).collect();
    problems.extend(out_of_order(&params.steps));
    problems.extend(params.change.iter().flat_map(|change| check_change(change, names)));
    problems
}

fn not_built((place, setting, word): (usize, &str, &str)) -> Problem {
    Problem::new(
        "not_built",
        Place::setting(format!("stages.normalize.steps.{place}.{setting}")),
        format!("`{word}` is part of the contract and not built yet"),
        "choose another method, or leave the step out",
    )
}

/// Steps that need values measured from zero and come after a step that left that scale.
fn out_of_order(steps: &[Step]) -> Vec<Problem> {
    let left = steps.iter().position(Step::leaves_the_measured_scale).unwrap_or(steps.len());
    let late = steps.iter().enumerate().skip(left).filter(|(_, step)| needs_the_measured_scale(step));
    let problem = |(place, step): (usize, &Step)| {
        Problem::new(
            "step_order",
            Place::setting(format!("stages.normalize.steps.{place}.{}", step.kind())),
            format!("`{}` comes after `{}` and needs values measured from zero", step.kind(), steps[left].kind()),
            format!("move it before `{}`", steps[left].kind()),
        )
    };
    late.map(problem).collect()
}

fn needs_the_measured_scale(step: &Step) -> bool {
    match step {
        Step::BelowLod(_) => true,
        Step::Sample(step) => !matches!(step, SampleStep::None {}),
        Step::Impute(step) => step.method == ImputeMethod::HalfMin,
        Step::Filter(_) | Step::Drift(_) | Step::Transform(_) | Step::Scale(_) => false,
    }
}

fn check_change(change: &ChangeSettings, names: &Vocabulary) -> Vec<Problem> {
    let path = |key: &str| format!("stages.normalize.change.{key}");
    let mut problems: Vec<Problem> = Vec::new();
    problems.extend(names.check_timepoint(&change.from, path("from")));
    problems.extend(names.check_timepoint(&change.to, path("to")));
    if change.from == change.to {
        let message = format!("`{}` is both the earlier and the later timepoint", change.to);
        let remedy = "name two timepoints";
        problems.push(Problem::new("same_timepoint", Place::setting(path("to")), message, remedy));
    }
    let place = || Place::setting(path("measures"));
    if change.measures.is_empty() {
        let remedy = "name at least one, for example percent, or leave `change` out";
        problems.push(Problem::new("no_measure", place(), "no measure of change is named", remedy));
    }
    let mut seen = BTreeSet::new();
    for measure in change.measures.iter().filter(|measure| !seen.insert(**measure)) {
        let message = format!("`{}` is named twice", measure.word());
        problems.push(Problem::new("duplicate_measure", place(), message, "name it once"));
    }
    problems
}
