//! The order in which samples go through the instrument: two batches, pairs side by side, pooled QC and blanks between.

use super::PARTICIPANTS;
use crate::statistics::random::Stream;

const BATCHES: usize = 2;
/// Study samples between two pooled QC samples: three participants of two samples each.
const PEOPLE_BETWEEN_QC: usize = 3;

/// What is injected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    Blank,
    PooledQc,
    /// A participant's plasma at baseline.
    Before(usize),
    /// A participant's plasma after infusion 1, and the hours since.
    After(usize, f64),
}

/// One injection.
#[derive(Debug, Clone, PartialEq)]
pub struct Injection {
    pub sample: Sample,
    /// From 0.
    pub batch: usize,
    /// The place within the batch, from 0 at its start to 1 at its end.
    pub position: f64,
    /// Blanks or QC samples so far, this one included, for their names.
    pub number: usize,
}

/// Puts the participants in random order and injects, batch by batch: a blank, a pooled QC, then six study samples and a
/// pooled QC in turn, and a blank. A participant's two samples are neighbours, in random order.
///
/// Blood after the infusion is drawn after 1.5 to 2.0 h, but for one participant, late by 20 minutes or so.
pub fn sequence(stream: &mut Stream) -> Vec<Injection> {
    let mut people: Vec<usize> = (0..PARTICIPANTS).collect();
    stream.shuffle(&mut people);
    let late = stream.below(PARTICIPANTS);
    let (mut qc, mut blanks) = (0, 0);
    let mut injections = Vec::new();
    for (batch, people) in people.chunks(PARTICIPANTS / BATCHES).enumerate() {
        let samples = batch_of(people, late, stream);
        let last = (samples.len() - 1) as f64;
        for (place, sample) in samples.into_iter().enumerate() {
            let number = match sample {
                Sample::Blank => counted(&mut blanks),
                Sample::PooledQc => counted(&mut qc),
                _ => 0,
            };
            injections.push(Injection { sample, batch, position: place as f64 / last, number });
        }
    }
    injections
}

fn batch_of(people: &[usize], late: usize, stream: &mut Stream) -> Vec<Sample> {
    let mut samples = vec![Sample::Blank, Sample::PooledQc];
    for group in people.chunks(PEOPLE_BETWEEN_QC) {
        for &person in group {
            let hours =
                if person == late { 2.3 } else { 1.5 } + stream.uniform() * if person == late { 0.1 } else { 0.5 };
            let mut pair = [Sample::Before(person), Sample::After(person, (hours * 100.0).round() / 100.0)];
            stream.shuffle(&mut pair);
            samples.extend(pair);
        }
        samples.push(Sample::PooledQc);
    }
    samples.push(Sample::Blank);
    samples
}

fn counted(counter: &mut usize) -> usize {
    *counter += 1;
    *counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_participant_is_injected_twice_among_twelve_qc_samples_and_four_blanks_and_one_is_late() {
        let injections = sequence(&mut Stream::new(1, "injections", 0));
        let count = |wanted: fn(&Sample) -> bool| injections.iter().filter(|i| wanted(&i.sample)).count();
        assert_eq!((count(|s| *s == Sample::PooledQc), count(|s| *s == Sample::Blank)), (12, 4));
        assert_eq!((count(|s| matches!(s, Sample::Before(_))), count(|s| matches!(s, Sample::After(..)))), (30, 30));
        assert_eq!(count(|s| matches!(s, Sample::After(_, hours) if !(1.5..=2.0).contains(hours))), 1);
    }
}
