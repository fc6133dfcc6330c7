//! Reads the measured samples: whose, when, of what type, and how they were run.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::clock;
use super::known::Known;
use super::params::{ONLY_TIMEPOINT, SampleColumn, SampleType, Samples};
use super::problems::{Problems, list};
use super::row::Row;
use super::schema::{self, SampleRow};
use super::sheet::Sheet;
use crate::contract::schema::{Cell, Schema};
use crate::contract::{Finding, StageContext, Table, TableError, suggest};

/// The samples as read.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    pub known: Known,
    pub rows: Vec<SampleRow>,
    /// The declared covariates of each row, in the order of their names.
    covariates: Vec<Vec<Option<f64>>>,
    /// Samples that are nobody's and whose participant or timepoint was set aside.
    ownerless: Vec<String>,
    /// What was noticed while samples found their timepoints.
    findings: Vec<Finding>,
}

/// The type of a sample of a participant, and the default.
pub const STUDY: &str = "study";

/// Where the columns stand.
struct Layout<'a> {
    params: &'a Samples,
    sample: usize,
    participant: usize,
    others: BTreeMap<SampleColumn, usize>,
    covariates: Vec<usize>,
}

impl<'a> Layout<'a> {
    fn find(params: &'a Samples, sheet: &Sheet<'_>, problems: &mut Problems) -> Option<Self> {
        let sample = sheet.column(&params.sample, problems);
        let participant = sheet.column(&params.participant, problems);
        let mut others = BTreeMap::new();
        for column in COLUMNS {
            let place = match params.headers.get(&column) {
                Some(header) => sheet.column(header, problems),
                None => sheet.find(column.name()),
            };
            others.extend(place.map(|place| (column, place)));
        }
        if !others.contains_key(&SampleColumn::Timepoint) && !Calendar::can_place(params) {
            sheet.column("timepoint", problems);
            return None;
        }
        let declared = params.columns.iter();
        let covariates =
            declared.map(|(name, covariate)| sheet.column(covariate.column.as_ref().unwrap_or(name), problems));
        let covariates = covariates.collect::<Option<Vec<usize>>>();
        Some(Layout { params, sample: sample?, participant: participant?, others, covariates: covariates? })
    }

    fn at(&self, column: SampleColumn) -> Option<usize> {
        self.others.get(&column).copied()
    }
}

const COLUMNS: [SampleColumn; 10] = [
    SampleColumn::Timepoint,
    SampleColumn::Type,
    SampleColumn::Batch,
    SampleColumn::InjectionOrder,
    SampleColumn::HoursAfterInfusion,
    SampleColumn::Day,
    SampleColumn::Replicate,
    SampleColumn::Dilution,
    SampleColumn::FastingHours,
    SampleColumn::TimeOfDay,
];

/// What must not occur twice, with the line on which it occurred first.
#[derive(Default)]
struct Seen {
    timepoints: BTreeMap<(String, String, Option<String>), (String, u64)>,
    orders: BTreeMap<(Option<String>, i64), u64>,
}

/// Reads the samples' file.
pub fn read(
    params: &Samples,
    sheet: &Sheet<'_>,
    people: &Known,
    calendar: &Calendar,
    problems: &mut Problems,
) -> Measured {
    let Some(layout) = Layout::find(params, sheet, problems) else {
        return Measured::default();
    };
    let mut measured = Measured { known: Known::of(sheet.complete), ..Measured::default() };
    let mut seen = Seen::default();
    sheet.for_each(|row| {
        let id = row.required(layout.sample, problems);
        // Known even where the rest of its row is refused: its abundances are not those of an unknown sample.
        let new = id.is_some_and(|id| measured.known.add(id, &row, layout.sample, "duplicate_sample", problems));
        let sample = read_row(&row, id.unwrap_or_default(), &layout, people, &mut seen, problems);
        let covariates = layout.covariates.iter().map(|column| row.number(*column, problems)).collect();
        if let Some(sample) = sample.filter(|_| new) {
            let owned = row.text(layout.participant).or(row.text(layout.at(SampleColumn::Timepoint))).is_some();
            if owned && sample.r#type != STUDY {
                measured.ownerless.push(sample.sample_id.clone());
            }
            measured.rows.push(sample);
            measured.covariates.push(covariates);
        }
    });
    measured.findings = calendar.place(params, &mut measured.rows);
    measured
}

