//! Running a command: its folder laid out, the process, what it left checked; nothing is kept unless all of it is good.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use stages::contract::{Artifact, Document, Finding, Metadata};

use super::names::kept;
use super::node::{Own, PARTICIPANTS};
use super::params::Output;
use super::process;
use super::table;
use super::watch::Watch;
use super::work::Work;
use super::wrong::{Checked, Wrong, ending};
use crate::config::Plan;
use crate::config::sources::Source;
use crate::engine::event::{Event, Listener};
use crate::engine::perform::{Made, made};
use crate::engine::supply::{Shelf, table as stored_table};
use crate::failure::{Failure, REMOVED_OUTPUTS, WROTE_OUTSIDE};
use crate::store::Store;

/// Bytes of what a command said that are kept: the end of it.
const KEPT: u64 = 4 << 20;

/// What a command runs in.
pub struct Around<'a> {
    pub plan: &'a Plan,
    pub store: &'a Store,
    pub shelf: &'a Shelf,
    pub sources: &'a [Source],
    pub jobs: usize,
    pub listener: &'a dyn Listener,
}

/// Runs the command and takes what it left.
pub fn run(own: &Own, around: &Around<'_>) -> Result<Made, Failure> {
    let work = Work::new(own, around.store, around.shelf, around.sources)?;
    let watch = Watch::begin(around.plan, around.store);
    let ended = process::run(own, &work.folder(), &work.tmp(), &work.log(), around.plan.seed, around.jobs);
    let ended = ended.map_err(|error| Failure::io("run the command in", &work.folder(), error))?;
    // A command that removed the folder around its own removed its words with it.
    let kept = last_bytes(&work.log(), KEPT).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(Vec::new()),
        _ => Err(Failure::io("read", &work.log(), error)),
    })?;
    let said = String::from_utf8_lossy(&kept).into_owned();
    said.lines().for_each(|line| tracing::info!(stage = own.name, "said: {line}"));
    let failed = |problem: Wrong| problem.failure(own, &said);
    // A command that wrote where it may not has done so however it ended.
    outside(own, &watch, &work, around).map_err(failed)??;
    ending(own, &ended).map_err(failed)?;
    let (artifacts, mut findings) = outputs(own, &work, around).map_err(failed)?;
    let undeclared = work.undeclared(own);
    if !undeclared.is_empty() {
        let message =
            format!("it left files that are not among its outputs and are not kept: {}", table::some(&undeclared));
        findings.push(
            Finding::note("undeclared_output", "", message)
                .hint("declare them under `outputs`, or remove them in the command"),
        );
    }
    Ok(Made { log: Some(kept), ..made(own.name, artifacts, findings)? })
}

/// The end of a file, of which there may be more than memory holds.
fn last_bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map(|_| bytes)
}

fn outside(own: &Own, watch: &Watch, work: &Work, around: &Around<'_>) -> Checked<Result<(), Failure>> {
    let found = match watch.end(around.plan, around.store) {
        Ok(found) => found,
        Err(failure) => return Ok(Err(failure)),
    };
    if found.removed {
        let (outputs, root) = (&around.store.outputs, &around.plan.folders.root);
        let folder = outputs.strip_prefix(root).unwrap_or(outputs).display();
        let line = own.params.line();
        let message =
            format!("while `{line}` ran, the folder `{folder}` was removed or replaced, with every result in it");
        let remedy = "if you did it yourself, run again; if not, let the command write in its own folder only: the next run makes \
                      every result again";
        return Err(Wrong::new(REMOVED_OUTPUTS, "command", message, remedy));
    }
    if !found.harmed.is_empty() {
        let message = format!(
            "while `{}` ran, what it must not touch became another: {}",
            own.params.line(),
            table::some(&found.harmed)
        );
        let remedy = "if you changed it yourself, run again; if not, let the command write in its own folder only and give the \
                      file its content back; a cached result is made again by the next run";
        return Err(Wrong::new(WROTE_OUTSIDE, "command", message, remedy));
    }
    let altered = work.altered();
    if !altered.is_empty() {
        let message = format!("`{}` changed what it was given to read: {}", own.params.line(), table::some(&altered));
        return Err(Wrong::new("changed_inputs", "command", message, "let the command write new files instead"));
    }
    if !found.noticed.is_empty() {
        let text = format!(
            "while {} ran, files of the study’s folder changed: {}; if the command did it, that is neither kept nor checked",
            own.name,
            table::some(&found.noticed)
        );
        around.listener.hear(Event::Remark { text });
    }
    Ok(Ok(()))
}

/// Every output, or what is wrong with all that are wrong.
fn outputs(own: &Own, work: &Work, around: &Around<'_>) -> Checked<(Vec<Artifact>, Vec<Finding>)> {
    let (mut artifacts, mut findings, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for (name, output) in &own.params.outputs {
        match one(name, output, work, around) {
            Ok((artifact, finding)) => {
                artifacts.push(artifact);
                findings.extend(finding);
            }
            Err(why) => wrong.push(format!("`{}` {why}", output.file)),
        }
    }
    if wrong.is_empty() {
        return Ok((artifacts, findings));
    }
    let message = format!("`{}` left no good output: {}", own.params.line(), wrong.join("; "));
    Err(Wrong::new("bad_output", "outputs", message, "correct the command, or what `outputs` says of it"))
}

fn one(name: &str, output: &Output, work: &Work, around: &Around<'_>) -> Result<(Artifact, Option<Finding>), String> {
    let bytes = work.output(&output.file)?;
    if !output.is_table() {
        return Ok((Artifact::Document(Document { path: output.file.clone(), bytes }), None));
    }
    let mut frame = table::read(output, bytes)
        .map_err(|why| if why.starts_with("is ") { why } else { format!("is not the table it should be: {why}") })?;
    let (mut finding, mut metadata) = (None, Metadata::new());
    if let Some(columns) = &output.participants {
        // What was declared of the columns (which level is the reference) goes with the table: whoever reads it has a
        // digest of both.
        metadata.insert("participants".to_owned(), serde_json::json!(columns).to_string());
        let known = participants(around)?;
        let (of_participants, without) = table::of_participants(frame, columns, &known)?;
        frame = of_participants;
        if !without.is_empty() {
            let message =
                format!("{} of {} participants have no row: {}", without.len(), known.len(), without.join(", "));
            finding = Some(Finding::note("no_row", name, message));
        }
    }
    Ok((Artifact::Table { name: kept(name), frame, metadata }, finding))
}

fn participants(around: &Around<'_>) -> Result<BTreeSet<String>, String> {
    let stored = around.shelf.get(PARTICIPANTS.stage).ok_or("cannot be checked: ingest was not supplied")?;
    let (frame, _) = stored_table(stored, PARTICIPANTS).map_err(|failure| failure.brief())?;
    let ids =
        frame.column(table::ID).and_then(|column| Ok(column.str()?.iter().flatten().map(str::to_owned).collect()));
    ids.map_err(|error| error.to_string())
}
