//! Makes the features of one fold: what is learned from data is learned from the other participants alone.

use std::collections::BTreeMap;

use crate::contract::{Place, Problem, StageError};
use crate::laboratory::Laboratory;
use crate::statistics::descriptive;
use crate::statistics::design::{Design, DesignError, Variable};
use crate::statistics::grid::Grid;
use crate::statistics::normalization::{ChangeFit, ChangeSettings, Measure, Occasions, Recipe, StepError};

use super::Inputs;
use super::cohort::Cohort;

/// The measured study, and how a fold makes changes of it.
pub struct Measured {
    laboratory: Laboratory,
    recipe: Recipe,
    measure: Measure,
    /// The study's seed, for steps of normalization that draw.
    seed: u64,
    /// Rows of the earlier and the later sample, by participant.
    pairs: BTreeMap<String, Occasions>,
}

impl Measured {
    /// Arranges the abundances that passed quality control. None where normalize takes no such change.
    pub fn new(inputs: &Inputs, recipe: &Recipe, measure: &str, contrast: Option<&str>, seed: u64) -> Option<Self> {
        let measure = Measure::ALL.into_iter().find(|known| known.word() == measure)?;
        let named = |change: &&ChangeSettings| contrast.is_none_or(|contrast| change.contrast() == contrast);
        let change = recipe.changes().iter().filter(|change| change.measures.contains(&measure)).find(named)?;
        let mut laboratory = Laboratory::new(&inputs.abundances, &inputs.samples, &inputs.panel);
        laboratory.sheet = recipe.without_idle_standards(laboratory.sheet).0;
        let rows = |who: &str, when: &[String]| -> Vec<usize> {
            when.iter().filter_map(|timepoint| laboratory.row_of(who, timepoint)).collect()
        };
        let pair = |who: &String| (who.clone(), (rows(who, change.from.as_slice()), rows(who, change.to.as_slice())));
        let both = |(_, (from, to)): &(String, Occasions)| !from.is_empty() && !to.is_empty();
        let pairs = laboratory.participants.iter().map(pair).filter(both).collect();
        Some(Measured { laboratory, recipe: recipe.clone(), measure, seed, pairs })
    }

    pub fn has_both(&self, participant: &str) -> bool {
        self.pairs.contains_key(participant)
    }

    pub fn analytes(&self) -> &[String] {
        &self.laboratory.sheet.grid.analytes
    }

    /// Every participant's change of every analyte, normalized by what the participants in `train` teach.
    ///
    /// METHOD: a change that is missing is replaced by the median of the training participants', inside the fold, so
    /// that all sets of features are judged on the same participants. Pooled QC samples belong to no participant and
    /// may teach in every fold.
    fn changes(&self, people: &[String], train: &[usize]) -> Result<Changes, StepError> {
        let sheet = &self.laboratory.sheet;
        let pairs: Vec<&Occasions> = people.iter().filter_map(|who| self.pairs.get(who)).collect();
        let of_train: Vec<Occasions> = train.iter().filter_map(|&i| pairs.get(i).copied().cloned()).collect();
        let qc = (0..sheet.injections.len()).filter(|&row| sheet.is_qc(row));
        let first = of_train.iter().flat_map(|(from, to)| from.iter().chain(to)).copied();
        let mut rows: Vec<usize> = first.flat_map(|row| self.laboratory.with_replicates(row)).chain(qc).collect();
        rows.sort_unstable();
        let mut normalized = self.recipe.normalize(sheet, &rows, self.seed, &mut |_| {})?;
        self.laboratory.combine(&mut normalized);
        let change = ChangeFit::fit(self.measure, &normalized, &of_train);
        let mut grid = Grid::missing(people.to_vec(), self.analytes().to_vec());
        for (analyte, column) in grid.columns_mut() {
            for (cell, pair) in column.iter_mut().zip(&pairs) {
                *cell = change.value(&normalized, pair, analyte).unwrap_or(f64::NAN);
            }
            let known: Vec<f64> = train.iter().map(|&i| column[i]).filter(|value| value.is_finite()).collect();
            let middle = descriptive::median(&known).unwrap_or(f64::NAN);
            column.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = middle);
        }
        Ok(Changes { grid, kept: normalized.kept })
    }
}

/// Everyone's changes as one fold's training participants normalize them.
struct Changes {
    grid: Grid,
    /// Whether an analyte is still there: a filter step judges it in each fold anew.
    kept: Vec<bool>,
}

/// One fold's data: who trains, and everyone's changes as the training participants normalize them.
pub struct FoldData {
    /// The participant left out, by place.
    pub left_out: usize,
    pub train: Vec<usize>,
    changes: Option<Changes>,
}

impl FoldData {
    pub fn new(left_out: usize, people: &[String], measured: Option<&Measured>) -> Result<Self, StageError> {
        let train: Vec<usize> = (0..people.len()).filter(|&i| i != left_out).collect();
        let changes = measured.map(|measured| measured.changes(people, &train)).transpose();
        Ok(FoldData { left_out, changes: changes.map_err(|error| refuse(&error))?, train })
    }

    /// Whether a filter step left out what the features are made of, so that nothing of them is there in this fold.
    pub fn lacks(&self, analytes: &[usize]) -> bool {
        let kept = |analyte: &usize| self.changes.as_ref().is_none_or(|changes| changes.kept[*analyte]);
        !analytes.is_empty() && !analytes.iter().any(kept)
    }

    /// The training design of the covariates and some analytes, with the row of the participant left out.
    ///
    /// METHOD: an analyte that a filter step drops in this fold is no feature in it: whoever applied the same rules to
    /// the training participants would not have it.
    pub fn design(&self, cohort: &Cohort, analytes: &[usize]) -> Result<(Design, Vec<f64>), DesignError> {
        let design = Design::new(self.train.len(), &self.variables(cohort, analytes, &self.train))?;
        let row = design.row(&self.variables(cohort, analytes, &[self.left_out]));
        let unseen =
            || DesignError::NoVariation { term: format!("a level that only {} has", cohort.people[self.left_out]) };
        row.map(|row| (design, row)).ok_or_else(unseen)
    }

    fn variables(&self, cohort: &Cohort, analytes: &[usize], rows: &[usize]) -> Vec<(String, Variable)> {
        let covariates = cohort.covariates.iter().map(|(name, values)| (name.clone(), values.select(rows)));
        let pick = |column: &[f64]| Variable::Numeric(rows.iter().map(|&row| column[row]).collect());
        let metabolites = self.changes.iter().flat_map(|Changes { grid, kept }| {
            let kept = analytes.iter().filter(|analyte| kept[**analyte]);
            kept.map(move |&a| (format!("change of {}", grid.analytes[a]), pick(grid.column(a))))
        });
        covariates.chain(metabolites).collect()
    }
}

/// A normalization setting that a fold could not be made with.
fn refuse(error: &StepError) -> StageError {
    let place = Place::setting(format!("stages.normalize.steps.{}.{}", error.step, error.setting));
    StageError::Input(vec![Problem::new(error.code, place, error.message.clone(), error.remedy.clone())])
}
