//! `ketascreen init`: a first pipeline.yaml from what a folder's files look like; never over an existing file.

use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use stages::ingest::guess::{self, Draft};

use super::{OK, out};
use crate::failure::Failure;
use crate::store::{files, regular};

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    /// The folder of the study's files
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
    /// The configuration to write; FOLDER lies beside it or below
    #[arg(long, value_name = "FILE", default_value = "pipeline.yaml")]
    output: PathBuf,
}

pub fn exec(args: &Args) -> Result<i32, Failure> {
    if args.output.symlink_metadata().is_ok() {
        return Err(Failure::Usage {
            message: format!("{} is there already", args.output.display()),
            remedy: "move it away, or name another file with --output; nothing was written".to_owned(),
        });
    }
    let data = data_folder(args)?;
    let candidates = read(&args.folder)?;
    let outputs = if data == "outputs" { "results" } else { "outputs" };
    let draft = guess::draft(&candidates, &data, outputs).map_err(|files| nothing(args, &files))?;
    write(args, &draft)?;
    Ok(OK)
}

/// The folder of the files as the configuration names it.
fn data_folder(args: &Args) -> Result<String, Failure> {
    let beside = args.output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (folder, root) = (real_folder(&args.folder)?, real_folder(beside)?);
    let inside = folder.strip_prefix(&root).map_err(|_| Failure::Usage {
        message: format!("{} does not lie below the folder of {}", args.folder.display(), args.output.display()),
        remedy: format!("write it there: --output {}", args.folder.join("pipeline.yaml").display()),
    })?;
    let parts = inside.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    Ok(if path.is_empty() { ".".to_owned() } else { path })
}

/// A folder that is there.
fn real_folder(path: &Path) -> Result<PathBuf, Failure> {
    let wrong = |message| Failure::Usage {
        message,
        remedy: "name the folder of the study's files: `ketascreen init data`; nothing was written".to_owned(),
    };
    match fs::canonicalize(path) {
        Ok(folder) if folder.is_dir() => Ok(folder),
        Ok(_) => Err(wrong(format!("{} is not a folder", path.display()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(wrong(format!("there is no folder {}", path.display())))
        }
        Err(error) => Err(Failure::io("read", path, error)),
    }
}

/// The files of the folder whose names are those of tables, in the order of their names; links are not followed.
fn read(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::io("read", folder, error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::io("read", folder, error))?;
        // A name that is no text cannot be written into the configuration.
        let name = entry.file_name().into_string().unwrap_or_default();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && !name.starts_with('.') && guess::is_candidate(&name) {
            names.push(name);
        }
    }
    names.sort();
    let read = |name: String| {
        let path = folder.join(&name);
        regular::read(&path).map(|bytes| (name, bytes)).map_err(|error| Failure::io("read", &path, error))
    };
    names.into_iter().map(read).collect()
}

fn nothing(args: &Args, files: &[(String, String)]) -> Failure {
    let folder = args.folder.display();
    let message = match files {
        [] => format!("there is no table in {folder}"),
        files => {
            let list: Vec<String> = files.iter().map(|(name, role)| format!("{name} ({role})")).collect();
            format!("no file in {folder} names every participant once: {}", list.join(", "))
        }
    };
    let remedy = "put the study's tables there (csv, tsv, xlsx, parquet, mwtab, mztab, …), or name their folder: \
                  `ketascreen init data`; nothing was written";
    Failure::Usage { message, remedy: remedy.to_owned() }
}

fn write(args: &Args, draft: &Draft) -> Result<(), Failure> {
    files::replace(&args.output, draft.yaml.as_bytes())?;
    for (name, role) in &draft.files {
        out(&format!("{name}: {role}"));
    }
    let count = |mark: &str| draft.yaml.matches(mark).count();
    let (guesses, todos) = (count("# guess: "), count("# TODO: "));
    let file = args.output.display();
    out(&format!("wrote {file}: {guesses} guesses to read, {todos} things to fill in; then `ketascreen check`"));
    Ok(())
}
