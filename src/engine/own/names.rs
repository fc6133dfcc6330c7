//! Names that the user gave to stages and tables, as names that live as long as the program.
//!
//! The program's own stages have their names in the code, and everything that names a stage relies on that. There are
//! as many of the user's names as its configurations hold, each kept once.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use stages::contract::Slot;

/// The name, kept.
pub fn kept(name: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut all = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    all.insert(name);
    name
}

/// The slot of a table `stage/table`; none where it is not written so.
pub fn slot(text: &str) -> Option<Slot> {
    let (stage, table) = text.split_once('/').filter(|(_, table)| !table.contains('/'))?;
    (!stage.is_empty() && !table.is_empty()).then(|| Slot { stage: kept(stage), table: kept(table) })
}

/// Whether a name can be the name of a file: letters, digits, `_` and, within it, `-` and `.`.
pub fn is_plain(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c == '-' || c == '.') && name.len() <= 80
}

/// A path without the `./` that it may be written with.
pub fn cleaned(path: &str) -> PathBuf {
    Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
}

/// Whether two paths cannot both be files: they are one, or one of them would be a folder of the other.
pub fn collide(a: &Path, b: &Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Whether a path is plain and stays below its folder.
pub fn is_plain_path(path: &str) -> bool {
    path.split('/').all(is_plain)
}
