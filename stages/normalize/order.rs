//! Checks that each step finds the values it needs: measured from zero, in the unit of the limits of detection, or as
//! the measures of change compare them.

use super::Params;
use crate::contract::{Place, Problem};
use crate::statistics::normalization::Step;
use crate::statistics::normalization::drift::Drift;
use crate::statistics::normalization::sample::SampleStep;
use crate::statistics::normalization::transform::Transform;

/// Every step, and every measure of change, that does not find the values it needs; `transformed` where the file's values
/// were transformed before.
pub fn check(params: &Params, transformed: bool) -> Vec<Problem> {
    let mut problems = if transformed { on_transformed_values(&params.steps) } else { out_of_order(&params.steps) };
    problems.extend(limits_after_scaling(&params.steps));
    problems.extend(if transformed { relative_to_transformed(params) } else { not_reached(params) });
    problems
}

fn problem(code: &'static str, place: String, message: String, remedy: impl Into<String>) -> Problem {
    Problem::new(code, Place::setting(place), message, remedy)
}

fn key(place: usize, step: &Step) -> String {
    format!("stages.normalize.steps.{place}.{}", step.kind())
}

/// Steps that need values measured from zero and come after a step that left that scale.
fn out_of_order(steps: &[Step]) -> Vec<Problem> {
    let left = steps.iter().position(Step::leaves_the_measured_scale).unwrap_or(steps.len());
    let late = steps.iter().enumerate().skip(left + 1).filter(|(_, step)| needs_the_measured_scale(step));
    let problem = |(place, step): (usize, &Step)| {
        let message =
            format!("`{}` comes after `{}` and needs values measured from zero", step.kind(), steps[left].kind());
        problem("step_order", key(place, step), message, format!("move it before `{}`", steps[left].kind()))
    };
    late.map(problem).collect()
}

fn needs_the_measured_scale(step: &Step) -> bool {
    match step {
        Step::BelowLod(_) => true,
        Step::Sample(step) => step.needs_the_measured_scale(),
        Step::Impute(step) => step.needs_the_measured_scale(),
        // METHOD: an RSD compares a spread with a size, which a logarithm does not have; missing shares and D-ratios stay.
        Step::Filter(step) => step.max_qc_rsd.is_some(),
        Step::Drift(_) | Step::Transform(_) | Step::Scale(_) => false,
    }
}

/// Steps that the file's values do not allow: they need sizes, or would transform a second time.
fn on_transformed_values(steps: &[Step]) -> Vec<Problem> {
    let needs = |step: &Step| match step {
        Step::BelowLod(step) => step.puts_a_size_in(),
        Step::Transform(step) => !matches!(step, Transform::None { .. }),
        _ => needs_the_measured_scale(step),
    };
    let problem = |(place, step): (usize, &Step)| {
        let message = match step {
            Step::Transform(_) => "the file's values are transformed already (`values: transformed`)".to_owned(),
            _ => format!(
                "`{}` needs values measured from zero, and the file's are not (`values: transformed`)",
                step.kind()
            ),
        };
        let setting = if matches!(step, Step::Filter(_)) { ".max_qc_rsd" } else { "" };
        problem("transformed_values", key(place, step) + setting, message, REMEDY)
    };
    steps.iter().enumerate().filter(|(_, step)| needs(step)).map(problem).collect()
}

const REMEDY: &str = "leave it out, or give the file with raw values and say `values: raw`";

/// Percent and ratios of values that are no sizes.
fn relative_to_transformed(params: &Params) -> Vec<Problem> {
    let of = |(path, measures): (String, Vec<&'static str>)| {
        let problem = |measure| {
            let message =
                format!("`{measure}` needs values measured from zero, and the file's are not (`values: transformed`)");
            let remedy = "use `difference` (of logarithms it is the logarithm of the ratio), or give raw values";
            problem("transformed_values", format!("{path}.measures"), message, remedy)
        };
        measures.into_iter().map(problem).collect::<Vec<_>>()
    };
    relative_changes(params).into_iter().flat_map(of).collect()
}

/// Each change by its path, with those of its measures that compare sizes.
fn relative_changes(params: &Params) -> Vec<(String, Vec<&'static str>)> {
    let of = |(place, change): (usize, &crate::statistics::normalization::ChangeSettings)| {
        let relative = change.measures.iter().filter(|measure| measure.is_relative()).map(|measure| measure.word());
        (super::check::path("change", place, params.changes().len()), relative.collect())
    };
    params.changes().iter().enumerate().map(of).collect()
}

/// Substitutes made of the limit of detection, after a step that took the values out of the limit's unit.
fn limits_after_scaling(steps: &[Step]) -> Vec<Problem> {
    let rescales = |step: &Step| match step {
        Step::Sample(step) => !matches!(step, SampleStep::None { .. }),
        Step::Drift(step) => !matches!(step, Drift::None { .. }),
        _ => false,
    };
    let after = |(place, step): (usize, &Step)| {
        let Step::BelowLod(method) = step else { return None };
        let earlier = steps[..place].iter().find(|earlier| rescales(earlier) && earlier.shares_classes_with(step))?;
        // A step after a transform is refused for that already.
        let left = steps[..place].iter().any(Step::leaves_the_measured_scale);
        (method.uses_the_limit() && !left).then(|| {
            let message = format!(
                "`below_lod` comes after `{}`, which changes the values' scale and not the limits of detection",
                earlier.kind()
            );
            problem("step_order", key(place, step), message, format!("move it before `{}`", earlier.kind()))
        })
    };
    steps.iter().enumerate().filter_map(after).collect()
}

/// Corrections after the transform, which measures of the values before it do not see.
///
/// METHOD: percent, ratios and areas are of the values before the first transform, scale or vsn step; a correction after it
/// does not reach them, and a filter after it judges other values than they compare.
fn not_reached(params: &Params) -> Vec<Problem> {
    let steps = &params.steps;
    let left = steps.iter().position(Step::leaves_the_measured_scale).unwrap_or(steps.len());
    let areas = params.areas().iter().flat_map(|area| area.measures.iter().map(|measure| measure.word()));
    let changes = relative_changes(params).into_iter().flat_map(|(_, measures)| measures);
    let mut measures: Vec<&str> = Vec::new();
    for measure in changes.chain(areas).filter(|_| left < steps.len()) {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    let corrects = |step: &Step| match step {
        Step::Drift(step) => !matches!(step, Drift::None { .. }),
        // What needs the measured scale is refused after a transform whatever is measured.
        Step::Sample(sample) => !matches!(sample, SampleStep::None { .. }) && !needs_the_measured_scale(step),
        Step::Filter(_) => !needs_the_measured_scale(step),
        _ => false,
    };
    let late = steps.iter().enumerate().skip(left + 1).filter(|(_, step)| !measures.is_empty() && corrects(step));
    let problem = |(place, step): (usize, &Step)| {
        let (measures, first) = (measures.join("`, `"), steps[left].kind());
        let message = match step {
            Step::Filter(_) => {
                format!("`filter` comes after `{first}` and judges other values than `{measures}` compares")
            }
            _ => format!(
                "`{}` comes after `{first}` and does not reach `{measures}`, of the values before it",
                step.kind()
            ),
        };
        let remedy = format!("move it before `{first}`, or measure the change by `difference`");
        problem("step_order", key(place, step), message, remedy)
    };
    late.map(problem).collect()
}
