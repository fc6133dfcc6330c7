//! Reads what is known of each analyte.

use std::collections::BTreeMap;

use super::known::Known;
use super::problems::Problems;
use super::row::Row;
use super::schema::PanelRow;
use super::sheet::Sheet;

/// The panel as read: analytes with their rows.
pub type Analytes = BTreeMap<String, PanelRow>;

/// Reads the panel's file.
pub fn read(sheet: &Sheet<'_>, problems: &mut Problems) -> Analytes {
    let Some(column) = sheet.column("analyte", problems) else {
        return Analytes::new();
    };
    let mut known = Known::of(sheet.complete);
    let mut analytes = Analytes::new();
    sheet.for_each(|row| {
        let values = read_row(&row, sheet, problems);
        if let Some(name) = row.required(column, problems)
            && known.add(name, &row, column, "duplicate_analyte", problems)
        {
            let display_name = row.text(sheet.find("display_name")).unwrap_or(name).to_owned();
            analytes.insert(name.to_owned(), PanelRow { analyte: name.to_owned(), display_name, ..values });
        }
    });
    analytes
}

fn read_row(row: &Row<'_>, sheet: &Sheet<'_>, problems: &mut Problems) -> PanelRow {
    let text = |header| row.text(sheet.find(header)).map(str::to_owned);
    let mut number = |header| row.number(sheet.find(header), problems);
    let (lod, plausible_low, plausible_high) = (number("lod"), number("plausible_low"), number("plausible_high"));
    if let Some(column) = sheet.find("lod").filter(|_| lod.is_some_and(|lod| lod < 0.0)) {
        row.refuse(column, "negative_lod", problems, |_| {
            let message = format!("a limit of detection of `{}` is negative", row.raw(column));
            (message, "correct it, or empty the cell".into())
        });
    }
    let reversed = plausible_low.zip(plausible_high).is_some_and(|(low, high)| low > high);
    if let Some(column) = sheet.find("plausible_high").filter(|_| reversed) {
        row.refuse(column, "reversed_range", problems, |_| {
            let message = format!("plausible_high `{}` is below plausible_low", row.raw(column));
            (message, "exchange or correct the two".into())
        });
    }
    PanelRow {
        unit: text("unit"),
        lod,
        hmdb: text("hmdb"),
        chebi: text("chebi"),
        kegg: text("kegg"),
        plausible_low,
        plausible_high,
        ..unlisted("")
    }
}

/// What is known of an analyte that no panel lists: its name.
pub fn unlisted(analyte: &str) -> PanelRow {
    PanelRow {
        analyte: analyte.to_owned(),
        display_name: analyte.to_owned(),
        unit: None,
        lod: None,
        hmdb: None,
        chebi: None,
        kegg: None,
        plausible_low: None,
        plausible_high: None,
    }
}
