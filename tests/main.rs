//! One test binary for everything that looks at the program from outside.

mod architecture;
mod cli;
mod common;
mod recovery;
