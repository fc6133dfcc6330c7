//! The stories that cross rooms, in one test binary.

mod cohort;
mod reference;
mod study;
