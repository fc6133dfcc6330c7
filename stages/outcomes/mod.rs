//! Makes the clinical endpoints, the course over visits and the rates with their limits.
//!
//! Each endpoint gives every participant one value: a percent improvement or a difference of the scale's total between
//! two visits, whether a total lies at or below a value (remission), whether it fell by so many percent (response), or
//! a column of the participants' table. A missing total is answered by the endpoint's own rule. Yes-or-no endpoints are
//! counted, with Wilson's and the exact limits. Beside them the totals are described visit by visit.
//!
//! Nothing is compared between groups and nothing is modelled: the mixed model for repeated measures and multiple
//! imputation are not built yet.

mod check;
mod course;
mod endpoint;
mod methods;
pub mod params;
mod rates;
pub mod schema;
#[cfg(test)]
mod tests;
mod totals;
mod visits;

pub use params::Params;

use crate::contract::vocabulary::EndpointFacts;
use crate::contract::vocabulary::Variable;
use crate::contract::{Problem, Stage, StageContext, StageError, Table, Vocabulary};
use crate::qc::schema as qc;
use crate::{inputs, outputs};
use params::Endpoint;
use totals::Totals;

inputs! {
    Inputs {
        participants: "qc" / qc::Participants,
        assessments: "qc" / qc::Assessments,
    }
}

outputs! {
    Outputs {
        endpoints: schema::Endpoints,
        trajectory: schema::Trajectory,
        rates: schema::Rates,
    }
}

/// The confidence level of rates and changes, as their tables name it.
const CONFIDENCE: f64 = 0.95;

/// Makes the clinical endpoints, the course over visits and the rates with their limits.
pub struct Outcomes;

impl Stage for Outcomes {
    const NAME: &'static str = "outcomes";
    const VERSION: u32 = 1;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let totals = Totals::read(&inputs.assessments);
        let mut endpoints = Vec::new();
        let mut rates = Vec::new();
        for (name, endpoint) in &params.endpoints {
            let rows = endpoint::of_everyone(name, endpoint, &inputs.participants, &totals, context);
            if endpoint::is_yes_or_no(endpoint, &inputs.participants) {
                rates.push(rates::rate(name, &rows));
            }
            endpoints.extend(rows);
        }
        Ok(Outputs {
            endpoints: Table::from_rows(endpoints)?,
            trajectory: Table::from_rows(course::describe(params.trajectory.visits(), &totals))?,
            rates: Table::from_rows(rates)?,
        })
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        for (name, endpoint) in &params.endpoints {
            let facts = facts(endpoint, names);
            names.endpoints.insert(name.clone(), facts);
        }
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        check::check(params, names)
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

fn facts(endpoint: &Endpoint, names: &Vocabulary) -> EndpointFacts {
    let is_binary = |column: &Option<String>| {
        column.as_ref().is_some_and(|column| names.variables.get(column) == Some(&Variable::Binary))
    };
    let (binary, baseline_visit) = match endpoint {
        Endpoint::Column { column, .. } => (is_binary(column), None),
        other => (other.is_yes_or_no(), other.from().or(names.visits.first().map(String::as_str)).map(str::to_owned)),
    };
    EndpointFacts { kind: endpoint.kind().to_owned(), binary, baseline_visit }
}
