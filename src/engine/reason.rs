//! Why a stage runs, typed; every command prints these same words.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::pair::Pair;
use crate::config::tree::brief;
use crate::store::Digest;

/// One reason for a stage to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    NeverRun,
    MethodChanged {
        from: u32,
        to: u32,
    },
    /// `line` is where the setting stands now (`pipeline.yaml:41`, or `-S`); empty where it is a default.
    SettingChanged {
        key: String,
        from: Option<Value>,
        to: Option<Value>,
        line: String,
    },
    InputChanged {
        slot: String,
        from: Option<Digest>,
        to: Option<Digest>,
    },
    SeedChanged {
        from: Option<u64>,
        to: Option<u64>,
    },
    OutputMissing {
        file: String,
    },
    OutputAltered {
        file: String,
    },
    /// Something else has the place of the stage's folder in the cache.
    EntryReplaced {
        entry: String,
        by: String,
    },
    Forced,
}

impl Reason {
    /// Whether a stored result is not as it was written.
    pub fn is_damage(&self) -> bool {
        matches!(self, Reason::OutputAltered { .. } | Reason::OutputMissing { .. } | Reason::EntryReplaced { .. })
    }

    /// The input slot that changed.
    pub fn slot(&self) -> Option<&str> {
        match self {
            Reason::InputChanged { slot, .. } => Some(slot),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NeverRun => write!(f, "never run with these settings and inputs"),
            Reason::MethodChanged { from, to } => write!(f, "method version {from} -> {to}"),
            Reason::SettingChanged { key, from, to, line } => {
                write!(f, "{key} {}", Pair::new(key, from.as_ref(), to.as_ref()).words())?;
                if line.is_empty() { Ok(()) } else { write!(f, " ({line})") }
            }
            Reason::InputChanged { slot, from: None, .. } => write!(f, "{slot} is new"),
            Reason::InputChanged { slot, to: None, .. } => write!(f, "{slot} is no longer read"),
            Reason::InputChanged { slot, .. } => write!(f, "{slot} changed"),
            Reason::SeedChanged { from, to } => {
                let text = |seed: &Option<u64>| seed.map_or("none".to_owned(), |seed| seed.to_string());
                write!(f, "study.seed {} -> {}", text(from), text(to))
            }
            Reason::OutputMissing { file } => write!(f, "{file} is missing"),
            Reason::OutputAltered { file } => write!(f, "{file} was altered"),
            Reason::EntryReplaced { entry, by } => write!(f, "{entry} in the cache is {by} and no folder"),
            Reason::Forced => write!(f, "forced"),
        }
    }
}

/// A setting's value on one short line; a digest by its first eight digits.
pub fn shown(value: Option<&Value>) -> String {
    let digest = value.and_then(Value::as_str).and_then(Digest::parse);
    digest.map_or_else(|| value.map_or("(not set)".to_owned(), brief), |digest| digest.as_str()[..8].to_owned())
}
