//! Takes each participant's change of each analyte between two timepoints, or the means of several.

use std::collections::BTreeSet;

use super::series::Series;
use crate::contract::{Finding, StageContext};
use crate::laboratory::Laboratory;
use crate::statistics::normalization::change::mean_cell;
use crate::statistics::normalization::contrast::occasion;
use crate::statistics::normalization::{ChangeFit, ChangeSettings, Measure, Normalized, Occasions};

/// One participant's rows at the two occasions.
struct Pair<'a> {
    place: usize,
    participant: &'a str,
    occasions: Occasions,
}

impl Pair<'_> {
    fn is_complete(&self) -> bool {
        !self.occasions.0.is_empty() && !self.occasions.1.is_empty()
    }
}

/// A series for each measure: everyone with either sample; the value is missing where it is undefined.
pub fn take(
    settings: &ChangeSettings,
    normalized: &Normalized,
    laboratory: &Laboratory,
    kept: &[usize],
    context: &mut StageContext<'_>,
) -> Vec<Series> {
    let pairs = pairs(settings, laboratory);
    report_incomplete(settings, &pairs, context);
    let complete: Vec<Occasions> =
        pairs.iter().filter(|pair| pair.is_complete()).map(|pair| pair.occasions.clone()).collect();
    let measures: BTreeSet<Measure> = settings.measures.iter().copied().collect();
    let mut series = Vec::new();
    for measure in measures {
        let fit = ChangeFit::fit(measure, normalized, &complete);
        let cells: Vec<[f64; 3]> = pairs.iter().flat_map(|pair| of_pair(&fit, normalized, pair, kept)).collect();
        report_undefined(measure, &cells, kept, normalized, context);
        let who = pairs.iter().map(|pair| pair.place).collect();
        series.push(Series { contrast: settings.contrast(), measure: measure.word(), who, cells });
    }
    series
}

fn pairs<'a>(settings: &ChangeSettings, laboratory: &'a Laboratory) -> Vec<Pair<'a>> {
    let rows = |participant: &str, timepoints: &[String]| {
        timepoints.iter().filter_map(|timepoint| laboratory.row_of(participant, timepoint)).collect()
    };
    let of = |(place, participant): (usize, &'a String)| Pair {
        place,
        participant,
        occasions: (rows(participant, settings.from.as_slice()), rows(participant, settings.to.as_slice())),
    };
    let any = |pair: &Pair<'_>| !pair.occasions.0.is_empty() || !pair.occasions.1.is_empty();
    laboratory.participants.iter().enumerate().map(of).filter(any).collect()
}

/// The change, the earlier and the later value of one participant in each kept analyte.
fn of_pair<'a>(
    fit: &'a ChangeFit,
    normalized: &'a Normalized,
    pair: &'a Pair<'_>,
    kept: &'a [usize],
) -> impl Iterator<Item = [f64; 3]> + 'a {
    let grid = fit.measure.grid(normalized);
    let (from, to) = &pair.occasions;
    let cells = move |&analyte: &usize| {
        let value = fit.value(normalized, &pair.occasions, analyte);
        [value, mean_cell(grid, from, analyte), mean_cell(grid, to, analyte)].map(|cell| cell.unwrap_or(f64::NAN))
    };
    kept.iter().map(cells)
}

fn report_incomplete(settings: &ChangeSettings, pairs: &[Pair<'_>], context: &mut StageContext<'_>) {
    let (from, to) = (settings.from.as_slice(), settings.to.as_slice());
    let alone: Vec<&str> = pairs.iter().filter(|pair| !pair.is_complete()).map(|pair| pair.participant).collect();
    if !alone.is_empty() {
        let message = format!(
            "{} of {} participants have a sample at only one of `{}` and `{}` and no change: {}",
            alone.len(),
            pairs.len(),
            occasion(from),
            occasion(to),
            alone.join(", ")
        );
        context.find(Finding::note("incomplete_pairs", settings.contrast(), message));
    }
    let short = |pair: &&Pair<'_>| {
        pair.is_complete() && (pair.occasions.0.len() < from.len() || pair.occasions.1.len() < to.len())
    };
    let short: Vec<&str> = pairs.iter().filter(short).map(|pair| pair.participant).collect();
    if !short.is_empty() {
        let message = format!(
            "{} participants lack a sample of those that are averaged; the mean is of the others: {}",
            short.len(),
            short.join(", ")
        );
        context.find(Finding::note("averaged_over_fewer", settings.contrast(), message));
    }
}

fn report_undefined(
    measure: Measure,
    cells: &[[f64; 3]],
    kept: &[usize],
    normalized: &Normalized,
    context: &mut StageContext<'_>,
) {
    let undefined = |(_, [value, from, to]): &(usize, &[f64; 3])| value.is_nan() && !from.is_nan() && !to.is_nan();
    let places: Vec<usize> = cells.iter().enumerate().filter(undefined).map(|(at, _)| kept[at % kept.len()]).collect();
    if places.is_empty() {
        return;
    }
    let analytes: BTreeSet<&str> = places.iter().map(|&analyte| normalized.scaled.analytes[analyte].as_str()).collect();
    let why = match measure {
        Measure::Residualized => "fewer than three participants have both values, or the earlier ones do not vary",
        _ => "the earlier value is zero or less, or the later one is negative (for a logarithm, zero)",
    };
    let message = format!(
        "{} values of {} analytes are undefined, since {why}: {}",
        places.len(),
        analytes.len(),
        analytes.into_iter().collect::<Vec<_>>().join(", ")
    );
    let hint = "values that were transformed before they came here have no percent or ratio: use `difference`";
    context.find(Finding::warning("change_undefined", measure.word(), message).hint(hint));
}
