//! Everything that a stage's result depends on, and the key that follows from it.

use std::collections::BTreeMap;

use serde_json::Value;
use stages::contract::fingerprint::{encode, part};

use super::registry::Bound;
use crate::config::about;
use crate::store::Digest;

/// Raised when the key's own encoding changes.
const KEY_FORMAT: u32 = 1;

/// What a stage would read if it ran now.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    pub stage: &'static str,
    pub version: u32,
    /// The study's seed, if the stage draws.
    pub seed: Option<u64>,
    /// The resolved settings, as the stage holds them.
    pub settings: Value,
    /// Input slots and files with the digests of their contents.
    pub inputs: BTreeMap<String, Digest>,
}

impl Recipe {
    pub fn new(stage: &dyn Bound, seed: u64, inputs: BTreeMap<String, Digest>) -> Recipe {
        Recipe {
            stage: stage.name(),
            version: stage.version(),
            seed: stage.draws().then_some(seed),
            settings: stage.settings(),
            inputs,
        }
    }

    /// The key that follows from all of it.
    pub fn key(&self) -> Digest {
        let Recipe { stage, version, seed, ref settings, ref inputs } = *self;
        Parts { stage, version, seed, settings, inputs }.key()
    }

    /// The settings by dotted path, as a reader of pipeline.yaml knows them.
    pub fn flat_settings(&self) -> BTreeMap<String, Value> {
        about::recorded(self.stage, &self.settings)
    }
}

/// The parts of a key, of a run that is to be or of a record of one.
pub struct Parts<'a> {
    pub stage: &'a str,
    pub version: u32,
    pub seed: Option<u64>,
    pub settings: &'a Value,
    pub inputs: &'a BTreeMap<String, Digest>,
}

impl Parts<'_> {
    /// SHA-256 over every part with its name and its length. Threads, paths and the clock are no part of it.
    pub fn key(&self) -> Digest {
        let mut bytes = Vec::new();
        let mut add = |name: &str, content: &[u8]| {
            bytes.extend(part(b'n', name.as_bytes()));
            bytes.extend(part(b'c', content));
        };
        add("key format", &KEY_FORMAT.to_le_bytes());
        add("stage", self.stage.as_bytes());
        add("method version", &self.version.to_le_bytes());
        add("settings", &encode(self.settings));
        if let Some(seed) = self.seed {
            add("seed", &seed.to_le_bytes());
        }
        for (slot, digest) in self.inputs {
            add(&format!("input {slot}"), digest.as_str().as_bytes());
        }
        Digest::of(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recipe() -> Recipe {
        let inputs = BTreeMap::from([("qc/samples".to_owned(), Digest::of(b"samples"))]);
        Recipe { stage: "screen", version: 1, seed: Some(1), settings: json!({"a": 1.5, "b": "x"}), inputs }
    }

    #[test]
    fn every_part_moves_the_key_and_the_order_of_settings_does_not() {
        let key = recipe().key();
        assert_eq!(Recipe { settings: json!({"b": "x", "a": 1.5}), ..recipe() }.key(), key);
        let others = [
            Recipe { stage: "predict", ..recipe() },
            Recipe { version: 2, ..recipe() },
            Recipe { seed: Some(2), ..recipe() },
            Recipe { seed: None, ..recipe() },
            Recipe { settings: json!({"a": 1.25, "b": "x"}), ..recipe() },
            Recipe { inputs: BTreeMap::from([("qc/samples".to_owned(), Digest::of(b"other"))]), ..recipe() },
            Recipe { inputs: BTreeMap::from([("qc/sample".to_owned(), Digest::of(b"samples"))]), ..recipe() },
        ];
        for other in others {
            assert_ne!(other.key(), key, "{other:?}");
        }
    }
}
