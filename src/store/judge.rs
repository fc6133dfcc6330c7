//! What a record must say before the result that it describes is taken for the one that a run would make.

use serde_json::Value;

use super::artifact;
use super::record::Record;
use super::target::target;
use crate::engine::recipe::Recipe;

/// Holds a record of another study's cache against what a run would read and make; the part that is another.
pub fn other(record: &Record, recipe: &Recipe, tables: &[&str]) -> Result<(), String> {
    parts(record, recipe)?;
    if record.key != recipe.key() {
        return Err("has another key".to_owned());
    }
    if record.target != target() {
        let why = format!("was made on {}, and this is {}; last digits may differ", record.target, target());
        return Err(why);
    }
    files(record, tables)
}

/// The same for a record of the study's own cache that has this key. It may have been made on another machine.
pub fn own(record: &Record, recipe: &Recipe, tables: &[&str]) -> Result<(), String> {
    parts(record, recipe)?;
    let meant = recipe.settings.to_string();
    // The order of keys, which a value does not have, may be another.
    let equal = |line: &String| serde_json::from_str(line).is_ok_and(|settings: Value| settings == recipe.settings);
    let same = |line: &String| *line == meant || equal(line);
    match record.resolved.as_ref().is_none_or(same) {
        true => files(record, tables),
        false => Err("is of other settings".to_owned()),
    }
}

fn parts(record: &Record, recipe: &Recipe) -> Result<(), String> {
    let parts = [
        (record.stage == recipe.stage, "is of another stage"),
        (record.method_version == recipe.version, "is of another method version"),
        (record.seed == recipe.seed, "is of another seed"),
        (record.settings == recipe.flat_settings(), "is of other settings"),
        (record.inputs == recipe.inputs, "is of other inputs"),
    ];
    parts.iter().find(|(same, _)| !same).map_or(Ok(()), |(_, why)| Err((*why).to_owned()))
}

fn files(record: &Record, tables: &[&str]) -> Result<(), String> {
    let paths = record.outputs.iter().map(|output| output.path.as_str());
    if let Some(path) = artifact::unstorable(paths) {
        return Err(format!("names a file `{path}`, which cannot be stored"));
    }
    match tables.iter().find(|table| record.table(table).is_none()) {
        Some(table) => Err(format!("names no table `{table}`")),
        None => Ok(()),
    }
}
