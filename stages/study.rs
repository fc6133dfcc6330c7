//! The study as models see it: participants in one order, with their variables, outcomes and metabolites aligned.
//!
//! It holds gaps as gaps. A model asks for the rows that are complete for what it uses, and says who was left out.

use std::collections::BTreeMap;

use crate::contract::vocabulary::{self, EndpointFacts};
use crate::contract::{Place, Problem, Table, Vocabulary, suggest};
use crate::ingest::schema::{Participants, Variables};
use crate::outcomes::schema::Endpoints;
use crate::statistics::design::Variable;

/// The reserved name of the covariate that every assessed outcome has: the total at its `from` visit.
pub const BASELINE_SCORE: &str = "baseline_score";

/// The reserved name of the covariate that every change has: the metabolite before it.
pub const BASELINE_LEVEL: &str = "baseline_level";

/// One variable of every participant, with its gaps.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    Numeric(Vec<Option<f64>>),
    Category { codes: Vec<Option<usize>>, levels: Vec<String> },
}

impl Values {
    pub fn is_known(&self, row: usize) -> bool {
        match self {
            Values::Numeric(values) => values[row].is_some_and(f64::is_finite),
            Values::Category { codes, .. } => codes[row].is_some(),
        }
    }

    /// The same variable for some of the participants.
    pub fn keep(&self, rows: &[usize]) -> Values {
        match self {
            Values::Numeric(values) => Values::Numeric(rows.iter().map(|&row| values[row]).collect()),
            Values::Category { codes, levels } => {
                Values::Category { codes: rows.iter().map(|&row| codes[row]).collect(), levels: levels.clone() }
            }
        }
    }

    /// The values of some rows, all of which are known.
    pub fn select(&self, rows: &[usize]) -> Variable {
        match self {
            Values::Numeric(values) => {
                Variable::Numeric(rows.iter().map(|&row| values[row].unwrap_or(f64::NAN)).collect())
            }
            Values::Category { codes, levels } => {
                let codes = rows.iter().filter_map(|&row| codes[row]).collect();
                Variable::Category { codes, levels: levels.clone() }
            }
        }
    }
}

/// A number per participant, with gaps.
pub type Gapped = Vec<Option<f64>>;

/// One endpoint of every participant.
#[derive(Debug, Clone, Default, PartialEq)]
struct Endpoint {
    kind: String,
    values: Vec<Option<f64>>,
    baseline: Vec<Option<f64>>,
}

/// Everything about the participants that a model may use but the metabolites.
#[derive(Debug, Clone)]
pub struct Study {
    pub participants: Vec<String>,
    variables: BTreeMap<String, Values>,
    endpoints: BTreeMap<String, Endpoint>,
}

impl Study {
    pub fn new(participants: &Table<Participants>, variables: &Table<Variables>, endpoints: &Table<Endpoints>) -> Self {
        let names: Vec<String> = participants.column("participant_id");
        let columns = variables.rows().into_iter().filter_map(|v| {
            let levels = v.levels.as_deref().map(|json| serde_json::from_str(json).unwrap_or_default());
            Some((v.variable.clone(), read(participants, &v.variable, levels)?))
        });
        Study { variables: columns.collect(), endpoints: align(&names, endpoints), participants: names }
    }

    /// The values of one endpoint.
    pub fn outcome(&self, endpoint: &str) -> Vec<Option<f64>> {
        let known = self.endpoints.get(endpoint).map(|e| e.values.clone());
        known.unwrap_or_else(|| vec![None; self.participants.len()])
    }

    /// The follow-up and the baseline totals behind a change score; none where the endpoint is no change score.
    ///
    /// `from (1 − improvement/100)`, or `from + difference`.
    pub fn totals(&self, endpoint: &str) -> Option<(Gapped, Gapped)> {
        let endpoint = self.endpoints.get(endpoint)?;
        let follow_up: fn(f64, f64) -> f64 = match endpoint.kind.as_str() {
            "percent_improvement" => |from, value| from * (1.0 - value / 100.0),
            "difference" => |from, value| from + value,
            _ => return None,
        };
        let pairs = endpoint.baseline.iter().zip(&endpoint.values);
        let totals = pairs.map(|(from, value)| Some(follow_up((*from)?, (*value)?))).collect();
        Some((totals, endpoint.baseline.clone()))
    }

    /// A covariate by name; `baseline_score` belongs to the outcome. None where the study has no such column.
    pub fn covariate(&self, name: &str, endpoint: &str) -> Option<Values> {
        if name == BASELINE_SCORE {
            return self.endpoints.get(endpoint).map(|e| Values::Numeric(e.baseline.clone()));
        }
        self.variables.get(name).cloned()
    }

