//! mwTab as text: lines of keys and values, and blocks of tab-separated rows between `_START` and `_END`.

use super::super::cells::{fit, lines, repeated, split, without_tail};
use super::{DATA_BLOCKS, Data, Entry, File, Metabolite, additional, factors};
use crate::ingest::decode::Fault;

/// A block between `_START` and `_END`.
struct Block<'t> {
    name: &'t str,
    line: u64,
    rows: Vec<(u64, Vec<String>)>,
}

/// What was found so far, and what is wrong with it.
#[derive(Default)]
struct Parser<'t> {
    file: File,
    units: Vec<(&'t str, &'t str)>,
    open: Option<Block<'t>>,
    ended: bool,
    faults: Vec<Fault>,
}

/// Reads the text.
///
/// # Errors
/// No header, a block without its end, rows of a wrong length, samples that occur twice, a file that is cut short.
pub fn parse(text: &str) -> Result<File, Vec<Fault>> {
    let first = lines(text).next().filter(|(_, line)| line.trim_start().starts_with("#METABOLOMICS WORKBENCH"));
    if first.is_none() {
        let message = "the file does not begin with `#METABOLOMICS WORKBENCH`: it is no mwTab file";
        return Err(vec![Fault::new("not_mwtab", Some(1), message, "check the file, or its `format`")]);
    }
    let mut parser = Parser::default();
    lines(text).for_each(|(number, line)| parser.line(number, line));
    parser.finish(text.lines().count() as u64)
}

impl<'t> Parser<'t> {
    fn line(&mut self, number: u64, line: &'t str) {
        let words = line.trim();
        let other = !line.contains('\t') && (words.starts_with('#') || is_mark(words));
        match &mut self.open {
            Some(block) if words.strip_suffix("_END") == Some(block.name) => self.close(),
            Some(block) if !other => block.rows.push((number, split(line))),
            Some(_) => {
                self.unclosed(Some(number));
                self.outside(number, line);
            }
            None => self.outside(number, line),
        }
    }

    fn outside(&mut self, number: u64, line: &'t str) {
        let words = line.trim();
        if words == "#END" {
            self.ended = true;
        } else if words.starts_with('#') {
            // The head of a section, or of the file.
        } else if let Some(name) = words.strip_suffix("_START").filter(|name| !name.contains('\t')) {
            self.open = Some(Block { name, line: number, rows: Vec::new() });
        } else if words.ends_with("_END") && is_mark(words) {
            let message = format!("`{words}` ends a block that was not begun");
            let remedy = format!("put `{}START` before its first row", words.trim_end_matches("END"));
            self.faults.push(Fault::new("unopened_block", Some(number), message, remedy));
        } else if words.starts_with("SUBJECT_SAMPLE_FACTORS") {
            self.entry(number, line);
        } else if let Some((block, unit)) = words.split_once(":UNITS") {
            self.units.push((block.trim(), unit.trim()));
        } else if words.contains("_RESULTS_FILE") {
            let named = words.split_once('\t').map_or(words, |(_, name)| name.trim());
            self.file.results_file = Some(named.to_owned());
        }
    }

    fn entry(&mut self, line: u64, text: &str) {
        let mut cells = split(text).into_iter().skip(1);
        let (Some(subject), Some(sample), Some(listed)) = (cells.next(), cells.next(), cells.next()) else {
            let message = "the line has fewer than four parts: tabs are missing";
            let remedy = "write `SUBJECT_SAMPLE_FACTORS`, the subject, the sample and its factors, with tabs between";
            return self.faults.push(Fault::new("missing_tabs", Some(line), message, remedy));
        };
        match factors(&listed) {
            Ok(factors) => {
                let additional = additional(&cells.next().unwrap_or_default());
                self.file.entries.push(Entry { line, subject, sample, factors, additional });
            }
            Err(why) => self.faults.push(Fault::new("bad_factor", Some(line), why, "write `name:value | name:value`")),
        }
    }

