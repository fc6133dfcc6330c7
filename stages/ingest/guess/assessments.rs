//! The section of the ratings: the scale, its items and its visits.

use super::column::Column;
use super::look::Table;
use super::order::merged;
use super::page::{Page, list, word};
use super::roles::Chosen;
use super::scales;
use super::tables::{Found, head, header};

/// Writes the section.
pub fn write(chosen: &Chosen<'_>, page: &mut Page, found: &mut Found) {
    let table = chosen.table;
    head("assessments", chosen, page);
    let headers = table.columns.iter().map(|column| column.header.as_str());
    let scale = scales::named(std::iter::once(table.file.as_str()).chain(headers));
    let (prefix, items) = items(table);
    let is = |column: &&Column| {
        column.is_numeric() && ["total", "totalscore", "sum", "sumscore", "score"].contains(&column.plain().as_str())
    };
    let named = |column: &&Column| {
        column.is_numeric()
            && scale.is_some_and(|scale| column.plain().contains(scale.name) && !starts(column, &prefix))
    };
    let ends = |column: &&Column| {
        let end = column.header.strip_prefix(&prefix).unwrap_or_default().to_lowercase();
        !prefix.is_empty() && column.is_numeric() && ["total", "sum", "score"].contains(&end.as_str())
    };
    let columns = || table.columns.iter();
    let total = columns().find(is).or(columns().find(ends)).or(columns().find(named));
    instrument(scale, items, page);
    header("participant", table.participant(), "participant_id", page);
    header("visit", table.visit(), "visit", page);
    if items == 0 || total.is_some() {
        header("total", total, "total", page);
    }
    if items > 0 && prefix != "item_" {
        page.guess(
            3,
            format!("item_prefix: {}", word(&prefix)),
            format!("{items} headers begin so and end with a number"),
        );
    }
    let sequences = table.participant().zip(table.visit()).map(|(owner, visit)| visit.sequences(owner));
    found.visits = merged(sequences.unwrap_or_default());
    found.scale = scale.map(|scale| scale.name);
    let visits = list(found.visits.iter().map(String::as_str));
    page.guess(3, format!("visits: {visits}"), "in the order of the participants' rows");
}

fn starts(column: &Column, prefix: &str) -> bool {
    !prefix.is_empty() && column.header.starts_with(prefix)
}

/// What the headers of items begin with, and how many there are from 1 on without a gap.
fn items(table: &Table) -> (String, usize) {
    let prefix = |column: &Column| column.header.trim_end_matches(|sign: char| sign.is_ascii_digit()).to_owned();
    let numbered = |prefix: &String| {
        let there = |n: usize| {
            table.columns.iter().any(|column| column.header == format!("{prefix}{n}") && column.is_numeric())
        };
        (1..).take_while(|n| there(*n)).count()
    };
    let counted = table.columns.iter().map(prefix).map(|prefix| (numbered(&prefix), prefix));
    let most = counted.filter(|(items, _)| *items >= 2).max_by_key(|(items, _)| *items);
    most.map_or((String::new(), 0), |(items, prefix)| (prefix, items))
}

fn instrument(scale: Option<&'static scales::Known>, items: usize, page: &mut Page) {
    match scale {
        Some(scale) if scale.name == "madrs" && (items == scale.items || items == 0) => {
            page.guess(3, "instrument: madrs", "the name; ten items of 0 to 6, total 0 to 60");
        }
        Some(scale) => {
            page.guess(3, format!("instrument: {}", word(scale.name)), "the name");
            if items > 0 {
                page.guess(3, format!("items: {items}"), "so many numbered columns");
                page.guess(3, format!("item_range: [0, {}]", scale.item_high), "what the scale usually has");
            }
            page.guess(3, format!("total_range: [0, {}]", scale.total_high), "what the scale usually has");
        }
        None => {
            page.todo(3, "the scale's name, and the ranges of its items and its total, which are not known here");
            page.line(3, "instrument: scale");
            if items > 0 {
                page.guess(3, format!("items: {items}"), "so many numbered columns");
                page.line(3, "item_range: [0, 10]");
            }
            page.line(3, "total_range: [0, 100]");
        }
    }
}
