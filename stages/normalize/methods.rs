//! The methods section that follows from the settings.

use super::Params;
use crate::statistics::normalization::{ChangeSettings, Measure, Step};

/// One paragraph on the steps, one on the change.
pub fn methods(params: &Params) -> Vec<String> {
    let sentences: Vec<String> = params.steps.iter().filter_map(Step::sentence).collect();
    let steps = match sentences.as_slice() {
        [] => "Metabolite abundances entered the analysis as they were measured: no normalization step changes them."
            .into(),
        [only] => only.clone(),
        several => format!("Metabolite abundances were normalized in this order. {}", several.join(" ")),
    };
    let change = params.change.as_ref().filter(|change| !change.measures.is_empty());
    [Some(steps), change.map(describe)].into_iter().flatten().collect()
}

fn describe(change: &ChangeSettings) -> String {
    let formulas: Vec<&str> = change.measures.iter().map(|measure| measure.formula()).collect();
    let mut text = format!(
        "The change of each metabolite within a participant was taken from `{}` (from) to `{}` (to) as {}.",
        change.from,
        change.to,
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
