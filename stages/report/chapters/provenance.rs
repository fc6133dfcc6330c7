//! What was noticed, how it was done, and from what: findings, methods in words, files, versions and settings.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::spaced;
use crate::contract::finding::FindingRow;
use crate::report::study::Study;

pub fn findings(study: &Study) -> Value {
    let of = |severity: &str| {
        let rows = study.findings.iter().filter(|row| row.severity == severity);
        grouped(study, rows.collect())
    };
    context! { warnings => of("warning"), notes => of("note"), total => study.findings.len() }
}

/// The findings of one kind together, so that a hundred alike take one heading.
fn grouped(study: &Study, rows: Vec<&FindingRow>) -> Vec<Value> {
    let mut groups: BTreeMap<(&str, &str), Vec<&FindingRow>> = BTreeMap::new();
    for row in rows {
        groups.entry((&row.stage, &row.code)).or_default().push(row);
    }
    let groups = groups.into_iter().map(|((stage, code), rows)| {
        let items: Vec<Value> = rows
            .iter()
            .map(|row| {
                let (message, hint) = (prose(study, &row.message), prose(study, &row.hint));
                context! { subject => study.readable(&row.subject), message, hint }
            })
            .collect();
        let code = code.strip_prefix(stage).unwrap_or(code).trim_start_matches('_');
        context! { stage => room(stage), code => spaced(code), items }
    });
    groups.collect()
}

pub fn methods(study: &Study) -> Vec<Value> {
    let about = &study.params.about;
    let stages = about.stages.iter().map(|stage| (stage.name.as_str(), &stage.methods));
    let swept = study.inputs.sweep_curves.as_ref().map(|_| ("sweep", &about.sweep));
    let stages = stages.chain(swept).filter(|(_, methods)| !methods.is_empty());
    let stages = stages.map(|(name, methods)| {
        let paragraphs: Vec<Vec<Value>> = methods.iter().map(|text| prose(study, text)).collect();
        context! { name => room(name), paragraphs }
    });
    stages.collect()
}

fn prose(study: &Study, text: &str) -> Vec<Value> {
    study.prose(text).into_iter().map(|(text, code)| context! { text, code }).collect()
}

/// A stage's name as a heading.
fn room(stage: &str) -> String {
    match stage {
        "ingest" => "Data".into(),
        "qc" => "Quality control".into(),
        "normalize" => "Normalization".into(),
        "outcomes" => "Outcomes".into(),
        "screen" => "Screen".into(),
        "predict" => "Prediction".into(),
        "report" => "Report".into(),
        "sweep" => "Other settings".into(),
        other => spaced(other),
    }
}

pub fn chapter(study: &Study) -> Value {
    let about = &study.params.about;
    let stages = about.stages.iter().map(|stage| context! { name => &stage.name, version => stage.version });
    let sources = about.sources.iter().map(|source| {
        context! { role => &source.role, name => &source.name, bytes => source.bytes, sha256 => &source.sha256 }
    });
    let settings = about.settings.iter().map(|(path, value)| {
        let value = study.guard.text(&value.to_string());
        context! { path, value }
    });
    context! {
        version => &about.version,
        seed => about.seed,
        stages => stages.collect::<Vec<_>>(),
        sources => sources.collect::<Vec<_>>(),
        settings => settings.collect::<Vec<_>>(),
    }
}
