//! Files that the study makes are none that it reads: they would be read before they are made again.

use std::path::{Path, PathBuf};

use stages::contract::{Place, Problem};

use super::paths::{Folders, real};
use crate::engine::registry::{Bound, FINDINGS};

/// The study's results, as far as a file may be one of them.
pub struct Results<'a> {
    stages: &'a [Box<dyn Bound>],
    outputs: PathBuf,
    /// Whether other files of the study lie in the outputs folder as well.
    around: bool,
}

/// Where in the outputs folder a file lies.
enum Found {
    /// In what this stage made, under this path.
    Of(String, PathBuf),
    /// Beside what any stage made.
    Beside,
}

impl<'a> Results<'a> {
    pub fn new(stages: &'a [Box<dyn Bound>], folders: &Folders) -> Results<'a> {
        let outputs = real(&folders.outputs);
        let around = [&folders.root, &folders.data].iter().any(|folder| real(folder).starts_with(&outputs));
        Results { stages, outputs, around }
    }

    /// Every file that a stage asks for and that is a result of the study.
    pub fn asked_for(&self, folders: &Folders) -> Vec<Problem> {
        let mut problems = Vec::new();
        for stage in self.stages {
            for request in stage.sources() {
                let remedy = "the data are read before any result is made: name a file of another folder";
                let path = folders.data.join(&request.path);
                problems.extend(self.refuse(&path, &request.path, &request.setting, |_| remedy.to_owned()));
            }
            for request in stage.files() {
                let path = folders.root.join(&request.path);
                problems.extend(self.read_by_a_command(&path, &request.path, &request.setting));
            }
        }
        problems
    }

    /// The problem of a file that a command reads, if it is a result.
    pub fn read_by_a_command(&self, path: &Path, written: &str, setting: &str) -> Option<Problem> {
        self.refuse(path, written, setting, |found| self.as_input(found))
    }

    fn refuse(&self, path: &Path, written: &str, setting: &str, remedy: impl Fn(&Found) -> String) -> Option<Problem> {
        let found = self.find(path)?;
        let message = match found {
            Found::Of(..) => format!("`{written}` is a result of this study"),
            Found::Beside => format!("`{written}` lies in the folder of the study's results"),
        };
        Some(Problem::new("result_as_file", Place::setting(setting), message, remedy(&found)))
    }

    fn find(&self, path: &Path) -> Option<Found> {
        let real = real(path);
        let parts: Vec<&str> = real.strip_prefix(&self.outputs).ok()?.iter().filter_map(|part| part.to_str()).collect();
        let of = |stage: &str, rest: &[&str]| Some(Found::Of(stage.to_owned(), rest.iter().collect()));
        match parts.as_slice() {
            [] => None,
            [".cache", "entries", stage, _, rest @ ..] => of(stage, rest),
            [stage, rest @ ..] if self.makes(stage) => of(stage, rest),
            [first, ..] => (*first == ".cache" || !self.around).then_some(Found::Beside),
        }
    }

    fn makes(&self, name: &str) -> bool {
        name == stages::sweep::NAME || self.stages.iter().any(|stage| stage.name() == name)
    }

    /// How a command reads what it named as a file.
    fn as_input(&self, found: &Found) -> String {
        let Found::Of(name, file) = found else { return "keep the file in another folder".to_owned() };
        let table = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let stage = self.stages.iter().find(|stage| stage.name() == name);
        let is_table = table == FINDINGS || stage.is_some_and(|stage| stage.tables().contains(&table));
        match file.extension().and_then(|end| end.to_str()) {
            Some("csv") if stage.is_some() && is_table => {
                format!("read it with `inputs: {{{table}: {{table: {name}/{table}, format: csv}}}}`")
            }
            Some("parquet") if stage.is_some() && is_table => {
                format!("read it with `inputs: {{{table}: {name}/{table}}}`")
            }
            _ => "take it out: results cannot be read as files, and tables of stages are read with `inputs`".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_result_however_its_path_is_written_and_wherever_its_links_lead() {
        let study = crate::engine::toy::Study::new();
        let (root, stages) = (study.folder.path(), study.plan().stages);
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(to, root.join(at)).unwrap();
        std::fs::create_dir_all(root.join("outputs/.cache/entries/sum/0123")).unwrap();
        std::fs::create_dir(root.join("data")).unwrap();
        std::fs::write(root.join("outputs/.cache/entries/sum/0123/findings.parquet"), "").unwrap();
        std::fs::write(root.join("data/a.csv"), "").unwrap();
        link(".cache/entries/sum/0123", "outputs/sum");
        link("outputs/sum/findings.parquet", "innocent");
        link("outputs", "elsewhere");
        let folders = |outputs: &str| Folders { outputs: root.join(outputs), ..study.plan().folders };
        let results = Results::new(&stages, &folders("outputs"));
        let found = |path: &str| results.find(&root.join(path)).is_some();
        for path in ["outputs/sum/findings.parquet", "./outputs//sum/x", "data/../outputs/sweep/x", "innocent"] {
            assert!(found(path), "{path}");
        }
        assert!(found("elsewhere/mine.csv") && found("outputs/.cache/lock"));
        assert!(!found("data/a.csv") && !found("outputs") && !found("outputs2/sum/x") && !found("sum/x"));
        let results = Results::new(&stages, &folders("."));
        let found = |path: &str| results.find(&root.join(path)).is_some();
        assert!(found("sum/x") && found(".cache/entries/x") && !found("data/a.csv"));
    }
}
