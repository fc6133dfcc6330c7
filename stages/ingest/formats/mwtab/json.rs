//! mwTab as JSON, as the repository hands it out.
//!
//! Places are the lines on which entries begin; what is wrong within a line is said with the path in words.

use std::collections::BTreeMap;

use super::tree::Tree;
use super::{DATA_BLOCKS, Data, Entry, File, Metabolite, Pairs, additional, factors};
use crate::ingest::decode::Fault;

const MARK: &str = "METABOLOMICS WORKBENCH";
/// What the name of a metabolite, or of a bin, is called.
const NAMES: [&str; 4] = ["Metabolite", "metabolite_name", "Bin range(ppm)", "Bin range (ppm)"];

/// Reads the text.
///
/// # Errors
/// No JSON or no mwTab, entries without a sample, samples that occur twice, values that are no single value.
pub fn parse(text: &str) -> Result<File, Vec<Fault>> {
    let tree = Tree::parse(text).map_err(|fault| vec![fault])?;
    if tree.get(MARK).is_none() {
        let message = format!("the JSON has no `{MARK}`: it is no mwTab file");
        return Err(vec![Fault::new("not_mwtab", Some(1), message, "check the file, or its `format`")]);
    }
    let mut faults = Vec::new();
    let mut file = File { entries: entries(&tree, &mut faults), ..File::default() };
    for name in DATA_BLOCKS {
        let Some(block) = tree.get(name) else { continue };
        match (&file.data, block.get("Data")) {
            (Some(_), Some(_)) => {
                let message = format!("`{name}` is a second block of abundances");
                faults.push(Fault::new(
                    "several_blocks",
                    Some(block.line()),
                    message,
                    "keep one of the two, or make a file of each",
                ));
            }
            (None, Some(rows)) => file.data = Some(data(name, block, rows, &mut faults)),
            (_, None) => {}
        }
        file.metabolites.extend(metabolites(name, block, &mut faults));
    }
    file.results_file = results_file(&tree);
    if !text.trim().contains('\n') {
        number_entries(&mut file);
    }
    if faults.is_empty() { Ok(file) } else { Err(faults) }
}

/// A file of one line tells nothing by its lines: there the place is which entry of its list it is.
fn number_entries(file: &mut File) {
    (1..).zip(&mut file.entries).for_each(|(nth, entry)| entry.line = nth);
    (1..).zip(&mut file.metabolites).for_each(|(nth, metabolite)| metabolite.line = nth);
    let rows = file.data.iter_mut().flat_map(|data| &mut data.rows);
    (1..).zip(rows).for_each(|(nth, row)| row.0 = nth);
}

fn wrong(path: &str, line: u64, what: &str) -> Fault {
    Fault::new("bad_structure", Some(line), format!("{path}: {what}"), "fetch the file again, or correct it there")
}

fn entries(tree: &Tree, faults: &mut Vec<Fault>) -> Vec<Entry> {
    let listed = tree.get("SUBJECT_SAMPLE_FACTORS").and_then(Tree::list).unwrap_or_default();
    let mut entries = Vec::new();
    for (nth, item) in (1..).zip(listed) {
        let path = format!("SUBJECT_SAMPLE_FACTORS, entry {nth}");
        match entry(item) {
            Ok(entry) => entries.push(entry),
            Err(what) => faults.push(wrong(&path, item.line(), &what)),
        }
    }
    entries
}

fn entry(item: &Tree) -> Result<Entry, String> {
    let text = |key: &str| item.get(key).and_then(Tree::text).map(|text| text.trim().to_owned());
    let sample = text("Sample ID").ok_or("it has no `Sample ID`")?;
    let factors = match item.get("Factors") {
        Some(Tree::Text(text)) => factors(text)?,
        other => pairs(other)?,
    };
    let additional = match item.get("Additional sample data") {
        Some(Tree::Text(text)) => additional(text),
        other => pairs(other)?,
    };
    Ok(Entry { line: item.line(), subject: text("Subject ID").unwrap_or_default(), sample, factors, additional })
}

