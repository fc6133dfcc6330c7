//! From settings and their alternatives to universes: numbered, named, in an order that does not change.

use serde_json::Value;

use super::params::{Params, short, text};

/// The most characters of an alternative in a universe's name.
const LABEL: usize = 40;

/// One universe: what is set otherwise than configured, and what it is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// From 1, in the order of the settings: the grid with its last setting changing fastest, then those listed.
    pub number: usize,
    /// `transform=log2, qc.analytes.max_missing=0.2`.
    pub name: String,
    /// Paths and values to set.
    pub sets: Vec<(String, Value)>,
    /// The alternative in words for each of [`columns`]; none where it is as configured.
    pub labels: Vec<Option<String>>,
}

/// The names of everything that some universe sets: the settings of the grid, then what only listed universes name.
pub fn columns(params: &Params) -> Vec<String> {
    paths(params).into_iter().map(|(_, name)| name).collect()
}

/// Paths with their names.
fn paths(params: &Params) -> Vec<(String, String)> {
    let mut paths: Vec<(String, String)> =
        params.settings.iter().map(|setting| (setting.set.clone(), setting.name())).collect();
    for path in params.universes.iter().flat_map(|universe| universe.keys()) {
        if !paths.iter().any(|(known, _)| known == path) {
            paths.push((path.clone(), short(path).to_owned()));
        }
    }
    paths
}

/// What a universe sets, and the labels of that.
type Chosen = (Vec<(String, Value)>, Vec<Option<String>>);

/// Every universe, the grid first.
pub fn universes(params: &Params) -> Vec<Choice> {
    let paths = paths(params);
    let grid = grid(&params.settings.iter().map(|setting| setting.to.len()).collect::<Vec<_>>());
    let from_grid = grid.into_iter().map(|places| {
        let chosen = params.settings.iter().zip(&places);
        let sets = chosen.clone().map(|(setting, at)| (setting.set.clone(), setting.to[*at].clone())).collect();
        let mut labels: Vec<Option<String>> = chosen.map(|(setting, at)| Some(setting.label(*at))).collect();
        labels.resize(paths.len(), None);
        (sets, labels)
    });
    let listed = params.universes.iter().map(|universe| {
        let sets = universe.iter().map(|(path, value)| (path.clone(), value.clone())).collect();
        let labels = paths.iter().map(|(path, _)| universe.get(path).map(|value| label(params, path, value))).collect();
        (sets, labels)
    });
    let numbered = from_grid.chain(listed).enumerate();
    let choice =
        |(at, (sets, labels)): (usize, Chosen)| Choice { number: at + 1, name: name(&paths, &labels), sets, labels };
    numbered.map(choice).collect()
}

/// Every combination of places, row-major; none where there are no settings.
fn grid(sizes: &[usize]) -> Vec<Vec<usize>> {
    if sizes.is_empty() {
        return Vec::new();
    }
    sizes.iter().fold(vec![Vec::new()], |grid, size| {
        let longer = |row: &Vec<usize>| (0..*size).map(|at| [row.as_slice(), &[at]].concat()).collect::<Vec<_>>();
        grid.iter().flat_map(longer).collect()
    })
}

/// What a listed value is called: as in the grid where it is one of its alternatives.
pub fn label(params: &Params, path: &str, value: &Value) -> String {
    let setting = params.settings.iter().find(|setting| setting.set == path);
    let known = setting.and_then(|setting| Some(setting.label(setting.to.iter().position(|to| to == value)?)));
    known.unwrap_or_else(|| text(value))
}

fn name(paths: &[(String, String)], labels: &[Option<String>]) -> String {
    let set =
        paths.iter().zip(labels).filter_map(|((_, name), label)| Some(format!("{name}={}", brief(label.as_ref()?))));
    let name: Vec<String> = set.collect();
    if name.is_empty() { "as configured".to_owned() } else { name.join(", ") }
}