    /// A code per participant for the levels of a column: the declared levels, or the distinct numbers in their order.
    pub fn codes(&self, name: &str) -> Vec<Option<usize>> {
        match self.variables.get(name) {
            Some(Values::Category { codes, .. }) => codes.clone(),
            Some(Values::Numeric(values)) => {
                let distinct = distinct(values);
                values.iter().map(|value| distinct.iter().position(|level| Some(*level) == *value)).collect()
            }
            None => vec![None; self.participants.len()],
        }
    }

    /// The levels that [`codes`](Self::codes) counts, in words.
    pub fn levels(&self, name: &str) -> Vec<String> {
        match self.variables.get(name) {
            Some(Values::Category { levels, .. }) => levels.clone(),
            Some(Values::Numeric(values)) => distinct(values).iter().map(f64::to_string).collect(),
            None => Vec::new(),
        }
    }

    /// The names of the participants that `rows` leaves out, of those who were asked about.
    pub fn others(&self, rows: &[usize], asked: impl Fn(&usize) -> bool) -> Vec<&str> {
        let kept: std::collections::BTreeSet<usize> = rows.iter().copied().collect();
        let out = (0..self.participants.len()).filter(|row| asked(row) && !kept.contains(row));
        out.map(|row| self.participants[row].as_str()).collect()
    }
}

fn distinct(values: &[Option<f64>]) -> Vec<f64> {
    let mut distinct: Vec<f64> = values.iter().flatten().copied().collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    distinct
}

/// A participant column in whichever type ingest gave it.
fn read(table: &Table<Participants>, name: &str, levels: Option<Vec<String>>) -> Option<Values> {
    if let Some(levels) = levels {
        let code = |cell: Option<String>| cell.and_then(|cell| levels.iter().position(|level| *level == cell));
        let codes = table.extra::<Option<String>>(name)?.into_iter().map(code).collect();
        return Some(Values::Category { codes, levels });
    }
    let real = || table.extra::<Option<f64>>(name);
    let integer = || Some(table.extra::<Option<i64>>(name)?.into_iter().map(|v| v.map(|v| v as f64)).collect());
    let flag = || Some(table.extra::<Option<bool>>(name)?.into_iter().map(|v| v.map(f64::from)).collect());
    real().or_else(integer).or_else(flag).map(Values::Numeric)
}

fn align(participants: &[String], table: &Table<Endpoints>) -> BTreeMap<String, Endpoint> {
    let mut endpoints: BTreeMap<String, Endpoint> = BTreeMap::new();
    for row in table.rows() {
        let Ok(index) = participants.binary_search(&row.participant_id) else { continue };
        let gaps = || vec![None; participants.len()];
        let empty = || Endpoint { kind: row.kind.clone(), values: gaps(), baseline: gaps() };
        let endpoint = endpoints.entry(row.endpoint.clone()).or_insert_with(empty);
        endpoint.values[index] = row.value;
        endpoint.baseline[index] = row.baseline;
    }
    endpoints
}

/// Checks that every covariate exists, is named once, and makes sense for the outcomes.
/// `reserved` are names that the stage gives a meaning of its own.
pub fn check_covariates(
    covariates: &[String],
    outcomes: &[String],
    path: &str,
    names: &Vocabulary,
    reserved: &[&str],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, covariate) in covariates.iter().enumerate() {
        let place = || Place::setting(format!("{path}.covariates.{i}"));
        if covariates[..i].contains(covariate) {
            let message = format!("the covariate `{covariate}` is named twice");
            problems.push(Problem::new("duplicate_covariate", place(), message, "name it once"));
        }
        if covariate == BASELINE_SCORE {
            let without = |outcome: &&String| {
                names.endpoints.get(*outcome).is_some_and(|e: &EndpointFacts| e.baseline_visit.is_none())
            };
            if let Some(outcome) = outcomes.iter().find(without) {
                let message = format!(
                    "`{BASELINE_SCORE}` is the total at the outcome's first visit, and `{outcome}` is a participant column"
                );
                problems.push(Problem::new(
                    "no_baseline_score",
                    place(),
                    message,
                    "leave it out, or name the column that holds the baseline",
                ));
            }
        } else if !names.variables.contains_key(covariate) && !reserved.contains(&covariate.as_str()) {
            let known =
                names.variables.keys().map(String::as_str).chain([BASELINE_SCORE]).chain(reserved.iter().copied());
            let remedy = suggest::remedy(covariate, known);
            problems.push(Problem::new(
                "unknown_covariate",
                place(),
                format!("unknown covariate `{covariate}`"),
                remedy,
            ));
        } else if matches!(names.variables.get(covariate), Some(vocabulary::Variable::Category(levels)) if levels.len() < 2)
        {
            let message = format!("the covariate `{covariate}` has one level and cannot vary");
            problems.push(Problem::new("one_level", place(), message, "leave it out"));
        }
    }
    problems
}
