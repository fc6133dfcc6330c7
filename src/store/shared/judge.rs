//! What a record of another study's cache must say before a result is taken.

use crate::engine::recipe::Recipe;
use crate::store::artifact;
use crate::store::record::Record;
use crate::store::target::target;

/// Holds a record against what a run would read and make; the part that is another.
pub fn judge(record: &Record, recipe: &Recipe, tables: &[&str]) -> Result<(), String> {
    let meant = Record::of(recipe, Vec::new());
    let parts = [
        (record.stage == meant.stage, "is of another stage"),
        (record.method_version == meant.method_version, "is of another method version"),
        (record.seed == meant.seed, "is of another seed"),
        (record.settings == meant.settings, "is of other settings"),
        (record.inputs == meant.inputs, "is of other inputs"),
        (record.key == meant.key, "has another key"),
    ];
    if let Some((_, why)) = parts.iter().find(|(same, _)| !same) {
        return Err((*why).to_owned());
    }
    if record.target != target() {
        let why = format!("was made on {}, and this is {}; last digits may differ", record.target, target());
        return Err(why);
    }
    let paths = record.outputs.iter().map(|output| output.path.as_str());
    if let Some(path) = artifact::unstorable(paths) {
        return Err(format!("names a file `{path}`, which cannot be stored"));
    }
    match tables.iter().find(|table| record.table(table).is_none()) {
        Some(table) => Err(format!("names no table `{table}`")),
        None => Ok(()),
    }
}
