//! What the report is told of the run: words, versions, files and settings; nothing of the clock or the machine.

use std::collections::BTreeMap;

use serde_json::Value;
use stages::contract::fingerprint::Fingerprinted;
use stages::contract::{About, AboutOwn, AboutSource, AboutStage, fingerprint};

use super::file::File;
use super::sources::Source;
use crate::engine::own::Params;
use crate::engine::own::params::Shown;
use crate::engine::registry::Bound;

/// Where the report's settings hold what this module makes.
pub const PATH: &str = "stages.report.about";
/// Settings that a stage holds of another stage, and the name they have in the file.
const ALIASES: [(&str, &str); 2] = [("stages.predict.normalization", "stages.normalize"), ("stages.sweep", "sweep")];

/// Describes the run to the report.
pub fn about(file: &File, stages: &[Box<dyn Bound>], sources: &[Source], outdated: &[String]) -> About {
    let stage = |stage: &dyn Bound| AboutStage {
        name: stage.name().to_owned(),
        version: stage.version(),
        methods: stage.methods(),
    };
    let source = |source: &Source| AboutSource {
        role: source.role.to_owned(),
        name: source.name.clone(),
        bytes: source.bytes.len() as u64,
        sha256: source.digest.to_string(),
    };
    About {
        title: file.study.title.clone(),
        note: file.study.note.clone(),
        synthetic: file.study.synthetic,
        seed: file.study.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        stages: stages.iter().map(|bound| stage(bound.as_ref())).collect(),
        sources: sources.iter().map(source).collect(),
        sweep: file.sweep.as_ref().map(::stages::sweep::methods).unwrap_or_default(),
        outdated: outdated.to_vec(),
        own: own(file),
        settings: settings(file, stages).into_iter().collect(),
    }
}

/// The tables of the user's own stages that the report shows.
fn own(file: &File) -> Vec<AboutOwn> {
    let of = |(stage, params): (&String, &Params)| {
        let shown = params.tables().filter_map(|(table, output)| Some((table, output.report.as_ref()?)));
        let one = |(table, shown): (&String, &Shown)| AboutOwn {
            stage: stage.clone(),
            table: table.clone(),
            caption: shown.caption.clone().unwrap_or_default(),
            rows: shown.rows,
            command: params.line(),
        };
        shown.map(one).collect::<Vec<_>>()
    };
    file.stages.own.iter().flat_map(of).collect()
}

/// Every resolved setting by its dotted path, the sweep's too, except where a stage's results go.
fn settings(file: &File, stages: &[Box<dyn Bound>]) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::from([("study.seed".to_owned(), Value::from(file.study.seed))]);
    for stage in stages {
        let own = fingerprint::flatten(&format!("stages.{}", stage.name()), &stage.settings());
        // What variables hold is the machine's affair, and the report may be handed on.
        let environment = format!("stages.{}.env.", stage.name());
        let variable = |path: &str| stage.own().is_some() && path.starts_with(&environment);
        let told = |path: &str| !path.starts_with(PATH) && !variable(path);
        settings.extend(own.into_iter().filter(|(path, _)| told(path)).map(renamed));
    }
    settings.extend(file.sweep.iter().flat_map(|sweep| fingerprint::flatten("sweep", &sweep.settings())));
    settings
}

/// A stage's settings as a reader knows them: by the paths of the file, and what the report is told one by one.
pub fn recorded(stage: &str, settings: &Value) -> BTreeMap<String, Value> {
    let flat = fingerprint::flatten(&format!("stages.{stage}"), settings);
    flat.into_iter().flat_map(|entry| told(&entry).unwrap_or_else(|| vec![renamed(entry)])).collect()
}

fn renamed((path, value): (String, Value)) -> (String, Value) {
    let alias = ALIASES.iter().find_map(|(from, to)| Some(format!("{to}{}", path.strip_prefix(from)?)));
    (alias.unwrap_or(path), value)
}

/// The parts of what the report is told, each under a name of its own.
fn told((path, value): &(String, Value)) -> Option<Vec<(String, Value)>> {
    let part = path.strip_prefix(PATH)?.strip_prefix('.')?;
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    Some(match part {
        "settings" => {
            items.iter().map(|pair| (pair[0].as_str().unwrap_or_default().to_owned(), pair[1].clone())).collect()
        }
        "sources" => items
            .iter()
            .map(|item| (format!("{} ({})", text(item, "name"), text(item, "role")), item["sha256"].clone()))
            .collect(),
        // The words of the methods follow from version and settings, which are told already.
        "stages" => {
            items.iter().map(|item| (format!("{}.version", text(item, "name")), item["version"].clone())).collect()
        }
        "own" => items
            .iter()
            .map(|item| {
                let path = format!("stages.{}.outputs.{}.report", text(item, "stage"), text(item, "table"));
                (path, serde_json::json!({"caption": item["caption"], "rows": item["rows"]}))
            })
            .collect(),
        // Words of methods as well; the settings that they follow from are among the settings.
        "sweep" => Vec::new(),
        "outdated" => vec![("stages that were out of date".to_owned(), value.clone())],
        "version" => vec![("program".to_owned(), value.clone())],
        other => vec![(format!("study.{other}"), value.clone())],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_report_is_told_is_recorded_part_by_part_under_the_names_a_reader_knows() {
        let about = json!({
            "title": "t", "settings": [["stages.screen.confidence", 0.95]],
            "sources": [{"role": "panel", "name": "panel.csv", "bytes": 3, "sha256": "ab"}],
            "stages": [{"name": "qc", "version": 2, "methods": ["words"]}],
        });
        let shown: Vec<String> = recorded("report", &json!({"formats": ["html"], "about": about}))
            .into_iter()
            .map(|(k, v)| format!("{k} {v}"))
            .collect();
        assert_eq!(
            shown,
            [
                "panel.csv (panel) \"ab\"",
                "qc.version 2",
                "stages.report.formats [\"html\"]",
                "stages.screen.confidence 0.95",
                "study.title \"t\""
            ]
        );
        let predict = recorded("predict", &json!({"normalization": {"steps": []}, "outcomes": ["x"]}));
        assert_eq!(predict.keys().collect::<Vec<_>>(), ["stages.normalize.steps", "stages.predict.outcomes"]);
    }
}
