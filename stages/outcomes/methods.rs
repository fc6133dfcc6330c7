//! The methods section that follows from the settings.

use super::Params;
use super::params::{Endpoint, Missing};

/// A paragraph on the endpoints, one on the rates, one on the course.
pub fn methods(params: &Params) -> Vec<String> {
    let mut paragraphs = Vec::new();
    if !params.endpoints.is_empty() {
        let sentences: Vec<String> = params.endpoints.iter().map(|(name, endpoint)| describe(name, endpoint)).collect();
        paragraphs.push(format!("Endpoints. {}", sentences.join(" ")));
    }
    if params.endpoints.values().any(Endpoint::is_yes_or_no) {
        paragraphs.push(
            "Rates of yes-or-no endpoints are given with 95 % limits by Wilson's score interval \
             (10.1080/01621459.1927.10502953) and by Clopper and Pearson's exact interval (10.1093/biomet/26.4.404)."
                .to_owned(),
        );
    }
    if params.endpoints.values().any(|endpoint| endpoint.visit().is_some()) {
        let visits = params.trajectory.visits();
        let which = if visits.named().is_empty() { "every visit".to_owned() } else { visits.named().join(", ") };
        paragraphs.push(format!(
            "Totals were described at {which} by number, mean, standard deviation (n - 1) and quartiles (type 7), and \
             the change from the first of these visits by its mean among participants with both totals, with 95 % \
             limits and p from the paired t test."
        ));
    }
    paragraphs
}

fn describe(name: &str, endpoint: &Endpoint) -> String {
    let what = match endpoint {
        Endpoint::PercentImprovement { from, to, .. } => {
            format!("the percent improvement of the total, 100 (`{from}` - `{to}`) / `{from}`")
        }
        Endpoint::Difference { from, to, .. } => format!("the difference of the totals, `{to}` - `{from}`"),
        Endpoint::AtMost { value, visit, .. } => format!("a total of at most {} at `{visit}`", value.get()),
        Endpoint::ImprovementAtLeast { percent, from, to, .. } => {
            format!("a fall of the total by at least {} % from `{from}` to `{to}`", percent.get())
        }
        Endpoint::Column { column, .. } => {
            format!("the participant column `{}` as given", column.as_deref().unwrap_or(name))
        }
    };
    format!("`{name}` is {what}; {}.", missing(endpoint.missing()))
}

fn missing(rule: Missing) -> &'static str {
    match rule {
        Missing::Exclude => "participants without it are left out of its analyses",
        Missing::NonResponder => "a participant whose later total is missing counts as not having reached it",
        Missing::Locf => "for a missing later total the last one after the earlier visit is carried forward",
    }
}
