//! The stories that cross rooms, in one test binary.

mod architecture;
mod bad_input;
mod cli;
mod cohort;
mod common;
mod golden;
mod ingest;
mod recovery;
mod reference;
mod report;
