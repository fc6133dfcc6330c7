//! The answer in three sentences: did people improve, did it last, which metabolite goes along and how sure is that.
//!
//! It speaks of change and of association. What caused them is not in the tables.

use std::collections::BTreeSet;

use super::spaced;
use crate::outcomes::schema::TrajectoryRow;
use crate::report::how;
use crate::report::question::Question;
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// The sentences, one per question; a study without repeated assessments has answers about the screen alone.
pub fn sentences(study: &Study) -> Vec<String> {
    if seen(study).is_empty() {
        return vec![goes_along(study), other_models(study), NOT_ASKED.into()];
    }
    vec![improved(study), lasted(study), goes_along(study)]
}

const NOT_ASKED: &str = "Whether people improved was not asked: the study has no repeated clinical assessments, so this page speaks of \
                         associations alone.";

/// The visit to which the leading outcome looks, else the last.
fn visit_of_interest<'a>(study: &Study, seen: &[&'a TrajectoryRow]) -> Option<&'a TrajectoryRow> {
    let outcome = lead(study).map(|row| row.outcome.clone());
    let to = outcome.and_then(|outcome| study.setting(&format!("stages.outcomes.endpoints.{outcome}.to")));
    let named = to.and_then(|to| seen.iter().find(|row| Some(row.visit.as_str()) == to.as_str()));
    named.or(seen.last()).copied()
}

fn seen<'a>(study: &'a Study) -> Vec<&'a TrajectoryRow> {
    study.trajectory.iter().filter(|row| row.mean.is_some() && study.guard.count(row.n).is_shown()).collect()
}

fn mean(row: &TrajectoryRow) -> String {
    format!("{} (SD {}, n\u{a0}=\u{a0}{})", words::fixed(row.mean, 1), words::fixed(row.sd, 1), row.n)
}

fn change(row: &TrajectoryRow) -> String {
    match (row.change, row.change_low, row.change_high) {
        (Some(_), Some(_), Some(_)) => format!(
            "a mean change of {} points (95\u{a0}% CI {} to {})",
            words::fixed(row.change, 1),
            words::fixed(row.change_low, 1),
            words::fixed(row.change_high, 1)
        ),
        _ => "a change whose uncertainty cannot be given".into(),
    }
}

fn improved(study: &Study) -> String {
    let seen = seen(study);
    let (Some(first), Some(to)) = (seen.first(), visit_of_interest(study, &seen)) else {
        return NOT_ASKED.into();
    };
    if first.visit == to.visit {
        return format!("The mean {} total at {} was {}.", study.instrument(), spaced(&first.visit), mean(first));
    }
    format!(
        "The mean {} total went from {} at {} to {} at {}, {}; this is a change over time, which by itself does not show \
         what caused it.",
        study.instrument(),
        mean(first),
        spaced(&first.visit),
        mean(to),
        spaced(&to.visit),
        change(to)
    )
}

fn lasted(study: &Study) -> String {
    let seen = seen(study);
    let (Some(to), Some(last)) = (visit_of_interest(study, &seen), seen.last()) else {
        return "Whether it lasted was not asked either.".into();
    };
    if to.visit == last.visit || seen.len() < 3 {
        return format!("There is no visit after {}, so nothing can be said of how long it lasted.", spaced(&to.visit));
    }
    let kept = match (to.change, last.change) {
        (Some(early), Some(late)) if early != 0.0 && late / early > 0.0 => {
            format!(", {:.0}\u{a0}% of the earlier change", 100.0 * late / early)
        }
        _ => String::new(),
    };
    let clear = match (last.change_low, last.change_high) {
        (Some(low), Some(high)) if low > 0.0 || high < 0.0 => "still apart from the first visit",
        (Some(_), Some(_)) => "no longer clearly apart from the first visit",
        _ => "of unknown certainty",
    };
    format!(
        "At the last visit, {}, the mean was {}, {}{kept}: {clear}, among the people who were seen.",
        spaced(&last.visit),
        mean(last),
        change(last)
    )
}

/// The leading association: the first highlighted analyte's smallest p in the leading model, a product's only where
/// there is nothing else.
pub fn lead<'a>(study: &'a Study) -> Option<&'a AssociationRow> {
    let analyte = study.highlight.first()?;
    let rows = study.leading().filter(|row| row.analyte == *analyte);
    let p = |row: &AssociationRow| row.p_value.unwrap_or(2.0) + if row.predictor.contains(" × ") { 4.0 } else { 0.0 };
    rows.min_by(|a, b| p(a).total_cmp(&p(b)))
}

