//! The settings of the sweep: which settings take which alternatives, and what its curves are made of.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{schema, universes};
use crate::contract::quantity::Probability;
use crate::contract::schema::Schema;
use crate::contract::{Place, Problem};
use crate::screen::schema::Associations;

/// More universes than this are refused.
pub const MOST: u64 = 10_000;

/// The same analysis under every combination of alternatives: universes, each a whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Settings, each with its alternatives; every combination is a universe, the last setting changing fastest.
    pub settings: Vec<Setting>,
    /// Universes beside these, each a map from settings to values; what it does not name is as configured. Default: none.
    pub universes: Vec<BTreeMap<String, Value>>,
    /// What the specification curves are made of.
    pub curve: Curve,
}

/// One setting and its alternatives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// The setting's path, as `-S` takes it: `stages.qc.analytes.max_missing`; items of lists count from 0.
    pub set: String,
    /// Its alternatives, in order; each a value that the configuration could hold there.
    pub to: Vec<Value>,
    /// What tables and figures call the setting. Default: its path after `stages.`
    #[serde(default)]
    pub name: Option<String>,
    /// What tables and figures call the alternatives, in their order. Default: the values.
    #[serde(default)]
    pub labels: Option<Vec<String>>,
}

/// Which tests of each universe are one curve for each analyte, and how the curves are tested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Curve {
    /// Models of the screen. Default: all.
    pub models: Vec<String>,
    /// Endpoints. Default: all.
    pub outcomes: Vec<String>,
    /// The scale on which the effects of different universes are compared. Default: standardized.
    pub effect: Scale,
    /// A test is significant where its unadjusted two-sided p is below it; between 0 and 1. Default: 0.05.
    pub alpha: Probability,
    /// Orderings of the participants, from 1 to 1 million; all of them instead, where there are no more. Default: 499.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub draws: u32,
}

/// The scale of effects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// SD of the outcome per SD of the metabolite's predictor; linear models only.
    #[default]
    Standardized,
    /// The estimates as they are: where every universe has the same units.
    Estimate,
}

impl Scale {
    pub fn name(self) -> &'static str {
        match self {
            Scale::Standardized => "standardized",
            Scale::Estimate => "estimate",
        }
    }
}

impl Default for Curve {
    fn default() -> Self {
        Curve {
            models: Vec::new(),
            outcomes: Vec::new(),
            effect: Scale::default(),
            alpha: Probability::new(0.05).expect("0.05 lies between 0 and 1"),
            draws: 499,
        }
    }
}

impl Setting {
    /// What tables and figures call it.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| short(&self.set).to_owned())
    }

    /// What tables and figures call one of its alternatives.
    pub fn label(&self, at: usize) -> String {
        let label = self.labels.as_ref().and_then(|labels| labels.get(at)).cloned();
        label.unwrap_or_else(|| text(&self.to[at]))
    }
}

/// A path as people say it.
pub fn short(path: &str) -> &str {
    path.strip_prefix("stages.").unwrap_or(path)
}

/// A value as a reader of the configuration would write it, on one line.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Params {
    /// The universes that these settings ask for; none where there are more than a number can say.
    pub fn count(&self) -> Option<u64> {
        let grid = || self.settings.iter().try_fold(1_u64, |count, setting| count.checked_mul(setting.to.len() as u64));
        let grid = if self.settings.is_empty() { 0 } else { grid()? };
        grid.checked_add(self.universes.len() as u64)
    }

    /// Every problem of these settings by themselves; whether an alternative can stand in the configuration, its
    /// universe tells.
    pub fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, setting) in self.settings.iter().enumerate() {
            check_setting(setting, at, &mut problems);
        }
        let swept: Vec<(&String, String)> =
            self.settings.iter().enumerate().map(|(at, one)| (&one.set, format!("sweep.settings.{at}.set"))).collect();
        problems.extend(overlapping(&swept));
        for (at, universe) in self.universes.iter().enumerate() {
            let place = |path: &String| format!("sweep.universes.{at}.{path}");
            problems.extend(universe.keys().filter_map(|path| out_of_reach(path, &place(path))));
            problems.extend(overlapping(&universe.keys().map(|path| (path, place(path))).collect::<Vec<_>>()));
        }
        problems.extend(self.check_names());
        problems.extend(self.check_labels());
        problems.extend(self.check_count());
        if !(1..=1_000_000).contains(&self.curve.draws) {
            let place = Place::setting("sweep.curve.draws");
            let remedy = "give a whole number from 1 to 1000000";
            problems.push(Problem::new("out_of_range", place, format!("{} draws", self.curve.draws), remedy));
        }
        problems
    }

    fn check_count(&self) -> Option<Problem> {
        let count = self.count();
        let place = Place::setting("sweep");
        match count {
            Some(0) if self.settings.is_empty() => {
                let remedy = "name settings with their alternatives: `settings: [{set: PATH, to: [VALUE, VALUE]}]`";
                Some(Problem::new("no_universe", place, "the sweep has no universe", remedy))
            }
            Some(count) if count <= MOST => None,
            count => {
                let sizes: Vec<String> = self.settings.iter().map(|setting| setting.to.len().to_string()).collect();
                let count = count.map_or("more than 2^64".to_owned(), |count| count.to_string());
                let message = format!("{} = {count} universes, and {MOST} are the most", sizes.join(" × "));
                let remedy = "take settings or alternatives out, or list the universes that matter under `universes`";
                Some(Problem::new("too_many_universes", place, message, remedy))
            }
        }
    }

    /// Names are columns of the tables: each is there once, and none is one that they have already.
    fn check_names(&self) -> Vec<Problem> {
        let specs = [Associations::columns(), schema::Associations::columns(), schema::Universes::columns()].concat();
        let mut taken: BTreeSet<String> = specs.iter().map(|spec| spec.name.to_owned()).collect();
        let again = |at: usize, setting: &Setting| self.settings[..at].iter().any(|other| other.set == setting.set);
        let mut problems = Vec::new();
        for (at, name) in universes::columns(self).into_iter().enumerate() {
            let setting = self.settings.get(at);
            if taken.insert(name.clone()) || setting.is_some_and(|setting| again(at, setting)) {
                continue;
            }
            let (place, remedy) = match setting {
                Some(Setting { name: Some(_), .. }) => (format!("sweep.settings.{at}.name"), "give it another `name`"),
                Some(_) => (format!("sweep.settings.{at}.set"), "give it another `name`"),
                None => ("sweep.universes".to_owned(), "give the setting that has this `name` another"),
            };
            let message = format!("`{name}` is the name of a column or of another setting already");
            problems.push(Problem::new("name_taken", Place::setting(place), message, remedy));
        }
        problems
    }

    /// Values of one setting have labels of their own, in the grid and in the listed universes.
    fn check_labels(&self) -> Vec<Problem> {
        let mut known: BTreeMap<(&str, String), &Value> = BTreeMap::new();
        for setting in &self.settings {
            known.extend(setting.to.iter().enumerate().map(|(at, to)| ((setting.set.as_str(), setting.label(at)), to)));
        }
        let mut problems = Vec::new();
        for (at, universe) in self.universes.iter().enumerate() {
            for (path, value) in universe {
                let label = universes::label(self, path, value);
                if *known.entry((path, label.clone())).or_insert(value) != value {
                    let message = format!("another value of `{path}` is called `{label}` already");
                    let place = Place::setting(format!("sweep.universes.{at}.{path}"));
                    let remedy = "give each value a label of its own, under `labels` of a setting";
                    problems.push(Problem::new("label_twice", place, message, remedy));
                }
            }
        }
        problems
    }
}

