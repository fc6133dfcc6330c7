//! Which run a user means.

use super::history::{self, Told};
use super::layout::Store;
use crate::failure::Failure;

/// Finds a run by its id, the beginning of its id, `last`, or `last~N` for the N-th before the last.
pub fn find(store: &Store, name: &str) -> Result<Told, Failure> {
    let ids = history::ids(store);
    choose(&ids, name).map(|id| history::read(store, id))
}

fn choose<'a>(ids: &'a [String], name: &str) -> Result<&'a str, Failure> {
    let remedy = "`ketascreen log` lists the runs".to_owned();
    let none = |message: String| Failure::Usage { message, remedy: remedy.clone() };
    if let Some(back) = back(name) {
        let at = ids.len().checked_sub(back.saturating_add(1));
        return at.map(|at| ids[at].as_str()).ok_or_else(|| none(format!("there are {} runs only", ids.len())));
    }
    if let Some(id) = ids.iter().find(|id| *id == name) {
        return Ok(id);
    }
    let begin: Vec<&String> = ids.iter().filter(|id| !name.is_empty() && id.starts_with(name)).collect();
    match begin.as_slice() {
        [id] => Ok(id),
        [] => Err(none(format!("there is no run `{name}`"))),
        several => Err(none(format!("{} runs begin with `{name}`", several.len()))),
    }
}

/// `last` is 0 back, `last~2` is 2.
fn back(name: &str) -> Option<usize> {
    let rest = name.strip_prefix("last")?;
    if rest.is_empty() { Some(0) } else { rest.strip_prefix('~')?.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_by_its_id_by_what_it_begins_with_and_from_the_end() {
        let ids = ["20250714T1Z-1", "20250715T1Z-1", "20250715T2Z-1"].map(str::to_owned);
        assert_eq!(choose(&ids, "last").unwrap(), ids[2]);
        assert_eq!(choose(&ids, "last~2").unwrap(), ids[0]);
        assert_eq!(choose(&ids, "20250714").unwrap(), ids[0]);
        assert_eq!(choose(&ids, &ids[1]).unwrap(), ids[1]);
        for name in ["last~3", "20250715", "x", "", "last~x", "last~18446744073709551615"] {
            assert_eq!(choose(&ids, name).unwrap_err().code(), 2, "{name}");
        }
    }
}
