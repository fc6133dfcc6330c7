//! The section `stages`: the program's stages, and stages of the user's own beside them.
//!
//! A key that is no stage of the program's is a stage of the user's own if it has a `command`, and else a key that
//! was misspelt.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use ::stages::contract::{Place, Problem, suggest};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::tree;
use crate::engine::own;

macro_rules! stages {
    ($first:ident, $($stage:ident),+) => {
        /// The stages' settings; a stage left out is off. Other names are stages of the user's own.
        #[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
        pub struct Stages {
            pub $first: ::stages::$first::Params,
            $(#[serde(default)] pub $stage: ::stages::$stage::Params,)+
            #[serde(flatten)]
            pub own: BTreeMap<String, own::Params>,
        }

        /// The program's stages, in the order of the analysis.
        pub const BUILT_IN: &[&str] = &[stringify!($first), $(stringify!($stage)),+];

        impl<'de> Visitor<'de> for Sections {
            type Value = Stages;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct Stages")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Stages, A::Error> {
                let mut $first = None;
                $(let mut $stage = None;)+
                let mut own = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        stringify!($first) => $first = Some(map.next_value()?),
                        $(stringify!($stage) => $stage = Some(map.next_value()?),)+
                        _ => drop(own.insert(key, map.next_value()?)),
                    }
                }
                Ok(Stages {
                    $first: $first.ok_or_else(|| A::Error::missing_field(stringify!($first)))?,
                    $($stage: $stage.unwrap_or_default(),)+
                    own,
                })
            }
        }
    };
}

stages!(ingest, qc, normalize, outcomes, screen, predict, report);

struct Sections;

impl<'de> Deserialize<'de> for Stages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Stages", BUILT_IN, Sections)
    }
}

/// Takes keys out that are no stage of the program and have no `command`: they were misspelt.
///
/// Returns what is wrong with them, and every name that went with them.
pub fn misspelt(root: &mut Value) -> (Vec<Problem>, BTreeSet<String>) {
    let (mut problems, mut hidden) = (Vec::new(), BTreeSet::new());
    let Some(sections) = root.get_mut("stages").and_then(Value::as_object_mut) else { return (problems, hidden) };
    let other = |(name, section): (&String, &Value)| {
        (!BUILT_IN.contains(&name.as_str()) && section.get("command").is_none()).then(|| name.clone())
    };
    for name in sections.iter().filter_map(other).collect::<Vec<_>>() {
        problems.push(stranger(&name, sections.get(&name)));
        if let Some(removed) = sections.remove(&name) {
            tree::names(&removed, &mut hidden);
        }
        hidden.insert(name);
    }
    (problems, hidden)
}

/// What is wrong with a key that is neither: a stage of one's own whose `command` was misspelt, or a stage's name that was.
fn stranger(name: &str, section: Option<&Value>) -> Problem {
    let keys = section.and_then(Value::as_object).into_iter().flatten().map(|(key, _)| key.as_str());
    let stage = suggest::nearest(name, BUILT_IN.iter().copied());
    if let (None, Some(slip)) = (stage, suggest::nearest("command", keys)) {
        let place = Place::setting(format!("stages.{name}.{slip}"));
        return Problem::new("unknown_key", place, format!("unknown key `{slip}`"), "did you mean `command`?");
    }
    let remedy = suggest::remedy(name, BUILT_IN.iter().copied());
    let remedy = format!("{remedy} (a stage of your own has a `command`)");
    let place = Place::setting(format!("stages.{name}"));
    Problem::new("unknown_key", place, format!("unknown key `{name}`"), remedy)
}

/// Says of each stage of the program that was given a command that its name is taken.
pub fn taken(problems: Vec<Problem>) -> Vec<Problem> {
    let name = |problem: &Problem| {
        let Place::Setting(path) = &problem.place else { return None };
        let name = path.strip_prefix("stages.")?.strip_suffix(".command")?;
        BUILT_IN.contains(&name).then(|| name.to_owned())
    };
    let taken: Vec<String> = problems.iter().filter_map(name).collect();
    let told = |problem: Problem| {
        let Place::Setting(path) = &problem.place else { return Some(problem) };
        let stage = taken.iter().find(|name| path.starts_with(&format!("stages.{name}.")));
        match stage {
            Some(name) if path.ends_with(".command") => {
                let message = format!("`{name}` is a stage of the program, and cannot be a stage of your own");
                let remedy = format!("give it another name, for example `my_{name}`");
                Some(Problem::new("name_taken", problem.place, message, remedy))
            }
            // The other settings of a stage of one's own follow from the first.
            Some(_) if problem.code == "unknown_key" => None,
            _ => Some(problem),
        }
    };
    problems.into_iter().filter_map(told).collect()
}
