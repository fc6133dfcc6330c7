//! The MADRS totals at the three visits that the paper reports: baseline, infusion 4, month 12.

use super::PARTICIPANTS;
use super::adjust::{Target, adjust};
use crate::statistics::random::Stream;

/// Totals after infusion 4 of at most this are remission.
const REMISSION: i64 = 10;
/// Participants in remission after infusion 4, of whom the first [`STAYING`] still are at month 12.
const REMITTING: usize = 8;
const STAYING: usize = 4;

/// Published: 30.6 ± 6.1. The sum is exact; the standard deviation keeps clear of where its printed digits would change.
const BASELINE: Target = Target { sum: 918, sd: [6.07, 6.13] };
/// Published: 20.3 ± 11.5.
const INFUSION_4: Target = Target { sum: 609, sd: [11.47, 11.53] };

/// The totals of every participant; month 12 before anyone is lost.
pub struct Scores {
    pub baseline: Vec<i64>,
    pub infusion_4: Vec<i64>,
    pub month_12: Vec<i64>,
    /// Who is in remission at both visits, and so must be seen at month 12.
    pub staying: Vec<bool>,
}

/// Draws the three totals; none where they do not come to the published means and standard deviations.
///
/// With z standard normal: baseline 30.6 + 6.1 z, within 20 to 48. Eight participants, chosen at random, improve by
/// 80 % + 7 % z; the others by 17 % + 23 % z. At month 12 four of the eight stand at 78 % + 8 % z and all others at
/// 13 % + 0.6 (improvement after infusion 4 - 34 %) + 23 % z. The first two are then adjusted to the published mean and
/// standard deviation.
pub fn draw(stream: &mut Stream) -> Option<Scores> {
    let mut order: Vec<usize> = (0..PARTICIPANTS).collect();
    stream.shuffle(&mut order);
    let rank_of = |person: usize| order.iter().position(|&other| other == person).unwrap_or(PARTICIPANTS);
    let rank: Vec<usize> = (0..PARTICIPANTS).map(rank_of).collect();

    let mut baseline: Vec<i64> = rank.iter().map(|_| (30.6 + 6.1 * stream.normal()).round() as i64).collect();
    let mut infusion_4 = baseline.clone();
    settle(&mut baseline, &[(20, 48); PARTICIPANTS], &BASELINE, stream)?;

    let bounds = bounds(&baseline, &rank, REMITTING);
    for (total, (&from, &rank)) in infusion_4.iter_mut().zip(baseline.iter().zip(&rank)) {
        let (mean, sd) = if rank < REMITTING { (0.80, 0.07) } else { (0.17, 0.23) };
        *total = after(from, mean + sd * stream.normal());
    }
    settle(&mut infusion_4, &bounds, &INFUSION_4, stream)?;

    let bounds = self::bounds(&baseline, &rank, STAYING);
    let month_12 = (0..PARTICIPANTS).map(|person| {
        let (from, early) = (baseline[person], infusion_4[person]);
        let improvement = 1.0 - early as f64 / from as f64;
        let late = if rank[person] < STAYING {
            0.78 + 0.08 * stream.normal()
        } else {
            0.13 + 0.6 * (improvement - 0.34) + 0.23 * stream.normal()
        };
        after(from, late).clamp(bounds[person].0, bounds[person].1)
    });
    let month_12 = month_12.collect();
    Some(Scores { month_12, staying: rank.iter().map(|&rank| rank < STAYING).collect(), baseline, infusion_4 })
}

/// The total after a relative improvement.
fn after(baseline: i64, improvement: f64) -> i64 {
    (baseline as f64 * (1.0 - improvement)).round() as i64
}

/// In remission for the first `remitting`; for all others above it, and at most 12 points worse than baseline.
fn bounds(baseline: &[i64], rank: &[usize], remitting: usize) -> Vec<(i64, i64)> {
    let bound = |(&from, &rank): (&i64, &usize)| {
        if rank < remitting { (1, REMISSION) } else { (REMISSION + 1, (from + 12).min(54)) }
    };
    baseline.iter().zip(rank).map(bound).collect()
}

/// Brings the totals into their bounds and then to their target.
fn settle(values: &mut [i64], bounds: &[(i64, i64)], target: &Target, stream: &mut Stream) -> Option<()> {
    for (value, bound) in values.iter_mut().zip(bounds) {
        *value = (*value).clamp(bound.0, bound.1);
    }
    adjust(values, bounds, target, stream).then_some(())
}