fn brief(label: &str) -> String {
    match label.char_indices().nth(LABEL) {
        None => label.to_owned(),
        Some((end, _)) => format!("{}…", &label[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn params(value: Value) -> Params {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_grid_is_row_major_and_listed_universes_follow() {
        let params = params(json!({
            "settings": [
                {"set": "stages.qc.analytes.max_missing", "to": [0.2, 0.5]},
                {"set": "stages.normalize.steps.4.transform.method", "name": "transform", "to": ["none", "log2", "=1+1"],
                 "labels": ["raw", "log2", "odd, \"name\""]},
            ],
            "universes": [{"stages.normalize.steps.4.transform.method": "log2", "study.seed": 7}, {}],
        }));
        assert_eq!(params.count(), Some(8));
        assert_eq!(columns(&params), ["qc.analytes.max_missing", "transform", "study.seed"]);
        let all = universes(&params);
        let names: Vec<&str> = all.iter().map(|universe| universe.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "qc.analytes.max_missing=0.2, transform=raw",
                "qc.analytes.max_missing=0.2, transform=log2",
                "qc.analytes.max_missing=0.2, transform=odd, \"name\"",
                "qc.analytes.max_missing=0.5, transform=raw",
                "qc.analytes.max_missing=0.5, transform=log2",
                "qc.analytes.max_missing=0.5, transform=odd, \"name\"",
                "transform=log2, study.seed=7",
                "as configured",
            ]
        );
        assert_eq!(all[4].number, 5);
        assert_eq!(all[6].labels, [None, Some("log2".to_owned()), Some("7".to_owned())]);
        assert_eq!(all[0].labels, [Some("0.2".to_owned()), Some("raw".to_owned()), None]);
        assert_eq!(all[0].sets[1], ("stages.normalize.steps.4.transform.method".to_owned(), json!("none")));
    }

    #[test]
    fn a_long_value_is_short_in_the_name_and_whole_in_the_column() {
        let long = "β".repeat(200);
        let params = params(json!({"settings": [{"set": "stages.screen.x", "to": [[long]]}]}));
        let one = &universes(&params)[0];
        assert!(one.name.chars().count() < 60 && one.name.ends_with('…'));
        assert_eq!(one.labels[0].as_ref().unwrap().chars().count(), 204);
    }

    #[test]
    fn what_cannot_be_swept_is_refused_with_its_place() {
        let told = |value: Value| {
            let problems = params(value).check().into_iter();
            problems.map(|p| format!("{:?} {}: {}", p.place, p.code, p.message)).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told(json!({
            "settings": [
                {"set": "stages.report.formats", "to": [1, 1]},
                {"set": "stages.qc.x", "name": "status", "to": [], "labels": ["a"]},
                {"set": "stages.screen.confidence", "to": [0.9]},
                {"set": "stages.screen.confidence", "to": [0.8]},
            ],
            "universes": [{"sweep.curve": 1}], "curve": {"draws": 0},
        })), @r#"
        Setting("sweep.settings.0.set") out_of_reach: `stages.report.formats` is no setting that the associations of the screen come from
        Setting("sweep.settings.0.to.1") alternative_twice: the alternative 1 is there twice
        Setting("sweep.settings.1.to") no_alternative: `stages.qc.x` has no alternatives
        Setting("sweep.settings.1.labels") labels_do_not_match: 1 labels for 0 alternatives
        Setting("sweep.settings.3.set") swept_twice: `stages.screen.confidence` is swept twice
        Setting("sweep.universes.0.sweep.curve") out_of_reach: `sweep.curve` is no setting that the associations of the screen come from
        Setting("sweep.settings.1.name") name_taken: `status` is the name of a column or of another setting already
        Setting("sweep.curve.draws") out_of_range: 0 draws
        "#);
        let ten: Vec<i32> = (0..10).collect();
        let setting = |n: usize| json!({"set": format!("stages.qc.x{n}"), "to": ten});
        let five: Vec<Value> = (0..5).map(setting).collect();
        insta::assert_snapshot!(told(json!({"settings": five})), @r#"Setting("sweep") too_many_universes: 10 × 10 × 10 × 10 × 10 = 100000 universes, and 10000 are the most"#);
        insta::assert_snapshot!(told(json!({})), @r#"Setting("sweep") no_universe: the sweep has no universe"#);
    }
}
