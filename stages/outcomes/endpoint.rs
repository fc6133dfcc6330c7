//! One endpoint of every participant.

use super::params::{Endpoint, Missing};
use super::schema::EndpointRow;
use super::totals::Totals;
use crate::contract::{Finding, StageContext, Table};
use crate::qc::schema::Participants;

/// A value and how it came about.
struct Made {
    value: Option<f64>,
    imputed: bool,
    how: String,
}

impl Made {
    fn observed(value: f64) -> Self {
        Made { value: Some(value), imputed: false, how: "observed".to_owned() }
    }

    fn missing() -> Self {
        Made { value: None, imputed: false, how: "missing".to_owned() }
    }
}

/// The endpoint of everyone in the participants' table; each has a row.
pub fn of_everyone(
    name: &str,
    endpoint: &Endpoint,
    participants: &Table<Participants>,
    totals: &Totals,
    context: &mut StageContext<'_>,
) -> Vec<EndpointRow> {
    let ids: Vec<String> = participants.column("participant_id");
    let column = match endpoint {
        Endpoint::Column { column, .. } => read(participants, column.as_deref().unwrap_or(name)),
        _ => Vec::new(),
    };
    let mut rows = Vec::with_capacity(ids.len());
    for (row, id) in ids.into_iter().enumerate() {
        let (made, baseline) = match endpoint {
            Endpoint::Column { .. } => (of_column(column.get(row).copied().flatten()), None),
            _ => (of_totals(endpoint, &id, totals), baseline(endpoint, &id, totals)),
        };
        rows.push(EndpointRow {
            participant_id: id,
            endpoint: name.to_owned(),
            value: made.value,
            kind: endpoint.kind().to_owned(),
            imputed: made.imputed,
            how: made.how,
            baseline,
        });
    }
    report(name, endpoint, &rows, context);
    rows
}

/// Whether an endpoint is yes or no, by its kind or by the column it takes.
pub fn is_yes_or_no(endpoint: &Endpoint, participants: &Table<Participants>) -> bool {
    match endpoint {
        Endpoint::Column { column: Some(column), .. } => participants.extra::<Option<bool>>(column).is_some(),
        other => other.is_yes_or_no(),
    }
}

/// A participant column as numbers; empty where it holds text or is not there.
fn read(participants: &Table<Participants>, column: &str) -> Vec<Option<f64>> {
    let real = || participants.extra::<Option<f64>>(column);
    let whole = || Some(participants.extra::<Option<i64>>(column)?.into_iter().map(|v| v.map(|v| v as f64)).collect());
    let flag = || {
        let cells = participants.extra::<Option<bool>>(column)?;
        Some(cells.into_iter().map(|cell| cell.map(|yes| f64::from(u8::from(yes)))).collect())
    };
    real().or_else(whole).or_else(flag).unwrap_or_default()
}

fn of_column(value: Option<f64>) -> Made {
    value.map_or_else(Made::missing, Made::observed)
}

/// The total at the endpoint's `from` visit, else at the first visit.
fn baseline(endpoint: &Endpoint, participant: &str, totals: &Totals) -> Option<f64> {
    totals.at(participant, baseline_place(endpoint, totals)?)
}

fn baseline_place(endpoint: &Endpoint, totals: &Totals) -> Option<i64> {
    endpoint.from().map_or(Some(0), |from| totals.place(from))
}

fn of_totals(endpoint: &Endpoint, participant: &str, totals: &Totals) -> Made {
    let Some(place) = endpoint.visit().and_then(|visit| totals.place(visit)) else {
        return unseen(endpoint, participant, totals);
    };
    let from = baseline(endpoint, participant, totals);
    if let Some(total) = totals.at(participant, place) {
        return of_value(endpoint, from, total);
    }
    match endpoint.missing() {
        Missing::Exclude => Made::missing(),
        Missing::NonResponder => unseen(endpoint, participant, totals),
        Missing::Locf => carried(endpoint, participant, place, totals),
    }
}

/// A yes-or-no endpoint whose total is missing and counts as not reached.
fn unseen(endpoint: &Endpoint, participant: &str, totals: &Totals) -> Made {
    // METHOD: only a missing later total counts as non-response. Without the earlier total an improvement cannot be
    // defined for anyone, and the endpoint stays missing.
    let defined = endpoint.from().is_none() || baseline(endpoint, participant, totals).is_some();
    if endpoint.missing() == Missing::NonResponder && defined {
        return Made { value: Some(0.0), imputed: true, how: "non_responder".to_owned() };
    }
    Made::missing()
}

fn carried(endpoint: &Endpoint, participant: &str, place: i64, totals: &Totals) -> Made {
    // METHOD: the last total after the earlier visit (the first visit, where none is named) and before the endpoint's
    // visit is carried forward. The earlier visit's own total is never carried: that would count no follow-up as no
    // change, which is another rule (baseline observation carried forward).
    let after = baseline_place(endpoint, totals);
    let Some((seen, total)) = after.and_then(|after| totals.last_between(participant, after, place)) else {
        return Made::missing();
    };
    let made = of_value(endpoint, baseline(endpoint, participant, totals), total);
    let how = format!("locf from {}", totals.visits.get(&seen).map_or("", String::as_str));
    if made.value.is_some() { Made { imputed: true, how, ..made } } else { made }
}

/// The endpoint of two totals.
fn of_value(endpoint: &Endpoint, from: Option<f64>, to: f64) -> Made {
    let yes = |reached: bool| f64::from(u8::from(reached));
    // METHOD: a percentage of zero (or of a negative total) is undefined, and so is a response to it.
    let positive = from.filter(|from| *from > 0.0);
    let value = match endpoint {
        Endpoint::PercentImprovement { .. } => positive.map(|from| 100.0 * (from - to) / from),
        Endpoint::Difference { .. } => from.map(|from| to - from),
        Endpoint::AtMost { value, .. } => Some(yes(to <= value.get())),
        // Multiplied out, so that totals that are whole numbers are compared exactly.
        Endpoint::ImprovementAtLeast { percent, .. } => {
            positive.map(|from| yes(100.0 * (from - to) >= percent.get() * from))
        }
        Endpoint::Column { .. } => None,
    };
    value.map_or_else(Made::missing, Made::observed)
}

fn report(name: &str, endpoint: &Endpoint, rows: &[EndpointRow], context: &mut StageContext<'_>) {
    let ids = |chosen: &dyn Fn(&&EndpointRow) -> bool| {
        rows.iter().filter(chosen).map(|row| row.participant_id.as_str()).collect::<Vec<_>>()
    };
    let of_percent = matches!(endpoint, Endpoint::PercentImprovement { .. } | Endpoint::ImprovementAtLeast { .. });
    let zero = ids(&|row| of_percent && row.baseline.is_some_and(|baseline| baseline <= 0.0));
    if !zero.is_empty() {
        let message = format!("a percentage of a baseline of zero is undefined for {}", zero.join(", "));
        context.find(Finding::warning("zero_baseline", name, message).hint("use kind difference for such totals"));
    }
    let missing = ids(&|row| row.value.is_none());
    if !missing.is_empty() {
        let message = format!("{} of {} participants have no value: {}", missing.len(), rows.len(), missing.join(", "));
        context.find(Finding::note("missing_outcome", name, message));
    }
    let filled = ids(&|row| row.imputed);
    if !filled.is_empty() {
        let message = format!("{} of {} values were filled by rule: {}", filled.len(), rows.len(), filled.join(", "));
        context.find(Finding::note("filled_outcome", name, message));
    }
}