fn pairs(tree: Option<&Tree>) -> Result<Pairs, String> {
    let Some(tree) = tree else { return Ok(Pairs::new()) };
    let Some(entries) = tree.map() else {
        // An empty list is how some writers say that there are none.
        let none = tree.list().is_some_and(<[Tree]>::is_empty);
        return if none { Ok(Pairs::new()) } else { Err("its factors are no map of names and values".into()) };
    };
    let pair = |(name, value): &(String, Tree)| match value.text() {
        Some(text) => Ok((name.trim().to_owned(), text.trim().to_owned())),
        None => Err(format!("`{name}` has no single value")),
    };
    entries.iter().map(pair).collect()
}

/// The metabolite's name, and the other pairs of its map.
fn named(item: &Tree) -> Result<(String, Pairs), String> {
    let mut pairs = pairs(Some(item))?;
    let known = |(name, _): &(String, String)| NAMES.contains(&name.as_str());
    let name = pairs.iter().find(|pair| known(pair)).map(|(_, name)| name.clone()).ok_or("it has no `Metabolite`")?;
    // A bin may stand there twice, once by each key.
    pairs.retain(|pair| !known(pair));
    Ok((name, pairs))
}

fn data(block_name: &str, block: &Tree, rows: &Tree, faults: &mut Vec<Fault>) -> Data {
    let unit =
        block.get("Units").and_then(Tree::text).map(|unit| unit.trim().to_owned()).filter(|unit| !unit.is_empty());
    let mut data = Data { line: block.line(), unit, ..Data::default() };
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    for (nth, item) in (1..).zip(rows.list().unwrap_or_default()) {
        let path = format!("{block_name}, Data, entry {nth}");
        let (name, pairs) = match named(item) {
            Ok(named) => named,
            Err(what) => {
                faults.push(wrong(&path, item.line(), &what));
                continue;
            }
        };
        let mut values = vec![String::new(); data.samples.len()];
        let mut filled = vec![false; data.samples.len()];
        for (sample, value) in pairs {
            let column = *columns.entry(sample.clone()).or_insert(data.samples.len());
            if column == data.samples.len() {
                data.samples.push(sample.clone());
            }
            values.resize(data.samples.len(), String::new());
            filled.resize(data.samples.len(), false);
            if std::mem::replace(&mut filled[column], true) {
                let message = format!("{path}, `{name}`: the sample `{sample}` occurs twice");
                data.repeated.push(Fault::new(
                    "duplicate_sample",
                    Some(item.line()),
                    message,
                    "keep one of them, or correct the name",
                ));
            }
            values[column] = value;
        }
        data.rows.push((item.line(), name, values));
    }
    // A sample that first appears in a later entry is missing in those before it.
    let width = data.samples.len();
    data.rows.iter_mut().for_each(|(_, _, values)| values.resize(width, String::new()));
    data
}

fn metabolites(block_name: &str, block: &Tree, faults: &mut Vec<Fault>) -> Vec<Metabolite> {
    let mut found = Vec::new();
    for (nth, item) in (1..).zip(block.get("Metabolites").and_then(Tree::list).unwrap_or_default()) {
        match named(item) {
            Ok((name, facts)) => found.push(Metabolite { line: item.line(), name, facts }),
            Err(what) => faults.push(wrong(&format!("{block_name}, Metabolites, entry {nth}"), item.line(), &what)),
        }
    }
    found
}

fn results_file(tree: &Tree) -> Option<String> {
    let sections = ["MS", "NM", "NMR"].into_iter().filter_map(|name| tree.get(name)?.map());
    let named = sections.flatten().find(|(key, _)| key.ends_with("_RESULTS_FILE"))?;
    match &named.1 {
        Tree::Text(name) => Some(name.clone()),
        other => other.get("filename").and_then(Tree::text).map(str::to_owned),
    }
}
