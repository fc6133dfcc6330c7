//! The seventeen visits of every participant: the way between the reported totals, relapse, and visits that were missed.

use super::PARTICIPANTS;
use super::scores::Scores;
use crate::statistics::random::Stream;

/// The visits in their order.
pub const VISITS: [&str; 17] = [
    "baseline",
    "infusion_1",
    "infusion_2",
    "infusion_3",
    "infusion_4",
    "month_1",
    "month_2",
    "month_3",
    "month_4",
    "month_5",
    "month_6",
    "month_7",
    "month_8",
    "month_9",
    "month_10",
    "month_11",
    "month_12",
];
pub const BASELINE: usize = 0;
pub const INFUSION_4: usize = 4;
pub const MONTH_12: usize = 16;

/// The totals by participant and visit; none where the visit was missed.
pub struct Course {
    pub totals: Vec<[Option<i64>; VISITS.len()]>,
}

/// The percent improvement of those who have it.
pub struct Outcome {
    /// The participants, by their place in the cohort.
    pub rows: Vec<usize>,
    pub values: Vec<f64>,
}

impl Course {
    /// The percent improvement 100·(baseline - visit)/baseline of everyone seen at both visits.
    pub fn improvement(&self, visit: usize) -> Outcome {
        let of = |totals: &[Option<i64>; VISITS.len()]| {
            let from = totals[BASELINE]? as f64;
            Some(100.0 * (from - totals[visit]? as f64) / from)
        };
        let (rows, values) = (0..).zip(&self.totals).filter_map(|(row, totals)| Some((row, of(totals)?))).unzip();
        Outcome { rows, values }
    }
}

/// Draws the visits between the reported ones, and who misses which.
///
/// After infusions 1 to 3 a share of 50, 70 and 85 % (± 12) of the way to infusion 4 is gone. From there the total
/// approaches that of month 12 as exp(-month/τ), τ from 2 to 6 months, with a random walk that is tied at both ends. Every
/// visit that the paper does not report has 1.2 z points of its own.
pub fn draw(scores: &Scores, stream: &mut Stream) -> Course {
    let mut totals: Vec<_> = (0..PARTICIPANTS).map(|person| visits(scores, person, stream).map(Some)).collect();
    miss(&mut totals, &scores.staying, stream);
    Course { totals }
}

/// All totals of one participant, before any visit is missed.
fn visits(scores: &Scores, person: usize, stream: &mut Stream) -> [i64; VISITS.len()] {
    let [from, end, late] =
        [&scores.baseline, &scores.infusion_4, &scores.month_12].map(|totals| totals[person] as f64);
    let mut path = [0.0; VISITS.len()];
    path[BASELINE] = from;
    for (visit, share) in [0.50, 0.70, 0.85].into_iter().enumerate() {
        path[visit + 1] = from + (share + 0.12 * stream.normal()) * (end - from) + 1.2 * stream.normal();
    }
    path[INFUSION_4] = end;
    let walk = tied_walk(stream);
    let tau = 2.0 + 4.0 * stream.uniform();
    let kept = |month: f64| libm::exp(-month / tau);
    for (visit, noise) in walk.into_iter().enumerate() {
        let month = (visit + 1) as f64;
        let early = (kept(month) - kept(12.0)) / (1.0 - kept(12.0));
        let rating = if month < 12.0 { 1.2 * stream.normal() } else { 0.0 };
        path[INFUSION_4 + 1 + visit] = late + (end - late) * early + noise + rating;
    }
    path.map(|total| total.round().clamp(0.0, 60.0) as i64)
}

/// A random walk of twelve months, 1.3 points a month, that ends at zero.
fn tied_walk(stream: &mut Stream) -> [f64; 12] {
    let mut walk = [0.0; 12];
    let mut at = 0.0;
    for step in &mut walk {
        at += 1.3 * stream.normal();
        *step = at;
    }
    for (month, step) in (1..).map(f64::from).zip(&mut walk) {
        *step -= at * month / 12.0;
    }
    walk
}

/// Takes visits away: four to six participants have no month 12, half of them having left for good earlier, and about one
/// in thirty of the other monthly visits is missed. Treatment visits are complete, and so is everyone in lasting remission
/// at month 12.
fn miss(totals: &mut [[Option<i64>; VISITS.len()]], staying: &[bool], stream: &mut Stream) {
    let mut may_leave: Vec<usize> = (0..totals.len()).filter(|&person| !staying[person]).collect();
    stream.shuffle(&mut may_leave);
    may_leave.truncate(4 + stream.below(3));
    for (number, &person) in may_leave.iter().enumerate() {
        let since = if number % 2 == 0 { MONTH_12 - stream.below(9) } else { MONTH_12 };
        totals[person][since..].fill(None);
    }
    for visit in totals.iter_mut().flat_map(|totals| &mut totals[INFUSION_4 + 1..MONTH_12]) {
        if stream.uniform() < 1.0 / 30.0 {
            *visit = None;
        }
    }
}
