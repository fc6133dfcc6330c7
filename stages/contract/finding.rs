//! What was noticed and did not stop the run: rows of a table that the report shows.

use crate::schema;

schema! {
    /// Everything noticed that did not stop the run.
    Findings "findings" FindingRow key [stage, code, subject] {
        stage: String, "", "the stage that noticed";
        code: String, "", "a stable name, snake_case";
        subject: String, "", "what it is about: an analyte, a sample, a participant, a model; empty for the whole study";
        severity: String, "", "note, or warning";
        message: String, "", "what was noticed, with the numbers";
        hint: String, "", "what one may do about it; empty where nothing needs doing";
    }
}

/// How much a finding matters to someone who reads the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Note,
    Warning,
}

/// One finding, before the runner adds the stage's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub code: &'static str,
    pub subject: String,
    pub severity: Severity,
    pub message: String,
    pub hint: String,
}

impl Finding {
    pub fn note(code: &'static str, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Finding {
            code,
            subject: subject.into(),
            severity: Severity::Note,
            message: message.into(),
            hint: String::new(),
        }
    }

    pub fn warning(code: &'static str, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Finding { severity: Severity::Warning, ..Finding::note(code, subject, message) }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The finding as a row of the stage's table.
    pub fn into_row(self, stage: &str) -> FindingRow {
        let severity = match self.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
        };
        FindingRow {
            stage: stage.to_owned(),
            code: self.code.to_owned(),
            subject: self.subject,
            severity: severity.to_owned(),
            message: self.message,
            hint: self.hint,
        }
    }
}
