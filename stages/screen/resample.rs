//! Bootstrap limits of every estimate: participants drawn with replacement, the model fitted again.

use rayon::prelude::*;

use crate::contract::{Finding, StageContext};
use crate::statistics::bootstrap::{self, BootstrapError, Group, Interval, Replicates, Resamples, Strata};
use crate::statistics::covariance::Covariance;
use crate::statistics::inference::Inference;
use crate::statistics::influence::influence;
use crate::statistics::term::{Term, Top};
use crate::study::Study;

use super::associate::Answered;
use super::block::{Member, Place, Tests, group};
use super::params::{Bootstrap, BootstrapInterval, Params};
use super::permute::codes;
use super::solve::Solved;

/// The limits of one test in the fit's units, or why there are none.
pub struct Limits {
    place: Place,
    failed: usize,
    interval: Result<Interval, BootstrapError>,
}

/// Resamples the participants of every test.
pub fn resample(
    answered: &[Answered<'_>],
    study: &Study,
    params: &Params,
    settings: &Bootstrap,
    context: &StageContext<'_>,
) -> Vec<Limits> {
    let groups = group(answered, |_| true);
    let strata = settings.strata.as_ref().map(|column| codes(study, column));
    context.progress.start("bootstrap", groups.len() as u64);
    let of_group = |tests: &Tests<'_>| {
        let case = &tests.first().solved.case;
        let strata = match &strata {
            None => Strata::one(case.rows.len()),
            Some(codes) => Strata::of(&case.rows.iter().map(|row| codes[*row]).collect::<Vec<_>>()),
        };
        let resamples = Resamples::within(strata, context.seed, settings.draws as usize);
        let limits = limits(tests, &resamples, params, settings);
        context.progress.advance(1);
        limits
    };
    groups.par_iter().map(of_group).collect::<Vec<_>>().into_iter().flatten().collect()
}

fn limits(tests: &Tests<'_>, resamples: &Resamples, params: &Params, settings: &Bootstrap) -> Vec<Limits> {
    let first = tests.first().solved;
    let refits = if first.is_least_squares() {
        Group::new(&tests.covariates, &first.case.y, &tests.predictors())
            .and_then(|group| group.refits(resamples))
            .unwrap_or_else(|_| vec![Vec::new(); tests.members.len()])
    } else {
        by_likelihood(&tests.members, resamples)
    };
    let confidence = params.confidence.get();
    let one = |(member, values): (&Member<'_>, Vec<Option<f64>>)| {
        let failed = values.iter().filter(|value| value.is_none()).count();
        let interval = Replicates::new(&values).and_then(|replicates| match settings.interval {
            BootstrapInterval::Percentile => replicates.percentile(confidence),
            BootstrapInterval::Bca => {
                let jackknife = jackknife(member);
                let acceleration = bootstrap::acceleration(&jackknife, &resamples.strata)?;
                replicates.bca(member.solved.fit.coefficients[member.term], acceleration, confidence)
            }
        });
        Limits { place: member.place, failed, interval }
    };
    tests.members.iter().zip(refits).map(one).collect()
}

/// The estimates of several tests under the counts of each resample.
///
/// METHOD: a plain likelihood without a maximum in a resample is a failed refit, also where the estimate itself would be
/// answered by Firth's: two estimators in one distribution have no meaning. Where the estimate is Firth's, every refit is.
fn by_likelihood(members: &[Member<'_>], resamples: &Resamples) -> Vec<Vec<Option<f64>>> {
    let fitted: Vec<Option<(Term<'_>, Top)>> = members.iter().map(maximum).collect();
    let refit = |fitted: &(Term<'_>, Top), counts: &[Vec<f64>]| fitted.0.estimates(counts, &fitted.1.peak);
    let refits: Vec<_> = fitted.iter().flatten().map(|fitted| |counts: &[Vec<f64>]| refit(fitted, counts)).collect();
    let mut found = bootstrap::replicates(resamples, &refits).into_iter();
    // A test that has no maximum itself has no replicates.
    fitted.iter().map(|fitted| fitted.as_ref().and_then(|_| found.next()).unwrap_or_default()).collect()
}

/// The estimate without each participant, by the same refit as a resample's; in closed form for least squares.
fn jackknife(member: &Member<'_>) -> Vec<Option<f64>> {
    if member.solved.is_least_squares() {
        let Solved { design, fit, .. } = member.solved;
        let each = influence(design, fit, member.term, Covariance::Model, Inference::T);
        return each.into_iter().map(|one| one.loo_estimate).collect();
    }
    let Some((term, top)) = maximum(member) else { return Vec::new() };
    bootstrap::jackknife(member.solved.case.y.len(), |counts| term.estimates(counts, &top.peak))
}

/// A test's own likelihood and its maximum, where there is one.
fn maximum<'a>(member: &Member<'a>) -> Option<(Term<'a>, Top)> {
    let Solved { design, case, likelihood, .. } = member.solved;
    let term = Term::new(design, member.term, &case.y, *likelihood);
    let top = term.climb(None, None).ok()?;
    Some((term, top))
}

/// Fills the rows, and says why limits are missing.
pub fn fill(answered: &mut [Answered<'_>], limits: Vec<Limits>, settings: &Bootstrap, context: &mut StageContext<'_>) {
    for limits in limits {
        let one = &mut answered[limits.place.question];
        let row = &mut one.answers[limits.place.target].association;
        let unit = one.solved.as_ref().map_or(1.0, |solved| solved.case.unit.coefficient(&row.term));
        row.boot_interval = Some(settings.interval.name().to_owned());
        row.boot_draws = Some(i64::from(settings.draws));
        row.boot_failed = Some(limits.failed as i64);
        match limits.interval {
            Ok(interval) => {
                row.boot_low = Some(interval.low * unit);
                row.boot_high = Some(interval.high * unit);
            }
            Err(error) => {
                let subject = format!("{} · {} · {}", row.model, row.outcome, row.analyte);
                context.find(Finding::note("no_bootstrap_limits", subject, error.to_string()));
            }
        }
    }
}
