//! Checks the endpoints against the names of the study.

use super::Params;
use super::params::{Endpoint, Missing, Trajectory};
use crate::contract::vocabulary::Variable;
use crate::contract::{Place, Problem, Vocabulary};

/// Every problem of the settings.
pub fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
    let endpoints = params.endpoints.iter();
    let mut problems: Vec<Problem> = endpoints.flat_map(|(name, endpoint)| one(name, endpoint, names)).collect();
    problems.extend(trajectory(&params.trajectory, names));
    problems
}

fn one(name: &str, endpoint: &Endpoint, names: &Vocabulary) -> Vec<Problem> {
    let path = |key: &str| format!("stages.outcomes.endpoints.{name}.{key}");
    let mut problems = Vec::new();
    problems.extend(missing_rule(endpoint, &path("missing")));
    if name.trim().is_empty() {
        let place = Place::setting(path("kind"));
        problems.push(Problem::new("empty_name", place, "an endpoint has no name", "name it, or take it out"));
    }
    match endpoint {
        Endpoint::Column { column, .. } => {
            let column = column.as_deref().unwrap_or(name);
            problems.extend(check_column(column, names, path(if column == name { "kind" } else { "column" })));
        }
        _ if !names.has_assessments => problems.push(Problem::new(
            "no_assessments",
            Place::setting(path("kind")),
            format!("`{}` needs totals, and no assessments table is declared", endpoint.kind()),
            "declare stages.ingest.assessments, or use kind column",
        )),
        _ => problems.extend(check_visits(endpoint, names, path)),
    }
    problems
}

fn missing_rule(endpoint: &Endpoint, path: &str) -> Option<Problem> {
    let (word, why) = match (endpoint, endpoint.missing()) {
        (_, Missing::Exclude) => return None,
        (Endpoint::Column { .. }, Missing::NonResponder) => ("non_responder", "a column has no visit to fill"),
        (Endpoint::Column { .. }, Missing::Locf) => ("locf", "a column has no visit to fill"),
        (endpoint, Missing::NonResponder) if !endpoint.is_yes_or_no() => {
            ("non_responder", "only a yes-or-no endpoint can count as not reached")
        }
        _ => return None,
    };
    let message = format!("`{word}` does not go with kind `{}`: {why}", endpoint.kind());
    let remedy = if matches!(endpoint, Endpoint::Column { .. }) { "use exclude" } else { "use exclude or locf" };
    Some(Problem::new("missing_rule", Place::setting(path), message, remedy))
}

fn check_column(column: &str, names: &Vocabulary, path: String) -> Option<Problem> {
    let known = names.variables.keys().map(String::as_str);
    if let Some(problem) = Vocabulary::unknown("unknown_column", "participant column", column, known, path.as_str()) {
        return Some(problem);
    }
    matches!(names.variables.get(column), Some(Variable::Category(_))).then(|| {
        Problem::new(
            "category_outcome",
            Place::setting(path),
            format!("`{column}` is a category and cannot be an endpoint"),
            "declare it as number, count or binary",
        )
    })
}

fn check_visits(endpoint: &Endpoint, names: &Vocabulary, path: impl Fn(&str) -> String) -> Vec<Problem> {
    let later = if endpoint.from().is_some() { "to" } else { "visit" };
    let mut problems = Vec::new();
    problems.extend(endpoint.from().and_then(|from| names.check_visit(from, path("from"))));
    problems.extend(endpoint.visit().and_then(|visit| names.check_visit(visit, path(later))));
    let place = |visit: &str| names.visits.iter().position(|name| name == visit);
    if let (Some(from), Some(to)) = (endpoint.from(), endpoint.visit())
        && let (Some(first), Some(second)) = (place(from), place(to))
        && first >= second
    {
        let message = format!("`{to}` does not come after `{from}`");
        let remedy = "`from` is the earlier and `to` the later visit, in the declared order";
        problems.push(Problem::new("visit_order", Place::setting(path("to")), message, remedy));
    }
    problems
}

fn trajectory(trajectory: &Trajectory, names: &Vocabulary) -> Vec<Problem> {
    let path = "stages.outcomes.trajectory";
    let visits = trajectory.visits().named().iter();
    let mut problems: Vec<Problem> =
        visits.filter_map(|visit| names.check_visit(visit, format!("{path}.visits"))).collect();
    if matches!(trajectory, Trajectory::Mmrm { .. }) {
        let message = "`mmrm` is part of the contract and not built yet";
        let remedy = "use `model: descriptive`";
        problems.push(Problem::new("not_built", Place::setting(format!("{path}.model")), message, remedy));
    }
    problems
}
