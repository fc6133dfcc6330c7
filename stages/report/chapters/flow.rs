//! The flow of the study as a diagram: delivered, through quality control, with blood, with totals, tested.
//!
//! The boxes are few; every step of quality control is in the table below them. Steps are known by the names that
//! quality control gives them; one with another name counts as a rule.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::{dropped, spaced};
use crate::qc::schema::FlowRow;
use crate::report::privacy::Count;
use crate::report::study::Study;
use crate::report::view::{Shown, View};
use crate::report::words;

/// A step with its counts as they may be shown.
type Step<'a> = (&'a FlowRow, Count, Count);

/// The boxes of the diagram, from the top.
pub fn boxes(study: &Study) -> Vec<Value> {
    let steps: Vec<Step> = study
        .flow
        .iter()
        .zip(study.guard.flow(&study.flow))
        .map(|(row, (before, after))| (row, before, after))
        .collect();
    let normalized = normalized(&dropped::steps(study));
    let boxes = [
        delivered(&steps),
        judged(study, &steps),
        normalized,
        sampled(study, &steps),
        seen(study, &steps),
        tested(study),
    ];
    boxes.into_iter().flatten().collect()
}

/// Every step, with what was left out and why.
pub fn table(study: &Study) -> View {
    let head = ["Step", "Of", "#Before", "#After", "Left out", "What it asks"];
    let mut table = View::new("Every step", &head).csv("flow");
    for (row, (before, after)) in study.flow.iter().zip(study.guard.flow(&study.flow)) {
        let cells: Vec<Shown> = vec![
            spaced(&row.step).into(),
            row.what.clone().into(),
            before.text().into(),
            after.text().into(),
            words::short(&left_out(study, &(row, before, after)).join(", "), 300).into(),
            study.readable(&row.reason).into(),
        ];
        table.row("", cells);
    }
    for step in dropped::steps(study) {
        let names = words::short(&step.names.join(", "), 300);
        let (before, after) = (step.before.to_string(), step.after.to_string());
        table.row(
            "",
            vec![step.title.into(), "analytes".into(), before.into(), after.into(), names.into(), step.detail.into()],
        );
    }
    table
}

/// What normalization kept, and what each of its steps dropped; none where nothing was dropped.
fn normalized(steps: &[dropped::Step]) -> Option<Value> {
    let kept = counted(Count::Shown(steps.last()?.after), "analytes");
    let aside = |step: &dropped::Step| {
        let names = words::short(&step.names.join(", "), 160);
        format!("{} left out: {names} ({})", step.names.len(), step.detail)
    };
    a_box("Normalization", format!("{kept} kept"), steps.iter().map(aside).collect())
}

fn a_box(title: &str, line: String, asides: Vec<String>) -> Option<Value> {
    (!line.is_empty()).then(|| context! { title, line, asides })
}

fn counted(n: Count, what: &str) -> String {
    let one = matches!(n, Count::Shown(1));
    format!("{} {}", n.text(), if one { what.trim_end_matches('s') } else { what })
}

fn delivered(steps: &[Step]) -> Option<Value> {
    let rows = steps.iter().filter(|(row, ..)| row.step == "ingest" && row.after > 0);
    let counts: Vec<String> = rows.map(|(row, _, after)| counted(*after, what(row))).collect();
    a_box("Delivered", words::list(&counts), Vec::new())
}

fn what(row: &FlowRow) -> &str {
    if row.what == "visits" { "visits with an assessment" } else { &row.what }
}

/// What is left after the last rule of each kind, and beside it every rule that left out or flagged something.
fn judged(study: &Study, steps: &[Step]) -> Option<Value> {
    let other = |name: &str| {
        matches!(name, "ingest" | "analysed" | "with a total" | "samples at every timepoint")
            || name.starts_with("total at ")
            || name.starts_with("sample at ")
    };
    let rules: Vec<&Step> = steps.iter().filter(|(row, ..)| !other(&row.step)).collect();
    let last: BTreeMap<&str, &Step> = rules.iter().map(|step| (step.0.what.as_str(), *step)).collect();
    let kept: Vec<String> = last.values().map(|(row, _, after)| counted(*after, what(row))).collect();
    let mut asides: Vec<String> = rules.iter().filter_map(|step| aside(study, step)).collect();
    if asides.is_empty() {
        asides.push(format!("{}: nothing left out, nothing flagged", words::count(rules.len(), "rule", "rules")));
    }
    let line = if kept.is_empty() { String::new() } else { format!("{} kept", words::list(&kept)) };
    a_box("Quality control", line, asides)
}

