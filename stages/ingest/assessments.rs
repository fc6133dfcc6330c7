//! Reads the clinical ratings: items, totals, or both.
//!
//! A total that is not the sum of its items is not stopped here: qc's rule `total_matches_items` judges it, with the
//! two numbers side by side in the table.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::known::Known;
use super::params::Assessments;
use super::problems::Problems;
use super::redcap;
use super::row::Row;
use super::scale::Scale;
use super::schema::{self, AssessmentRow};
use super::sheet::Sheet;
use crate::contract::schema::{Cell, Schema};
use crate::contract::{Finding, StageContext, Table, TableError};
use crate::contract::{Place, Problem, suggest};

/// The ratings as read: each row with its items.
#[derive(Debug, Clone, Default)]
pub struct Ratings {
    rows: Vec<(AssessmentRow, Vec<Option<f64>>)>,
    items: usize,
}

/// Where the columns stand.
struct Layout {
    participant: usize,
    visit: usize,
    total: Option<usize>,
    items: Vec<usize>,
    hours: Option<usize>,
    day: Option<usize>,
}

/// Reads the ratings' file.
pub fn read(
    params: &Assessments,
    scale: &Scale,
    sheet: &Sheet<'_>,
    people: &Known,
    problems: &mut Problems,
) -> Ratings {
    let Some(layout) = layout(params, scale, sheet, problems) else {
        return Ratings::default();
    };
    let mut ratings = Ratings { rows: Vec::new(), items: layout.items.len() };
    let mut seen: BTreeMap<(String, usize), u64> = BTreeMap::new();
    sheet.for_each(|row| {
        if is_of_another_instrument(&row, &layout, params) {
            return;
        }
        let items: Vec<_> =
            layout.items.iter().map(|item| row.number_in(*item, scale.item_range, "", problems)).collect();
        let given = layout.total.and_then(|total| row.number_in(total, Some(scale.total_range), "", problems));
        let hours_after_infusion = row.number(layout.hours, problems);
        let day = row.number(layout.day, problems);
        let Some((participant_id, visit)) = whose(&row, &layout, params, people, problems) else {
            return;
        };
        if let Some(earlier) = seen.insert((participant_id.clone(), visit), row.line) {
            refuse_repeat(&row, &layout, earlier, problems);
            return;
        }
        let items_total = sum(&items);
        let rating = AssessmentRow {
            participant_id,
            instrument: params.instrument.clone(),
            visit: params.visits.get(visit).cloned().unwrap_or_default(),
            visit_index: i64::try_from(visit).unwrap_or(i64::MAX),
            total: given.or(items_total),
            items_total,
            hours_after_infusion,
            day,
        };
        ratings.rows.push((rating, items));
    });
    ratings.rows.sort_by(|a, b| schema::Assessments::compare(&a.0, &b.0));
    ratings
}

/// Whether a row of a REDCap export holds nothing of this instrument.
///
/// METHOD: a row that repeats an instrument, or is of an event that is no visit, and has neither total nor item here
/// is another instrument's. A blank row of a visit is kept: the visit was missed.
fn is_of_another_instrument(row: &Row<'_>, layout: &Layout, params: &Assessments) -> bool {
    let repeats = row.text(row.find(redcap::REPEATED)).is_some();
    let elsewhere = || params.visit == redcap::EVENT && visit_of(row.raw(layout.visit), params).is_none();
    let blank = || layout.total.iter().chain(&layout.items).all(|column| row.text(*column).is_none());
    (repeats || elsewhere()) && blank()
}

/// The place of the visit that the file calls `word`.
fn visit_of(word: &str, params: &Assessments) -> Option<usize> {
    let name = params.visit_names.get(word).map_or(word, String::as_str);
    params.visits.iter().position(|known| known == name)
}

/// The sum of the items, where there are any and all are given.
fn sum(items: &[Option<f64>]) -> Option<f64> {
    let given: Option<Vec<f64>> = items.iter().copied().collect();
    given.filter(|items| !items.is_empty()).map(|items| items.iter().sum())
}

fn layout(params: &Assessments, scale: &Scale, sheet: &Sheet<'_>, problems: &mut Problems) -> Option<Layout> {
    let participant = sheet.column(&params.participant, problems);
    let visit = sheet.column(&params.visit, problems);
    let total = sheet.find(&params.total);
    let header = |item: usize| format!("{}{item}", params.item_prefix);
    let has_items = (1..=scale.items).any(|item| sheet.find(&header(item)).is_some());
    let items: Vec<usize> = match has_items {
        true => (1..=scale.items).filter_map(|item| sheet.column(&header(item), problems)).collect(),
        false => Vec::new(),
    };
    if total.is_none() && !has_items {
        sheet.column(&params.total, problems);
    }
    refuse_more_items(params, scale, sheet, problems);
    let (hours, day) = (sheet.find("hours_after_infusion"), sheet.find("day"));
    Some(Layout { participant: participant?, visit: visit?, total, items, hours, day })
}

