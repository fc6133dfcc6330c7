//! Single people: whether leaving one out moves p across the level, and who.

use crate::report::question::Question;
use crate::report::study::Study;
use crate::report::words;
use crate::screen::schema::{AssociationRow, InfluenceRow};

use super::spaced;

/// The people who alone move p across the level, with the p without them where the study has it, the largest move first.
fn movers<'a>(study: &'a Study, row: &AssociationRow) -> Vec<(String, Option<f64>)> {
    let names = row.loo_flips_by.as_deref().map(words::json_list).unwrap_or_default();
    let asked = Question::of(row);
    let mine = |person: &&'a InfluenceRow| {
        (&person.model, &person.analyte) == (&row.model, &row.analyte)
            && (&person.outcome, &person.predictor, &person.stratum)
                == (&asked.outcome, &asked.predictor, &asked.stratum)
    };
    let of_row: Vec<&InfluenceRow> =
        if names.is_empty() { Vec::new() } else { study.influence.iter().filter(mine).collect() };
    let without = |name: String| {
        let p = of_row.iter().find(|person| person.participant_id == name).and_then(|person| person.loo_p_value);
        (name, p)
    };
    let mut people: Vec<(String, Option<f64>)> = names.into_iter().map(without).collect();
    let move_of = |p: Option<f64>| p.zip(row.p_value).map_or(0.0, |(p, all)| (p - all).abs());
    people.sort_by(|a, b| move_of(b.1).total_cmp(&move_of(a.1)).then_with(|| a.0.cmp(&b.0)));
    people
}

/// People named for one test.
const NAMED: usize = 3;

/// Who moves p across the level, as a cell; nobody is named where single people are not shown.
pub fn flipped_by(study: &Study, row: &AssociationRow) -> String {
    match row.loo_flips {
        None => words::MISSING.into(),
        Some(false) => "no one".into(),
        Some(true) if !study.guard.points => "one person".into(),
        Some(true) => match movers(study, row).as_slice() {
            [] => "one person".into(),
            people => named(people),
        },
    }
}

fn named(people: &[(String, Option<f64>)]) -> String {
    let shown = people.iter().take(NAMED).map(|(id, p)| match p {
        Some(_) => format!("{} ({})", words::short(id, 24), words::p_value(*p)),
        None => words::short(id, 24),
    });
    let shown: Vec<String> = shown.collect();
    match people.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Who alone moves the conclusion, in which models.
pub fn sentence(study: &Study, rows: &[&AssociationRow]) -> String {
    let level = words::level(rows.first().map_or(0.05, |row| 1.0 - row.confidence));
    let of = |flips: bool| rows.iter().filter(move |row| row.loo_flips == Some(flips));
    let steady: Vec<String> = of(false).map(|row| format!("“{}”", spaced(&row.model))).collect();
    let worst = of(false).filter_map(|row| row.loo_p_max).fold(0.0, f64::max);
    let moved: Vec<String> = of(true).map(|row| without(study, row)).collect();
    if steady.is_empty() && moved.is_empty() {
        return "Whether one person decides was not asked.".into();
    }
    let mut text = String::new();
    if !steady.is_empty() {
        let noun = if steady.len() == 1 { "model" } else { "models" };
        let models = words::list(&steady);
        let below = of(false).all(|row| row.p_value.is_some_and(|p| p < 1.0 - row.confidence));
        let worst = if below { format!(" (the largest p is {})", words::p_value(Some(worst))) } else { String::new() };
        text = format!("No single person moves p across {level} in the {noun} {models}{worst}. ");
    }
    if !moved.is_empty() {
        text.push_str(&format!("Leaving out one person moves p across {level} in {}.", words::list(&moved)));
    }
    text.trim_end().to_owned()
}

/// `“adjusted” (any of 6 people; p = 0.033 becomes 0.095 without P07)`.
fn without(study: &Study, row: &AssociationRow) -> String {
    let model = spaced(&row.model);
    let people = if study.guard.points { movers(study, row) } else { Vec::new() };
    let Some((id, p)) = people.first() else { return format!("“{model}”") };
    let any = if people.len() > 1 { format!("any of {} people; ", people.len()) } else { String::new() };
    let id = words::short(id, 40);
    match p {
        Some(_) => {
            format!("“{model}” ({any}{} becomes {} without {id})", words::p_phrase(row.p_value), words::p_value(*p))
        }
        None => format!("“{model}” ({any}{id})"),
    }
}
