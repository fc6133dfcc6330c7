//! Published against computed: each printed number beside its twin.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use crate::contract::StageError;
use crate::report::published::{Comparison, Verdict, compare};
use crate::report::study::Study;
use crate::report::view::{View, sorted};
use crate::report::words;

pub fn chapter(study: &Study) -> Result<Value, StageError> {
    let Some(published) = &study.params.published else { return Ok(context! {}) };
    let compared = compare(published, &study.sheets)?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let head = ["Number", "#Printed", "#Computed, as printed", "#Computed, in full", "Agrees"];
    let mut table = View::new("Published and computed", &head);
    for one in &compared {
        let (class, word) = verdict(one);
        *counts.entry(class).or_default() += 1;
        let full = one.full.map_or(words::MISSING.to_owned(), |full| format!("{full}").replace('-', "\u{2212}"));
        let rounded = one.rounded.clone().unwrap_or(words::MISSING.to_owned()).replace('-', "\u{2212}");
        let cells = vec![
            one.label.clone().into(),
            one.printed.clone().into(),
            sorted(rounded, one.full),
            sorted(full, one.full),
            word.into(),
        ];
        table.row(class, cells);
    }
    let agree = counts.get("agrees").copied().unwrap_or(0);
    let summary =
        format!("{agree} of {} agree to the printed digits.", words::count(compared.len(), "number", "numbers"));
    Ok(context! { source => &published.source, summary, table => table.shown(), synthetic => study.synthetic() })
}

fn verdict(one: &Comparison) -> (&'static str, &'static str) {
    match one.verdict {
        Verdict::Agrees => ("agrees", "✓ agrees"),
        Verdict::Differs => ("differs", "✗ differs"),
        Verdict::Missing => ("differs", "✗ not computed"),
        Verdict::Withheld => ("withheld", "– withheld"),
    }
}
