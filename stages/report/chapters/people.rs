//! Who was in it: the flow of participants, samples and analytes, and what is known of the participants.

use minijinja::{Value, context};

use super::{flow, spaced};
use crate::ingest::schema::VariableRow;
use crate::report::privacy::Count;
use crate::report::study::Study;
use crate::report::view::{Shown, View, people};
use crate::report::words;
use crate::statistics::descriptive;

pub fn chapter(study: &Study) -> Value {
    let people = study.inputs.participants.height();
    let samples = study.inputs.samples.rows();
    let kinds = [("study", "study sample"), ("pooled_qc", "pooled QC sample"), ("blank", "blank")];
    let counted = kinds.iter().filter_map(|(kind, word)| {
        let n = samples.iter().filter(|row| row.r#type == *kind).count();
        (n > 0).then(|| words::count(n, word, &format!("{word}s")))
    });
    let counted: Vec<String> = counted.collect();
    let people_text = study.guard.count(people as i64).text();
    let noun = if people == 1 { "participant" } else { "participants" };
    let summary = if counted.is_empty() {
        format!("The study’s files describe {people_text} {noun}.")
    } else {
        format!("The study’s files describe {people_text} {noun}, with {}.", words::list(&counted))
    };
    let (boxes, steps) = (flow::boxes(study), flow::table(study));
    let variables = variables(study);
    context! {
        summary,
        flow => (!study.flow.is_empty()).then_some(boxes),
        steps => steps.shown(),
        variables => variables.shown(),
    }
}

/// Each declared variable, summarized by its kind.
fn variables(study: &Study) -> View {
    let mut table = View::new("The participants at entry", &["Variable", "Summary", "#n"]);
    for variable in study.inputs.variables.rows() {
        if let Some((summary, n)) = summarize(study, &variable) {
            let label = match &variable.unit {
                Some(unit) if !unit.is_empty() => format!("{} ({})", spaced(&variable.variable), words::unit(unit)),
                _ => spaced(&variable.variable),
            };
            let cells: Vec<Shown> = vec![label.into(), summary.into(), people(study.guard.count(n as i64))];
            table.row("", cells);
        }
    }
    table.note("Numbers are mean ± SD (range); categories are counts.")
}

fn summarize(study: &Study, variable: &VariableRow) -> Option<(String, usize)> {
    let table = &study.inputs.participants;
    let name = &variable.variable;
    match variable.kind.as_str() {
        "number" => numbers(study, table.extra::<Option<f64>>(name)?.into_iter().flatten().collect()),
        "count" => {
            let counts = table.extra::<Option<i64>>(name)?.into_iter().flatten();
            numbers(study, counts.map(|n| n as f64).collect())
        }
        "binary" => {
            let flags: Vec<bool> = table.extra::<Option<bool>>(name)?.into_iter().flatten().collect();
            let yes = flags.iter().filter(|flag| **flag).count();
            Some(levels(study, vec![("yes".into(), yes), ("no".into(), flags.len() - yes)]))
        }
        _ => {
            let texts: Vec<String> = table.extra::<Option<String>>(name)?.into_iter().flatten().collect();
            let named = words::json_list(variable.levels.as_deref().unwrap_or("[]"));
            let count = |level: String| {
                let n = texts.iter().filter(|text| **text == level).count();
                (level, n)
            };
            Some(levels(study, named.into_iter().map(count).collect()))
        }
    }
}

fn numbers(study: &Study, values: Vec<f64>) -> Option<(String, usize)> {
    let n = values.len();
    if n == 0 || !study.guard.count(n as i64).is_shown() {
        return Some((words::MISSING.into(), n));
    }
    let (mean, sd) = (descriptive::mean(&values), descriptive::sd(&values));
    let (low, high) = descriptive::extremes(&values)?;
    let whole = values.iter().all(|value| value.fract() == 0.0);
    let shown = |value: f64| if whole { words::fixed(Some(value), 0) } else { words::number(Some(value)) };
    // The range is two people's values.
    let range = if study.guard.points { format!(" ({} to {})", shown(low), shown(high)) } else { String::new() };
    Some((format!("{} ± {}{range}", words::number(mean), words::number(sd)), n))
}

fn levels(study: &Study, counts: Vec<(String, usize)>) -> (String, usize) {
    let n: usize = counts.iter().map(|(_, n)| n).sum();
    let shown = study.guard.partition(&counts.iter().map(|(_, n)| *n as i64).collect::<Vec<_>>());
    let parts = counts.iter().zip(shown).map(|((level, count), shown)| match shown {
        Count::Shown(_) if n > 0 => format!("{level} {count} ({:.0}\u{a0}%)", 100.0 * *count as f64 / n as f64),
        hidden => format!("{level} {}", hidden.text()),
    });
    (parts.collect::<Vec<_>>().join(", "), n)
}
