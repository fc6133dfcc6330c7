//! The methods section's words on the data.

use super::measurement::{Flag, Zeros};
use super::names::Naming;
use super::params::{Assessments, Column, Layout, Metabolites, Params, Participants, Samples, Values};
use super::scale::Scale;
use super::shape::Across;
use crate::contract::quantity::Range;

/// One paragraph: what was read, and what every value had to be.
pub fn methods(params: &Params) -> Vec<String> {
    let sentences = [
        Some(participants(&params.participants)),
        params.assessments.as_ref().map(assessments),
        params.samples.as_ref().map(samples),
        params.metabolites.as_ref().map(metabolites),
        params.metabolites.as_ref().and_then(|metabolites| cells(metabolites, params.panel.is_some())),
        Some(
            "Every declared value was checked for its type, range and levels, and identifiers were reconciled across the \
             tables; data that failed a check were not analysed."
                .to_owned(),
        ),
    ];
    vec![sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")]
}

fn participants(participants: &Participants) -> String {
    if participants.columns.is_empty() {
        return "Participants were identified without further variables.".into();
    }
    let words = |(name, column): (&String, &Column)| match column {
        Column::Number { unit, range, .. } => {
            format!("{name} ({}{})", unit.as_deref().unwrap_or("number"), within(range))
        }
        Column::Count { unit, range, .. } => format!("{name} (count{}{})", of(unit), within(range)),
        Column::Binary { .. } => format!("{name} (yes or no)"),
        Column::Category { levels, .. } => format!("{name} ({}; the first is the reference)", levels.join(", ")),
    };
    let variables: Vec<String> = participants.columns.iter().map(words).collect();
    format!("Participants were described by {}.", variables.join(", "))
}

fn of(unit: &Option<String>) -> String {
    unit.as_ref().map_or(String::new(), |unit| format!(" of {unit}"))
}

fn within(range: &Option<Range>) -> String {
    range.map_or(String::new(), |range| format!(", {} to {}", range.low(), range.high()))
}

fn assessments(assessments: &Assessments) -> String {
    let name = if assessments.instrument == "madrs" {
        "the Montgomery-Åsberg Depression Rating Scale (MADRS)"
    } else {
        &assessments.instrument
    };
    let scale = Scale::of(assessments).map_or(String::new(), |scale| {
        let total = format!("total {} to {}", scale.total_range.low(), scale.total_range.high());
        match scale.item_range {
            Some(range) if scale.items > 0 => {
                format!(" ({} items of {} to {}, {total})", scale.items, range.low(), range.high())
            }
            _ => format!(" ({total})"),
        }
    });
    let visits = &assessments.visits;
    let when = match (visits.first(), visits.last()) {
        (Some(first), Some(last)) if visits.len() > 1 => format!("{} visits, {first} to {last}", visits.len()),
        _ => format!("one visit, {}", visits.join("")),
    };
    format!(
        "Severity was rated by {name}{scale} at {when}; where a row gave items and no total, the total is their sum."
    )
}

fn samples(samples: &Samples) -> String {
    let words = |(name, timepoint): (&String, &super::params::Timepoint)| match timepoint.hours_after_infusion {
        Some(range) => format!("{name} ({} to {} hours after the infusion)", range.low(), range.high()),
        None => name.clone(),
    };
    let timepoints: Vec<String> = samples.timepoints.iter().map(words).collect();
    format!("Samples were drawn at these timepoints: {}.", timepoints.join(", "))
}

fn metabolites(metabolites: &Metabolites) -> String {
    let layout = match metabolites.layout {
        Layout::Long => "one row a sample and analyte",
        Layout::Wide if metabolites.samples == Across::Columns => "one column a sample",
        Layout::Wide => "one column an analyte",
    };
    let by = if metabolites.participant.is_some() { ", one sample a participant" } else { "" };
    match metabolites.values {
        Values::Raw => format!(
            "Abundances were read as raw values ({layout}{by}); a value marked as below the limit of detection counts as \
             missing with that mark, and a number below the panel's limit was kept and marked."
        ),
        Values::Transformed => format!("Abundances were read as already transformed values ({layout}{by})."),
    }
}

/// What cells that are no plain numbers counted as, and how units and names were brought to the panel's.
fn cells(metabolites: &Metabolites, has_panel: bool) -> Option<String> {
    let words = |flag: Flag| match flag {
        Flag::Keep => "without effect",
        Flag::Missing => "missing",
        Flag::BelowLod => "below the limit of detection",
        Flag::AboveUloq => "above the upper limit of quantification, and so missing",
    };
    let flags: Vec<String> =
        metabolites.flags.iter().map(|(word, flag)| format!("`{word}` ({})", words(*flag))).collect();
    let zeros = match metabolites.zeros {
        Zeros::Keep => None,
        Zeros::Missing => Some("Zeros counted as missing."),
        Zeros::BelowLod => Some("Zeros counted as values below the limit of detection."),
    };
    let raw = metabolites.values == Values::Raw;
    let sentences = [
        (!flags.is_empty()).then(|| format!("The laboratory's flags were read as declared: {}.", flags.join(", "))),
        (!metabolites.missing_values.is_empty())
            .then(|| "Codes that were declared to mean missing for single analytes were read so.".to_owned()),
        zeros.map(str::to_owned),
        (raw && has_panel).then(|| {
            "Values in another unit than the panel's were converted to it, by powers of ten and, between masses and \
             amounts of substance, by the panel's molar mass."
                .to_owned()
        }),
        (has_panel && metabolites.names == Naming::Registry).then(|| {
            "Names that the panel does not hold were looked up among its display names, synonyms and identifiers."
                .to_owned()
        }),
    ];
    let sentences: Vec<String> = sentences.into_iter().flatten().collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
