//! Batches and protected covariates as the columns of a least-squares fit.

use faer::Mat;

use super::super::super::{Sheet, StepError};
use super::super::batches::{Batches, shorten};
use super::super::empirical_bayes::variance;
use super::{Combat, TIMEPOINT};
use crate::statistics::factor::{Dependence, Factor};

/// The protected covariates as columns: an indicator per timepoint beyond the first, and numbers as they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Coding {
    columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq)]
enum Column {
    Timepoint(String),
    Number(String),
}

/// What is known of a row beside its values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub batch: Option<usize>,
    /// The columns of its covariates; none for a pooled QC sample.
    covariates: Option<Vec<f64>>,
}

/// Where an analyte's values lie but for their batch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Located {
    alpha: f64,
    beta: Vec<f64>,
    /// `x β` of the average study sample.
    typical: f64,
}

/// The rows with their columns, and the factorization that all analytes without missing values share.
pub(super) struct Designs {
    pub coding: Coding,
    pub rows: Vec<Row>,
    study: Vec<usize>,
    batches: usize,
    whole: Option<Factor>,
    /// Whether any analyte lacks a value.
    pub has_gaps: bool,
}

impl Column {
    fn name(&self) -> String {
        match self {
            Column::Timepoint(level) => format!("{TIMEPOINT} {level}"),
            Column::Number(name) => name.clone(),
        }
    }

    fn value(&self, sheet: &Sheet, row: usize) -> f64 {
        let injection = &sheet.injections[row];
        match self {
            Column::Timepoint(level) => f64::from(u8::from(injection.timepoint.as_ref() == Some(level))),
            Column::Number(name) => injection.covariates.get(name).copied().unwrap_or(f64::NAN),
        }
    }
}

impl Coding {
    /// The covariates' columns that vary over the training rows; one that does not has no effect to protect.
    fn new(step: &Combat, place: usize, sheet: &Sheet, study: &[usize]) -> Result<Coding, StepError> {
        let mut columns = Vec::new();
        for name in &step.protect {
            complete(place, sheet, name)?;
            if name == TIMEPOINT {
                let mut levels: Vec<&String> =
                    study.iter().filter_map(|&row| sheet.injections[row].timepoint.as_ref()).collect();
                levels.sort();
                levels.dedup();
                columns.extend(levels.into_iter().skip(1).map(|level| Column::Timepoint(level.clone())));
            } else {
                columns.push(Column::Number(name.clone()));
            }
        }
        let varies = |column: &Column| {
            let mut values = study.iter().map(|&row| column.value(sheet, row));
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        Ok(Coding { columns: columns.into_iter().filter(varies).collect() })
    }

    /// Every row of a sheet.
    pub fn rows(&self, sheet: &Sheet, batches: &Batches) -> Vec<Row> {
        let row = |(row, batch): (usize, Option<usize>)| {
            let covariates = || self.columns.iter().map(|column| column.value(sheet, row)).collect();
            Row { batch, covariates: (!sheet.is_qc(row)).then(covariates) }
        };
        batches.of_rows(sheet).into_iter().enumerate().map(row).collect()
    }
}

/// Every study sample must have the covariate; those without are named.
fn complete(place: usize, sheet: &Sheet, name: &str) -> Result<(), StepError> {
    let has = |row: usize| {
        let injection = &sheet.injections[row];
        if name == TIMEPOINT { injection.timepoint.is_some() } else { injection.covariates.contains_key(name) }
    };
    let study = (0..sheet.injections.len()).filter(|&row| !sheet.is_qc(row));
    let (with, without): (Vec<usize>, Vec<usize>) = study.partition(|&row| has(row));
    let names: Vec<&str> = without.iter().map(|&row| sheet.grid.samples[row].as_str()).collect();
    match (with.is_empty(), names.is_empty()) {
        (_, true) => Ok(()),
        // METHOD: timepoint is protected unless said otherwise; a study that declares none has nothing to protect.
        (true, _) if name == TIMEPOINT => Ok(()),
        (all, _) => Err(StepError {
            step: place,
            setting: "drift.protect",
            code: if all { "unknown_covariate" } else { "covariate_missing" },
            message: format!("`{name}` is not known of {} study samples: {}", names.len(), shorten(&names)),
            remedy: "name `timepoint` or a numeric column of the samples in which no study sample is empty".to_owned(),
        }),
    }
}

impl Located {
    /// `α + x β`.
    ///
    /// METHOD: a pooled QC sample has no covariates; it lies where the average study sample lies.
    pub fn centre(&self, row: &Row) -> f64 {
        let effect = |x: &Vec<f64>| x.iter().zip(&self.beta).map(|(x, beta)| x * beta).sum::<f64>();
        self.alpha + row.covariates.as_ref().map_or(self.typical, effect)
    }
}

impl Designs {
    /// Arranges the rows; a step error where batches and covariates cannot be told apart.
    pub fn new(
        step: &Combat,
        place: usize,
        sheet: &Sheet,
        batches: &Batches,
        study: &[usize],
    ) -> Result<Designs, StepError> {
        let coding = Coding::new(step, place, sheet, study)?;
        let rows = coding.rows(sheet, batches);
        let mut designs =
            Designs { coding, rows, study: study.to_vec(), batches: batches.len(), whole: None, has_gaps: false };
        let used = designs.used(study);
        let terms = used.len() + designs.coding.columns.len();
        if study.len() > terms && !used.is_empty() {
            let confounded = |dependences: Vec<Dependence>| designs.confounded(place, batches, &used, &dependences);
            designs.whole = Some(Factor::new(&designs.matrix(study, &used)).map_err(confounded)?);
        }
        Ok(designs)
    }

