//! ketascreen: from a treatment study's tables to a report, one configuration and one command.
//!
//! `src/` is the runner: files, the clock, the terminal and the cache. The science is the library `stages`.

mod children;
mod cli;
mod config;
mod engine;
mod export;
mod failure;
mod interrupt;
mod log;
mod panics;
mod progress;
mod store;
mod words;

fn main() {
    panics::install();
    std::process::exit(cli::main());
}
