//! Checks that each step finds the values it needs: measured from zero, in the unit of the limits of detection, or as
//! the measures of change compare them.
//!
//! Steps may be for some classes of analytes, so each class is followed through the steps that are for it.

use super::{Params, check};
use crate::contract::{Place, Problem};
use crate::statistics::normalization::drift::Drift;
use crate::statistics::normalization::sample::SampleStep;
use crate::statistics::normalization::transform::Transform;
use crate::statistics::normalization::{ChangeSettings, Step};

const RAW: &str = "leave it out, or give the file with raw values and say `values: raw`";

/// Every step, and every measure of change, that does not find the values it needs; `transformed` where the file's values
/// were transformed before.
pub fn check(params: &Params, transformed: bool) -> Vec<Problem> {
    let measures = if transformed { Vec::new() } else { measures_of_sizes(params) };
    let mut found: Vec<(usize, Problem)> = Vec::new();
    for class in classes(&params.steps) {
        let mut way = Way { class, transformed, measures: &measures, left: None, scaled: None, corrected: false };
        for (place, step) in params.steps.iter().enumerate().filter(|(_, step)| step.is_for_class(class)) {
            let known = |problem: &Problem| found.iter().any(|(at, one)| *at == place && one.code == problem.code);
            let new: Vec<Problem> = way.meet(place, step).into_iter().filter(|problem| !known(problem)).collect();
            found.extend(new.into_iter().map(|problem| (place, problem)));
            way.pass(step);
        }
    }
    found.sort_by_key(|(place, _)| *place);
    let of_steps = found.into_iter().map(|(_, problem)| problem);
    if transformed { of_steps.chain(relative_to_transformed(params)).collect() } else { of_steps.collect() }
}

/// Each class that a step names, and the analytes of none of them.
fn classes(steps: &[Step]) -> Vec<Option<&str>> {
    let mut classes: Vec<Option<&str>> = vec![None];
    for class in steps.iter().flat_map(Step::classes).map(|class| Some(class.as_str())) {
        if !classes.contains(&class) {
            classes.push(class);
        }
    }
    classes
}

/// The analytes of one class on their way through the steps that are for them.
struct Way<'a> {
    /// None stands for the analytes of no class that a step names.
    class: Option<&'a str>,
    /// Whether the file's values are no sizes.
    transformed: bool,
    /// The measures of change and the areas that compare sizes.
    measures: &'a [&'static str],
    /// The first step that left the scale measured from zero.
    left: Option<&'static str>,
    /// The first step that scaled the values, and not the limits of detection.
    scaled: Option<&'static str>,
    /// Whether a `drift` step was for some classes only.
    corrected: bool,
}

impl Way<'_> {
    fn pass(&mut self, step: &Step) {
        let drift = matches!(step, Step::Drift(drift) if is_on(drift));
        let scales = drift || matches!(step, Step::Sample(step) if !matches!(step, SampleStep::None { .. }));
        self.scaled = self.scaled.or(scales.then(|| step.kind()));
        self.left = self.left.or(step.leaves_the_measured_scale().then(|| step.kind()));
        self.corrected |= drift && !step.classes().is_empty();
    }

    /// What is wrong with meeting the step here.
    fn meet(&self, place: usize, step: &Step) -> Option<Problem> {
        if self.transformed {
            return on_transformed_values(place, step);
        }
        self.after_the_transform(place, step)
            .or_else(|| self.limit_after_scaling(place, step))
            .or_else(|| self.not_reached(place, step))
            .or_else(|| self.standards_after_drift(place, step))
    }

    /// The step needs values measured from zero and comes after a step that left that scale.
    fn after_the_transform(&self, place: usize, step: &Step) -> Option<Problem> {
        let left = self.left.filter(|_| needs_the_measured_scale(step))?;
        let message =
            format!("`{}` comes after `{left}`{} and needs values measured from zero", step.kind(), self.whose(step));
        Some(problem("step_order", key(place, step), message, format!("move it before `{left}`")))
    }

    /// What is put in for a value below the limit is a size in the file's unit, and the values no longer are.
    fn limit_after_scaling(&self, place: usize, step: &Step) -> Option<Problem> {
        let scaled = self.scaled.filter(|_| matches!(step, Step::BelowLod(step) if step.puts_a_size_in()))?;
        let message = format!(
            "`below_lod` comes after `{scaled}`{}, which changes the values' scale and not the limits of detection",
            self.whose(step)
        );
        Some(problem("step_order", key(place, step), message, format!("move it before `{scaled}`")))
    }

    /// A correction after the transform, which measures of the values before it do not see.
    ///
    /// METHOD: percent, ratios and areas are of the values before the first transform, scale or vsn step; a correction by
    /// or after it does not reach them, and a filter after it judges other values than they compare.
    fn not_reached(&self, place: usize, step: &Step) -> Option<Problem> {
        let vsn = matches!(step, Step::Sample(SampleStep::Vsn { .. }));
        let late = self.left.filter(|_| corrects(step)).or(vsn.then_some("sample"))?;
        if self.measures.is_empty() {
            return None;
        }
        let measures = self.measures.join("`, `");
        let (kind, whose) = (step.kind(), self.whose(step));
        let remedy = format!("move it before `{late}`, or measure the change by `difference`");
        let (message, remedy) = match step {
            _ if vsn => (
                format!("`vsn` calibrates and transforms at once, and `{measures}` is of the values before it"),
                "measure the change by `difference`, or use another method for the samples".to_owned(),
            ),
            Step::Filter(_) => (
                format!("`filter` comes after `{late}`{whose} and judges other values than `{measures}` compares"),
                remedy,
            ),
            _ => (
                format!(
                    "`{kind}` comes after `{late}`{whose} and does not reach `{measures}`, of the values before it"
                ),
                remedy,
            ),
        };
        Some(problem("step_order", key(place, step), message, remedy))
    }

    /// METHOD: a standard drifts with its analytes; divided by a standard whose drift stayed, an analyte gets back the
    /// drift that was taken from it.
    fn standards_after_drift(&self, place: usize, step: &Step) -> Option<Problem> {
        if !self.corrected || !step.divides_by_standards() {
            return None;
        }
        let message = "internal standards divide after a `drift` step for some classes only, which may have left the \
                       standards' own drift";
        let remedy = "divide by the standards before `drift`, or give the `drift` step no `classes`";
        Some(problem("step_order", key(place, step), message.to_owned(), remedy))
    }

    /// Names the class where the step itself names none.
    fn whose(&self, step: &Step) -> String {
        let class = self.class.filter(|_| step.classes().is_empty());
        class.map_or(String::new(), |class| format!(" for the class `{class}`"))
    }
}

