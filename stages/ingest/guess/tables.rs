//! The sections of ingest: one a table, with what its headers and cells say.

use super::column::{Column, Kind};
use super::look::Table;
use super::page::{Page, list, word};
use super::roles::{Chosen, Roles};
use super::{assessments, samples, turned};

/// What the later sections build on.
#[derive(Debug, Default)]
pub struct Found {
    pub scale: Option<&'static str>,
    pub visits: Vec<String>,
    pub timepoints: Vec<String>,
    pub has_metabolites: bool,
    pub has_pooled_qc: bool,
    pub has_lod: bool,
}

/// Writes the section of every table that was found, and says which were not.
pub fn write(roles: &Roles<'_>, page: &mut Page) -> Found {
    let mut found = Found::default();
    page.line(1, "ingest:");
    roles.participants.iter().for_each(|chosen| participants(chosen, roles, page));
    match &roles.assessments {
        Some(chosen) => assessments::write(chosen, page, &mut found),
        None => page.todo(2, "assessments: no file has a row a participant and visit; clinical endpoints need one"),
    }
    match &roles.metabolites {
        Some(chosen) => metabolites(chosen, roles, page, &mut found),
        None => page.todo(2, "metabolites: no file has values of analytes by sample or by participant"),
    }
    match &roles.samples {
        Some(chosen) => samples::write(chosen, roles, page, &mut found),
        None if found.has_metabolites => found.timepoints = vec!["baseline".to_owned()],
        None => page.todo(2, "samples: no file has a row a sample"),
    }
    roles.panel.iter().for_each(|chosen| panel(chosen, page, &mut found));
    found
}

/// The head of a section: the file, and how it is to be read.
pub fn head(section: &str, chosen: &Chosen<'_>, page: &mut Page) {
    page.line(2, format!("{section}:"));
    page.guess(3, format!("file: {}", word(&chosen.table.file)), chosen.why);
    for (key, value, why) in &chosen.table.settings {
        let written = value.starts_with(['[', '{']) || *key == "skip";
        let value = if written { value.clone() } else { word(value) };
        page.guess(3, format!("{key}: {value}"), why);
    }
}

/// A setting that names a header, left out where the header is the usual one.
pub fn header(key: &str, column: Option<&Column>, usual: &str, page: &mut Page) {
    match column {
        Some(column) if column.header != usual => {
            page.guess(3, format!("{key}: {}", word(&column.header)), "the header's name and its values");
        }
        Some(_) => {}
        None => page.todo(3, format!("{key}: the header of this column; none is called as it usually is")),
    }
}

fn participants(chosen: &Chosen<'_>, roles: &Roles<'_>, page: &mut Page) {
    let table = chosen.table;
    head("participants", chosen, page);
    let id = table.participant().or(table.columns.first());
    header("id", id, "participant_id", page);
    let shared = roles.metabolites.is_some_and(|metabolites| std::ptr::eq(metabolites.table, table));
    let analytes: Vec<&str> =
        if shared { table.measured().iter().map(|column| column.header.as_str()).collect() } else { Vec::new() };
    let is_id = |column: &Column| id.is_some_and(|id| id.header == column.header);
    let variables = table.columns.iter().filter(|column| !is_id(column) && !analytes.contains(&column.header.as_str()));
    let variables: Vec<&Column> =
        variables.filter(|column| !column.header.is_empty() && describes(&column.header)).collect();
    if variables.iter().any(|column| !matches!(column.kind(), Kind::Words | Kind::Constant | Kind::Empty)) {
        page.line(3, "columns:");
    }
    variables.into_iter().for_each(|column| variable(column, page));
}

/// Whether a header of ISA-Tab may be a variable of a person; any other header may.
fn describes(header: &str) -> bool {
    !(header.starts_with("Protocol REF") || header.ends_with(" unit") || header.starts_with("Material Type"))
}

/// The name of a variable: the header, or what it says in brackets after ISA-Tab's words.
fn variable_name(header: &str) -> String {
    let inner =
        ["Characteristics[", "Factor Value["].iter().find_map(|start| header.strip_prefix(start)?.strip_suffix(']'));
    inner.map_or_else(|| header.to_owned(), |inner| inner.to_lowercase().replace(' ', "_"))
}