fn read_row(
    row: &Row<'_>,
    sample_id: &str,
    layout: &Layout<'_>,
    people: &Known,
    seen: &mut Seen,
    problems: &mut Problems,
) -> Option<SampleRow> {
    let kind = read_type(row, layout, problems);
    let text = |column| row.text(layout.at(column)).map(str::to_owned);
    let (batch, replicate) = (text(SampleColumn::Batch), text(SampleColumn::Replicate));
    let injection_order = row.whole(layout.at(SampleColumn::InjectionOrder), problems);
    let mut number = |column| row.number(layout.at(column), problems);
    let hours_after_infusion = number(SampleColumn::HoursAfterInfusion);
    let (day, fasting_hours) = (number(SampleColumn::Day), number(SampleColumn::FastingHours));
    let time_of_day = clock::read(row, layout.at(SampleColumn::TimeOfDay), problems);
    refuse_repeated_order(row, layout, &batch, injection_order, seen, problems);
    let kind = kind?;
    let dilution = read_dilution(row, layout, kind, problems);
    let (participant_id, timepoint) = match kind {
        SampleType::Study => owner(row, layout, people, sample_id, &replicate, seen, problems),
        _ => (None, None),
    };
    let window = timepoint.as_ref().and_then(|name| layout.params.timepoints.get(name)?.hours_after_infusion);
    Some(SampleRow {
        sample_id: sample_id.to_owned(),
        participant_id,
        timepoint,
        r#type: kind.name().to_owned(),
        batch,
        injection_order,
        hours_after_infusion,
        window_low: window.map(|window| window.low()),
        window_high: window.map(|window| window.high()),
        day,
        replicate,
        dilution,
        fasting_hours,
        time_of_day,
    })
}

fn read_type(row: &Row<'_>, layout: &Layout<'_>, problems: &mut Problems) -> Option<SampleType> {
    let column = layout.at(SampleColumn::Type);
    let Some((column, text)) = column.zip(row.text(column)) else {
        return Some(SampleType::Study);
    };
    let declared = layout.params.types.get(text).copied();
    let known = declared.or_else(|| SampleType::ALL.into_iter().find(|kind| kind.name() == text));
    if known.is_none() {
        row.refuse(column, "unknown_type", problems, |_| {
            let near = suggest::remedy(text, SampleType::ALL.map(SampleType::name));
            let declare = format!("or declare the file's word, `types: {{{text}: pooled_qc}}`");
            (format!("unknown type of sample `{text}`"), format!("{near}; {declare}"))
        });
    }
    known
}

/// The relative concentration of a dilution: above zero, and given for every sample of that type.
fn read_dilution(row: &Row<'_>, layout: &Layout<'_>, kind: SampleType, problems: &mut Problems) -> Option<f64> {
    let column = layout.at(SampleColumn::Dilution);
    let dilution = row.number(column, problems);
    let is_wrong = dilution.is_some_and(|dilution| dilution <= 0.0);
    if let Some(column) = column.filter(|_| is_wrong) {
        row.refuse(column, "bad_dilution", problems, |_| {
            let message = format!("a relative concentration of `{}` is not above zero", row.raw(column));
            (message, "write the concentration relative to the undiluted pool: 1, 0.5, 0.25, …".into())
        });
    }
    let place = column.or(layout.at(SampleColumn::Type)).filter(|_| kind == SampleType::Dilution && dilution.is_none());
    if let Some(place) = place {
        row.refuse(place, "missing_dilution", problems, |_| {
            let message = "a sample of type dilution has no relative concentration".to_owned();
            (message, "give it in the column dilution: 1 for the undiluted pool, 0.5 for one half".into())
        });
    }
    dilution
}

