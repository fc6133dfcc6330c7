//! `ketascreen diff RUN [RUN]`: what two runs were made of, what they made, and which results moved. Stores nothing.

use serde_json::json;

use super::{OK, Study, out};
use crate::config;
use crate::engine::diff::associations::{Associations, Crossing, Moved};
use crate::engine::diff::{Difference, FilePair, Side, StagePair, difference};
use crate::engine::pair::Pair;
use crate::engine::registry;
use crate::failure::Failure;
use crate::store::{Store, runs};

/// The version of the JSON's form.
const FORMAT: u32 = 1;
/// Associations that moved and crossed nothing are shown up to this many.
const SHOWN: usize = 10;

#[derive(Debug, Clone, Default, PartialEq, clap::Args)]
pub struct Args {
    /// The earlier run: its id or the beginning of it, `last`, `last~1`, …
    #[arg(value_name = "RUN")]
    old: String,
    /// The later run; what outputs/ shows now by default
    #[arg(value_name = "RUN", default_value = "now")]
    new: String,
    /// Show every association that moved, not only the ten largest steps
    #[arg(long)]
    all: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let store = Store::new(&config::outputs(&study.options())?);
    let (old, new) = (side(&store, &args.old)?, side(&store, &args.new)?);
    let stages = store.in_order(&registry::names());
    let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
    let found = difference(&old, &new, &stages)?;
    if args.json {
        out(&json!({"format": FORMAT, "old": old.name, "new": new.name, "difference": found}).to_string());
        return Ok(OK);
    }
    out(&format!("old  {}\nnew  {}\n", old.name, new.name));
    for side in [&old, &new].into_iter().filter(|side| side.is_a_sweep_alone()) {
        out(&format!("{} is of a sweep’s universes; the next run has the configuration’s own results\n", side.name));
    }
    text(&found, args.all).iter().for_each(|line| out(line));
    Ok(OK)
}