fn variable(column: &Column, page: &mut Page) {
    let name = variable_name(&column.header);
    let reserved = ["participant_id", "baseline_score", "baseline_level"].contains(&name.as_str());
    let name = if reserved { format!("{name}_2") } else { name };
    let unit = unit(&column.header).map_or(String::new(), |unit| format!(", unit: {}", word(&unit)));
    let named = if name == column.header { String::new() } else { format!(", column: {}", word(&column.header)) };
    let name = word(&name);
    match column.kind() {
        Kind::Number => page.guess(
            4,
            format!("{name}: {{kind: number{unit}{named}}}"),
            "its cells are numbers; add `range: [low, high]` to catch slips",
        ),
        Kind::Count => page.guess(
            4,
            format!("{name}: {{kind: count{unit}{named}}}"),
            "whole numbers, and its name is that of a count",
        ),
        Kind::Binary => page.guess(4, format!("{name}: {{kind: binary{named}}}"), "its cells are yes or no"),
        Kind::Category(levels) => {
            let levels = list(levels.iter().map(String::as_str));
            page.guess(
                4,
                format!("{name}: {{kind: category, levels: {levels}{named}}}"),
                "few words that repeat; the first is the reference",
            );
        }
        Kind::Words => page.todo(4, format!("{name}: words of many kinds; declare it if a model needs it")),
        Kind::Constant => page.todo(4, format!("{name}: the same word for everyone, of no use to a model")),
        Kind::Empty => page.todo(4, format!("{name}: the column is empty")),
    }
}

/// The unit that a header states in brackets, or that its word has.
fn unit(header: &str) -> Option<String> {
    let stated = header.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).map(str::to_owned);
    let inner = variable_name(header).to_lowercase();
    let usual = match inner.as_str() {
        "age" => Some("years"),
        "bmi" => Some("kg/m2"),
        _ => None,
    };
    stated.or(usual.map(str::to_owned))
}

fn is_exchange(table: &Table) -> bool {
    table.role.is_some()
}

fn metabolites(chosen: &Chosen<'_>, roles: &Roles<'_>, page: &mut Page, found: &mut Found) {
    let table = chosen.table;
    head("metabolites", chosen, page);
    found.has_metabolites = true;
    if is_exchange(table) {
        let stated = table.columns.iter().any(|column| column.header == "unit" && column.filled().next().is_some());
        if !stated {
            page.todo(3, "unit: the file states none");
        }
        return;
    }
    let long = table.analyte().zip(table.value());
    let owner = table.columns.iter().find(|column| column.is_unique()).or(table.columns.first());
    let by_participant = roles.samples.is_none();
    let (key, usual, column) = match by_participant {
        true => ("participant", "", table.participant()),
        false => ("sample", "sample_id", table.sample()),
    };
    header(key, column.or(owner.filter(|_| long.is_none())), usual, page);
    if let Some((analyte, value)) = long {
        page.guess(3, "layout: long", "a row has one analyte and one value");
        header("analyte", Some(analyte), "analyte", page);
        header("value", Some(value), "value", page);
        if !table.columns.iter().any(|column| column.header == "unit") {
            page.todo(3, "unit: the unit of all values; the file has no column `unit`");
        }
        return;
    }
    page.guess(3, "layout: wide", "a column has the numbers of one analyte");
    page.todo(3, "unit: the unit of all values; a wide file states none");
    if let Some(flags) = turned::flags(&table.columns) {
        page.guess(3, format!("flags: {flags}"), "it stands after numbers; keep, missing, below_lod or above_uloq");
    }
    if table.turned {
        return;
    }
    let measured = table.measured();
    if measured.len() + 1 < table.columns.iter().filter(|column| !column.header.is_empty()).count() {
        let names = list(measured.iter().map(|column| column.header.as_str()));
        page.guess(
            3,
            format!("analytes: {names}"),
            "the other columns are no numbers, or are variables of participants or samples",
        );
    }
}

fn panel(chosen: &Chosen<'_>, page: &mut Page, found: &mut Found) {
    let table = chosen.table;
    match table.analyte() {
        Some(column) if column.header == "analyte" => {
            head("panel", chosen, page);
            found.has_lod = table.columns.iter().any(|column| column.header == "lod" && column.is_numeric());
        }
        _ => {
            page.todo(2, format!("panel: {} names analytes; call its column `analyte` and declare it here", table.file))
        }
    }
}
