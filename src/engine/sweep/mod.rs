//! The sweep: the configuration's universes, each brought up to date through the cache, and what they say together.
//!
//! A universe is a plan like any other, made of the same file with some settings set otherwise. Its stages have the
//! keys that they would have in a run of it, so what universes share runs once and a sweep that was killed goes on.
//! Nothing of a universe is shown: links, pipeline.lock and the history of runs are the configuration's alone.
//!
//! The sweep's own result is an entry beside the stages'. Its key is made of what decides every universe (settings,
//! method versions, seed, digests of the study's files), so that whether it is up to date is known without running
//! anything. The report reads it while it is, and does without it otherwise.

mod attach;
mod bring;
mod node;
mod survey;
mod universes;

pub use attach::{Attached, attach, lend};
pub use bring::{Told, run};
pub use survey::{Outlook, survey};
pub use universes::Multiverse;
