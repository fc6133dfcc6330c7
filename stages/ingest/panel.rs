//! Reads what is known of each analyte.

use std::collections::BTreeMap;

use super::known::Known;
use super::params::Panel;
use super::problems::Problems;
use super::registry::composed;
use super::row::Row;
use super::schema::PanelRow;
use super::sheet::Sheet;
use crate::contract::suggest;

/// The panel as read: analytes with their rows.
pub type Analytes = BTreeMap<String, PanelRow>;

/// What an analyte may be: `analyte` is what one is without a role.
const ROLES: [&str; 2] = ["analyte", STANDARD];
const STANDARD: &str = "internal_standard";

/// Reads the panel's file.
pub fn read(params: &Panel, sheet: &Sheet<'_>, problems: &mut Problems) -> Analytes {
    let Some(column) = sheet.column(&params.analyte, problems) else {
        return Analytes::new();
    };
    let mut known = Known::of(sheet.complete);
    let mut analytes = Analytes::new();
    sheet.for_each(|row| {
        let values = read_row(&row, sheet, problems);
        if let Some(name) = row.required(column, problems).map(composed)
            && known.add(&name, &row, column, "duplicate_analyte", problems)
        {
            let display_name = row.text(sheet.find("display_name")).unwrap_or(&name).to_owned();
            analytes.insert(name.to_string(), PanelRow { analyte: name.to_string(), display_name, ..values });
        }
    });
    refuse_unknown_standards(sheet, &known, problems);
    analytes
}

fn read_row(row: &Row<'_>, sheet: &Sheet<'_>, problems: &mut Problems) -> PanelRow {
    let text = |header| row.text(sheet.find(header)).map(str::to_owned);
    let mut number = |header| row.number(sheet.find(header), problems);
    let (lod, molar_mass) = (number("lod"), number("molar_mass"));
    let (plausible_low, plausible_high) = (number("plausible_low"), number("plausible_high"));
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
    if let Some(column) = sheet.find("molar_mass").filter(|_| molar_mass.is_some_and(|mass| mass <= 0.0)) {
        row.refuse(column, "molar_mass_not_positive", problems, |_| {
            let message = format!("a molar mass of `{}` g/mol is not above zero", row.raw(column));
            (message, "correct it, or empty the cell".into())
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
        class: text("class"),
        molar_mass,
        refmet: text("refmet"),
        inchikey: text("inchikey"),
        role: read_role(row, sheet, problems),
        internal_standard: row.text(sheet.find(STANDARD)).map(|name| composed(name).into_owned()),
        synonyms: text("synonyms"),
        ..unlisted("")
    }
}

/// The role, where it is not that of any analyte.
fn read_role(row: &Row<'_>, sheet: &Sheet<'_>, problems: &mut Problems) -> Option<String> {
    let column = sheet.find("role")?;
    let role = row.text(column)?;
    if !ROLES.contains(&role) {
        row.refuse(column, "unknown_role", problems, |_| {
            (format!("unknown role `{role}`"), suggest::remedy(role, ROLES))
        });
    }
    (role == STANDARD).then(|| role.to_owned())
}

/// Refuses the name of an internal standard that the panel does not hold.
fn refuse_unknown_standards(sheet: &Sheet<'_>, known: &Known, problems: &mut Problems) {
    let Some(column) = sheet.find(STANDARD) else {
        return;
    };
    sheet.for_each(|row| {
        if let Some(name) = row.text(column).filter(|name| known.lacks(&composed(name))) {
            row.refuse(column, "unknown_standard", problems, |_| {
                let message = format!("the internal standard `{name}` is no analyte of the panel");
                (message, known.remedy(name, "panel"))
            });
        }
    });
}

/// What is known of an analyte that no panel lists: its name.
pub fn unlisted(analyte: &str) -> PanelRow {
    PanelRow { analyte: analyte.to_owned(), display_name: analyte.to_owned(), ..Default::default() }
}
