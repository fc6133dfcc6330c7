//! The table of a simulation: its cells, and the file they are stored in.

use std::fmt::Write;
use std::path::PathBuf;

use super::{Expected, Said, Scenario};
use crate::common::repository;
use crate::statistics::{Row, number, reference};

/// One method in one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub group: &'static str,
    pub scenario: &'static str,
    pub method: &'static str,
    pub measure: &'static str,
    pub expected: Expected,
    pub replicates: u64,
    /// Replicates in which the method had an answer.
    pub answered: u64,
    /// Of the answers.
    pub sum: f64,
    squares: f64,
}

impl Cell {
    /// Sums up what was said of every replicate, in their order.
    pub fn new<'a>(scenario: &Scenario, said: impl Iterator<Item = &'a Said> + Clone) -> Self {
        let first = said.clone().next().expect("a replicate");
        let answers = || said.clone().filter_map(|said| said.value);
        Cell {
            group: scenario.group,
            scenario: scenario.name,
            method: first.method,
            measure: first.measure,
            expected: first.expected,
            replicates: said.clone().count() as u64,
            answered: answers().count() as u64,
            sum: answers().sum(),
            squares: answers().map(|value| value * value).sum(),
        }
    }

    pub fn rate(&self) -> f64 {
        self.sum / self.answered as f64
    }

    /// The Monte-Carlo standard error of the rate.
    pub fn std_error(&self) -> f64 {
        let n = self.answered as f64;
        ((self.squares / n - self.rate() * self.rate()).max(0.0) / n).sqrt()
    }

    /// Whether the rate is what theory says, within four standard errors of a rate that is so.
    pub fn meets_theory(&self) -> bool {
        let slack = |p: f64| 4.0 * (p * (1.0 - p) / self.answered as f64).sqrt();
        match self.expected {
            Expected::Exactly(p) => (self.rate() - p).abs() <= slack(p),
            Expected::AtMost(p) => self.rate() <= p + slack(p),
            Expected::Unknown => true,
        }
    }

    /// The name of the cell.
    fn name(&self) -> [&'static str; 3] {
        [self.scenario, self.method, self.measure]
    }

    pub fn shown(&self) -> String {
        format!("{}: {} ± {}, expected {}", self.name().join(", "), self.rate(), self.std_error(), self.theory())
    }

    fn theory(&self) -> String {
        match self.expected {
            Expected::Exactly(p) => format!("= {p}"),
            Expected::AtMost(p) => format!("≤ {p}"),
            Expected::Unknown => String::new(),
        }
    }
}

fn path(name: &str) -> PathBuf {
    repository().join("tests/reference").join(name)
}

/// The stored table of a name.
pub fn stored(name: &str) -> Vec<Row> {
    reference(&path(name))
}

/// Stores a table.
pub fn store(name: &str, cells: &[Cell]) {
    let mut text = "group,scenario,method,measure,expected,replicates,answered,sum,rate,std_error\n".to_owned();
    for cell in cells {
        let quoted = |word: &str| format!("\"{word}\"");
        let [scenario, method, measure] = cell.name().map(quoted);
        let (group, theory) = (quoted(cell.group), cell.theory());
        let (rate, error) = (cell.rate(), cell.std_error());
        let Cell { replicates, answered, sum, .. } = cell;
        writeln!(text, "{group},{scenario},{method},{measure},{theory},{replicates},{answered},{sum},{rate},{error}")
            .unwrap();
    }
    std::fs::write(path(name), text).unwrap();
}

/// Replicates of a cell that may differ from the stored ones: rounding under another instruction set.
const ROUNDED: f64 = 3.0;

/// The cells that differ from the stored table of a name.
pub fn changed(name: &str, cells: &[Cell]) -> Vec<String> {
    let rows = stored(name);
    if rows.len() != cells.len() {
        return vec![format!("{} cells, {} stored", cells.len(), rows.len())];
    }
    let differs = |(cell, row): (&Cell, &Row)| {
        let is_named = cell.name() == [&row["scenario"], &row["method"], &row["measure"]].map(String::as_str);
        let (sum, answered) = (number(row, "sum"), number(row, "answered"));
        let asked = cell.replicates as f64 == number(row, "replicates") && cell.theory() == row["expected"];
        let counts = (cell.sum - sum).abs() <= ROUNDED && (cell.answered as f64 - answered).abs() <= ROUNDED;
        let is_same = cell.sum == sum && cell.answered as f64 == answered;
        let rate = !is_same || (cell.rate() - number(row, "rate")).abs() <= 1e-12;
        let error = !is_same || (cell.std_error() - number(row, "std_error")).abs() <= 1e-12;
        let holds = is_named && asked && counts && rate && error;
        (!holds).then(|| format!("{}; stored {} of {}", cell.shown(), row["sum"], row["answered"]))
    };
    cells.iter().zip(&rows).filter_map(differs).collect()
}
