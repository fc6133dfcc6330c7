//! Every measured sample against every analyte: what the abundances' table is made of.
//!
//! A pair that a long file does not list is a missing value, as an empty cell of a wide one is: the two layouts of the
//! same numbers give the same table. One number, one flag and one line a cell, so that millions of cells are held.

use std::collections::BTreeSet;

use polars::prelude::{Column, IntoColumn, NewChunkedArray, StringChunked};

use super::measurement::Measurement;
use super::schema;
use crate::contract::schema::Cell;
use crate::contract::{Table, TableError};

/// The measured abundances, by sample and analyte, both sorted.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    pub samples: Vec<String>,
    pub analytes: Vec<String>,
    values: Vec<Option<f64>>,
    below_lod: Vec<bool>,
    /// The line a cell was read from, as far as 32 bits count; 0 where there was none.
    lines: Vec<u32>,
}

impl Grid {
    pub fn new(samples: &BTreeSet<String>, analytes: &BTreeSet<&str>) -> Self {
        let cells = samples.len() * analytes.len();
        Grid {
            samples: samples.iter().cloned().collect(),
            analytes: analytes.iter().map(|name| (*name).to_owned()).collect(),
            values: vec![None; cells],
            below_lod: vec![false; cells],
            lines: vec![0; cells],
        }
    }

    #[inline]
    pub fn sample(&self, id: &str) -> Option<usize> {
        self.samples.binary_search_by(|known| known.as_str().cmp(id)).ok()
    }

    #[inline]
    pub fn analyte(&self, name: &str) -> Option<usize> {
        self.analytes.binary_search_by(|known| known.as_str().cmp(name)).ok()
    }

    /// Stores one measurement; the line of the earlier one, where the pair was there already.
    #[inline]
    pub fn put(&mut self, sample: usize, analyte: usize, measurement: Measurement, line: u64) -> Result<(), u64> {
        let at = sample * self.analytes.len() + analyte;
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let earlier = std::mem::replace(&mut self.lines[at], line);
        if earlier != 0 {
            return Err(u64::from(earlier));
        }
        (self.values[at], self.below_lod[at]) = match measurement {
            Measurement::Missing | Measurement::AboveLimit => (None, false),
            Measurement::BelowLod(_) => (None, true),
            Measurement::ValueBelowLod(value) => (Some(value), true),
            Measurement::Value(value) => (Some(value), false),
        };
        Ok(())
    }

    /// Marks the numbers below the analytes' limits of detection; they are kept.
    pub fn mark_below_lod(&mut self, lods: &[Option<f64>]) {
        let width = lods.len().max(1);
        for (values, flags) in self.values.chunks(width).zip(self.below_lod.chunks_mut(width)) {
            for ((value, flag), lod) in values.iter().zip(flags).zip(lods) {
                *flag |= value.zip(*lod).is_some_and(|(value, lod)| value < lod);
            }
        }
    }

    /// The values of each analyte, in the samples that `keep` chooses; those that are missing left out.
    pub fn values_by_analyte(&self, keep: impl Fn(&str) -> bool) -> Vec<Vec<f64>> {
        let width = self.analytes.len().max(1);
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); self.analytes.len()];
        for (_, row) in self.samples.iter().zip(self.values.chunks(width)).filter(|(sample, _)| keep(sample)) {
            for (column, value) in columns.iter_mut().zip(row) {
                column.extend(value);
            }
        }
        columns
    }

    /// Of each analyte, in the samples that `keep` chooses: how many values, number or mark, are below the limit of
    /// detection, and how many are not; nothing is counted where no value is below.
    pub fn below_and_above_lod(&self, keep: impl Fn(&str) -> bool) -> Vec<(usize, usize)> {
        let width = self.analytes.len().max(1);
        let mut counts = vec![(0, 0); self.analytes.len()];
        if !self.below_lod.contains(&true) {
            return counts;
        }
        let rows = self.samples.iter().zip(self.values.chunks(width).zip(self.below_lod.chunks(width)));
        for (_, (values, flags)) in rows.filter(|(sample, _)| keep(sample)) {
            for ((below, above), (value, flag)) in counts.iter_mut().zip(values.iter().zip(flags)) {
                *below += usize::from(*flag);
                *above += usize::from(value.is_some() && !flag);
            }
        }
        counts
    }

    /// The samples of which no analyte has a value or lies below its limit of detection.
    pub fn empty_samples(&self) -> Vec<&str> {
        let width = self.analytes.len().max(1);
        let rows = self.samples.iter().zip(self.values.chunks(width).zip(self.below_lod.chunks(width)));
        let empty = rows.filter(|(_, (values, flags))| values.iter().all(Option::is_none) && !flags.contains(&true));
        empty.map(|(sample, _)| sample.as_str()).collect()
    }

    /// How many pairs the file did not list.
    pub fn unlisted(&self) -> usize {
        self.lines.iter().filter(|line| **line == 0).count()
    }

    /// The abundances' table.
    pub fn table(self, units: &[Option<String>]) -> Result<Table<schema::Abundances>, TableError> {
        let Grid { samples, analytes: names, values, below_lod, lines } = self;
        // Millions of cells become millions of rows: what is no longer needed makes room first.
        drop(lines);
        let height = values.len();
        let sample_ids = samples.iter().flat_map(|id| std::iter::repeat_n(id, names.len()));
        let sample_ids = StringChunked::from_iter_values("sample_id".into(), sample_ids);
        let each = |_: &String| 0..names.len();
        let analytes = samples.iter().flat_map(each).filter_map(|at| names.get(at));
        let analytes = StringChunked::from_iter_values("analyte".into(), analytes);
        let unit = samples.iter().flat_map(each).map(|at| units.get(at).and_then(Option::as_deref));
        let unit = StringChunked::from_iter_options("unit".into(), unit);
        let columns: Vec<Column> = vec![
            sample_ids.into_column(),
            analytes.into_column(),
            Cell::column("value", values),
            unit.into_column(),
            Cell::column("below_lod", below_lod),
        ];
        Table::from_columns(height, columns)
    }
}
