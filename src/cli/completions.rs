//! `ketascreen completions SHELL`: what a shell needs to complete commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, OK, out};
use crate::failure::Failure;

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

pub fn exec(args: &Args) -> Result<i32, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ketascreen", &mut script);
    out(String::from_utf8_lossy(&script).trim_end());
    Ok(OK)
}