/// Whose study sample it is and when it was drawn: both known, and no other sample of the two.
fn owner(
    row: &Row<'_>,
    layout: &Layout<'_>,
    people: &Known,
    sample_id: &str,
    replicate: &Option<String>,
    seen: &mut Seen,
    problems: &mut Problems,
) -> (Option<String>, Option<String>) {
    let participant = row.required(layout.participant, problems);
    if let Some(id) = participant.filter(|id| people.lacks(id)) {
        row.refuse(layout.participant, "unknown_participant", problems, |_| {
            (format!("sample `{sample_id}` is of an unknown participant `{id}`"), people.remedy(id, "participants"))
        });
    }
    let timepoint = read_timepoint(row, layout, problems);
    let (participant, timepoint) = (participant.map(str::to_owned), timepoint.map(str::to_owned));
    if let (Some(id), Some(name)) = (&participant, &timepoint) {
        let key = (id.clone(), name.clone(), replicate.clone());
        let earlier = seen.timepoints.insert(key, (sample_id.to_owned(), row.line));
        if let Some(((earlier, line), column)) = earlier.zip(layout.at(SampleColumn::Timepoint)) {
            row.refuse(column, "duplicate_timepoint", problems, |_| {
                let (first, again) = (row.at(line), row.at(row.line));
                let message = format!(
                    "participant `{id}` has two samples at `{name}`: `{earlier}` {first} and `{sample_id}` {again}"
                );
                let remedy = "keep one of the two, correct the participant or the timepoint, or number repeated \
                              measurements in a column `replicate`";
                (message, remedy.into())
            });
        }
    }
    (participant, timepoint)
}

/// The stated timepoint, a declared one; missing only where the day can tell it.
fn read_timepoint<'r>(row: &Row<'r>, layout: &Layout<'_>, problems: &mut Problems) -> Option<&'r str> {
    let column = layout.at(SampleColumn::Timepoint)?;
    let name = match Calendar::can_place(layout.params) {
        true => row.text(column)?,
        false => match row.text(column) {
            None => {
                let remedy =
                    "fill it in, remove the sample, or let its day find it: `timepoints: {week_1: {day: [5, 9]}}`";
                let say = |header: &str| (format!("`{header}` is missing"), remedy.to_owned());
                row.refuse(column, "missing_value", problems, say);
                return None;
            }
            Some(name) => name,
        },
    };
    let declared = &layout.params.timepoints;
    if !declared.contains_key(name) {
        row.refuse(column, "unknown_timepoint", problems, |_| {
            let remedy = suggest::remedy(name, declared.keys().map(String::as_str));
            (format!("unknown timepoint `{name}`"), remedy)
        });
    }
    Some(name)
}

fn refuse_repeated_order(
    row: &Row<'_>,
    layout: &Layout<'_>,
    batch: &Option<String>,
    order: Option<i64>,
    seen: &mut Seen,
    problems: &mut Problems,
) {
    let Some((column, order)) = layout.at(SampleColumn::InjectionOrder).zip(order) else {
        return;
    };
    if let Some(earlier) = seen.orders.insert((batch.clone(), order), row.line) {
        row.refuse(column, "duplicate_injection_order", problems, |_| {
            let within = batch.as_ref().map_or(String::new(), |batch| format!(" of batch `{batch}`"));
            let (first, again) = (row.at(earlier), row.at(row.line));
            let message = format!("injection {order}{within} occurs {first} and again {again}");
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
        ..SampleRow::default()
    };
    ids.into_iter().map(row).collect()
}

impl Measured {
    /// The samples' table, with the declared covariates beside it and a note of what was set aside.
    pub fn table(
        self,
        params: Option<&Samples>,
        context: &mut StageContext<'_>,
    ) -> Result<Table<schema::Samples>, TableError> {
        if !self.ownerless.is_empty() {
            let names = list(self.ownerless.iter().map(String::as_str));
            let message = format!(
                "samples of pools, references and blanks are nobody's: what the file says was set aside ({names})"
            );
            context.find(Finding::note("owner_set_aside", "", message));
        }
        self.findings.into_iter().for_each(|finding| context.find(finding));
        let Some(params) = params else {
            return Table::from_rows(self.rows);
        };
        let mut rows: Vec<(SampleRow, Vec<Option<f64>>)> = self.rows.into_iter().zip(self.covariates).collect();
        rows.sort_by(|a, b| schema::Samples::compare(&a.0, &b.0));
        let height = rows.len();
        let (rows, covariates): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let mut columns = schema::Samples::write(rows);
        for (place, name) in params.columns.keys().enumerate() {
            let cells: Vec<Option<f64>> = covariates.iter().map(|row| row.get(place).copied().flatten()).collect();
            columns.push(Cell::column(name, cells));
        }
        Table::from_columns(height, columns)
    }
}
