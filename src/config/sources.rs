//! The study's files: read whole and hashed before anything is decided, so that the bytes that were hashed are the
//! bytes that are used, and are those of one moment ([`steady`]).

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use stages::contract::{Place, Problem, SourceFile, SourceRequest, suggest};

use super::paths::{self, Folders};
use super::results::Results;
use crate::engine::own::Params;
use crate::store::{Digest, regular, steady};

/// A file that a stage asked for.
#[derive(Debug, Clone)]
pub struct Source {
    pub role: &'static str,
    pub name: String,
    pub bytes: Arc<[u8]>,
    pub digest: Digest,
}

impl Source {
    /// The name of this input in a stage's key.
    pub fn slot(&self) -> String {
        format!("{} ({})", self.name, self.role)
    }

    pub fn file(&self) -> SourceFile {
        SourceFile { role: self.role, name: self.name.clone(), bytes: Arc::clone(&self.bytes) }
    }
}

/// Files that were read already: whoever resolves many configurations of one study reads each file once, and all of
/// them see the same bytes.
#[derive(Debug, Default)]
pub struct Files(Mutex<BTreeMap<PathBuf, Content>>);

/// A file's bytes and their digest.
type Content = (Arc<[u8]>, Digest);

impl Files {
    /// Reads a file, or gives what was read before.
    fn read(&self, path: &Path) -> std::io::Result<Content> {
        // A thread that panicked while it held the map has left it whole.
        let mut files = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = files.get(path) {
            return Ok(known.clone());
        }
        let read = read_and_hash(path)?;
        files.insert(path.to_owned(), read.clone());
        Ok(read)
    }
}

fn read_and_hash(path: &Path) -> std::io::Result<Content> {
    let bytes = steady::read(path)?;
    let digest = Digest::of(&bytes);
    Ok((bytes, digest))
}

/// Reads every requested file; every one that cannot be read is a problem.
pub fn read(
    requests: Vec<SourceRequest>,
    folders: &Folders,
    allow: bool,
    files: Option<&Files>,
) -> (Vec<Source>, Vec<Problem>) {
    let (mut sources, mut problems) = (Vec::new(), Vec::new());
    if !folders.data.is_dir() {
        // Said once, by the folder itself.
        return (sources, problems);
    }
    for request in requests {
        // A file that several sections name is read once: all of them use the same bytes.
        let known = sources.iter().find(|source: &&Source| source.name == request.path);
        let source = match known {
            Some(known) => Ok(Source { role: request.role, ..known.clone() }),
            None => read_one(&request, folders, allow, files),
        };
        match source {
            Ok(source) => sources.push(source),
            Err(problem) => problems.push(*problem),
        }
    }
    (sources, problems)
}

/// Reads the files that a stage of the user's own names: they lie beside the configuration.
pub fn read_beside(
    requests: Vec<SourceRequest>,
    folders: &Folders,
    allow: bool,
    files: Option<&Files>,
) -> (Vec<Source>, Vec<Problem>) {
    // The study's folder stands for the data folder.
    let beside = Folders { data: folders.root.clone(), ..folders.clone() };
    let (requests, outside): (Vec<_>, Vec<_>) =
        requests.into_iter().partition(|request| !allow || paths::is_below(&request.path));
    let (sources, mut problems) = read(requests, &beside, allow, files);
    problems.extend(outside.iter().map(not_laid));
    for problem in problems.iter_mut().filter(|problem| problem.code == "missing_file") {
        problem.message = problem.message.replace("in the data folder", "in the study’s folder");
    }
    (sources, problems)
}

/// A file that has no place in a command's folder, which is laid out as the study's is.
fn not_laid(request: &SourceRequest) -> Problem {
    let message = format!("`{}` does not lie below the study's folder, where a command's files do", request.path);
    let remedy = "copy it there, or make a link there that leads to it";
    Problem::new("outside_study", Place::setting(&request.setting), message, remedy)
}

/// Arguments of a command that are files of the study and not among the stage's files: its folder would not have them.
pub fn undeclared(stage: &str, own: &Params, folders: &Folders, results: &Results<'_>) -> Vec<Problem> {
    let here = |word: &str| word.trim_start_matches("./").to_owned();
    let known = |word: &str| {
        own.files.iter().any(|file| here(file) == here(word)) || own.outputs.values().any(|o| o.file == here(word))
    };
    let is_file = |word: &str| !word.is_empty() && !word.starts_with('/') && folders.root.join(word).is_file();
    let words = own.command.iter().enumerate().skip(1);
    let undeclared = words.filter(|(_, word)| is_file(word) && !known(word));
    let problem = |(at, word): (usize, &String)| {
        let setting = format!("stages.{stage}.command.{at}");
        if let Some(problem) = results.read_by_a_command(&folders.root.join(word), word, &setting) {
            return problem;
        }
        let message = format!("`{word}` is a file of the study and not among the stage’s files");
        let remedy =
            format!("add `files: [{word}]`: the command runs in a folder of its own, and its key needs the content");
        Problem::new("undeclared_file", Place::setting(setting), message, remedy)
    };
    undeclared.map(problem).collect()
}

/// The problem of a data folder that is not there.
pub fn no_folder(folders: &Folders) -> Option<Problem> {
    let message = || format!("there is no data folder `{}`", folders.data.display());
    let remedy = "put the study's files there, or correct the setting; `ketascreen simulate` writes a synthetic study";
    (!folders.data.is_dir()).then(|| Problem::new("missing_folder", Place::setting("study.data"), message(), remedy))
}

fn read_one(
    request: &SourceRequest,
    folders: &Folders,
    allow: bool,
    files: Option<&Files>,
) -> Result<Source, Box<Problem>> {
    let path = paths::inside(&folders.data, &request.path, &folders.root, &request.setting, allow)?;
    let read = files.map_or_else(|| read_and_hash(&path), |files| files.read(&path));
    let (bytes, digest) = read.map_err(|error| Box::new(unreadable(request, &path, &error)))?;
    Ok(Source { role: request.role, name: request.path.clone(), bytes, digest })
}

fn unreadable(request: &SourceRequest, path: &Path, error: &std::io::Error) -> Problem {
    let place = Place::setting(&request.setting);
    if steady::is_unsteady(error) {
        let message = format!("`{}` changed while it was read", request.path);
        return Problem::new("changing_file", place, message, "run again when the program that writes it is done");
    }
    if let Some(kind) = regular::no_file(error) {
        let message = format!("`{}` is {kind}, not a file", request.path);
        return Problem::new("not_a_file", place, message, kind.remedy());
    }
    if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
        let message = format!("cannot read `{}`: {error}", request.path);
        return Problem::new("unreadable_file", place, message, "make the file readable");
    }
    let beside = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut names: Vec<String> = beside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Files of one folder share their extension: names are compared without it.
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let near = suggest::nearest(&stem(&wanted), stems.iter().map(String::as_str));
    let remedy = match near.and_then(|near| names.iter().find(|name| stem(name) == near)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "put the file there, or correct the setting".to_owned(),
    };
    Problem::new("missing_file", place, format!("there is no file `{}` in the data folder", request.path), remedy)
}