fn side(store: &Store, name: &str) -> Result<Side, Failure> {
    if name == "now" {
        let stages = store.in_order(&registry::names());
        return Ok(Side::now(store, &stages.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    let told = runs::find(store, name)?;
    let unreadable = || Failure::Usage {
        message: format!("the run {} did not end, or another version of the program wrote it", told.id),
        remedy: "`ketascreen log` lists the runs".to_owned(),
    };
    told.run.as_ref().map(|run| Side::of_run(store, run)).ok_or_else(unreadable)
}

fn text(found: &Difference, all: bool) -> Vec<String> {
    let mut text: Vec<String> = Vec::new();
    text.extend(found.settings.iter().map(|pair| values("setting", pair)));
    text.extend(found.inputs.iter().map(|pair| values("input", pair)));
    text.extend(found.versions.iter().map(|pair| values("version", pair)));
    if text.is_empty() {
        let all = found.stages.iter().all(|stage| stage.unknown.is_none());
        let of = if all { "" } else { " of the stages that can be compared" };
        text.push(format!("settings, inputs and versions{of} are the same"));
    }
    text.push(String::new());
    text.extend(found.stages.iter().flat_map(stage));
    text.push(String::new());
    match &found.associations {
        Some(associations) => text.extend(moved(associations, all)),
        None => {
            text.push("associations cannot be compared: the screen's results are not in the cache on both sides".into())
        }
    }
    text
}

fn values(word: &str, pair: &Pair) -> String {
    format!("{word:<8} {} {}", pair.name, pair.words())
}

fn stage(pair: &StagePair) -> Vec<String> {
    let name = &pair.stage;
    if let Some(why) = &pair.unknown {
        return vec![format!("{name:<10} not compared: {why}")];
    }
    let n = pair.files.len();
    let all = n + pair.same_files;
    let mut text = vec![match n {
        0 => format!("{name:<10} the same {all} files"),
        n => format!("{name:<10} {n} of {all} files differ"),
    }];
    // Figures and sheets follow from the tables: they are counted, not listed.
    text.extend(pair.files.iter().filter(|file| !file.file.contains('/')).map(file));
    text
}

fn file(pair: &FilePair) -> String {
    let rows = match (pair.old_rows, pair.new_rows) {
        (Some(old), Some(new)) if old == new => format!("  {old} rows"),
        (Some(old), Some(new)) => format!("  {old} -> {new} rows"),
        _ => String::new(),
    };
    let word = match (&pair.old, &pair.new) {
        (None, _) => "  new",
        (_, None) => "  gone",
        _ => "",
    };
    format!("  {}{word}{rows}", pair.file)
}

fn moved(found: &Associations, all: bool) -> Vec<String> {
    let crossed = found.moved.iter().filter(|moved| !moved.crossed.is_empty()).count();
    let mut text = vec![format!(
        "{} associations compared: {} moved, {crossed} crossed a threshold, {} only old, {} only new",
        found.compared,
        found.moved.len(),
        found.only_old.len(),
        found.only_new.len()
    )];
    let shown = if all { found.moved.len() } else { crossed + SHOWN };
    text.extend(found.moved.iter().take(shown).flat_map(association));
    let more = found.moved.len().saturating_sub(shown);
    text.extend((more > 0).then(|| format!("  and {more} more with smaller steps (--all)")));
    let names = |word: &str, keys: &[Vec<String>]| {
        let rest = keys.len().saturating_sub(shown.max(SHOWN));
        let line = |key: &Vec<String>| format!("  {word}  {}", key_words(key));
        let mut lines: Vec<String> = keys.iter().take(keys.len() - rest).map(line).collect();
        lines.extend((rest > 0).then(|| format!("  and {rest} more {word}")));
        lines
    };
    text.extend(names("only old", &found.only_old));
    text.extend(names("only new", &found.only_new));
    if !found.columns.is_empty() {
        let columns: Vec<String> = found.columns.iter().map(|(name, n)| format!("{name} ({n})")).collect();
        text.push(format!("columns that differ, with rows: {}", columns.join(", ")));
    }
    text
}

fn association(moved: &Moved) -> Vec<String> {
    let crossed: Vec<&str> = moved.crossed.iter().map(|crossing| words(*crossing)).collect();
    let head = if crossed.is_empty() { String::new() } else { format!(": {}", crossed.join(", ")) };
    let mut numbers = Vec::new();
    let mut pair = |name: &str, old: Option<f64>, new: Option<f64>| {
        if old != new {
            numbers.push(format!("{name} {} -> {}", number(old), number(new)));
        }
    };
    pair("estimate", moved.old.estimate, moved.new.estimate);
    pair("std_error", moved.old.std_error, moved.new.std_error);
    pair("p", moved.old.p_value, moved.new.p_value);
    pair("adjusted p", moved.old.p_adjusted, moved.new.p_adjusted);
    if moved.old.status != moved.new.status {
        numbers.push(format!("status {} -> {}", moved.old.status, moved.new.status));
    }
    let step = moved.step.filter(|step| *step != 0.0).map(|step| format!("; {step:+.2} standard errors"));
    vec![
        format!("  {}{head}", key_words(&moved.association)),
        format!("    {}{}", numbers.join(", "), step.unwrap_or_default()),
    ]
}

/// `model, outcome, predictor, analyte`, with the stratum where there is one.
fn key_words(key: &[String]) -> String {
    key.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" | ")
}

fn words(crossing: Crossing) -> &'static str {
    match crossing {
        Crossing::PBelow => "p now below 0.05",
        Crossing::PNotBelow => "p no longer below 0.05",
        Crossing::AdjustedPBelow => "adjusted p now below 0.05",
        Crossing::AdjustedPNotBelow => "adjusted p no longer below 0.05",
        Crossing::Sign => "other sign",
        Crossing::Status => "other status",
    }
}

/// Four significant digits.
fn number(value: Option<f64>) -> String {
    match value {
        None => "none".to_owned(),
        Some(0.0) => "0".to_owned(),
        Some(value) => {
            let magnitude = value.abs().log10().floor();
            if (-4.0..6.0).contains(&magnitude) {
                let decimals = (3.0 - magnitude).max(0.0) as usize;
                format!("{value:.decimals$}")
            } else {
                format!("{value:.3e}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_has_four_significant_digits() {
        let shown = [0.0, 1.0, -0.031249, 12345.6, 1e-7, 2.5e30, 9.9999].map(|x| number(Some(x)));
        assert_eq!(shown, ["0", "1.000", "-0.03125", "12346", "1.000e-7", "2.500e30", "10.000"].map(str::to_owned));
    }
}
