//! Records how repeatable each analyte is before and after each step.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::schema::QualityRow;
use crate::contract::{Finding, StageContext};
use crate::statistics::descriptive;
use crate::statistics::grid::Grid;
use crate::statistics::normalization::{Decision, Moment, Sheet};
use crate::statistics::repeatability::{d_ratio, rsd};

/// What each step did to each analyte, written down while the steps are taken.
pub struct Record {
    study: Vec<usize>,
    pooled_qc: Vec<usize>,
    /// The values before the step that is taken next.
    grid: Grid,
    measures: Vec<Measures>,
    /// What a step said of its result, as long as no later step touches the analyte.
    said: Vec<Option<Measures>>,
    dropped: Vec<bool>,
    rows: Vec<QualityRow>,
}

/// The robust RSD of the pooled QC and the robust D-ratio of one analyte.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Measures {
    rsd: Option<f64>,
    d_ratio: Option<f64>,
}

/// One step's outcome for one analyte.
struct Outcome {
    touched: bool,
    before: Measures,
    after: Measures,
    said: Option<Measures>,
    decision: &'static str,
    reason: String,
}

impl Record {
    pub fn new(sheet: &Sheet) -> Self {
        let (pooled_qc, study) = (0..sheet.grid.samples.len()).partition(|&row| sheet.is_qc(row));
        let analytes = sheet.grid.analytes.len();
        let mut record = Record {
            study,
            pooled_qc,
            grid: sheet.grid.clone(),
            measures: Vec::new(),
            said: vec![None; analytes],
            dropped: vec![false; analytes],
            rows: Vec::new(),
        };
        record.measures =
            (0..analytes).into_par_iter().map(|analyte| record.measure(&record.grid, &[], analyte)).collect();
        record
    }

    /// What was written down; the values go.
    pub fn into_rows(self) -> Vec<QualityRow> {
        self.rows
    }

    /// Takes down what a step did; nothing of a step that does nothing.
    pub fn note(&mut self, moment: &Moment<'_>) {
        if moment.note.method == "none" {
            return;
        }
        let decided: HashMap<usize, &Decision> = moment.note.decisions.iter().map(|d| (d.analyte, d)).collect();
        // METHOD: past a logarithm or a centring, a relative standard deviation means nothing; only decisions remain.
        let recorded = |analyte: &usize| {
            !self.dropped[*analyte] && (!moment.transformed[*analyte] || decided.contains_key(analyte))
        };
        let analytes: Vec<usize> = (0..self.grid.analytes.len()).filter(recorded).collect();
        let outcomes: Vec<Outcome> =
            analytes.par_iter().map(|&analyte| self.outcome(moment, analyte, decided.get(&analyte).copied())).collect();
        for (analyte, outcome) in analytes.into_iter().zip(outcomes) {
            self.rows.push(self.row(moment, analyte, &outcome));
            self.keep(moment, analyte, &outcome);
        }
    }

    /// METHOD: values that a step put in take no part: they say nothing of how repeatable the measurement is.
    fn measure(&self, grid: &Grid, imputed: &[bool], analyte: usize) -> Measures {
        let (column, first) = (grid.column(analyte), analyte * grid.samples.len());
        let is_measured = |row: &usize| !imputed.get(first + row).copied().unwrap_or(false);
        let present = |rows: &[usize]| {
            let values = rows.iter().filter(|row| is_measured(row)).map(|&row| column[row]);
            values.filter(|value| value.is_finite()).collect::<Vec<f64>>()
        };
        let pooled_qc = present(&self.pooled_qc);
        if pooled_qc.is_empty() {
            return Measures::default();
        }
        Measures { rsd: rsd(&pooled_qc, true), d_ratio: d_ratio(&pooled_qc, &present(&self.study), true) }
    }

