//! Reads the measured samples: whose, when, of what type, and how they were run.

use std::collections::BTreeMap;

use super::known::Known;
use super::params::{ONLY_TIMEPOINT, Samples};
use super::problems::{Problems, list};
use super::row::Row;
use super::schema::{self, SampleRow};
use super::sheet::Sheet;
use crate::contract::{Finding, StageContext, Table, TableError, suggest};

/// The samples as read.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    pub known: Known,
    pub rows: Vec<SampleRow>,
    /// Pooled QC and blank samples whose participant or timepoint was set aside.
    ownerless: Vec<String>,
}

/// The type of a sample of a participant, and the default.
pub const STUDY: &str = "study";
const TYPES: [&str; 3] = [STUDY, "pooled_qc", "blank"];

/// Where the columns stand.
struct Layout {
    sample: usize,
    participant: usize,
    timepoint: usize,
    kind: Option<usize>,
    batch: Option<usize>,
    order: Option<usize>,
    hours: Option<usize>,
}

/// What must not occur twice, with the line on which it occurred first.
#[derive(Default)]
struct Seen {
    timepoints: BTreeMap<(String, String), (String, u64)>,
    orders: BTreeMap<(Option<String>, i64), u64>,
}

/// Reads the samples' file.
pub fn read(params: &Samples, sheet: &Sheet<'_>, people: &Known, problems: &mut Problems) -> Measured {
    let sample = sheet.column(&params.sample, problems);
    let participant = sheet.column(&params.participant, problems);
    let timepoint = sheet.column("timepoint", problems);
    let (Some(sample), Some(participant), Some(timepoint)) = (sample, participant, timepoint) else {
        return Measured::default();
    };
    let (kind, batch, order) = (sheet.find("type"), sheet.find("batch"), sheet.find("injection_order"));
    let hours = sheet.find("hours_after_infusion");
    let layout = Layout { sample, participant, timepoint, kind, batch, order, hours };
    let mut measured = Measured { known: Known::of(sheet.complete), ..Measured::default() };
    let mut seen = Seen::default();
    sheet.for_each(|row| {
        let id = row.required(layout.sample, problems);
        // Known even where the rest of its row is refused: its abundances are not those of an unknown sample.
        let new = id.is_some_and(|id| measured.known.add(id, &row, layout.sample, "duplicate_sample", problems));
        let sample = read_row(&row, id.unwrap_or_default(), &layout, params, people, &mut seen, problems);
        if let Some(sample) = sample.filter(|_| new) {
            let owned = row.text(layout.participant).or(row.text(layout.timepoint)).is_some();
            if owned && sample.r#type != STUDY {
                measured.ownerless.push(sample.sample_id.clone());
            }
            measured.rows.push(sample);
        }
    });
    measured
}

fn read_row(
    row: &Row<'_>,
    sample_id: &str,
    layout: &Layout,
    params: &Samples,
    people: &Known,
    seen: &mut Seen,
    problems: &mut Problems,
) -> Option<SampleRow> {
    let kind = read_type(row, layout, problems);
    let batch = row.text(layout.batch).map(str::to_owned);
    let injection_order = row.whole(layout.order, problems);
    let hours_after_infusion = row.number(layout.hours, problems);
    refuse_repeated_order(row, layout, &batch, injection_order, seen, problems);
    let kind = kind?;
    let (participant_id, timepoint) = match kind {
        STUDY => owner(row, layout, params, people, sample_id, seen, problems),
        _ => (None, None),
    };
    let window = timepoint.as_ref().and_then(|name| params.timepoints.get(name)?.hours_after_infusion);
    Some(SampleRow {
        sample_id: sample_id.to_owned(),
        participant_id,
        timepoint,
        r#type: kind.to_owned(),
        batch,
        injection_order,
        hours_after_infusion,
        window_low: window.map(|window| window.low()),
        window_high: window.map(|window| window.high()),
    })
}

