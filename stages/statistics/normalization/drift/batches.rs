//! Which batch each row belongs to, and what must be there before anything can be learned of it.

use std::collections::BTreeMap;

use super::super::{Remark, Sheet, StepError};

/// How many names a message lists before it counts the rest.
const SHOWN: usize = 20;

/// The batches of a sheet in the order of their names; where no row declares one, all rows are one batch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Batches {
    names: Vec<Option<String>>,
}

impl Batches {
    /// The batches of a sheet; a step error where some rows declare a batch and others do not.
    pub fn of(sheet: &Sheet, place: usize) -> Result<Batches, StepError> {
        let mut names: Vec<Option<String>> = sheet.injections.iter().map(|injection| injection.batch.clone()).collect();
        names.sort();
        names.dedup();
        if names.len() > 1 && names[0].is_none() {
            let without = rows(sheet, |row| sheet.injections[row].batch.is_none());
            return Err(StepError {
                step: place,
                setting: "drift",
                code: "batch_missing",
                message: format!("{} and others have one", list(without, "no batch")),
                remedy: "give every study and pooled QC sample its batch, or none".to_owned(),
            });
        }
        Ok(Batches { names })
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The batch of each row of a sheet; none for a batch that was not there to learn from.
    pub fn of_rows(&self, sheet: &Sheet) -> Vec<Option<usize>> {
        let places: BTreeMap<&Option<String>, usize> =
            self.names.iter().enumerate().map(|(place, name)| (name, place)).collect();
        sheet.injections.iter().map(|injection| places.get(&injection.batch).copied()).collect()
    }

    /// The place of a batch by its name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known.as_deref() == Some(name))
    }

    /// The batch in words: `batch ‘7’`, or that there is but one.
    pub fn say(&self, batch: usize) -> String {
        match self.names.get(batch).and_then(Option::as_ref) {
            Some(name) => format!("batch `{name}`"),
            None => "the only batch".to_owned(),
        }
    }

    /// The batch's name, empty where there is but one without a name.
    pub fn name(&self, batch: usize) -> &str {
        self.names.get(batch).and_then(Option::as_deref).unwrap_or_default()
    }

    /// All names, quoted.
    pub fn quoted(&self) -> String {
        let quoted: Vec<String> = self.names.iter().flatten().map(|name| format!("`{name}`")).collect();
        quoted.join(", ")
    }

    /// How many of `rows` each batch has.
    pub fn count(&self, sheet: &Sheet, rows: impl Iterator<Item = usize>) -> Vec<usize> {
        let of = self.of_rows(sheet);
        let mut counts = vec![0; self.names.len()];
        rows.filter_map(|row| of[row]).for_each(|batch| counts[batch] += 1);
        counts
    }
}

/// The place of every row in the order of injection; a step error that names the rows without one.
pub(super) fn orders(sheet: &Sheet, place: usize) -> Result<Vec<f64>, StepError> {
    let order = |row: usize| sheet.injections[row].order.filter(|order| order.is_finite());
    let without = rows(sheet, |row| order(row).is_none());
    if !without.is_empty() {
        return Err(StepError {
            step: place,
            setting: "drift.method",
            code: "injection_order_missing",
            message: format!("{}, and a curve is drawn over the injections", list(without, "no injection_order")),
            remedy: "give every study and pooled QC sample its injection_order, or use `method: batch_median`"
                .to_owned(),
        });
    }
    Ok((0..sheet.injections.len()).filter_map(order).collect())
}

fn rows(sheet: &Sheet, is: impl Fn(usize) -> bool) -> Vec<&str> {
    (0..sheet.injections.len()).filter(|row| is(*row)).map(|row| sheet.grid.samples[row].as_str()).collect()
}

/// `3 samples have no batch (a, b, c)`.
fn list(names: Vec<&str>, what: &str) -> String {
    match names.as_slice() {
        [one] => format!("sample `{one}` has {what}"),
        many => format!("{} samples have {what} ({})", many.len(), shorten(many)),
    }
}

/// The first names, and how many more there are.
pub(super) fn shorten(names: &[&str]) -> String {
    let first = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN { format!("{first} and {} more", names.len() - SHOWN) } else { first }
}

/// Samples of a batch that was not there to learn from.
pub(super) fn unknown(samples: &[&str]) -> Remark {
    Remark {
        code: "batch_unknown",
        subject: String::new(),
        message: format!("nothing was learned of the batch of {} samples: {}", samples.len(), shorten(samples)),
        hint: "their values are missing from here on",
    }
}

/// There is nothing to bring together.
pub(super) fn alone() -> Remark {
    Remark {
        code: "one_batch",
        subject: String::new(),
        message: "all samples are of one batch, so that no batch is brought to another".to_owned(),
        hint: "leave the step out, or give the samples their batch",
    }
}

/// An analyte whose batches stay as they are.
pub(super) fn not_aligned(analyte: String, why: &str) -> Remark {
    Remark {
        code: "batches_not_aligned",
        subject: analyte,
        message: format!("its batches stay as they are: {why}"),
        hint: "a filter step with max_missing, or qc's, leaves such analytes out",
    }
}