    fn outcome(&self, moment: &Moment<'_>, analyte: usize, decided: Option<&Decision>) -> Outcome {
        let mut pairs = self.grid.column(analyte).iter().zip(moment.grid.column(analyte));
        let touched = pairs.any(|(before, after)| before.to_bits() != after.to_bits());
        let (before, after) = match (moment.transformed[analyte], touched) {
            (true, _) => (Measures::default(), Measures::default()),
            (false, true) => (self.measures[analyte], self.measure(moment.grid, moment.imputed, analyte)),
            (false, false) => {
                let known = self.said[analyte].unwrap_or(self.measures[analyte]);
                (known, known)
            }
        };
        let said = decided.and_then(|decision| decision.after).map(|(rsd, d_ratio)| Measures { rsd, d_ratio });
        let after = said.unwrap_or(after);
        let (decision, reason) = match decided {
            Some(decision) => (decision.decision, decision.reason.clone()),
            None if touched => ("done", String::new()),
            None if !moment.scope[analyte] => ("none", "not of the classes that the step is for".to_owned()),
            None => ("none", String::new()),
        };
        Outcome { touched, before, after, said, decision, reason }
    }

    fn row(&self, moment: &Moment<'_>, analyte: usize, outcome: &Outcome) -> QualityRow {
        let (before, after) = (outcome.before, outcome.after);
        QualityRow {
            position: moment.place as i64 + 1,
            analyte: self.grid.analytes[analyte].clone(),
            step: moment.note.step.to_owned(),
            method: moment.note.method.to_owned(),
            qc_rsd_before: before.rsd,
            qc_rsd_after: after.rsd,
            d_ratio_before: before.d_ratio,
            d_ratio_after: after.d_ratio,
            decision: outcome.decision.to_owned(),
            reason: outcome.reason.clone(),
        }
    }

    /// Remembers what the next step finds.
    ///
    /// METHOD: a step that touches the analyte is compared with the values that it met; what a drift correction said of
    /// pooled QC samples that its curve did not see stands until then.
    fn keep(&mut self, moment: &Moment<'_>, analyte: usize, outcome: &Outcome) {
        self.dropped[analyte] = outcome.decision == "dropped";
        if outcome.touched {
            for (row, value) in moment.grid.column(analyte).iter().enumerate() {
                self.grid.set(row, analyte, *value);
            }
            self.measures[analyte] = self.measure(moment.grid, moment.imputed, analyte);
            self.said[analyte] = outcome.said;
        }
    }

    /// A note for each step that made the pooled QC samples less equal than it found them.
    ///
    /// METHOD: pooled QC samples that a curve was drawn through lie too close together for a later step to be compared
    /// with; such analytes do not count from then on.
    pub fn report(&self, context: &mut StageContext<'_>) {
        let mut curved: HashSet<&str> = HashSet::new();
        for rows in self.rows.chunk_by(|a, b| a.position == b.position) {
            let judged = rows.iter().filter(|row| !curved.contains(row.analyte.as_str()));
            let both: Vec<(f64, f64)> = judged.filter_map(|r| r.qc_rsd_before.zip(r.qc_rsd_after)).collect();
            let seen = rows.iter().filter(|row| row.decision == "done" && matches!(&*row.method, "qc_rsc" | "loess"));
            curved.extend(seen.map(|row| row.analyte.as_str()));
            let (before, after): (Vec<f64>, Vec<f64>) = both.iter().copied().unzip();
            let medians = descriptive::median(&before).zip(descriptive::median(&after));
            // METHOD: a rise by a tenth of the median is worth a look; less is the play of a dozen pooled QC samples.
            if let Some((before, after)) = medians.filter(|(before, after)| *after > 1.1 * before) {
                let rose = both.iter().filter(|(before, after)| after > before).count();
                let message = format!(
                    "the median robust RSD of the pooled QC samples rose from {:.1} % to {:.1} %; it rose for {rose} of {} \
                     analytes",
                    100.0 * before,
                    100.0 * after,
                    both.len()
                );
                let step = format!("steps.{}.{}", rows[0].position - 1, rows[0].step);
                let hint = "look at the step's rows in the table `quality`; a step that adds noise is better left out";
                context.find(Finding::note("less_repeatable", step, message).hint(hint));
            }
        }
    }
}

#[cfg(test)]
mod tests;
