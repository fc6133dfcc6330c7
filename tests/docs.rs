//! docs/tables.md is written from the schemas: what it says is what the tables are.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;
use stages::contract::finding::Findings;
use stages::contract::schema::Schema;
use stages::{ingest, normalize, outcomes, predict, qc, screen, sweep};

use crate::common::{STAGES, Study, repository};

const HEAD: &str = "# The tables between stages

Every artifact is one Parquet file, `outputs/<stage>/<table>.parquet`, and has a schema: this page is written from it
(`KETASCREEN_BLESS=1 cargo test --release docs`). A reader in R (`arrow::read_parquet`), Python (`polars.read_parquet`)
or DuckDB needs no help. The report's folder holds the tables as CSV as well, with 17 significant digits.

- Rows are ordered by the key, and no two have the same.
- real: an IEEE double; missing is null, never NaN. integer: 64 bits, signed. flag: true or false. text: UTF-8.
- A column that may be null says so; any other has a value in every row.
- Tables may gain columns, never lose or rename one.
";

/// One table as a section: what it is, its key, its columns.
fn section<S: Schema>(page: &mut String, stage: &str, source: &str) {
    let key = S::KEY.iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(", ");
    let open = if S::OPEN { " A study's own columns may follow." } else { "" };
    writeln!(page, "\n## {stage}/{}\n\n{}\n\nKey: {key}.{open}\n", S::NAME, summary(source, S::NAME)).unwrap();
    page.push_str("| column | type | unit | null | meaning |\n|---|---|---|---|---|\n");
    for column in S::columns() {
        let (unit, meaning) = (column.unit.replace('|', "\\|"), column.meaning.replace('|', "\\|"));
        let null = if column.nullable { "yes" } else { "" };
        writeln!(page, "| `{}` | {} | {unit} | {null} | {meaning} |", column.name, column.kind.word()).unwrap();
    }
}

/// The doc comment of a table, from the source that declares it.
fn summary(source: &str, table: &str) -> String {
    let declares = |line: &str| line.contains(&format!(" \"{table}\" ")) && line.contains(" key [");
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let place = lines.iter().position(|line| declares(line)).unwrap_or_else(|| panic!("{table} is declared"));
    let above = lines[..place].iter().rev().map_while(|line| line.strip_prefix("/// "));
    let mut words: Vec<&str> = above.collect();
    words.reverse();
    words.join(" ")
}

/// The whole page.
fn page() -> String {
    let mut page = HEAD.to_owned();
    section::<Findings>(&mut page, "every stage", include_str!("../stages/contract/finding.rs"));
    let source = include_str!("../stages/ingest/schema.rs");
    section::<ingest::schema::Participants>(&mut page, "ingest", source);
    section::<ingest::schema::Variables>(&mut page, "ingest", source);
    section::<ingest::schema::Assessments>(&mut page, "ingest", source);
    section::<ingest::schema::Samples>(&mut page, "ingest", source);
    section::<ingest::schema::Abundances>(&mut page, "ingest", source);
    section::<ingest::schema::Panel>(&mut page, "ingest", source);
    page.push_str(
        "\n## qc/participants, qc/assessments, qc/samples, qc/abundances\n\nWhat passed, in the tables of ingest.\n",
    );
    let source = include_str!("../stages/qc/schema.rs");
    section::<qc::schema::AnalyteQuality>(&mut page, "qc", source);
    section::<qc::schema::SampleQuality>(&mut page, "qc", source);
    section::<qc::schema::BatchQuality>(&mut page, "qc", source);
    section::<qc::schema::ControlChart>(&mut page, "qc", source);
    section::<qc::schema::Decisions>(&mut page, "qc", source);
    section::<qc::schema::Flow>(&mut page, "qc", source);
    let source = include_str!("../stages/normalize/schema.rs");
    section::<normalize::schema::Abundances>(&mut page, "normalize", source);
    section::<normalize::schema::Changes>(&mut page, "normalize", source);
    section::<normalize::schema::Steps>(&mut page, "normalize", source);
    section::<normalize::schema::Quality>(&mut page, "normalize", source);
    section::<normalize::schema::PooledQc>(&mut page, "normalize", source);
    section::<normalize::schema::Scores>(&mut page, "normalize", source);
    let source = include_str!("../stages/outcomes/schema.rs");
    section::<outcomes::schema::Endpoints>(&mut page, "outcomes", source);
    section::<outcomes::schema::Trajectory>(&mut page, "outcomes", source);
    section::<outcomes::schema::Rates>(&mut page, "outcomes", source);
    let source = include_str!("../stages/screen/schema.rs");
    section::<screen::schema::Associations>(&mut page, "screen", source);
    section::<screen::schema::Fits>(&mut page, "screen", source);
    section::<screen::schema::Coefficients>(&mut page, "screen", source);
    section::<screen::schema::Influence>(&mut page, "screen", source);
    let source = include_str!("../stages/predict/schema.rs");
    section::<predict::schema::Performance>(&mut page, "predict", source);
    section::<predict::schema::Predictions>(&mut page, "predict", source);
    let source = include_str!("../stages/sweep/schema.rs");
    section::<sweep::schema::Universes>(&mut page, "sweep", source);
    section::<sweep::schema::Associations>(&mut page, "sweep", source);
    section::<sweep::schema::Specifications>(&mut page, "sweep", source);
    section::<sweep::schema::Curves>(&mut page, "sweep", source);
    page
}

