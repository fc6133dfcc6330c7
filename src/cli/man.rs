//! `ketascreen man --out DIR`: the manual pages, one for the program and one for each command.

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Cli, OK, out};
use crate::failure::Failure;
use crate::store::files;

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    /// The folder to write to, for example ~/.local/share/man/man1
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub fn exec(args: &Args) -> Result<i32, Failure> {
    files::create_folder(&args.out)?;
    for (name, page) in pages().map_err(|error| Failure::io("write", &args.out, error))? {
        let path = args.out.join(name);
        files::replace(&path, &page)?;
        out(&path.display().to_string());
    }
    Ok(OK)
}

/// Every page by its file's name.
fn pages() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = Cli::command();
    program.build();
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    let commands: Vec<clap::Command> = commands.collect();
    std::iter::once(program).chain(commands).map(page).collect()
}

fn page(command: clap::Command) -> std::io::Result<(String, Vec<u8>)> {
    let mut text = Vec::new();
    // A date would make another page every day.
    let man = Man::new(command).date("").source(concat!("ketascreen ", env!("CARGO_PKG_VERSION")));
    man.render(&mut text)?;
    Ok((man.get_filename(), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_the_program_and_for_each_command() {
        let names: Vec<String> = pages().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0], "ketascreen.1");
        assert_eq!(names.len(), super::super::COMMANDS.len() + 1);
        assert!(names.contains(&"ketascreen-explain.1".to_owned()), "{names:?}");
    }
}