fn aside(study: &Study, step: &Step) -> Option<String> {
    let (row, before, after) = step;
    let (asks, stayed) = ["; failed and stayed: ", "; stayed by hand: ", ": stayed by hand: "]
        .iter()
        .find_map(|words| row.reason.split_once(words))
        .unwrap_or((&row.reason, ""));
    let asks = asks.rsplit_once(": ").map_or(asks, |(asks, _)| asks);
    let lost = match (before, after) {
        (Count::Shown(before), Count::Shown(after)) if before > after => {
            // A replicate is not lost: its values are in the sample that it became part of.
            let what = if row.step == "replicates" { "combined with others" } else { "left out" };
            format!("{} {what}", before - after)
        }
        (Count::Shown(_), Count::Shown(_)) if stayed.is_empty() => return None,
        (Count::Shown(_), Count::Shown(_)) => "flagged and kept".to_owned(),
        _ => "number withheld".to_owned(),
    };
    let names = match left_out(study, step) {
        names if names.is_empty() && study.guard.points => stayed.to_owned(),
        names => names.join(", "),
    };
    let names = if names.is_empty() { String::new() } else { format!(": {}", words::short(&names, 160)) };
    Some(format!("{lost}{names} ({})", study.readable(asks)))
}

/// The names of what a step left out; none where they are people who are not shown.
fn left_out(study: &Study, (row, before, after): &Step) -> Vec<String> {
    let people = row.what != "analytes";
    if people && !(study.guard.points && before.is_shown() && after.is_shown()) {
        return Vec::new();
    }
    let names = words::json_list(&row.excluded);
    if people {
        names.iter().map(|name| study.readable(name)).collect()
    } else {
        names.iter().map(|name| study.name(name)).collect()
    }
}

fn sampled(study: &Study, steps: &[Step]) -> Option<Value> {
    let step = steps.iter().find(|(row, ..)| row.step == "samples at every timepoint");
    let step = step.or_else(|| steps.iter().find(|(row, ..)| row.step.starts_with("sample at ")))?;
    let names = left_out(study, step);
    let asides = if names.is_empty() { Vec::new() } else { vec![format!("without: {}", words::list(&names))] };
    let title = if step.0.step.starts_with("samples") { "With a sample at every timepoint" } else { "With a sample" };
    a_box(title, counted(step.2, "participants"), asides)
}

/// Who has a total at the visits that the endpoints look at, and how many planned visits were missed.
fn seen(study: &Study, steps: &[Step]) -> Option<Value> {
    let asked: BTreeSet<&str> = study
        .params
        .about
        .settings
        .iter()
        .filter_map(|(path, value)| {
            let endpoint = path.strip_prefix("stages.outcomes.endpoints.")?;
            endpoint.rsplit_once('.').filter(|(_, key)| matches!(*key, "from" | "to" | "visit"))?;
            value.as_str()
        })
        .collect();
    let at = steps.iter().filter_map(|step| Some((step.0.step.strip_prefix("total at ")?, step)));
    let at: Vec<(&str, &Step)> = at.collect();
    let counts = at.iter().filter(|(visit, _)| asked.contains(visit));
    let counts: Vec<String> = counts.map(|(visit, step)| format!("{} at {}", step.2.text(), spaced(visit))).collect();
    let missed = at.iter().filter_map(|(visit, (_, before, after))| match (before, after) {
        (Count::Shown(before), Count::Shown(after)) if before > after => {
            Some(format!("{} at {}", before - after, spaced(visit)))
        }
        _ => None,
    });
    let missed: Vec<String> = missed.collect();
    let planned = steps.iter().find(|(row, ..)| row.step == "with a total");
    let aside = planned.and_then(|(_, before, after)| match (before, after) {
        (Count::Shown(before), Count::Shown(after)) if before > after && !missed.is_empty() => {
            Some(format!("{} of {before} planned visits have no total ({})", before - after, missed.join(", ")))
        }
        _ => None,
    });
    a_box("With a total at the visits that the endpoints use", words::list(&counts), aside.into_iter().collect())
}

/// How many people the leading model's tests have.
fn tested(study: &Study) -> Option<Value> {
    let mut sizes: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for row in study.leading().filter(|row| row.p_value.is_some()) {
        let size = sizes.entry(&row.outcome).or_insert((row.n, row.n));
        *size = (size.0.min(row.n), size.1.max(row.n));
    }
    let size = |(outcome, (low, high)): (&str, (i64, i64))| {
        let (low, high) = (study.guard.count(low).text(), study.guard.count(high).text());
        let n = if low == high { low } else { format!("{low} to {high}") };
        format!("{n} participants for {}", spaced(outcome))
    };
    let sizes: Vec<String> = sizes.into_iter().map(size).collect();
    let model = spaced(study.primary.as_deref().unwrap_or_default());
    a_box(&format!("In the tests of the model “{model}”"), words::list(&sizes), Vec::new())
}
