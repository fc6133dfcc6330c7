//! The methods section that follows from the settings.

use super::Params;
use crate::statistics::normalization::contrast::occasion;
use crate::statistics::normalization::{AreaSettings, ChangeSettings, Measure, Step};

/// One paragraph on the steps, one on the change.
pub fn methods(params: &Params) -> Vec<String> {
    let left = |before: &Step, step: &Step| before.leaves_the_measured_scale() && before.shares_classes_with(step);
    let sentence =
        |(place, step): (usize, &Step)| step.sentence(params.steps[..place].iter().any(|before| left(before, step)));
    let sentences: Vec<String> = params.steps.iter().enumerate().filter_map(sentence).collect();
    let steps = match sentences.as_slice() {
        [] => "Metabolite abundances entered the analysis as they were measured: no normalization step changes them."
            .into(),
        [only] => only.clone(),
        several => format!("Metabolite abundances were normalized in this order. {}", several.join(" ")),
    };
    let changes = params.changes().iter().filter(|change| !change.measures.is_empty()).map(describe);
    let areas = params.areas().iter().filter(|area| !area.measures.is_empty()).map(describe_area);
    std::iter::once(steps).chain(changes).chain(areas).collect()
}

fn describe(change: &ChangeSettings) -> String {
    let formulas: Vec<&str> = change.measures.iter().map(|measure| measure.formula()).collect();
    let mut text = format!(
        "The change of each metabolite within a participant was taken from `{}` (from) to `{}` (to) as {}.",
        occasion(change.from.as_slice()),
        occasion(change.to.as_slice()),
        formulas.join("; ")
    );
    if change.measures.iter().copied().any(Measure::is_relative) {
        text.push_str(" Percent changes and ratios are of the values before any transformation or scaling;");
        text.push_str(" they are undefined where the earlier value is not positive.");
    }
    if change.measures.iter().any(|measure| !measure.is_relative()) {
        text.push_str(" Differences and residuals are on the final scale.");
    }
    text
}

fn describe_area(area: &AreaSettings) -> String {
    let measures: Vec<&str> = area.measures.iter().map(|measure| measure.phrase()).collect();
    let times = match &area.times {
        Some(times) => format!("at times {}", times.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")),
        None => format!("at the samples' own {}", area.clock.word()),
    };
    format!(
        "Over {} ({times}), {} of each metabolite within a participant was taken by the trapezoidal rule (Matthews 1990, \
         10.1136/bmj.300.6719.230), of the values before any transformation or scaling; participants without a value at \
         every timepoint have none.",
        area.timepoints.join(", "),
        measures.join("; ")
    )
}
