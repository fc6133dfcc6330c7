//! `ketascreen man --out DIR`: the manual pages, one for the program and one for each command and its forms.

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
    let mut program = without_help(Cli::command());
    program.build();
    let mut commands = Vec::new();
    with_its_commands(program, &mut commands);
    commands.into_iter().map(page).collect()
}

/// Without `help`, at every level: a page would refer to one of its own.
fn without_help(command: clap::Command) -> clap::Command {
    command.disable_help_subcommand(true).mut_subcommands(without_help)
}

fn with_its_commands(command: clap::Command, found: &mut Vec<clap::Command>) {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    found.push(command);
    below.into_iter().for_each(|command| with_its_commands(command, found));
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
        // `export` has forms, each a page of its own.
        assert_eq!(names.len(), super::super::COMMANDS.len() + 2);
        for name in ["ketascreen-explain.1", "ketascreen-export.1", "ketascreen-export-ro-crate.1"] {
            assert!(names.contains(&name.to_owned()), "{names:?}");
        }
    }

    #[test]
    fn every_page_that_is_referred_to_is_written_and_every_option_is_in_one() {
        let pages = pages().unwrap();
        let text = |page: &[u8]| String::from_utf8_lossy(page).replace('\\', "");
        for (name, page) in &pages {
            let page = text(page);
            for referred in page.split("(1)").filter_map(|before| before.split_whitespace().last()) {
                let written = |(name, _): &(String, Vec<u8>)| *name == format!("{referred}.1");
                assert!(!page.contains(&format!("{referred}(1)")) || pages.iter().any(written), "{name}: {referred}");
            }
        }
        let all: String = pages.iter().map(|(_, page)| text(page)).collect();
        for words in ["ketascreen-export-ro-crate(1)", "--results", "--data", "--keep-runs"] {
            assert!(all.contains(words), "{words}");
        }
        assert!(!all.contains("-help(1)"));
    }
}
