//! Running the real program on copies of the default study.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use polars::prelude::{ParquetReader, SerReader};
use stages::contract::Table;
use stages::contract::schema::Schema;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ketascreen");
pub const STAGES: [&str; 7] = ["ingest", "qc", "normalize", "outcomes", "screen", "predict", "report"];

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the default study in a folder of its own, removed when dropped.
pub struct Study {
    folder: tempfile::TempDir,
}

/// What a run of the program said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    pub fn new(output: Output) -> Said {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Ends the test unless the program ended well.
    #[track_caller]
    pub fn fine(self) -> Said {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self
    }

    /// The stages that an event of `run --json` names, in the order of the analysis.
    pub fn stages_with(&self, event: &str) -> Vec<String> {
        let events = self.out.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let of =
            |value: serde_json::Value| (value["event"] == event).then(|| value["stage"].as_str().map(str::to_owned))?;
        let mut stages: Vec<String> = events.filter_map(of).collect();
        stages.sort_by_key(|stage| STAGES.iter().position(|known| known == stage));
        stages
    }
}

impl Study {
    /// An empty folder.
    pub fn empty() -> Study {
        Study { folder: tempfile::tempdir().unwrap() }
    }

    /// An empty folder in memory, where there is one: for what runs hundreds of times and would wait for the disk each time.
    pub fn in_memory() -> Study {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Study { folder: folder.unwrap() }
    }

    /// Copies the repository's pipeline.yaml and data.
    pub fn of_the_repository() -> Study {
        let study = Study::empty();
        std::fs::copy(repository().join("pipeline.yaml"), study.pipeline()).unwrap();
        std::fs::create_dir(study.path("data")).unwrap();
        for file in std::fs::read_dir(repository().join("data")).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() {
                std::fs::copy(file.path(), study.path("data").join(file.file_name())).unwrap();
            }
        }
        study
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn pipeline(&self) -> PathBuf {
        self.path("pipeline.yaml")
    }

    pub fn write(&self, below: &str, text: &str) {
        std::fs::write(self.path(below), text).unwrap();
    }

    /// Copies a file into the study's folder under its own name.
    pub fn copy(&self, from: &Path) {
        std::fs::copy(from, self.path(&from.file_name().unwrap().to_string_lossy())).unwrap();
    }

    /// A table that the last run made.
    pub fn table<S: Schema>(&self, stage: &str) -> Table<S> {
        let file = std::fs::File::open(self.path(&format!("outputs/{stage}/{}.parquet", S::NAME))).unwrap();
        ParquetReader::new(file).finish().unwrap().try_into().unwrap()
    }

    /// Changes the configuration's text.
    pub fn edit(&self, change: impl Fn(&str) -> String) {
        let text = std::fs::read_to_string(self.pipeline()).unwrap();
        let changed = change(&text);
        assert_ne!(changed, text, "the edit changes something");
        std::fs::write(self.pipeline(), changed).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.folder.path()).args(arguments).env_remove("RUST_BACKTRACE");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        Said::new(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Which stages a plain run runs now.
    pub fn reruns(&self) -> Vec<String> {
        self.run(&["run", "--json"]).fine().stages_with("running")
    }

    /// Every file that the outputs folder shows, by its path, with its bytes.
    pub fn shown(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for stage in STAGES {
            collect(&self.path("outputs").join(stage), stage, &mut files);
        }
        files.retain(|path, _| !path.ends_with("record.json"));
        files
    }
}

fn collect(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = format!("{name}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect(&path, &name, files);
        } else {
            files.insert(name, std::fs::read(path).unwrap());
        }
    }
}

/// Asserts that two studies show the same files with the same bytes, naming those that differ.
#[track_caller]
pub fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    let names = a.keys().chain(b.keys()).collect::<std::collections::BTreeSet<_>>();
    let different: Vec<_> = names.into_iter().filter(|name| a.get(*name) != b.get(*name)).collect();
    assert!(different.is_empty(), "these differ: {different:?}");
    assert!(a.contains_key("report/report.html"), "there is a report");
}
