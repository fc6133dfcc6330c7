//! Caches of other studies, read through: a result is asked for by its key, judged, and copied, or it is not there.
//!
//! Nobody here trusts what lies elsewhere. The record must say of every part of the key what this run says, must be of
//! this machine's instruction set, and every file must have the length and the digest that it names. What is copied gets
//! a record written anew from the recipe. One depot, the first, is written to where the configuration says so; nothing
//! that is whole there is ever changed.

mod bucket;
mod folder;
mod transfer;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::artifact::{self, Content};
use super::digest::Digest;
use super::judge;
use super::layout::{Entry, Store};
use super::record::{FILE, Output, Record};
use crate::engine::recipe::Recipe;
use crate::failure::Failure;

pub use bucket::{Bucket, SCHEME};
pub use folder::Folder;

/// The caches that a study reads beside its own.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    pub depots: Vec<Arc<dyn Depot>>,
    /// Whether what was made here is put into the first of them.
    pub write: bool,
    /// The places of which it was said that nothing can be had of them.
    told: Arc<Mutex<BTreeSet<String>>>,
}

/// A place that has results under `entries/<stage>/<key>/`.
pub trait Depot: fmt::Debug + Send + Sync {
    /// The place as it is configured.
    fn name(&self) -> &str;
    /// Whether reading all of a result costs little.
    fn near(&self) -> bool;
    /// Why nothing is to be had from it, where a look tells.
    fn away(&self) -> Option<String>;
    /// Why nothing is asked of it any more.
    fn closed(&self) -> Option<String> {
        None
    }
    /// The record of a result as it lies there; none where there is no such result.
    fn record(&self, at: &str) -> Result<Option<Vec<u8>>, Refused>;
    /// A file of a result; none where there is none. One of another length than it should have may be cut.
    fn file(&self, at: &str, output: &Output) -> Result<Option<Vec<u8>>, Refused>;
    /// Puts a result that is not there.
    fn put(&self, at: &str, contents: Vec<Content>, record: &Record) -> Result<(), Refused>;
}

/// Reads a file of a result that lies somewhere.
type Read<'a> = dyn Fn(&str, &Output) -> Result<Option<Vec<u8>>, Refused> + 'a;

/// Why something is not taken or not put.
#[derive(Debug, PartialEq)]
pub enum Refused {
    /// This one thing, and what is wrong with it.
    This(String),
    /// Nothing can be had of the place, and why.
    Closed(String),
    /// The place is not there, which is said at the beginning.
    Away,
}

/// A result that was found, judged and read.
#[derive(Debug)]
pub struct Found {
    /// The place as it is configured.
    pub from: String,
    pub record: Record,
    contents: Vec<Content>,
}

/// Where a result lies in every depot.
fn place(stage: &str, key: &Digest) -> String {
    format!("entries/{stage}/{key}")
}

impl Shared {
    pub fn new(depots: Vec<Arc<dyn Depot>>, write: bool) -> Shared {
        Shared { depots, write, told: Arc::default() }
    }

    /// A remark for each place that is not there, since a network drive may not be.
    pub fn away(&self) -> Vec<String> {
        let away = self.depots.iter().enumerate().filter_map(|(n, depot)| Some((n, depot.away()?)));
        let remark = |(n, why): (usize, String)| {
            let written = if self.write && n == 0 { " or put into it" } else { "" };
            format!("cache.also: {why}; nothing is taken from it{written}")
        };
        away.map(remark).collect()
    }

    /// A remark for each place that gave nothing when it was asked.
    pub fn closed(&self) -> Vec<String> {
        let closed = self.depots.iter().filter_map(|depot| Some((depot.name(), depot.closed()?)));
        closed.map(|(name, why)| format!("cache.also: nothing is known of {name}: {why}")).collect()
    }

    /// The first result of a recipe that is as it must be, and a remark for each that is there and is not. Reads only.
    pub fn find(&self, recipe: &Recipe, tables: &[&str]) -> (Option<Found>, Vec<String>) {
        let whole = |depot: &dyn Depot| {
            let Some(record) = known(depot, recipe, tables)? else { return Ok(None) };
            let contents = contents(&record, &|at, output| depot.file(at, output))?;
            Ok(Some(Found { from: depot.name().to_owned(), record, contents }))
        };
        self.first(recipe, whole)
    }