fn check_setting(setting: &Setting, at: usize, problems: &mut Vec<Problem>) {
    let place = |key: &str| format!("sweep.settings.{at}.{key}");
    problems.extend(out_of_reach(&setting.set, &place("set")));
    if setting.to.is_empty() {
        let remedy = "list its alternatives: `to: [VALUE, VALUE]`";
        let message = format!("`{}` has no alternatives", setting.set);
        problems.push(Problem::new("no_alternative", Place::setting(place("to")), message, remedy));
    }
    if setting.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        problems.push(Problem::new("empty_name", Place::setting(place("name")), "the name is empty", "leave it out"));
    }
    let labels = setting.labels.as_ref().map(Vec::len).filter(|labels| *labels != setting.to.len());
    if let Some(labels) = labels {
        let message = format!("{labels} labels for {} alternatives", setting.to.len());
        let place = Place::setting(place("labels"));
        problems.push(Problem::new("labels_do_not_match", place, message, "give each alternative one label"));
    }
    for at in 0..setting.to.len() {
        let label = setting.label(at);
        if setting.to[..at].contains(&setting.to[at]) {
            let message = format!("the alternative {} is there twice", text(&setting.to[at]));
            let place = Place::setting(place(&format!("to.{at}")));
            problems.push(Problem::new("alternative_twice", place, message, "keep one of them"));
        } else if (0..at).any(|other| setting.label(other) == label) {
            let message = format!("two alternatives are called `{label}`");
            let place = Place::setting(place(if setting.labels.is_some() { "labels" } else { "to" }));
            problems.push(Problem::new("label_twice", place, message, "give each a label of its own, under `labels`"));
        }
    }
}

/// Whether a path is another or lies in it, however they are written.
fn within(path: &str, section: &str) -> bool {
    parts(path).starts_with(&parts(section))
}

/// The parts of a path: unquoted, places in lists as numbers.
fn parts(path: &str) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for c in path.chars() {
        match (c, parts.last_mut()) {
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => parts.push(String::new()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    let place = |part: String| part.parse::<usize>().map_or(part, |place| place.to_string());
    parts.into_iter().map(place).collect()
}

/// A setting with two values in one universe has the one that is set last, under the name of both.
fn overlapping(paths: &[(&String, String)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, (path, place)) in paths.iter().enumerate() {
        let Some((other, _)) = paths[..at].iter().find(|(other, _)| within(path, other) || within(other, path)) else {
            continue;
        };
        let message = match parts(path) == parts(other) {
            true => format!("`{path}` is swept twice"),
            false => format!("`{path}` and `{other}` are swept, and one lies within the other"),
        };
        let remedy = "keep one of them, with all alternatives; each universe sets a setting once";
        problems.push(Problem::new("swept_twice", Place::setting(place.clone()), message, remedy));
    }
    problems
}

/// What a sweep compares are the associations of the screen: settings that these do not come from are refused.
fn out_of_reach(path: &str, place: &str) -> Option<Problem> {
    let stages = ["ingest", "qc", "normalize", "outcomes", "screen"].map(|stage| format!("stages.{stage}"));
    let reaches = stages.iter().any(|stage| within(path, stage)) || path == "study.seed" || path == "study.data";
    let message = format!("`{path}` is no setting that the associations of the screen come from");
    let remedy = "name a setting of stages.ingest, qc, normalize, outcomes or screen, or study.seed, or study.data";
    (!reaches).then(|| Problem::new("out_of_reach", Place::setting(place), message, remedy))
}
