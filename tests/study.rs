//! A study in a folder of its own, run by the program as a user would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use polars::prelude::{ParquetReader, SerReader};
use stages::contract::Table;
use stages::contract::schema::Schema;

/// A folder with a study in it, removed at the end.
pub struct Study {
    folder: tempfile::TempDir,
}

impl Study {
    /// An empty folder.
    pub fn empty() -> Self {
        Study { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A copy of the study that the program carries.
    pub fn default_cohort() -> Self {
        let study = Study::empty();
        study.copy(&root().join("pipeline.yaml"), "pipeline.yaml");
        for entry in std::fs::read_dir(root().join("data")).expect("the default study is there") {
            let entry = entry.expect("a folder that can be listed");
            study.copy(&entry.path(), &format!("data/{}", entry.file_name().to_string_lossy()));
        }
        study
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn copy(&self, from: &Path, name: &str) {
        let bytes = std::fs::read(from).unwrap_or_else(|e| panic!("{} can be read: {e}", from.display()));
        self.write_bytes(name, &bytes);
    }

    pub fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder can be made");
        std::fs::write(path, bytes).expect("a file can be written");
    }

    /// Replaces text in a file; the text must be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} holds {from:?}");
        self.write(name, &text.replacen(from, to, 1));
    }

    pub fn read(&self, name: &str) -> String {
        let path = self.file(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{} can be read: {e}", path.display()))
    }

    /// The program in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ketascreen"));
        command.current_dir(self.path()).args(arguments).env_remove("RUST_BACKTRACE");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs the program, which must succeed; what it said on the error stream.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?} exits with {:?}:\n{said}", output.status.code());
        said
    }

    /// Runs the program, which must exit with `code`; what it said on the error stream.
    pub fn fail(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}:\n{said}");
        said
    }

    /// A table that the last run made.
    pub fn table<S: Schema>(&self, stage: &str) -> Table<S> {
        let path = self.file(&format!("outputs/{stage}/{}.parquet", S::NAME));
        let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{} can be opened: {e}", path.display()));
        let frame = ParquetReader::new(file).finish().expect("a Parquet file");
        frame.try_into().expect("a table that satisfies its schema")
    }

    /// Every file below `folder` (links followed) with its bytes, but the runner's own cache.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.file(folder), "", &mut found);
        found
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".cache" || name == "record.json" {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.insert(format!("{prefix}{name}"), bytes);
        }
    }
}

/// The project's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A reference table: rows of columns by name.
pub fn reference(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|e| panic!("{} can be read: {e}", path.display()));
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// A number of a reference table.
pub fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} holds a number, not {:?}", row[column]))
}

/// Asserts that two numbers agree to a relative tolerance.
#[track_caller]
pub fn agree(found: Option<f64>, expected: f64, tolerance: f64, what: &str) {
    let Some(found) = found else { panic!("{what}: missing, expected {expected:e}") };
    let error = if expected == 0.0 { found.abs() } else { (found / expected - 1.0).abs() };
    assert!(error <= tolerance, "{what}: {found:e} instead of {expected:e}, off by {error:e}");
}
