//! Numbers of extreme size: 1e300 and 1e-300 have squares that no double holds.
//!
//! They are divided by a power of two before the fit, which rounds nothing, and estimates are given back their units.

use std::collections::BTreeMap;

use crate::statistics::descriptive;
use crate::statistics::design::Variable;

/// What one unit of the fit is in the study's units.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unit {
    response: Option<f64>,
    variables: BTreeMap<String, f64>,
}

impl Unit {
    /// Scales the response, where the family allows it, and every numeric variable of extreme size.
    pub fn of(y: &mut [f64], scale_response: bool, variables: &mut [(String, Variable)]) -> Self {
        let mut unit = Unit { response: if scale_response { scale(y) } else { None }, ..Unit::default() };
        for (name, variable) in variables {
            if let Variable::Numeric(values) = variable
                && let Some(size) = scale(values)
            {
                unit.variables.insert(name.clone(), size);
            }
        }
        unit
    }

    /// The same for another response, in its own units.
    pub fn without_response(self) -> Self {
        Unit { response: None, ..self }
    }

    /// One unit of the response.
    pub fn response(&self) -> f64 {
        self.response.unwrap_or(1.0)
    }

    /// One unit of a term's variable.
    pub fn variable(&self, term: &str) -> f64 {
        self.variables.get(term).copied().unwrap_or(1.0)
    }

    /// One unit of a term's coefficient.
    pub fn coefficient(&self, term: &str) -> f64 {
        self.response() / self.variable(term)
    }
}

/// Whether the values, gaps aside, are of a size that needs no unit of its own.
pub fn is_everyday(values: &[f64]) -> bool {
    descriptive::extreme_size(values).is_none() && values.iter().all(|value| !value.is_infinite())
}

/// Divides extreme values by a power of two near the largest, and returns it.
fn scale(values: &mut [f64]) -> Option<f64> {
    let size = descriptive::extreme_size(values)?;
    values.iter_mut().for_each(|value| *value /= size);
    Some(size)
}
