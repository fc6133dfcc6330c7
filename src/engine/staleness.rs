//! The decision: what a stage would read now against what it read then, as a list of all reasons.
//!
//! Pure: no file, no clock. Each reason is one small predicate; a stage is up to date when none holds. Whether an
//! entry's files are whole is the store's to say ([`verify`](crate::store::verify)); its findings join the list.

use std::collections::BTreeSet;

use super::pair::Pair;
use super::reason::Reason;
use super::recipe::Recipe;
use crate::store::Record;

/// All reasons why `record` does not answer `recipe`. `line` tells where a setting stands; with `complete` false some
/// inputs are not known yet and only the known ones are compared.
pub fn reasons(recipe: &Recipe, record: Option<&Record>, complete: bool, line: impl Fn(&str) -> String) -> Vec<Reason> {
    let Some(record) = record else { return vec![Reason::NeverRun] };
    let mut reasons = Vec::new();
    reasons.extend(method(recipe, record));
    reasons.extend(settings(recipe, record, line));
    reasons.extend(seed(recipe, record));
    reasons.extend(inputs(recipe, record, complete));
    reasons
}

fn method(recipe: &Recipe, record: &Record) -> Option<Reason> {
    let (from, to) = (record.method_version, recipe.version);
    (from != to).then_some(Reason::MethodChanged { from, to })
}

fn settings(recipe: &Recipe, record: &Record, line: impl Fn(&str) -> String) -> Vec<Reason> {
    let now = recipe.flat_settings();
    let keys: BTreeSet<&String> = now.keys().chain(record.settings.keys()).collect();
    let changed = |key: &&String| now.get(*key) != record.settings.get(*key);
    let parts = |key: &String| Pair::new(key, record.settings.get(key), now.get(key)).parts();
    let reason = |pair: Pair| {
        let line = line(pair.place());
        Reason::SettingChanged { key: pair.name, from: pair.old, to: pair.new, line }
    };
    keys.into_iter().filter(changed).flat_map(parts).map(reason).collect()
}

fn seed(recipe: &Recipe, record: &Record) -> Option<Reason> {
    let (from, to) = (record.seed, recipe.seed);
    (from != to).then_some(Reason::SeedChanged { from, to })
}

fn inputs(recipe: &Recipe, record: &Record, complete: bool) -> Vec<Reason> {
    let slots: BTreeSet<&String> = match complete {
        true => recipe.inputs.keys().chain(record.inputs.keys()).collect(),
        false => recipe.inputs.keys().collect(),
    };
    let changed = |slot: &&String| recipe.inputs.get(*slot) != record.inputs.get(*slot);
    let reason = |slot: &String| Reason::InputChanged {
        slot: slot.clone(),
        from: record.inputs.get(slot).cloned(),
        to: recipe.inputs.get(slot).cloned(),
    };
    slots.into_iter().filter(changed).map(reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Digest;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn recipe() -> Recipe {
        let inputs = BTreeMap::from([("ingest/panel".to_owned(), Digest::of(b"panel"))]);
        Recipe { stage: "qc", version: 1, seed: None, settings: json!({"max_missing": 0.2, "keep": []}), inputs }
    }

    fn shown(recipe: &Recipe, record: &Record) -> Vec<String> {
        let line = |key: &str| if key.ends_with("keep") { String::new() } else { "pipeline.yaml:41".to_owned() };
        reasons(recipe, Some(record), true, line).iter().map(Reason::to_string).collect()
    }

    #[test]
    fn the_same_recipe_has_no_reason_and_no_record_is_one() {
        let record = Record::of(&recipe(), Vec::new());
        assert!(shown(&recipe(), &record).is_empty());
        assert_eq!(reasons(&recipe(), None, true, |_| String::new()), [Reason::NeverRun]);
    }

    #[test]
    fn all_reasons_are_given_with_old_and_new_values() {
        let record = Record::of(&recipe(), Vec::new());
        let inputs = BTreeMap::from([
            ("ingest/panel".to_owned(), Digest::of(b"another")),
            ("ingest/samples".to_owned(), Digest::of(b"samples")),
        ]);
        let settings = json!({"max_missing": 0.3, "keep": ["3-HB"]});
        let now = Recipe { version: 2, seed: Some(7), settings, inputs, ..recipe() };
        insta::assert_snapshot!(shown(&now, &record).join("\n"), @r#"
        method version 1 -> 2
        stages.qc.keep [] -> ["3-HB"]
        stages.qc.max_missing 0.2 -> 0.3 (pipeline.yaml:41)
        study.seed none -> 7
        ingest/panel changed
        ingest/samples is new
        "#);
    }

    #[test]
    fn an_input_that_is_not_known_yet_is_not_called_changed() {
        let record = Record::of(&recipe(), Vec::new());
        let now = Recipe { inputs: BTreeMap::new(), ..recipe() };
        assert!(reasons(&now, Some(&record), false, |_| String::new()).is_empty());
        assert_eq!(reasons(&now, Some(&record), true, |_| String::new()).len(), 1);
    }
}
