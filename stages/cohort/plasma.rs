//! The measured concentrations of every analyte in every injection.

use super::course::{Course, INFUSION_4, MONTH_12};
use super::injections::{Injection, Sample};
use super::panel::{Analyte, KETONE, PANEL};
use super::participants::Participant;
use super::regress::{mean, sd, wald};
use crate::statistics::random::Stream;

/// How often an analyte is drawn before giving up.
const DRAWS: usize = 500;
/// The printed significant digits of a concentration.
const DIGITS: i32 = 4;

// METHOD: the conditions on a draw keep a distance from the limits they serve (0.05 for P; the default study's QC rules of
// 0.3, 0.5 and 3), so that no rounding and no choice of formula turns them over.
const MIN_P: f64 = 0.08;
const MAX_RSD: f64 = 0.20;
const MAX_RSD_KETONE: f64 = 0.075;
const MAX_D_RATIO: f64 = 0.45;
const MIN_BLANK_RATIO: f64 = 5.0;
/// Study samples below the limit of detection, for GABA and serotonin; no other analyte has any.
const BELOW_LOD: std::ops::RangeInclusive<usize> = 1..=6;

/// Measures the panel: per analyte a value per injection, as printed.
///
/// With z standard normal: a participant has median · exp(between·z) at baseline (creatinine 12 % more in men) and that
/// times exp(effect + within·z) after the infusion; a pooled QC is the mean of all of these; a blank has
/// blank · median · exp(0.3 z). The instrument adds noise exp(noise·z), a batch factor exp(0.015 z) and, along each batch,
/// a drift of signal; a blank has neither of the last two. The change of 3-hydroxybutyrate is the given one. Every other
/// analyte is drawn again until it is unrelated to both outcomes (P at least 0.08) and meets its conditions.
///
/// # Errors
/// Which analyte did not meet its conditions, in words.
pub fn measure(
    people: &[Participant],
    injections: &[Injection],
    course: &Course,
    change: &[f64],
    stream: impl Fn(&str) -> Stream,
) -> Result<Vec<Vec<f64>>, String> {
    let drawn = |analyte: &Analyte| {
        let redraw = |draw: usize| {
            let mut stream = stream(&format!("plasma/{}/{draw}", analyte.name));
            let mut values = draw_analyte(analyte, people, injections, &mut stream);
            if analyte.name == KETONE {
                apply(change, injections, &mut values);
            }
            values
        };
        let values = (0..DRAWS).map(redraw).find(|values| good(analyte, injections, course, values));
        values.ok_or_else(|| format!("no draw of {} meets its conditions", analyte.name))
    };
    PANEL.iter().map(drawn).collect()
}

fn draw_analyte(analyte: &Analyte, people: &[Participant], injections: &[Injection], stream: &mut Stream) -> Vec<f64> {
    let truth: Vec<[f64; 2]> = people.iter().map(|person| concentrations(analyte, person, stream)).collect();
    let pool = mean(&truth.iter().flatten().copied().collect::<Vec<_>>());
    let batches = [0.015 * stream.normal(), 0.015 * stream.normal()];
    let measured = |injection: &Injection| {
        let gain = libm::exp(batches[injection.batch]) * (1.0 + analyte.drift * (injection.position - 0.5));
        let noise = libm::exp(analyte.noise * stream.normal());
        printed(match injection.sample {
            Sample::Blank => analyte.median * analyte.blank * libm::exp(0.3 * stream.normal()) * noise,
            Sample::PooledQc => pool * gain * noise,
            Sample::Before(person) => truth[person][0] * gain * noise,
            Sample::After(person, _) => truth[person][1] * gain * noise,
        })
    };
    injections.iter().map(measured).collect()
}

/// A participant's true concentrations before and after the infusion.
fn concentrations(analyte: &Analyte, person: &Participant, stream: &mut Stream) -> [f64; 2] {
    let own = std::iter::repeat_with(|| stream.normal()).take(50).find(|z| z.abs() <= 2.0).unwrap_or(0.0);
    let male = if analyte.name == "creatinine" && person.male { 1.12 } else { 1.0 };
    let before = analyte.median * male * libm::exp(analyte.between * own);
    [before, before * libm::exp(analyte.effect + analyte.within * stream.normal())]
}

