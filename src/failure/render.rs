//! The words: each problem with its place, the offending line and a remedy, then how many there were.

use std::fmt::Write;

use stages::contract::{Place, Problem};

use super::alike::gathered;
use super::{Complaint, Failure, Left, REMOVED_OUTPUTS, WROTE_OUTSIDE};
use crate::config::yaml::Origin;
use crate::config::{Spot, Yaml};
use crate::words::counted;

/// The whole report of a failure.
pub fn report(failure: &Failure, yaml: Option<&Yaml>) -> String {
    let mut text = body(failure, yaml);
    let n = failure.problems().len();
    if n > 0 {
        let count = counted(n, "problem");
        let any = |code: &str| failure.problems().iter().any(|problem| problem.code == code);
        let end = match failure {
            Failure::Input { .. } => "nothing was run",
            _ if any(REMOVED_OUTPUTS) => "no earlier output is left",
            _ if any(WROTE_OUTSIDE) => "every other output is unchanged",
            _ => "earlier outputs are unchanged",
        };
        let _ = writeln!(text, "{count}; {end}");
    }
    text
}

fn body(failure: &Failure, yaml: Option<&Yaml>) -> String {
    match failure {
        Failure::Usage { message, remedy } => labelled(message, &[], remedy),
        Failure::Input { problems, yaml } => all(problems, Some(yaml)),
        Failure::Data { problems } => all(problems, yaml),
        Failure::Stage { stage, code, message } => {
            let remedy = match *code {
                "panic" | "slots" | "table" | "bad_path" => {
                    "this is a defect of the program; please report it with the lines above"
                }
                _ => "earlier outputs are unchanged",
            };
            labelled(&format!("{stage}: {message}"), &[], remedy)
        }
        Failure::Command(told) => command(told, yaml) + "\n",
        Failure::Io { action, path, error, left } => {
            let remedy = format!("{}; run again when this is mended", shown(*left));
            labelled(&format!("cannot {action} {path}: {error}"), &[], &remedy)
        }
        Failure::Locked { holder } => {
            let message = format!("another run is writing here: {holder}");
            labelled(&message, &[], "wait for it with --wait-lock")
        }
        Failure::Several(failures) => {
            let bodies = failures.iter().map(|failure| body(failure, yaml));
            bodies.map(|text| text.trim_end().to_owned() + "\n\n").collect()
        }
    }
}

fn all(problems: &[Problem], yaml: Option<&Yaml>) -> String {
    let one = |(one, more): (&Problem, Option<String>)| {
        problem(one, yaml) + &more.map(|more| more + "\n").unwrap_or_default() + "\n"
    };
    gathered(problems).into_iter().map(one).collect()
}

/// What the outputs folder shows, in words.
fn shown(left: Left) -> &'static str {
    match left {
        Left::Earlier => "earlier outputs are unchanged",
        Left::Shown => "the new outputs are shown, all of them, and pipeline.lock may still be of the earlier ones",
        Left::Locked => {
            "the new outputs are shown and pipeline.lock is of them; only the history is without this run, or with half of it"
        }
        Left::Copies => {
            "where links do not work outputs are copied one by one, and some may be new and some still the earlier ones"
        }
        Left::Nothing => "the outputs folder was removed meanwhile, and no earlier output is left",
    }
}

/// What went wrong with a command, with its last lines between the place and the remedy.
fn command(told: &Complaint, yaml: Option<&Yaml>) -> String {
    let mut lines = place(&told.problem.place, yaml);
    lines.push(if told.said.is_empty() { "it said nothing" } else { "it said at the end:" }.to_owned());
    lines.extend(told.said.iter().map(|line| format!("  | {line}")));
    lines.extend(told.log.iter().map(|log| format!("all that it said: {log}")));
    labelled(&told.problem.message, &lines, &told.problem.remedy)
}

/// One problem in three parts: what, where with the line itself, what to do.
pub fn problem(problem: &Problem, yaml: Option<&Yaml>) -> String {
    labelled(&problem.message, &place(&problem.place, yaml), &problem.remedy)
}

fn place(place: &Place, yaml: Option<&Yaml>) -> Vec<String> {
    match place {
        Place::Setting(path) => setting(path, yaml),
        Place::File { name, line, column } => file(name, *line, column.as_deref(), yaml),
        Place::Source { role, column } => file(role, None, Some(column), yaml),
        Place::Study => Vec::new(),
    }
}