    /// The same for who only wants to know of it: from far away its record is read and its files are not, and nobody is
    /// told of anything.
    pub fn look(&self, recipe: &Recipe, tables: &[&str]) -> Option<(String, Record)> {
        let seen = |depot: &dyn Depot| -> Result<_, Refused> {
            let Some(record) = known(depot, recipe, tables)? else { return Ok(None) };
            if depot.near() {
                contents(&record, &|at, output| depot.file(at, output))?;
            }
            Ok(Some((depot.name().to_owned(), record)))
        };
        self.depots.iter().find_map(|depot: &Arc<dyn Depot>| seen(depot.as_ref()).unwrap_or_default())
    }

    fn first<T>(
        &self,
        recipe: &Recipe,
        ask: impl Fn(&dyn Depot) -> Result<Option<T>, Refused>,
    ) -> (Option<T>, Vec<String>) {
        let mut remarks = Vec::new();
        for depot in &self.depots {
            match ask(depot.as_ref()) {
                Ok(Some(found)) => return (Some(found), remarks),
                Ok(None) => {}
                Err(refused) => {
                    let why = self.worth_telling(depot.as_ref(), refused);
                    remarks.extend(why.map(|why| format!("{}: not taken from {}: {why}", recipe.stage, depot.name())));
                }
            }
        }
        (None, remarks)
    }

    /// Puts a result that was made here into the first place, where that is asked for; a remark where it cannot be. Of
    /// one that is there only the record is looked at.
    pub fn give(&self, entry: &Entry, record: &Record) -> Option<String> {
        let depot = self.depots.first().filter(|_| self.write)?;
        let refused = give(depot.as_ref(), entry, record).err()?;
        let why = self.worth_telling(depot.as_ref(), refused)?;
        Some(format!("{}: not put into {}: {why}", entry.stage, depot.name()))
    }

    /// Why something was refused, where nobody was told.
    fn worth_telling(&self, depot: &dyn Depot, refused: Refused) -> Option<String> {
        match refused {
            Refused::This(why) => Some(why),
            Refused::Closed(why) => {
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.insert(depot.name().to_owned()).then_some(why)
            }
            Refused::Away => None,
        }
    }
}

impl Found {
    /// Stores the result in the study's own cache, as if it had been made there.
    pub fn store(self, store: &Store, entry: &Entry, recipe: &Recipe) -> Result<Record, Failure> {
        let program = self.record.program;
        let record = |outputs| Record { program, ..Record::of(recipe, outputs) };
        artifact::store_as(store, entry, self.contents, None, record)
    }
}

/// The record of a result, none where there is none, or why it is not used.
fn known(depot: &dyn Depot, recipe: &Recipe, tables: &[&str]) -> Result<Option<Record>, Refused> {
    let at = place(recipe.stage, &recipe.key());
    let Some(bytes) = depot.record(&at)? else { return Ok(None) };
    let named = |why: &str| Refused::This(format!("{at}/{FILE} {why}"));
    let record = Record::parse(&bytes).ok_or_else(|| named("is no record that this version of the program reads"))?;
    judge::other(&record, recipe, tables).map_err(|why| named(&why))?;
    Ok(Some(record))
}

/// The files that a record names, each hashed; else which one is not as recorded.
fn contents(record: &Record, read: &Read) -> Result<Vec<Content>, Refused> {
    let at = place(&record.stage, &record.key);
    let one = |output: &Output| {
        let why = |words: &str| Refused::This(format!("{at}/{} {words}", output.path));
        let bytes = read(&at, output)?.ok_or_else(|| why("is missing"))?;
        match bytes.len() as u64 == output.bytes && Digest::of(&bytes) == output.sha256 {
            true => Ok((output.path.clone(), bytes)),
            false => Err(why("was altered")),
        }
    };
    record.outputs.iter().map(one).collect()
}

fn give(depot: &dyn Depot, own: &Entry, record: &Record) -> Result<(), Refused> {
    let at = place(&own.stage, &own.key);
    if is_there(depot, &at, record)? {
        return Ok(());
    }
    let contents = contents(record, &|_, output| folder::read(&own.folder, output))?;
    match depot.put(&at, contents, record) {
        // Another writer came first.
        Err(Refused::This(_)) if is_there(depot, &at, record) == Ok(true) => Ok(()),
        put => put,
    }
}

/// Whether a place has the same files already; refused where what has their place is something else.
fn is_there(depot: &dyn Depot, at: &str, record: &Record) -> Result<bool, Refused> {
    let Some(bytes) = depot.record(at)? else { return Ok(false) };
    match Record::parse(&bytes).is_some_and(|known| known.outputs == record.outputs) {
        true => Ok(true),
        false => Err(Refused::This("it has another result under this key, which is left as it is".to_owned())),
    }
}
