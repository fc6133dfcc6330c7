//! What runs, why, and in which order.
//!
//! Nothing here knows a metabolite or a terminal: stages are [`registry::Bound`], what happens leaves as
//! [`event::Event`], results go to [`store`](crate::store).

pub mod decide;
pub mod event;
pub mod execute;
pub mod flight;
pub mod perform;
pub mod plan;
pub mod reason;
pub mod recipe;
pub mod registry;
pub mod rehearse;
pub mod staleness;
pub mod status;
pub mod supply;
#[cfg(test)]
pub mod toy;
