//! Reads the cells of the metabolites' file: number or mark, flag, declared missing code, unit.
//!
//! A plain number, by far the most frequent cell, is recognised first; what else a cell may hold is looked at only where
//! it is none. Values and limits leave here in the analyte's unit.

use super::measurement::{Flag, Mark, Measurement, Zeros, mark};
use super::names::Names;
use super::number;
use super::panel::Analytes;
use super::params::{Metabolites, Values};
use super::problems::Problems;
use super::row::Row;
use super::tally::Tally;
use super::units::{Factor, Units};
use crate::contract::Finding;

/// Where in a row an analyte's value stands, and what stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The analyte, by its place among the names' analytes.
    pub analyte: usize,
    pub value: usize,
    pub unit: Option<usize>,
    pub flag: Option<usize>,
}

/// How cells are read, and what was noticed in them.
pub struct Cells<'p> {
    params: &'p Metabolites,
    /// The declared missing codes of each analyte.
    codes: Vec<Option<&'p Vec<String>>>,
    units: Units,
    tally: Tally,
    findings: Vec<Finding>,
    lods: Vec<Option<f64>>,
}

/// What the cells come to, by analyte.
pub struct Read {
    pub units: Vec<Option<String>>,
    /// The limits of detection: the panel's, else the one that the cells themselves agree on.
    pub lods: Vec<Option<f64>>,
    pub findings: Vec<Finding>,
}

impl<'p> Cells<'p> {
    pub fn new(params: &'p Metabolites, names: &Names, panel: &Analytes, file: &str, problems: &mut Problems) -> Self {
        let analytes = names.analytes();
        Cells {
            params,
            codes: names.assign(&params.missing_values, "missing_values", problems),
            units: Units::new(names, params, panel, file, problems),
            tally: Tally::of(&analytes),
            findings: names.findings(),
            lods: analytes.iter().map(|name| panel.get(*name).and_then(|row| row.lod)).collect(),
        }
    }

    /// Reads one cell; refuses text, infinity, an undeclared flag, and a negative number among raw values.
    pub fn read(&mut self, row: &Row<'_>, at: At, problems: &mut Problems) -> Measurement {
        let flag = at.flag.and_then(|column| self.flag(row, column, problems));
        if flag == Some(Flag::Missing) {
            return Measurement::Missing;
        }
        let measured = self.written(row, at, problems);
        let measured = flag.map_or(measured, |flag| flagged(measured, flag));
        let measured = self.in_its_unit(row, at, measured, problems);
        self.tally.note(at.analyte, measured);
        measured
    }

    /// What the value's own cell says.
    fn written(&mut self, row: &Row<'_>, at: At, problems: &mut Problems) -> Measurement {
        let Some(text) = row.text(at.value) else {
            return Measurement::Missing;
        };
        let number = number::parse(text, row.marks());
        if let Some(codes) = self.codes.get(at.analyte).copied().flatten()
            && codes.iter().any(|code| is_code(code, text, number.ok()))
        {
            self.tally.codes += 1;
            return Measurement::Missing;
        }
        match number {
            Ok(number) => self.number(row, at.value, number, problems),
            Err(why) => self.mark(row, at.value, text, why, problems),
        }
    }

    fn number(&mut self, row: &Row<'_>, column: usize, number: f64, problems: &mut Problems) -> Measurement {
        if number == 0.0 && self.params.zeros != Zeros::Keep {
            self.tally.zeros += 1;
            return if self.params.zeros == Zeros::Missing {
                Measurement::Missing
            } else {
                Measurement::BelowLod(None)
            };
        }
        if self.params.values == Values::Raw && number < 0.0 {
            row.refuse(column, "negative_value", problems, |_| {
                let message = format!("`{}` is negative, and a raw concentration is not", row.raw(column));
                (message, "correct it, or say `values: transformed` if these are logs or differences".into())
            });
            return Measurement::Missing;
        }
        Measurement::Value(number)
    }

