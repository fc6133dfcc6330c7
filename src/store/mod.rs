//! The cache on disk: entries by key, one link that is flipped to show other results, the lock, the history.
//!
//! An entry is complete or it is not there: it is written aside, synced, hashed from disk, its record last, and then
//! renamed into place. Nothing here decides whether a stage runs.

pub mod artifact;
pub mod compare;
pub mod copy;
pub mod digest;
pub mod entries;
pub mod files;
pub mod gc;
pub mod history;
pub mod judge;
pub mod layout;
pub mod link;
pub mod lock;
pub mod lockfile;
pub mod moment;
pub mod parquet;
pub mod record;
pub mod regular;
pub mod runs;
pub mod scratch;
pub mod shared;
pub mod show;
pub mod steady;
pub mod target;
pub mod trust;
pub mod unlinked;
pub mod verify;

pub use digest::Digest;
pub use layout::{Entry, Store};
pub use record::Record;
pub use trust::Trust;
pub use verify::{Damage, verify};
