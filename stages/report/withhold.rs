//! The tables as they may be written and looked up: whole tables, cells and counts that privacy holds back.

use std::collections::BTreeMap;

use super::privacy::{Count, Guard};
use super::sheets::{Cell, Sheet};
use super::study::OWN;
use crate::outcomes::schema::RateRow;
use crate::qc::schema::FlowRow;

/// The tables with a row per participant or sample.
const PARTICIPANT_TABLES: [&str; 6] = [
    "qc/sample_quality",
    "normalize/changes",
    "normalize/scores",
    "outcomes/endpoints",
    "screen/influence",
    "predict/predictions",
];

impl Guard {
    /// The sheets as they may be written and looked up.
    pub fn sheets(&self, sheets: &mut BTreeMap<String, Sheet>, rates: &[RateRow], flow: &[FlowRow]) {
        if !self.points {
            let own = |name: &str, sheet: &Sheet| name.starts_with(OWN) && self.is_of_people(sheet);
            sheets.retain(|name, sheet| !PARTICIPANT_TABLES.contains(&name.as_str()) && !own(name, sheet));
            sheets.get_mut("qc/decisions").into_iter().for_each(only_analytes);
            sheets.values_mut().for_each(|sheet| self.hide_people(sheet));
        }
        if self.min_cell() > 0 {
            let each: Vec<_> = rates.iter().map(|row| self.rate(row)).collect();
            sheets.get_mut("outcomes/rates").into_iter().for_each(|sheet| hide_pairs(sheet, ["events", "n"], &each));
            let each = self.flow(flow);
            let (sheet, pair) = (sheets.get_mut("qc/flow"), ["before", "after"]);
            sheet.into_iter().for_each(|sheet| hide_pairs(sheet, pair, &each));
            let small = [
                "outcomes/trajectory",
                "screen/associations",
                "sweep/associations",
                "predict/performance",
                "qc/batch_quality",
            ];
            for name in small {
                sheets.get_mut(name).into_iter().for_each(|sheet| self.hide_small_n(sheet, name));
            }
        }
    }

    /// Whether a table of the study's own has rows about single people: by its columns, or by a cell that names one.
    fn is_of_people(&self, sheet: &Sheet) -> bool {
        let column = ["participant_id", "sample_id"].iter().any(|name| sheet.position(name).is_some());
        let names = |cell: &Cell| matches!(cell, Cell::Text(text) if self.text(text) != *text);
        column || sheet.rows.iter().flatten().any(names)
    }

    fn hide_people(&self, sheet: &mut Sheet) {
        let named = people(sheet);
        let texts = ["reason", "override_reason", "detail", "excluded", "message", "hint", "subject"];
        let texts: Vec<usize> = texts.iter().filter_map(|name| sheet.position(name)).collect();
        for row in &mut sheet.rows {
            named.iter().for_each(|at| row[*at] = Cell::Missing);
            for at in &texts {
                if let Cell::Text(text) = &row[*at] {
                    row[*at] = Cell::Text(self.text(text));
                }
            }
        }
    }

    fn hide_small_n(&self, sheet: &mut Sheet, name: &str) {
        let named = people(sheet);
        let Some(n) = sheet.position("n") else { return };
        let (events, failed) = (sheet.position("events"), sheet.position("loo_failed"));
        let tells_n = ["df_residual", "df_reference"].map(|name| sheet.position(name));
        for row in &mut sheet.rows {
            named.iter().for_each(|at| row[*at] = Cell::Missing);
            let Cell::Integer(value) = row[n] else { continue };
            self.hide_events(row, value, events, failed);
            row[n] = self.count(value).cell();
            if value < self.min_cell() {
                tells_n.into_iter().flatten().for_each(|at| row[at] = Cell::Missing);
                if matches!(name, "outcomes/trajectory" | "qc/batch_quality") {
                    blank_numbers(row);
                }
            }
        }
    }

    /// Counts of people within those of a fit.
    fn hide_events(&self, row: &mut [Cell], n: i64, events: Option<usize>, failed: Option<usize>) {
        if let Some(at) = events
            && let Cell::Integer(reached) = row[at]
            && let (_, Some(shown)) = self.events(n, Some(reached))
        {
            row[at] = shown.cell();
        }
        if let Some(at) = failed
            && let Cell::Integer(some) = row[at]
        {
            row[at] = self.count(some).cell();
        }
    }
}

/// Takes the decisions about samples and assessments out, which are single people's.
fn only_analytes(sheet: &mut Sheet) {
    let Some(what) = sheet.position("what") else { return };
    sheet.rows.retain(|row| matches!(&row[what], Cell::Text(text) if text == "analyte"));
}

/// The columns that list people.
fn people(sheet: &Sheet) -> Vec<usize> {
    ["dropped_participants", "loo_flips_by"].iter().filter_map(|name| sheet.position(name)).collect()
}

/// Puts the shown counts into a sheet; a row with a hidden one keeps no number that follows from it.
fn hide_pairs(sheet: &mut Sheet, columns: [&str; 2], counts: &[(Count, Count)]) {
    let [Some(first), Some(second)] = columns.map(|name| sheet.position(name)) else { return };
    let excluded = sheet.position("excluded");
    for (row, (a, b)) in sheet.rows.iter_mut().zip(counts) {
        if !(a.is_shown() && b.is_shown()) {
            blank_numbers(row);
            excluded.into_iter().for_each(|at| row[at] = Cell::Missing);
        }
        (row[first], row[second]) = (a.cell(), b.cell());
    }
}

fn blank_numbers(row: &mut [Cell]) {
    row.iter_mut().filter(|cell| matches!(cell, Cell::Real(_))).for_each(|cell| *cell = Cell::Missing);
}
