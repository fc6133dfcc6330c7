//! Takes each participant's change of each analyte between two timepoints.

use std::collections::BTreeSet;

use super::schema::ChangeRow;
use crate::contract::{Finding, StageContext};
use crate::laboratory::Laboratory;
use crate::statistics::normalization::change::cell;
use crate::statistics::normalization::{ChangeFit, ChangeSettings, Measure, Normalized};

/// One participant's rows at the two timepoints.
struct Pair<'a> {
    participant: &'a str,
    from: Option<usize>,
    to: Option<usize>,
}

impl Pair<'_> {
    fn rows(&self) -> Option<(usize, usize)> {
        self.from.zip(self.to)
    }
}

/// A row for every participant with either sample, analyte and measure; the value is missing where it is undefined.
pub fn take(
    settings: &ChangeSettings,
    normalized: &Normalized,
    laboratory: &Laboratory,
    context: &mut StageContext<'_>,
) -> Vec<ChangeRow> {
    let pairs = pairs(settings, laboratory);
    report_incomplete(settings, &pairs, context);
    let complete: Vec<(usize, usize)> = pairs.iter().filter_map(Pair::rows).collect();
    let measures: BTreeSet<Measure> = settings.measures.iter().copied().collect();
    let mut rows = Vec::new();
    for measure in measures {
        let fit = ChangeFit::fit(measure, normalized, &complete);
        let made = pairs.iter().flat_map(|pair| of_pair(&settings.contrast(), &fit, normalized, pair));
        let first = rows.len();
        rows.extend(made);
        report_undefined(measure, &rows[first..], context);
    }
    rows
}

fn pairs<'a>(settings: &ChangeSettings, laboratory: &'a Laboratory) -> Vec<Pair<'a>> {
    let row = |participant: &str, timepoint: &str| {
        laboratory.sample_of.get(&(participant.to_owned(), timepoint.to_owned())).copied()
    };
    let of = |participant: &'a String| Pair {
        participant,
        from: row(participant, &settings.from),
        to: row(participant, &settings.to),
    };
    laboratory.participants.iter().map(of).filter(|pair| pair.from.or(pair.to).is_some()).collect()
}

fn of_pair(contrast: &str, fit: &ChangeFit, normalized: &Normalized, pair: &Pair<'_>) -> Vec<ChangeRow> {
    let grid = fit.measure.grid(normalized);
    let row = |(analyte, name): (usize, &String)| ChangeRow {
        participant_id: pair.participant.to_owned(),
        analyte: name.clone(),
        contrast: contrast.to_owned(),
        measure: fit.measure.word().to_owned(),
        value: pair.rows().and_then(|(from, to)| fit.value(normalized, from, to, analyte)),
        from_value: pair.from.and_then(|row| cell(grid, row, analyte)),
        to_value: pair.to.and_then(|row| cell(grid, row, analyte)),
    };
    grid.analytes.iter().enumerate().map(row).collect()
}

fn report_incomplete(settings: &ChangeSettings, pairs: &[Pair<'_>], context: &mut StageContext<'_>) {
    let alone: Vec<&str> = pairs.iter().filter(|pair| pair.rows().is_none()).map(|pair| pair.participant).collect();
    if !alone.is_empty() {
        let message = format!(
            "{} of {} participants have a sample at only one of `{}` and `{}` and no change: {}",
            alone.len(),
            pairs.len(),
            settings.from,
            settings.to,
            alone.join(", ")
        );
        context.find(Finding::note("incomplete_pairs", settings.contrast(), message));
    }
}

fn report_undefined(measure: Measure, rows: &[ChangeRow], context: &mut StageContext<'_>) {
    let measured = |row: &&ChangeRow| row.from_value.is_some() && row.to_value.is_some();
    let undefined: Vec<&ChangeRow> = rows.iter().filter(measured).filter(|row| row.value.is_none()).collect();
    if undefined.is_empty() {
        return;
    }
    let analytes: BTreeSet<&str> = undefined.iter().map(|row| row.analyte.as_str()).collect();
    let why = match measure {
        Measure::Residualized => "fewer than three participants have both values, or the earlier ones do not vary",
        _ => "the earlier value is zero or less, or the later one is negative (for a logarithm, zero)",
    };
    let message = format!(
        "{} values of {} analytes are undefined, since {why}: {}",
        undefined.len(),
        analytes.len(),
        analytes.into_iter().collect::<Vec<_>>().join(", ")
    );
    let hint = "values that were transformed before they came here have no percent or ratio: use `difference`";
    context.find(Finding::warning("change_undefined", measure.word(), message).hint(hint));
}