fn problem(code: &'static str, place: String, message: String, remedy: impl Into<String>) -> Problem {
    Problem::new(code, Place::setting(place), message, remedy)
}

fn key(place: usize, step: &Step) -> String {
    format!("stages.normalize.steps.{place}.{}", step.kind())
}

fn is_on(drift: &Drift) -> bool {
    !matches!(drift, Drift::None { .. })
}

fn needs_the_measured_scale(step: &Step) -> bool {
    match step {
        Step::BelowLod(step) => step.puts_a_size_in(),
        Step::Sample(step) => step.needs_the_measured_scale(),
        Step::Impute(step) => step.needs_the_measured_scale(),
        // METHOD: an RSD compares a spread with a size, which a logarithm does not have; missing shares and D-ratios stay.
        Step::Filter(step) => step.max_qc_rsd.is_some(),
        Step::Drift(_) | Step::Transform(_) | Step::Scale(_) => false,
    }
}

fn corrects(step: &Step) -> bool {
    match step {
        Step::Drift(drift) => is_on(drift),
        Step::Sample(step) => !matches!(step, SampleStep::None { .. }),
        Step::Filter(_) => true,
        _ => false,
    }
}

/// A step that the file's values do not allow: it needs sizes, or would transform a second time.
fn on_transformed_values(place: usize, step: &Step) -> Option<Problem> {
    let (message, setting) = match step {
        Step::Transform(Transform::None { .. }) => return None,
        Step::Transform(_) => ("the file's values are transformed already (`values: transformed`)".to_owned(), ""),
        _ if !needs_the_measured_scale(step) => return None,
        Step::Filter(_) => (needs_sizes(step.kind()), ".max_qc_rsd"),
        _ => (needs_sizes(step.kind()), ""),
    };
    Some(problem("transformed_values", key(place, step) + setting, message, RAW))
}

fn needs_sizes(what: &str) -> String {
    format!("`{what}` needs values measured from zero, and the file's are not (`values: transformed`)")
}

/// Percent and ratios of values that are no sizes.
fn relative_to_transformed(params: &Params) -> Vec<Problem> {
    let of = |(place, change): (usize, &ChangeSettings)| {
        let path = format!("{}.measures", check::path("change", place, params.changes().len()));
        let remedy = "use `difference` (of logarithms it is the logarithm of the ratio), or give raw values";
        let problem = move |measure| problem("transformed_values", path.clone(), needs_sizes(measure), remedy);
        relative(change).map(problem).collect::<Vec<_>>()
    };
    params.changes().iter().enumerate().flat_map(of).collect()
}

/// The measures of a change that compare sizes.
fn relative(change: &ChangeSettings) -> impl Iterator<Item = &'static str> + '_ {
    change.measures.iter().filter(|measure| measure.is_relative()).map(|measure| measure.word())
}

/// The measures of change and the areas that are of the values before the first transform, each once.
fn measures_of_sizes(params: &Params) -> Vec<&'static str> {
    let areas = params.areas().iter().flat_map(|area| area.measures.iter().map(|measure| measure.word()));
    let mut measures: Vec<&str> = Vec::new();
    for measure in params.changes().iter().flat_map(relative).chain(areas) {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    measures
}