fn labelled(message: &str, place: &[String], remedy: &str) -> String {
    let mut text = format!("error: {message}\n");
    for line in place {
        let _ = writeln!(text, "{line}");
    }
    if !remedy.is_empty() {
        let _ = writeln!(text, "help: {remedy}");
    }
    text
}

fn setting(path: &str, yaml: Option<&Yaml>) -> Vec<String> {
    let Some(yaml) = yaml else { return vec![format!(" --> {path}")] };
    match yaml.origin(path) {
        Origin::File(spot) => {
            let mut lines = vec![format!(" --> {}:{}:{} ({path})", yaml.name, spot.line, spot.column)];
            lines.extend(quoted(yaml, spot, true));
            lines
        }
        Origin::Override(argument) => vec![format!(" --> -S {argument}")],
        Origin::Default if path.is_empty() => vec![format!(" --> {}", yaml.name)],
        Origin::Default => vec![format!(" --> {} ({path})", yaml.name)],
    }
}

fn file(name: &str, line: Option<u64>, column: Option<&str>, yaml: Option<&Yaml>) -> Vec<String> {
    let line_text = line.map(|line| format!(":{line}")).unwrap_or_default();
    let column_text = column.map(|column| format!(", column {column}")).unwrap_or_default();
    let mut lines = vec![format!(" --> {name}{line_text}{column_text}")];
    if let (Some(yaml), Some(line)) = (yaml.filter(|yaml| yaml.name == name), line) {
        lines.extend(quoted(yaml, Spot { line: line as usize, column: 1 }, false));
    }
    lines
}

/// The offending line, with a mark under the place.
fn quoted(yaml: &Yaml, spot: Spot, mark: bool) -> Vec<String> {
    let Some(line) = yaml.line(spot.line) else { return Vec::new() };
    let number = spot.line.to_string();
    let margin = " ".repeat(number.len());
    let (line, column) = clipped(line.trim_end(), spot.column);
    let mut lines = vec![format!("{margin} |"), format!("{number} | {line}")];
    if mark {
        lines.push(format!("{margin} | {}^", " ".repeat(column.saturating_sub(1))));
    }
    lines
}

/// The part of a line around a column that a terminal can show, and the column in that part.
fn clipped(line: &str, column: usize) -> (String, usize) {
    const WIDTH: usize = 240;
    if line.chars().count() <= WIDTH {
        return (line.to_owned(), column);
    }
    let start = column.saturating_sub(WIDTH / 2);
    let part: String = line.chars().skip(start).take(WIDTH).collect();
    let (before, after) =
        (if start > 0 { "…" } else { "" }, if start + WIDTH < line.chars().count() { "…" } else { "" });
    (format!("{before}{part}{after}"), column - start + before.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_problem_is_shown_with_its_line_and_its_remedy() {
        let text = "stages:\n  qc:\n    analytes: {max_mising: 0.2}\n";
        let (mut yaml, ..) = Yaml::parse("pipeline.yaml", text);
        yaml.overrides.insert("study.seed".into(), "study.seed=x".into());
        let problems = vec![
            Problem::new(
                "unknown_key",
                Place::setting("stages.qc.analytes.max_mising"),
                "unknown key `max_mising`",
                "did you mean `max_missing`?",
            ),
            Problem::new("invalid_value", Place::setting("study.seed"), "invalid type: string \"x\", expected u64", ""),
            Problem::new(
                "bad_number",
                Place::cell("metabolites.csv", 12, "value"),
                "`n.d.` is not a number",
                "leave it empty",
            ),
        ];
        let failure = Failure::input(problems, Arc::new(yaml));
        assert_eq!(failure.code(), 2);
        insta::assert_snapshot!(failure.report(None), @r#"
        error: unknown key `max_mising`
         --> pipeline.yaml:3:16 (stages.qc.analytes.max_mising)
          |
        3 |     analytes: {max_mising: 0.2}
          |                ^
        help: did you mean `max_missing`?

        error: invalid type: string "x", expected u64
         --> -S study.seed=x

        error: `n.d.` is not a number
         --> metabolites.csv:12, column value
        help: leave it empty

        3 problems; nothing was run
        "#);
    }
}