/// The twin of a row under a t reference with the model's own covariance and the same covariates.
pub fn t_twin<'a>(study: &'a Study, row: &AssociationRow) -> Option<&'a AssociationRow> {
    study.associations.iter().find(|twin| {
        twin.inference == "t"
            && (&twin.covariance, &twin.covariates, &twin.family) == (&row.covariance, &row.covariates, &row.family)
            && (&twin.outcome, &twin.predictor, &twin.analyte, &twin.stratum)
                == (&row.outcome, &row.predictor, &row.analyte, &row.stratum)
    })
}

/// How many of these tests are below the level before and after adjustment.
pub fn small<'a>(rows: impl Iterator<Item = &'a AssociationRow>) -> (usize, usize, usize) {
    rows.filter(|row| row.p_value.is_some()).fold((0, 0, 0), |(all, before, after), row| {
        let below = |p: Option<f64>| usize::from(p.is_some_and(|p| p < 1.0 - row.confidence));
        (all + 1, before + below(row.p_value), after + below(row.p_adjusted))
    })
}

/// `1 has` or `6 have`.
fn have(n: usize) -> String {
    match n {
        0 => "none has".into(),
        1 => "1 has".into(),
        n => format!("{n} have"),
    }
}

fn goes_along(study: &Study) -> String {
    let Some(row) = lead(study).filter(|row| row.p_value.is_some()) else {
        return "No metabolite could be tested against an outcome.".into();
    };
    let asked = Question::of(row);
    let family = || study.leading().filter(|other| asked.asks(other));
    let (tested, before, after) = small(family());
    let first = family().all(|other| other.p_value.is_none_or(|p| Some(p) >= row.p_value));
    let alpha = words::level(1.0 - row.confidence);
    format!(
        "Of {} tested against {}, {} p below {alpha} before adjustment for many tests and {} after it; {} {}: {} {} \
         ({:.0}\u{a0}% limits {}{}, n\u{a0}=\u{a0}{}, {}{}), an association in these people, not a cause.",
        words::count(tested, "metabolite", "metabolites"),
        spaced(&row.outcome),
        have(before),
        if after == 0 { "none".to_owned() } else { after.to_string() },
        study.name(&row.analyte),
        if first { "stands out most" } else { "is followed closely here" },
        words::estimate(row.estimate, row.conf_low, row.conf_high),
        study.effect(row),
        100.0 * row.confidence,
        how::limits(row),
        bootstrap(row),
        study.guard.count(row.n).text(),
        words::p_phrase(row.p_value),
        references(study, row),
    )
}

fn bootstrap(row: &AssociationRow) -> String {
    match (row.boot_low, row.boot_high) {
        (low @ Some(_), high @ Some(_)) => format!(", by bootstrap {}", words::interval(low, high)),
        _ => String::new(),
    }
}

/// What p refers to, its twins by Student's t (where it is Wald's) and by permutation, and what adjustment makes of it.
fn references(study: &Study, row: &AssociationRow) -> String {
    let twin = if row.inference == "wald" { t_twin(study, row) } else { None };
    let reference = if row.inference == "wald" { " by the normal (Wald) reference" } else { "" };
    let twin = twin.map_or(String::new(), |twin| format!(", {} by Student's t", words::p_phrase(twin.p_value)));
    let adjusted = row.p_adjusted.map_or(String::new(), |p| {
        format!(
            "; adjusted for {} tests ({}) {}",
            row.tests_in_family,
            words::term(&row.adjustment),
            words::p_phrase(Some(p))
        )
    });
    let permuted =
        row.p_permutation.map(|p| format!(", {} by permutation", words::p_phrase(Some(p)))).unwrap_or_default();
    format!("{reference}{twin}{permuted}{adjusted}")
}

/// What the other models count; what single people do, where there is no other model.
fn other_models(study: &Study) -> String {
    let names: BTreeSet<&String> = study.associations.iter().map(|row| &row.model).collect();
    let others: Vec<&String> = names.into_iter().filter(|name| Some(*name) != study.primary.as_ref()).collect();
    let counts = others.iter().map(|name| {
        let (all, before, after) = small(study.associations.iter().filter(|row| row.model == **name));
        format!("“{}” {before} and {after} of {all}", spaced(name))
    });
    let counts: Vec<String> = counts.collect();
    if counts.is_empty() {
        return "There is one model alone, so nothing here says how much depends on the choice of it.".into();
    }
    let most = 4;
    let more = if counts.len() > most {
        format!("; {} more are in the table below", counts.len() - most)
    } else {
        String::new()
    };
    let noun = if counts.len() == 1 { "model has" } else { "models have" };
    format!(
        "Counted alike, before and after adjustment, the other {noun}: {}{more}.",
        words::list(&counts[..counts.len().min(most)])
    )
}
