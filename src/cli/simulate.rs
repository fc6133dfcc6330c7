//! `ketascreen simulate`: writes the synthetic study's tables; never over an existing file.

use std::path::{Path, PathBuf};

use stages::contract::StageError;

use super::{OK, out};
use crate::failure::Failure;
use crate::store::files;

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    /// The folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The seed of the synthetic cohort
    #[arg(long, value_name = "N")]
    seed: u64,
}

pub fn exec(args: &Args) -> Result<i32, Failure> {
    let tables = stages::cohort::simulate(args.seed).map_err(failed)?;
    let there = |(name, _): &&(String, Vec<u8>)| args.out.join(name).symlink_metadata().is_ok();
    let existing: Vec<&str> = tables.iter().filter(there).map(|(name, _)| name.as_str()).collect();
    if !existing.is_empty() {
        return Err(Failure::Usage {
            message: format!("{} already has {}", args.out.display(), existing.join(", ")),
            remedy: "move them away, or write to another folder; nothing was written".to_owned(),
        });
    }
    files::create_folder(&args.out)?;
    for (name, bytes) in &tables {
        write(&args.out, name, bytes)?;
    }
    Ok(OK)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = folder.join(name);
    files::replace(&path, bytes)?;
    out(&path.display().to_string());
    Ok(())
}

fn failed(error: StageError) -> Failure {
    match error {
        StageError::Input(problems) => Failure::data(problems),
        StageError::Failed { code, message } => Failure::stage("simulate", code, message),
        StageError::Table(error) => Failure::stage("simulate", "table", error.to_string()),
    }
}
