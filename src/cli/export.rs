//! `ketascreen export`: the current results in a form that other programs read. Changes nothing in the study's folder but
//! the new folder it is asked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{OK, Study, out, targets};
use crate::config::Plan;
use crate::engine::status::{Standing, survey};
use crate::export::ro_crate::{Contents, METADATA, Payload, Told, data_path, metadata, result_path};
use crate::failure::Failure;
use crate::store::history::{self, Run};
use crate::store::{Digest, Store, files, lockfile, regular};

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Clone, PartialEq, clap::Subcommand)]
enum Form {
    /// A Workflow Run RO-Crate 1.1 (Provenance Run Crate 0.5): settings, files, software, times and digests of the results
    RoCrate(RoCrate),
}

#[derive(Debug, Clone, PartialEq, clap::Args)]
struct RoCrate {
    /// The folder to make; it must not be there yet
    #[arg(value_name = "FOLDER", default_value = "ro-crate")]
    folder: PathBuf,
    /// Copy the results into it (tables hold participants)
    #[arg(long)]
    results: bool,
    /// Copy the study's files into it (they hold participants)
    #[arg(long)]
    data: bool,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let Form::RoCrate(args) = &args.form;
    let (plan, sweep) = study.load()?;
    let store = Store::new(&plan.folders.outputs);
    let mut standings = survey(&plan, &store, &targets::stages(&plan, &[])?, &BTreeSet::new())?;
    current(&standings)?;
    // What reads the sweep's tables is told of after it.
    let reads = |one: &Standing| one.recipe.inputs.keys().any(|slot| slot.starts_with("sweep/"));
    if let Some(at) = standings.iter().position(reads) {
        standings.splice(at..at, sweep.standing(&plan));
    }
    if args.folder.symlink_metadata().is_ok() {
        return Err(Failure::Usage {
            message: format!("{} is there already", args.folder.display()),
            remedy: "name another folder, or move it away; nothing was written".to_owned(),
        });
    }
    let scratch = args.folder.with_file_name(format!(".{}.partial", name(&args.folder)));
    let written = write(&plan, &store, &standings, args, &scratch)
        .and_then(|()| fs::rename(&scratch, &args.folder).map_err(|error| Failure::io("rename", &scratch, error)));
    if written.is_err() {
        let _ = fs::remove_dir_all(&scratch);
    }
    written?;
    out(&format!("wrote {}", args.folder.join(METADATA).display()));
    Ok(OK)
}

/// What is not up to date cannot be told of: its settings made nothing yet.
fn current(standings: &[Standing]) -> Result<(), Failure> {
    let stale: Vec<&str> = standings.iter().filter(|one| !one.state.is_current()).map(|one| one.stage).collect();
    if stale.is_empty() {
        return Ok(());
    }
    Err(Failure::Usage {
        message: format!("not up to date: {}", stale.join(", ")),
        remedy: "run `ketascreen run` first; nothing was written".to_owned(),
    })
}

fn write(plan: &Plan, store: &Store, standings: &[Standing], args: &RoCrate, to: &Path) -> Result<(), Failure> {
    files::create_folder(to)?;
    let configuration = copy(&plan.pipeline, to, &name(&plan.pipeline))?;
    let lock = lockfile::path(&plan.pipeline);
    let lock = copy(&lock, to, &name(&lock))?;
    let with = Contents { results: args.results, data: args.data };
    for stored in standings.iter().filter_map(|standing| standing.stored.as_ref()).filter(|_| with.results) {
        for output in &stored.record.outputs {
            copy(&stored.entry.folder.join(&output.path), to, &result_path(&stored.record.stage, &output.path))?;
        }
    }
    for source in plan.sources.iter().flatten().filter(|_| with.data) {
        put(&source.bytes, to, &data_path(plan, source))?;
    }
    let runs: Vec<Run> = history::ids(store).iter().filter_map(|id| history::read(store, id).run).collect();
    let told = Told { plan, standings, runs: &runs, with };
    let text = serde_json::to_string_pretty(&metadata(&told, &configuration, &lock)).unwrap_or_default();
    put(format!("{text}\n").as_bytes(), to, METADATA).map(|_| ())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn copy(from: &Path, to: &Path, path: &str) -> Result<Payload, Failure> {
    let bytes = regular::read(from).map_err(|error| Failure::io("read", from, error))?;
    put(&bytes, to, path)
}

fn put(bytes: &[u8], to: &Path, path: &str) -> Result<Payload, Failure> {
    let target = to.join(path);
    if let Some(folder) = target.parent() {
        files::create_folder(folder)?;
    }
    fs::write(&target, bytes).map_err(|error| Failure::io("write", &target, error))?;
    Ok(Payload { path: path.to_owned(), sha256: Digest::of(bytes), bytes: bytes.len() as u64 })
}
