//! The process of a command: a cleared environment, its words in a file, an end at the latest when its time is over.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::node::Own;
use super::params::Timeout;
use crate::children;

/// Variables that programs are found with: handed on, and no part of any key unless they are declared.
const HANDED_ON: [&str; 2] = ["PATH", "HOME"];

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Fine,
    Code(i32),
    Signal(i32),
    Late,
    NotStarted { found: bool, why: String },
}

/// Runs the command in its folder; everything it says goes to `log`.
pub fn run(own: &Own, folder: &Path, tmp: &Path, log: &Path, seed: u64, jobs: usize) -> io::Result<End> {
    let log = File::create(log)?;
    // A program of the study's own lies in the command's folder; any other is looked for in PATH.
    let program = own.params.command.first().map(String::as_str).unwrap_or_default();
    let here = program.contains('/').then(|| folder.join(program));
    let mut command = Command::new(here.as_ref().map_or(program.as_ref(), |here| here.as_os_str()));
    command
        .args(own.params.command.iter().skip(1))
        .current_dir(folder)
        .env_clear()
        .envs(environment(own, tmp, seed, jobs))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let mut child = match children::start(&mut command) {
        Ok(child) => child,
        Err(error) => {
            // A script whose interpreter is not there is not found either.
            let found = error.kind() != io::ErrorKind::NotFound || here.is_some_and(|here| here.exists());
            return Ok(End::NotStarted { found, why: error.to_string() });
        }
    };
    let waited = wait(&mut child, own.params.timeout);
    children::finished(child.id());
    waited
}

fn wait(child: &mut std::process::Child, timeout: Option<Timeout>) -> io::Result<End> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(end(status));
        }
        if timeout.is_some_and(|timeout| start.elapsed() > timeout.duration()) {
            return children::end(child).map(|()| End::Late);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn end(status: ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return End::Signal(signal);
    }
    match status.code() {
        Some(0) => End::Fine,
        code => End::Code(code.unwrap_or(-1)),
    }
}

/// The whole environment of a command.
fn environment(own: &Own, tmp: &Path, seed: u64, jobs: usize) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut set = |name: &str, value: String| drop(all.insert(name.to_owned(), value));
    for name in HANDED_ON {
        std::env::var(name).into_iter().for_each(|value| set(name, value));
    }
    set("TZ", "UTC".into());
    // Whoever declares a language does not want another.
    if !own.environment.keys().any(|name| name == "LANG" || name.starts_with("LC_")) {
        set("LC_ALL", "C.UTF-8".into());
    }
    // One thread each, so that sums are taken in one order; KETASCREEN_THREADS says how many would be welcome.
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"] {
        set(name, "1".into());
    }
    // A set of Python's has one order, and the folder of the command stays clean.
    set("PYTHONHASHSEED", "0".into());
    set("PYTHONDONTWRITEBYTECODE", "1".into());
    set("TMPDIR", tmp.display().to_string());
    set("KETASCREEN_STAGE", own.name.to_owned());
    set("KETASCREEN_THREADS", jobs.to_string());
    if own.params.draws {
        set("KETASCREEN_SEED", seed.to_string());
    }
    all.extend(own.environment.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))));
    // A declared variable that is not set is not set for the command either.
    own.environment.iter().filter(|(_, value)| value.is_none()).for_each(|(name, _)| drop(all.remove(name)));
    all
}