    fn mark(
        &mut self,
        row: &Row<'_>,
        column: usize,
        text: &str,
        why: number::NotANumber,
        problems: &mut Problems,
    ) -> Measurement {
        match mark(text, &self.params.flags, row.marks()) {
            Mark::BelowLod(limit) => return Measurement::BelowLod(limit),
            Mark::AboveLimit => return Measurement::AboveLimit,
            Mark::Flag(flag, word, number) => {
                self.tally.flag(word, flag);
                let number = number.filter(|_| flag != Flag::Missing);
                let measured = number.map(|number| self.number(row, column, number, problems));
                return flagged(measured.unwrap_or(Measurement::Missing), flag);
            }
            Mark::Undeclared(flag) => row.refuse(column, "undeclared_flag", problems, |_| {
                (format!("`{text}` is a number with `{flag}` after it, which is not declared"), declare(flag))
            }),
            Mark::OtherDecimal => row.refuse_number(column, text, number::NotANumber::OtherDecimal, problems),
            Mark::Text => row.refuse_number(column, text, why, problems),
        }
        Measurement::Missing
    }

    /// What the cell of a flag column says; none where it is empty, or was refused.
    fn flag(&mut self, row: &Row<'_>, column: usize, problems: &mut Problems) -> Option<Flag> {
        let text = row.text(column)?;
        let flag = self.params.flags.get(text).copied();
        match flag {
            Some(flag) => self.tally.flag(text, flag),
            None => row.refuse(column, "undeclared_flag", problems, |_| {
                (format!("the flag `{text}` is not declared"), declare(text))
            }),
        }
        flag
    }

    fn in_its_unit(&mut self, row: &Row<'_>, at: At, measured: Measurement, problems: &mut Problems) -> Measurement {
        let counts = measured.number().is_some();
        let factor = self.units.factor(at.analyte, row, at.unit, usize::from(counts), problems);
        if factor.is_one() {
            return measured;
        }
        let converted = convert(measured, factor);
        if converted.is_none() {
            row.refuse(at.value, "out_of_doubles", problems, |_| {
                let message = format!("`{}` is too large or too small to be converted", row.raw(at.value));
                (message, "correct the value or its unit".into())
            });
        }
        converted.unwrap_or(Measurement::Missing)
    }

    /// The units, the limits of detection, and everything that was noticed.
    pub fn finish(self, file: &str, problems: &mut Problems) -> Read {
        let (units, converted) = self.units.into_result(file, problems);
        let mut findings = self.findings;
        findings.extend(converted);
        let mut lods = self.lods;
        let raw = self.params.values == Values::Raw;
        findings.extend(self.tally.into_findings(self.params, raw.then_some(&mut lods)));
        Read { units, lods, findings }
    }
}

/// Whether a cell holds a code: the same text, or the same number.
fn is_code(code: &str, text: &str, number: Option<f64>) -> bool {
    code == text || number.is_some_and(|number| code.parse() == Ok(number))
}

/// A measurement beside a flag.
fn flagged(measured: Measurement, flag: Flag) -> Measurement {
    match (flag, measured) {
        (Flag::Keep, measured) => measured,
        (Flag::Missing, _) => Measurement::Missing,
        (Flag::AboveUloq, _) => Measurement::AboveLimit,
        (Flag::BelowLod, Measurement::Value(value)) => Measurement::ValueBelowLod(value),
        (Flag::BelowLod, Measurement::Missing) => Measurement::BelowLod(None),
        (Flag::BelowLod, measured) => measured,
    }
}

fn convert(measured: Measurement, factor: Factor) -> Option<Measurement> {
    Some(match measured {
        Measurement::Value(value) => Measurement::Value(factor.apply(value)?),
        Measurement::ValueBelowLod(value) => Measurement::ValueBelowLod(factor.apply(value)?),
        Measurement::BelowLod(Some(limit)) => Measurement::BelowLod(Some(factor.apply(limit)?)),
        Measurement::BelowLod(None) | Measurement::AboveLimit | Measurement::Missing => measured,
    })
}

fn declare(flag: &str) -> String {
    let quoted = serde_json::Value::from(flag);
    format!(
        "say what it means in `stages.ingest.metabolites.flags`, for example `flags: {{{quoted}: missing}}` (keep, missing, below_lod or above_uloq), or correct the cell"
    )
}
