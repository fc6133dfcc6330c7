//! How many reached a yes-or-no endpoint, with limits.

use super::CONFIDENCE;
use super::schema::{EndpointRow, RateRow};
use crate::statistics::proportion;

/// The rate of one endpoint, of the participants with a value.
pub fn rate(name: &str, rows: &[EndpointRow]) -> RateRow {
    let known: Vec<f64> = rows.iter().filter_map(|row| row.value).collect();
    let (n, events) = (known.len(), known.iter().filter(|value| **value == 1.0).count());
    let wilson = proportion::wilson(events as u64, n as u64, CONFIDENCE);
    let exact = proportion::clopper_pearson(events as u64, n as u64, CONFIDENCE);
    RateRow {
        endpoint: name.to_owned(),
        events: events as i64,
        n: n as i64,
        rate: (n > 0).then(|| events as f64 / n as f64),
        wilson_low: wilson.map(|limits| limits.low),
        wilson_high: wilson.map(|limits| limits.high),
        exact_low: exact.map(|limits| limits.low),
        exact_high: exact.map(|limits| limits.high),
    }
}