fn refuse_more_items(params: &Assessments, scale: &Scale, sheet: &Sheet<'_>, problems: &mut Problems) {
    let number = |header: &str| header.strip_prefix(&params.item_prefix)?.parse::<usize>().ok();
    for header in sheet.headers.iter().filter(|header| number(header).is_some_and(|n| n == 0 || n > scale.items)) {
        problems.add(sheet.name, "unknown_item", || {
            let place = Place::cell(sheet.name, sheet.header_line, header.as_str());
            let message =
                format!("`{header}` is not an item of {}, which has {} items", params.instrument, scale.items);
            let remedy = "rename or remove the column, or declare another instrument with its `items:`";
            Problem::new("unknown_item", place, message, remedy)
        });
    }
}

/// The row's participant and the place of its visit, both known.
fn whose(
    row: &Row<'_>,
    layout: &Layout,
    params: &Assessments,
    people: &Known,
    problems: &mut Problems,
) -> Option<(String, usize)> {
    let participant = row.required(layout.participant, problems);
    let visit = row.required(layout.visit, problems);
    if let Some(id) = participant.filter(|id| people.lacks(id)) {
        row.refuse(layout.participant, "unknown_participant", problems, |_| {
            (format!("unknown participant `{id}`"), people.remedy(id, "participants"))
        });
    }
    let visit = visit?;
    let index = visit_of(visit, params);
    if index.is_none() {
        row.refuse(layout.visit, "unknown_visit", problems, |_| {
            let words = params.visits.iter().chain(params.visit_names.keys()).map(String::as_str);
            let remedy = suggest::remedy(visit, words);
            (format!("unknown visit `{visit}`"), remedy)
        });
    }
    Some((participant?.to_owned(), index?))
}

fn refuse_repeat(row: &Row<'_>, layout: &Layout, earlier: u64, problems: &mut Problems) {
    row.refuse(layout.visit, "duplicate_assessment", problems, |_| {
        let (participant, visit) = (row.raw(layout.participant), row.raw(layout.visit));
        let (first, again) = (row.at(earlier), row.at(row.line));
        let message = format!("participant `{participant}` has visit `{visit}` {first} and again {again}");
        let choose = if row.find(redcap::EVENT).is_some() { ", choose rows with `where:`" } else { "" };
        (message, format!("keep one of the two rows{choose}, or correct the visit"))
    });
}

impl Ratings {
    /// Who has at least one row.
    pub fn participants(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|(row, _)| row.participant_id.as_str())
    }

    /// The day of each participant's visits, where it is given.
    pub fn calendar(&self) -> Calendar {
        let day = |(row, _): &(AssessmentRow, _)| Some((row.participant_id.clone(), row.visit.clone(), row.day?));
        Calendar::new(self.rows.iter().filter_map(day))
    }

    /// The ratings' table, with what was noticed of missing totals and visits.
    pub fn table(
        self,
        params: &Assessments,
        context: &mut StageContext<'_>,
    ) -> Result<Table<schema::Assessments>, TableError> {
        self.notice(params, context);
        let height = self.rows.len();
        let (rows, items): (Vec<_>, Vec<_>) = self.rows.into_iter().unzip();
        let mut columns = schema::Assessments::write(rows);
        for item in 0..self.items {
            let cells: Vec<Option<f64>> = items.iter().map(|items| items.get(item).copied().flatten()).collect();
            columns.push(Cell::column(&format!("item_{}", item + 1), cells));
        }
        Table::from_columns(height, columns)
    }

    fn notice(&self, params: &Assessments, context: &mut StageContext<'_>) {
        let name = |row: &AssessmentRow| format!("{} at {}", row.participant_id, row.visit);
        let part = |items: &[Option<f64>]| items.iter().any(Option::is_some) && items.iter().any(Option::is_none);
        let partial: Vec<String> = self
            .rows
            .iter()
            .filter(|(row, items)| row.total.is_none() && part(items))
            .map(|(row, _)| name(row))
            .collect();
        if !partial.is_empty() {
            let list = super::problems::list(partial.iter().map(String::as_str));
            let message = format!("some items are given, others not, and no total: the total is missing ({list})");
            context.find(Finding::warning("incomplete_items", "", message).hint("add the missing items or the total"));
        }
        for visit in &params.visits {
            if !self.rows.iter().any(|(row, _)| row.visit == *visit && row.total.is_some()) {
                let message = format!("no participant has a rating at `{visit}`");
                context.find(Finding::warning("visit_without_ratings", visit, message));
            }
        }
    }
}