    fn confounded(&self, place: usize, batches: &Batches, used: &[usize], dependences: &[Dependence]) -> StepError {
        let term = |column: usize| match used.get(column) {
            Some(batch) => batches.say(*batch),
            None => format!("`{}`", self.coding.columns[column - used.len()].name()),
        };
        let involved = dependences.first().map(|d| [d.combination.as_slice(), &[d.column]].concat());
        let names: Vec<String> = involved.unwrap_or_default().into_iter().map(term).collect();
        StepError {
            step: place,
            setting: "drift.protect",
            code: "confounded",
            message: format!("batches and protected covariates cannot be told apart: {}", names.join(", ")),
            remedy: "no method can; without `protect` the covariate's effect would be removed with the batch's"
                .to_owned(),
        }
    }

    /// The batches of some rows, in their order.
    fn used(&self, rows: &[usize]) -> Vec<usize> {
        (0..self.batches).filter(|&batch| rows.iter().any(|&row| self.rows[row].batch == Some(batch))).collect()
    }

    /// An indicator per batch, then the covariates.
    fn matrix(&self, rows: &[usize], used: &[usize]) -> Mat<f64> {
        Mat::from_fn(rows.len(), used.len() + self.coding.columns.len(), |i, j| {
            let row = &self.rows[rows[i]];
            match used.get(j) {
                Some(batch) => f64::from(u8::from(row.batch == Some(*batch))),
                None => row.covariates.as_ref().map_or(f64::NAN, |x| x[j - used.len()]),
            }
        })
    }

    /// Where an analyte lies, by least squares on its batches and covariates, and the residual of each row with a value.
    pub fn locate(&self, values: &[f64], reference: Option<usize>) -> Result<(Located, Vec<(usize, f64)>), String> {
        let rows: Vec<usize> = self.study.iter().copied().filter(|&row| values[row].is_finite()).collect();
        let used = self.used(&rows);
        let n = used.len();
        if n < 2 {
            return Err("it has values in fewer than two batches".to_owned());
        }
        if reference.is_some_and(|reference| !used.contains(&reference)) {
            return Err("it has no value in the reference batch".to_owned());
        }
        let apart = "its batches and the protected covariates cannot be told apart where it has values";
        let own;
        let factor = match &self.whole {
            Some(whole) if rows.len() == self.study.len() => whole,
            _ if rows.len() <= n + self.coding.columns.len() => return Err("it has too few values".to_owned()),
            _ => {
                let matrix = self.matrix(&rows, &used);
                let empty = |j: usize| (0..matrix.nrows()).all(|i| matrix[(i, j)] == 0.0);
                if (0..matrix.ncols()).any(empty) {
                    return Err(apart.to_owned());
                }
                own = Factor::new(&matrix).map_err(|_| apart.to_owned())?;
                &own
            }
        };
        let y: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        let coordinates = factor.coordinates(&y);
        let fitted = |i: usize| coordinates.iter().enumerate().map(|(k, c)| factor.basis[(i, k)] * c).sum::<f64>();
        let residuals = rows.iter().zip(&y).enumerate().map(|(i, (&row, y))| (row, y - fitted(i))).collect();
        let coefficients = factor.solve(&coordinates);
        let place = |batch: usize| used.iter().position(|other| *other == batch).map_or(0.0, |at| coefficients[at]);
        let alpha = reference.map_or_else(|| self.grand_mean(&used, &coefficients), place);
        let beta: Vec<f64> = coefficients[n..].to_vec();
        Ok((Located { typical: self.typical(&beta), alpha, beta }, residuals))
    }

    /// The batches' locations, each weighted by its number of study samples.
    fn grand_mean(&self, used: &[usize], coefficients: &[f64]) -> f64 {
        let count =
            |batch: &usize| self.study.iter().filter(|&&row| self.rows[row].batch == Some(*batch)).count() as f64;
        let counts: Vec<f64> = used.iter().map(count).collect();
        let total: f64 = counts.iter().sum();
        counts.iter().zip(coefficients).map(|(count, location)| count / total * location).sum()
    }

    fn typical(&self, beta: &[f64]) -> f64 {
        let x = |row: &usize, j: usize| self.rows[*row].covariates.as_ref().map_or(0.0, |x| x[j]);
        let n = self.study.len() as f64;
        let mean = |j: usize| self.study.iter().map(|row| x(row, j)).sum::<f64>() / n;
        beta.iter().enumerate().map(|(j, beta)| beta * mean(j)).sum()
    }

    /// The standard deviation of residuals.
    ///
    /// METHOD: the variance has the divisor n where no value of any analyte is missing and n - 1 where one is, as sva has
    /// it, so that both give the same numbers.
    pub fn spread(&self, residuals: &[f64]) -> Option<f64> {
        let n = residuals.len() as f64;
        let divisor = if self.has_gaps { 1.0 } else { (n - 1.0) / n };
        variance(residuals).map(|variance| (variance * divisor).sqrt())
    }

    /// Whether the training rows of a batch have one value, several times.
    pub fn are_alike(&self, values: &[f64], batch: usize) -> bool {
        let own = self.of_batch(values, batch);
        own.len() > 1 && own.iter().all(|value| *value == own[0])
    }

    /// The present values of the training rows of a batch.
    pub fn of_batch(&self, values: &[f64], batch: usize) -> Vec<f64> {
        let own = self.study.iter().filter(|&&row| self.rows[row].batch == Some(batch));
        own.map(|&row| values[row]).filter(|value| value.is_finite()).collect()
    }
}
