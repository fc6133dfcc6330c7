//! What was noticed, how it was done, and from what: findings, methods in words, files, versions and settings.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::contract::finding::FindingRow;
use crate::report::study::Study;

pub fn findings(study: &Study) -> Value {
    let of = |severity: &str| {
        let rows = study.findings.iter().filter(|row| row.severity == severity);
        grouped(rows.collect())
    };
    context! { warnings => of("warning"), notes => of("note"), total => study.findings.len() }
}

/// The findings of one kind together, so that a hundred alike take one heading.
fn grouped(rows: Vec<&FindingRow>) -> Vec<Value> {
    let mut groups: BTreeMap<(&str, &str), Vec<&FindingRow>> = BTreeMap::new();
    for row in rows {
        groups.entry((&row.stage, &row.code)).or_default().push(row);
    }
    let groups = groups.into_iter().map(|((stage, code), rows)| {
        let items: Vec<Value> = rows
            .iter()
            .map(|row| context! { subject => &row.subject, message => &row.message, hint => &row.hint })
            .collect();
        context! { stage, code => code.replace('_', " "), items }
    });
    groups.collect()
}

pub fn methods(study: &Study) -> Vec<Value> {
    let stages = study.params.about.stages.iter().filter(|stage| !stage.methods.is_empty());
    let words = |text: &String| study.guard.text(text);
    stages
        .map(
            |stage| context! { name => &stage.name, paragraphs => stage.methods.iter().map(words).collect::<Vec<_>>() },
        )
        .collect()
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
