//! Takes the area under each analyte's curve within each participant.

use super::series::Series;
use crate::contract::{Finding, StageContext};
use crate::laboratory::Laboratory;
use crate::statistics::normalization::change::cell;
use crate::statistics::normalization::{AreaMeasure, AreaSettings, Clock, Normalized};

/// A series for each measure: everyone with a sample at any of the timepoints.
///
/// METHOD: areas are of the values as they stand before the first transform, scale or vsn step, and need a value and a time
/// at every timepoint: an area over fewer spans another time and is no smaller or larger for a reason of the body.
pub fn take(
    settings: &AreaSettings,
    normalized: &Normalized,
    laboratory: &Laboratory,
    kept: &[usize],
    context: &mut StageContext<'_>,
) -> Vec<Series> {
    let new = |measure: &AreaMeasure| Series {
        contrast: settings.contrast(),
        measure: measure.word(),
        who: Vec::new(),
        cells: Vec::new(),
    };
    let mut series: Vec<Series> = settings.measures.iter().map(new).collect();
    let mut incomplete = Vec::new();
    for (place, participant) in laboratory.participants.iter().enumerate() {
        let samples = settings.timepoints.iter().map(|timepoint| laboratory.row_of(participant, timepoint));
        let samples: Vec<Option<usize>> = samples.collect();
        if samples.iter().all(Option::is_none) {
            continue;
        }
        let times = times(settings, laboratory, &samples);
        if times.is_none() {
            incomplete.push(participant.as_str());
        }
        series.iter_mut().for_each(|one| one.who.push(place));
        for &analyte in kept {
            let value = |row: &Option<usize>| row.and_then(|row| cell(&normalized.before_transform, row, analyte));
            let values: Vec<Option<f64>> = samples.iter().map(value).collect();
            let curve = curve(times.as_deref(), &values);
            let ends = [values.first(), values.last()].map(|end| end.copied().flatten().unwrap_or(f64::NAN));
            for (one, measure) in series.iter_mut().zip(&settings.measures) {
                let area = curve.as_ref().and_then(|curve| measure.of(curve)).unwrap_or(f64::NAN);
                one.cells.push([area, ends[0], ends[1]]);
            }
        }
    }
    report_incomplete(settings, &incomplete, context);
    series
}

/// The time of each sample; none where a sample or its time is missing, or time does not grow.
fn times(settings: &AreaSettings, laboratory: &Laboratory, samples: &[Option<usize>]) -> Option<Vec<f64>> {
    let rows: Vec<usize> = samples.iter().copied().collect::<Option<_>>()?;
    let own = |row: &usize| match settings.clock {
        Clock::HoursAfterInfusion => laboratory.samples[*row].hours_after_infusion,
        Clock::Day => laboratory.samples[*row].day,
    };
    let times = match &settings.times {
        Some(times) => times.clone(),
        None => rows.iter().map(own).collect::<Option<_>>()?,
    };
    times.windows(2).all(|pair| pair[0] < pair[1]).then_some(times)
}

fn curve(times: Option<&[f64]>, values: &[Option<f64>]) -> Option<Vec<(f64, f64)>> {
    times?.iter().zip(values).map(|(time, value)| Some((*time, (*value)?))).collect()
}

fn report_incomplete(settings: &AreaSettings, who: &[&str], context: &mut StageContext<'_>) {
    if who.is_empty() {
        return;
    }
    let why = match &settings.times {
        Some(_) => "a sample is missing".to_owned(),
        None => format!("a sample or its {} is missing, or the times do not grow", settings.clock.word()),
    };
    let message = format!("{} participants have no area, since {why}: {}", who.len(), who.join(", "));
    context.find(Finding::note("incomplete_curves", settings.contrast(), message));
}