    fn unclosed(&mut self, found: Option<u64>) {
        let Some(block) = self.open.take() else { return };
        let here = found.map_or("the file ends".to_owned(), |line| format!("line {line} begins something else"));
        let message = format!("`{0}_START` has no `{0}_END`: {here}", block.name);
        let remedy =
            format!("fetch the file again if it was cut short, or put `{}_END` after the last row", block.name);
        self.faults.push(Fault::new("missing_end", Some(block.line), message, remedy));
    }

    fn close(&mut self) {
        let Some(block) = self.open.take() else { return };
        match block.name {
            name if DATA_BLOCKS.contains(&name) => self.data(block),
            "METABOLITES" => self.metabolites(block),
            // Amounts of single standards, isotopes and the like, beside the block of abundances.
            name if name.starts_with("EXTENDED_") => {}
            name => {
                let message = format!("`{name}` is no block of mwTab that is known");
                let remedy = format!("one of: {}, METABOLITES, EXTENDED_…", DATA_BLOCKS.join(", "));
                self.faults.push(Fault::new("unknown_block", Some(block.line), message, remedy));
            }
        }
    }

    fn data(&mut self, block: Block<'_>) {
        if let Some(earlier) = &self.file.data {
            let message = format!("there are two blocks of abundances, the first above line {}", earlier.line);
            let remedy = "keep one of the two, or make a file of each";
            return self.faults.push(Fault::new("several_blocks", Some(block.line), message, remedy));
        }
        let mut rows = block.rows.into_iter().peekable();
        let Some((line, header)) = rows.next() else {
            let message = format!("the block `{}` is empty", block.name);
            return self.faults.push(Fault::new("empty_block", Some(block.line), message, "fill it, or leave it out"));
        };
        let (header, width) = without_tail(header);
        let samples: Vec<String> = header.into_iter().skip(1).collect();
        let repeated = repeated(line, &samples, "sample");
        let mut data = Data { line, samples, repeated, ..Data::default() };
        if let Some((line, cells)) = rows.next_if(|(_, cells)| cells[0].eq_ignore_ascii_case("factors")) {
            match fit(line, cells, width, "the line of samples") {
                Ok(cells) => data.factors = Some((line, cells.into_iter().skip(1).collect())),
                Err(fault) => self.faults.push(fault),
            }
        }
        for (line, cells) in rows {
            match fit(line, cells, width, "the line of samples") {
                Ok(mut cells) => {
                    let values = cells.split_off(1);
                    data.rows.push((line, cells.pop().unwrap_or_default(), values));
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        self.file.data = Some(data);
        let unit = self.units.iter().find(|(name, _)| *name == block.name);
        let unit = unit.map(|(_, unit)| (*unit).to_owned()).filter(|unit| !unit.is_empty());
        self.file.data.iter_mut().for_each(|data| data.unit = unit.clone());
    }

    fn metabolites(&mut self, block: Block<'_>) {
        let mut rows = block.rows.into_iter();
        let Some((_, header)) = rows.next() else { return };
        let (header, width) = without_tail(header);
        let headers: Vec<String> = header.into_iter().skip(1).collect();
        for (line, cells) in rows {
            match fit(line, cells, width, "the header of METABOLITES") {
                Ok(mut cells) => {
                    let facts = headers.iter().cloned().zip(cells.split_off(1)).collect();
                    self.file.metabolites.push(Metabolite { line, name: cells.pop().unwrap_or_default(), facts });
                }
                Err(fault) => self.faults.push(fault),
            }
        }
    }

    fn finish(mut self, last: u64) -> Result<File, Vec<Fault>> {
        self.unclosed(None);
        if !self.ended && self.faults.is_empty() {
            let message = "the file does not end with `#END`: it may be cut short";
            let remedy = "fetch it again; if it is whole, add a last line `#END`";
            self.faults.push(Fault::new("cut_short", Some(last), message, remedy));
        }
        if self.faults.is_empty() { Ok(self.file) } else { Err(self.faults) }
    }
}

/// Whether a line without a tab begins or ends a block.
fn is_mark(words: &str) -> bool {
    let name = words.strip_suffix("_START").or_else(|| words.strip_suffix("_END"));
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'))
}
