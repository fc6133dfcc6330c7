//! What runs, why, and in which order.
//!
//! Nothing here knows a metabolite or a terminal: stages are [`registry::Bound`], what happens leaves as
//! [`event::Event`], results go to [`store`](crate::store).

pub mod alone;
pub mod board;
pub mod decide;
pub mod diff;
pub mod event;
pub mod execute;
pub mod explain;
pub mod fetch;
pub mod flight;
pub mod graph;
pub mod locked;
pub mod own;
pub mod pair;
pub mod perform;
pub mod plan;
pub mod reason;
pub mod recipe;
pub mod registry;
pub mod rehearse;
pub mod rerun;
pub mod staleness;
pub mod status;
pub mod supply;
pub mod sweep;
#[cfg(test)]
mod stories;
#[cfg(test)]
pub mod toy;
