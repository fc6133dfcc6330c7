//! What is wrong with what a command is to leave.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use stages::study::{BASELINE_LEVEL, BASELINE_SCORE};

use super::One;
use crate::engine::own::names::{cleaned, collide, is_plain, is_plain_path};
use crate::engine::own::params::{Kind, Output};

/// Files that every stage's folder may have.
const TAKEN: [&str; 4] = ["record.json", "log.txt", "findings.parquet", "inputs"];

impl One<'_> {
    pub(super) fn outputs(&mut self) {
        if self.params.outputs.is_empty() {
            let remedy = "name what the command leaves: `outputs: {table: my_table.parquet}`";
            self.say("no_output", ".outputs", "the stage has no outputs".into(), remedy);
        }
        let mut kept: Vec<PathBuf> = TAKEN.iter().map(PathBuf::from).collect();
        for (name, output) in &self.params.outputs {
            let place = format!(".outputs.{name}");
            self.output(name, output, &place);
            let path = PathBuf::from(if output.is_table() { format!("{name}.parquet") } else { output.file.clone() });
            match kept.iter().find(|other| collide(other, &path)) {
                Some(other) if *other == path => {
                    let message = format!("`{}` would be kept twice", path.display());
                    self.say("name_taken", &place, message, "give it another name");
                }
                Some(other) => {
                    let message = format!("`{}` cannot be kept beside `{}`", path.display(), other.display());
                    let remedy = "one of them would be a folder of the other: give it another name";
                    self.say("name_taken", &place, message, remedy);
                }
                None => kept.push(path),
            }
        }
        let mut files = BTreeSet::new();
        for (name, output) in &self.params.outputs {
            if !files.insert(&output.file) {
                let message = format!("two outputs are the file `{}`", output.file);
                self.say("duplicate_output", &format!(".outputs.{name}"), message, "name each file once");
            }
        }
    }

    fn output(&mut self, name: &str, output: &Output, place: &str) {
        if !is_plain(name) || name.contains('.') {
            let message = format!("`{name}` cannot be the name of an output");
            self.say("bad_name", place, message, "use letters, digits, `_` and `-`");
        }
        self.path(&output.file, place);
        if !output.is_table() && (output.participants.is_some() || output.report.is_some()) {
            let message = format!("`{}` is no table: its name ends neither in .parquet nor in .csv", output.file);
            self.say("not_a_table", place, message, "leave a table, or take `participants` and `report` out");
        }
        if let Some(shown) = output.report.as_ref().filter(|shown| !(1..=1000).contains(&shown.rows)) {
            let (place, message) =
                (format!("{place}.report.rows"), format!("{} rows are not from 1 to 1000", shown.rows));
            self.say("out_of_range", &place, message, "the CSV beside the report has all rows");
        }
        if output.participants.as_ref().is_some_and(BTreeMap::is_empty) {
            let remedy = "name them: `participants: {my_score: number}`";
            self.say(
                "no_column",
                &format!("{place}.participants"),
                "no column of participants is named".into(),
                remedy,
            );
        }
        for (column, kind) in output.participants.iter().flatten() {
            self.column(column, kind, &format!("{place}.participants.{column}"));
        }
    }

    fn path(&mut self, file: &String, place: &str) {
        if !is_plain_path(file) {
            let message = format!("`{file}` cannot be the path of an output");
            let remedy =
                "a path below the command’s folder of letters, digits, `_`, `-` and `.`, none beginning with a dot";
            self.say("bad_path", place, message, remedy);
        } else if file.starts_with("inputs/") || self.reads(Path::new(file)) {
            let message = format!("`{file}` is what the command reads, and cannot be what it leaves");
            self.say("bad_path", place, message, "give the output another path");
        }
    }

    /// Whether a path is one of the files that the command reads, or lies below or above one.
    fn reads(&self, path: &Path) -> bool {
        self.params.files.iter().any(|file| collide(path, &cleaned(file)))
    }

    fn column(&mut self, column: &str, kind: &Kind, place: &str) {
        let reserved = ["participant_id", BASELINE_SCORE, BASELINE_LEVEL];
        if column.trim().is_empty() || reserved.contains(&column) {
            let message = format!("`{column}` has a meaning of its own and cannot be a column of participants");
            self.say("name_taken", place, message, "give the column another name");
        }
        if let Kind::Category(levels) = kind {
            let distinct: BTreeSet<&String> = levels.iter().collect();
            if levels.is_empty() || distinct.len() < levels.len() {
                let message = format!("the levels of `{column}` are empty or named twice");
                self.say("bad_levels", place, message, "name each level once: `{category: [no, yes]}`");
            }
        }
    }
}