fn read_type(row: &Row<'_>, layout: &Layout, problems: &mut Problems) -> Option<&'static str> {
    let Some((column, text)) = layout.kind.zip(row.text(layout.kind)) else {
        return Some(STUDY);
    };
    let known = TYPES.into_iter().find(|kind| *kind == text);
    if known.is_none() {
        row.refuse(column, "unknown_type", problems, |_| {
            (format!("unknown type of sample `{text}`"), suggest::remedy(text, TYPES))
        });
    }
    known
}

/// Whose study sample it is and when it was drawn: both known, and no other sample of the two.
fn owner(
    row: &Row<'_>,
    layout: &Layout,
    params: &Samples,
    people: &Known,
    sample_id: &str,
    seen: &mut Seen,
    problems: &mut Problems,
) -> (Option<String>, Option<String>) {
    let participant = row.required(layout.participant, problems);
    let timepoint = row.required(layout.timepoint, problems);
    if let Some(id) = participant.filter(|id| people.lacks(id)) {
        row.refuse(layout.participant, "unknown_participant", problems, |_| {
            (format!("sample `{sample_id}` is of an unknown participant `{id}`"), people.remedy(id, "participants"))
        });
    }
    if let Some(name) = timepoint.filter(|name| !params.timepoints.contains_key(*name)) {
        row.refuse(layout.timepoint, "unknown_timepoint", problems, |_| {
            let remedy = suggest::remedy(name, params.timepoints.keys().map(String::as_str));
            (format!("unknown timepoint `{name}`"), remedy)
        });
    }
    let (participant, timepoint) = (participant.map(str::to_owned), timepoint.map(str::to_owned));
    if let Some(key) = participant.clone().zip(timepoint.clone()) {
        let (id, name) = key.clone();
        if let Some((earlier, line)) = seen.timepoints.insert(key, (sample_id.to_owned(), row.line)) {
            row.refuse(layout.timepoint, "duplicate_timepoint", problems, |_| {
                let message = format!(
                    "participant `{id}` has two samples at `{name}`: `{earlier}` on line {line} and `{sample_id}` on line {}",
                    row.line
                );
                (message, "keep one of the two, or correct the participant or the timepoint".into())
            });
        }
    }
    (participant, timepoint)
}

fn refuse_repeated_order(
    row: &Row<'_>,
    layout: &Layout,
    batch: &Option<String>,
    order: Option<i64>,
    seen: &mut Seen,
    problems: &mut Problems,
) {
    let Some((column, order)) = layout.order.zip(order) else {
        return;
    };
    if let Some(earlier) = seen.orders.insert((batch.clone(), order), row.line) {
        row.refuse(column, "duplicate_injection_order", problems, |_| {
            let within = batch.as_ref().map_or(String::new(), |batch| format!(" of batch `{batch}`"));
            let message = format!("injection {order}{within} occurs on line {earlier} and again on line {}", row.line);
            (message, "correct one of the two".into())
        });
    }
}

/// One study sample a participant, named by the participant, at the only timepoint.
pub fn of_participants<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<SampleRow> {
    let row = |id: &str| SampleRow {
        sample_id: id.to_owned(),
        participant_id: Some(id.to_owned()),
        timepoint: Some(ONLY_TIMEPOINT.to_owned()),
        r#type: STUDY.to_owned(),
        batch: None,
        injection_order: None,
        hours_after_infusion: None,
        window_low: None,
        window_high: None,
    };
    ids.into_iter().map(row).collect()
}

impl Measured {
    /// The samples' table, with a note of what was set aside.
    pub fn table(self, context: &mut StageContext<'_>) -> Result<Table<schema::Samples>, TableError> {
        if !self.ownerless.is_empty() {
            let names = list(self.ownerless.iter().map(String::as_str));
            let message = format!(
                "pooled QC and blank samples are of no participant: what the file says was set aside ({names})"
            );
            context.find(Finding::note("owner_set_aside", "", message));
        }
        Table::from_rows(self.rows)
    }
}
