//! The stories that cross rooms, in one test binary.

mod cohort;
mod ingest;
mod reference;
mod study;
