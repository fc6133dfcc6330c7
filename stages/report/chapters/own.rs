//! The tables that the study's own commands made: shown as they are, with the command beside them.

use minijinja::{Value, context};

use crate::contract::AboutOwn;
use crate::report::sheets::{Cell, Sheet};
use crate::report::study::{Study, own_sheet};
use crate::report::view::{Head, Shown, View, named};
use crate::report::words;

pub fn chapter(study: &Study) -> Vec<Value> {
    study.params.about.own.iter().map(|own| shown(study, own)).collect()
}

fn shown(study: &Study, own: &AboutOwn) -> Value {
    let heading = match own.caption.as_str() {
        "" => format!("{}: {}", own.stage, own.table),
        caption => caption.to_owned(),
    };
    let sheet = study.sheets.get(&own_sheet(&own.stage, &own.table));
    let without = match sheet {
        None => "Single participants are not shown, and this table names some.",
        Some(_) => "The table has no rows.",
    };
    let table = sheet.and_then(|sheet| view(study, own, &heading, sheet));
    let command = study.guard.text(&own.command);
    context! { heading, command, stage => own.stage.as_str(), table, without }
}

fn view(study: &Study, own: &AboutOwn, heading: &str, sheet: &Sheet) -> Option<Value> {
    let numeric = |at: usize| {
        let known: Vec<&Cell> = sheet.rows.iter().map(|row| &row[at]).filter(|cell| **cell != Cell::Missing).collect();
        !known.is_empty() && known.iter().all(|cell| matches!(cell, Cell::Real(_) | Cell::Integer(_)))
    };
    let head = sheet.columns.iter().enumerate();
    let head = head.map(|(at, label)| Head { label: label.clone().into(), numeric: numeric(at) });
    let mut view = View::new(heading, &[]).csv(&format!("{}_{}", own.stage, own.table));
    view.head = head.collect();
    for row in sheet.rows.iter().take(own.rows as usize) {
        view.row("", row.iter().map(|cell| shown_cell(study, cell)).collect());
    }
    let (all, left) = (sheet.rows.len(), sheet.rows.len().min(own.rows as usize));
    let view = if left < all { view.note(format!("The first {left} of {all} rows; the file has all.")) } else { view };
    view.shown()
}

fn shown_cell(study: &Study, cell: &Cell) -> Shown {
    match cell {
        Cell::Missing => words::MISSING.into(),
        Cell::Text(text) => named(study.guard.text(text)),
        Cell::Real(value) => Some(*value).into(),
        Cell::Integer(value) => Shown { text: value.to_string(), sort: Some(*value as f64), whole: None },
        Cell::Flag(value) => (if *value { "yes" } else { "no" }).into(),
    }
}
