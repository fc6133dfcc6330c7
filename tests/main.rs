//! The stories that cross rooms, in one test binary.

mod architecture;
mod bad_input;
mod cli;
mod cohort;
mod common;
mod docs;
mod golden;
mod ingest;
mod properties;
mod recovery;
mod reference;
mod report;
mod second_opinion;
mod sheet;
mod statistics;
mod wampler;
