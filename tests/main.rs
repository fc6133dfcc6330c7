//! The stories that cross rooms, in one test binary.

mod architecture;
mod bad_files;
mod bad_input;
mod cases;
mod cli;
mod cohort;
mod common;
mod docs;
mod golden;
mod ingest;
mod init;
mod own;
mod properties;
mod recovery;
mod reference;
mod report;
mod runner;
mod second_opinion;
mod sheet;
mod statistics;
mod wampler;
#[path = "../stages/ingest/formats/testing.rs"]
#[allow(dead_code)]
mod written;