/// KETASCREEN_BLESS=1 rewrites the page.
#[test]
fn the_page_of_tables_is_what_the_schemas_say() {
    let (path, page) = (repository().join("docs/tables.md"), page());
    if std::env::var_os("KETASCREEN_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/tables.md is old: KETASCREEN_BLESS=1 cargo test --release docs");
}

#[test]
fn every_table_that_a_run_makes_has_its_place_on_the_page_and_no_other() {
    let study = Study::of_the_repository();
    study.edit(|text| format!("{text}\nsweep: {{universes: [{{}}], curve: {{draws: 9}}}}\n"));
    study.run(&["sweep"]).fine();
    let page = page();
    let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
    let documented: BTreeSet<String> = headings.flat_map(|line| line.split(", ")).map(str::to_owned).collect();
    let mut made = BTreeSet::new();
    let sweep = std::fs::read_dir(study.path("outputs/sweep")).unwrap().map(|file| file.unwrap().file_name());
    let sweep = sweep.map(|name| format!("sweep/{}", name.to_string_lossy()));
    for path in study.shown().into_keys().chain(sweep) {
        let table = path.strip_suffix(".parquet").map(|path| {
            STAGES.iter().chain(&["sweep"]).fold(path.to_owned(), |path, stage| {
                if path == format!("{stage}/findings") { "every stage/findings".to_owned() } else { path }
            })
        });
        made.extend(table);
    }
    assert_eq!(documented, made);
}

/// Goes through a schema and all that it is made of; `found` is told every map with its path.
fn walk(schema: &Value, path: &str, found: &mut impl FnMut(&str, &serde_json::Map<String, Value>)) {
    match schema {
        Value::Object(map) => {
            found(path, map);
            let below = map.iter().filter(|(key, _)| !matches!(key.as_str(), "default" | "const" | "enum"));
            below.for_each(|(key, below)| walk(below, &format!("{path}/{key}"), found));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, found)),
        _ => {}
    }
}

/// What an editor would show too little of: a key without words, an optional one without its default, a number without
/// its range, a word that says nothing of itself.
fn unexplained(schema: &Value) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    let said = |schema: &Value| schema["description"].as_str().is_some_and(|words| !words.trim().is_empty());
    walk(schema, "", &mut |path, map| {
        let required = map.get("required").and_then(Value::as_array);
        for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if !said(property) {
                missing.insert(format!("{path}/{name}: no description"));
            }
            let needed = required.is_some_and(|required| required.iter().any(|key| key == name));
            let words = property["description"].as_str().unwrap_or_default().to_lowercase();
            if !needed && !words.contains("default") && property["default"].is_null() {
                missing.insert(format!("{path}/{name}: no default"));
            }
        }
        if map.contains_key("const") && !map.contains_key("description") {
            missing.insert(format!("{path}: the word {} is not explained", map["const"]));
        }
        if map.contains_key("enum") {
            missing.insert(format!("{path}: the words {} are not explained", map["enum"]));
        }
    });
    missing
}

#[test]
fn every_setting_is_explained_where_an_editor_shows_it() {
    let schema = std::fs::read_to_string(repository().join("pipeline.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let missing = unexplained(&schema);
    assert!(missing.is_empty(), "{missing:#?}");
    // It goes everywhere: through a reference, a list of variants, a map of any names, the items of a list.
    let (mut properties, mut references) = (0, BTreeSet::new());
    walk(&schema, "", &mut |_, map| {
        properties += map.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        references.extend(map.get("$ref").and_then(Value::as_str).map(|to| to.replace("#/$defs/", "")));
    });
    let definitions: BTreeSet<String> = schema["$defs"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(references, definitions, "every definition is walked, and is the definition of something");
    assert!(properties > 400, "{properties}");
    let silent = serde_json::json!({
        "properties": {"list": {"description": "A list. Default: none.", "items": {"oneOf": [
            {"properties": {"method": {"const": "knn"}, "k": {"description": "How many."}}, "required": ["method"]},
            {"const": "none"},
            {"enum": ["a", "b"]},
        ]}}},
        "additionalProperties": {"properties": {"own": {}}},
    });
    assert_eq!(unexplained(&silent).len(), 7, "{:#?}", unexplained(&silent));
}

#[test]
fn the_study_leads_an_editor_to_the_schema() {
    let text = std::fs::read_to_string(repository().join("pipeline.yaml")).unwrap();
    let leads = |line: &str| line.starts_with("# yaml-language-server: $schema=./pipeline.schema.json ");
    assert_eq!(text.lines().filter(|line| leads(line)).count(), 1);
}
