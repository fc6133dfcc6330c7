//! The same mistakes in every format: refused with the file, the row and the column, and nothing that was there is lost.

mod bytes;
mod exchange;
mod plain;
mod tables;

use crate::common::Study;

/// What was there before the mistake, and the mistakes that were not refused as they should be.
struct Trial {
    study: Study,
    before: std::collections::BTreeMap<String, Vec<u8>>,
    wrong: Vec<String>,
}

impl Trial {
    /// A study that was read once without a mistake.
    #[track_caller]
    fn of(study: Study) -> Trial {
        study.run(&["run", "-q", "ingest"]).fine();
        let before = study.shown();
        assert!(!before.is_empty());
        Trial { study, before, wrong: Vec::new() }
    }

    /// Puts other bytes into a file (none: no file), runs, and puts the file back.
    fn refuses(&mut self, name: &str, file: &str, bytes: Option<&[u8]>, words: &[String]) {
        let path = self.study.path(file);
        let whole = std::fs::read(&path).unwrap();
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let said = self.study.run(&["run", "-q", "ingest"]);
        std::fs::write(&path, whole).unwrap();
        let mut missing: Vec<&str> = words.iter().map(String::as_str).filter(|word| !said.err.contains(word)).collect();
        let plain = !["panicked", "unwrap", "Some(", "RUST_BACKTRACE"].iter().any(|word| said.err.contains(word));
        missing.extend((!said.err.contains("help: ")).then_some("help: "));
        if said.code != Some(2) || !missing.is_empty() || !plain {
            let told =
                format!("{name}, {file}: exit code {:?}, without {missing:?}:\n{}{}", said.code, said.out, said.err);
            self.wrong.push(told);
        }
        if self.study.shown() != self.before {
            self.wrong.push(format!("{name}, {file}: the earlier outputs have changed"));
        }
    }

    /// Ends the test where a mistake was not refused, or where the study without them is not read any more.
    #[track_caller]
    fn end(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.study.reruns().iter().all(|stage| stage != "ingest"), "the earlier results are still current");
    }
}