/// Replaces each value after the infusion by the one that shows the given percent change from the printed value before.
fn apply(change: &[f64], injections: &[Injection], values: &mut [f64]) {
    let before = by_person(injections, values, |sample| matches!(sample, Sample::Before(_)));
    for (injection, value) in injections.iter().zip(values) {
        if let Sample::After(person, _) = injection.sample {
            *value = printed(before[person] * (1.0 + change[person] / 100.0));
        }
    }
}

/// Whether a draw meets the conditions of its analyte.
fn good(analyte: &Analyte, injections: &[Injection], course: &Course, values: &[f64]) -> bool {
    let ketone = analyte.name == KETONE;
    let may_hide = ["GABA", "serotonin"].contains(&analyte.name);
    let of = |wanted: fn(&Sample) -> bool| -> Vec<f64> {
        injections.iter().zip(values).filter(|(i, _)| wanted(&i.sample)).map(|(_, &value)| value).collect()
    };
    let (qc, blank) = (of(|s| *s == Sample::PooledQc), of(|s| *s == Sample::Blank));
    let study = of(|s| matches!(s, Sample::Before(_) | Sample::After(..)));
    let hidden = study.iter().filter(|&&value| value < analyte.lod).count();
    let [low, high] = analyte.plausible;
    study.iter().all(|value| (low..=high).contains(value))
        && (if may_hide { BELOW_LOD.contains(&hidden) } else { hidden == 0 })
        && sd(&qc) / mean(&qc) <= if ketone { MAX_RSD_KETONE } else { MAX_RSD }
        && sd(&qc) / sd(&study) <= MAX_D_RATIO
        && median(study) / median(blank) >= MIN_BLANK_RATIO
        && (ketone
            || [INFUSION_4, MONTH_12].into_iter().all(|visit| p(analyte, injections, course, values, visit) >= MIN_P))
}

/// The P of the published model: percent improvement on percent change, values below the limit of detection at LOD/√2.
fn p(analyte: &Analyte, injections: &[Injection], course: &Course, values: &[f64], visit: usize) -> f64 {
    let seen = |value: &f64| if *value < analyte.lod { analyte.lod / std::f64::consts::SQRT_2 } else { *value };
    let values: Vec<f64> = values.iter().map(seen).collect();
    let before = by_person(injections, &values, |sample| matches!(sample, Sample::Before(_)));
    let after = by_person(injections, &values, |sample| matches!(sample, Sample::After(..)));
    let outcome = course.improvement(visit);
    let x: Vec<f64> = outcome.rows.iter().map(|&row| 100.0 * (after[row] - before[row]) / before[row]).collect();
    wald(&x, &outcome.values).p
}

/// The values of one kind of study sample in the order of the participants.
fn by_person(injections: &[Injection], values: &[f64], wanted: fn(&Sample) -> bool) -> Vec<f64> {
    let of = |(injection, &value): (&Injection, &f64)| match injection.sample {
        Sample::Before(person) | Sample::After(person, _) if wanted(&injection.sample) => Some((person, value)),
        _ => None,
    };
    let mut values: Vec<(usize, f64)> = injections.iter().zip(values).filter_map(of).collect();
    values.sort_by_key(|&(person, _)| person);
    values.into_iter().map(|(_, value)| value).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
}

/// The text of a concentration: four significant digits, no exponent.
pub fn text(value: f64) -> String {
    let magnitude = libm::floor(libm::log10(value)).clamp(-9.0, 9.0) as i32;
    let decimals = (DIGITS - 1 - magnitude).clamp(0, 9) as usize;
    format!("{value:.decimals$}")
}

/// The number that a reader of the printed text gets.
fn printed(value: f64) -> f64 {
    text(value).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concentrations_have_four_significant_digits() {
        let texts = [83.4159, 134.56, 0.012345678, 9.99996].map(text);
        assert_eq!(texts, ["83.42", "134.6", "0.01235", "10.000"]);
        assert_eq!(text(printed(9.99996)), "10.00");
    }
}
