//! The answer in three sentences: did people improve, did it last, which metabolite goes along and how sure is that.
//!
//! It speaks of change and of association. What caused them is not in the tables.

use super::spaced;
use crate::outcomes::schema::TrajectoryRow;
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// The sentences, one per question.
pub fn sentences(study: &Study) -> Vec<String> {
    vec![improved(study), lasted(study), goes_along(study)]
}

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
    format!("{} (SD {}, n = {})", words::fixed(row.mean, 1), words::fixed(row.sd, 1), row.n)
}

fn change(row: &TrajectoryRow) -> String {
    match (row.change, row.change_low, row.change_high) {
        (Some(_), Some(_), Some(_)) => format!(
            "a mean change of {} points (95 % CI {} to {})",
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
        return "Whether people improved was not asked: the study has no repeated clinical assessments.".into();
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
            format!(", {:.0} % of the earlier change", 100.0 * late / early)
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

/// The leading association: the first highlighted analyte's smallest p in the leading model.
pub fn lead<'a>(study: &'a Study) -> Option<&'a AssociationRow> {
    let analyte = study.highlight.first()?;
    let rows = study.leading().filter(|row| row.analyte == *analyte);
    rows.min_by(|a, b| a.p_value.unwrap_or(2.0).total_cmp(&b.p_value.unwrap_or(2.0)))
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

fn goes_along(study: &Study) -> String {
    let Some(row) = lead(study).filter(|row| row.p_value.is_some()) else {
        return "No metabolite could be tested against an outcome.".into();
    };
    let tested = study.leading().filter(|other| other.outcome == row.outcome && other.p_value.is_some()).count();
    let twin = if row.inference == "wald" { t_twin(study, row) } else { None };
    let reference = if row.inference == "wald" { " by the normal (Wald) reference" } else { "" };
    let twin = twin.map_or(String::new(), |twin| format!(", {} by Student's t", words::p_phrase(twin.p_value)));
    let alpha = 1.0 - row.confidence;
    let adjusted = row.p_adjusted.map_or(String::new(), |p| {
        let side = if p < alpha { "below" } else { "not below" };
        format!(
            "; adjusted for {} tests ({}) {}, {side} {}",
            row.tests_in_family,
            words::term(&row.adjustment),
            words::p_phrase(Some(p)),
            words::level(alpha)
        )
    });
    format!(
        "Of {} tested against {}, {} goes along most clearly: {} for each unit of its {} ({:.0} % limits {}, n = {}, {}{reference}\
         {twin}{adjusted}); this is an association in these people, not a cause.",
        words::count(tested, "metabolite", "metabolites"),
        spaced(&row.outcome),
        study.name(&row.analyte),
        words::number(row.estimate),
        words::predictor(&row.predictor),
        100.0 * row.confidence,
        words::interval(row.conf_low, row.conf_high),
        study.guard.count(row.n).text(),
        words::p_phrase(row.p_value),
    )
}
