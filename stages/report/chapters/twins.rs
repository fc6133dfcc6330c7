//! The tables of one association: every model's answer, and what stands beside each.

use std::collections::BTreeSet;

use super::{alone, numbers, spaced};
use crate::report::how;
use crate::report::question::Case;
use crate::report::study::Study;
use crate::report::view::{Shown, View, p, people, sorted};
use crate::report::words;
use crate::screen::schema::AssociationRow;

/// Every model's estimate, limits and p of each kind.
pub fn models(study: &Study, case: &Case) -> View {
    let caption = format!("{} and {}, model by model", study.name(&case.lead.analyte), spaced(&case.lead.outcome));
    let head = [&["Model", "Covariates", "Errors, reference", "#n"][..], &numbers::HEAD].concat();
    let mut table = View::new(caption, &head).csv("associations");
    let several = case.alike.iter().chain(&case.otherwise).any(|row| !case.shares_unit(row));
    let mut unit = None;
    for row in case.alike.iter().chain(&case.otherwise) {
        let title = format!("{}, {}", spaced(&row.outcome), study.effect(row));
        if several && unit.as_ref() != Some(&title) {
            table.group(title.clone());
        }
        unit = Some(title);
        table.row(if row.model == case.lead.model { "hit" } else { "" }, cells(study, row));
    }
    let note = note(study, case);
    table.note(note)
}

fn cells(study: &Study, row: &AssociationRow) -> Vec<Shown> {
    let covariates: Vec<String> = words::json_list(&row.covariates).iter().map(|name| spaced(name)).collect();
    let covariates = if covariates.is_empty() { "none".to_owned() } else { covariates.join(", ") };
    let (n, events) = study.guard.events(row.n, row.events);
    let mut size = people(n);
    if let Some(events) = events {
        size.text = format!("{}, {} events", size.text, events.text());
    }
    let mut cells = vec![spaced(&row.model).into(), covariates.into(), how::short(row).into(), size];
    cells.extend(numbers::of(row));
    cells
}

fn note(study: &Study, case: &Case) -> String {
    let rows = || case.alike.iter().chain(&case.otherwise);
    let sizes: BTreeSet<i64> = rows().map(|row| row.tests_in_family).collect();
    let sizes: Vec<String> = sizes.into_iter().map(|size| size.to_string()).collect();
    let effects: BTreeSet<String> = rows().map(|row| study.effect(row)).collect();
    let effects: Vec<String> = effects.into_iter().collect();
    let mut note = format!(
        "Estimates are in {}. Adjusted p: {}, over {} tests. ",
        words::list(&effects),
        words::term(&case.lead.adjustment),
        words::list(&sizes)
    );
    if rows().any(|row| row.p_permutation.is_some()) {
        note.push_str(
            "After ± stands the Monte-Carlo standard error of a permutation p; max-T adjusts it for the same tests. ",
        );
    }
    if let Some(row) = rows().find(|row| row.boot_draws.is_some()) {
        let kind = words::term(row.boot_interval.as_deref().unwrap_or_default());
        let left_out = how::left_out(rows().copied());
        note.push_str(&format!("Bootstrap limits: {kind}, {} resamples.{left_out} ", row.boot_draws.unwrap_or(0)));
    }
    note.trim_end().to_owned()
}

/// What was asked beside each estimate: single people, the analysis of covariance, evidence, noise, diagnostics.
pub fn beside(study: &Study, case: &Case) -> View {
    let caption = format!("{} and {}, beside each model", study.name(&case.lead.analyte), spaced(&case.lead.outcome));
    let head = [
        "Model",
        "#One left out",
        "Flipped by",
        "#ANCOVA",
        "#ANCOVA p",
        "Evidence",
        "#Equivalence p",
        "#Assay noise",
        "Diagnostics",
    ];
    let mut table = View::new(caption, &head).csv("associations");
    let says = |row: &&&AssociationRow| beside_cells(study, row).iter().skip(1).any(|cell| cell.text != words::MISSING);
    for row in case.alike.iter().chain(&case.otherwise).filter(says) {
        table.row(if row.model == case.lead.model { "hit" } else { "" }, beside_cells(study, row));
    }
    let note = beside_note(study, case);
    table.note(note)
}

fn beside_cells(study: &Study, row: &AssociationRow) -> Vec<Shown> {
    let evidence = row.log10_bayes_factor.map_or(words::MISSING.to_owned(), |log10| {
        let (odds, strength) = how::evidence(log10);
        format!("{odds} {}, {strength}", if log10 >= 0.0 { "for" } else { "against" })
    });
    let ancova = match row.ancova_estimate {
        None => words::MISSING.to_owned(),
        estimate => format!(
            "{} ({})",
            words::estimate(estimate, row.ancova_conf_low, row.ancova_conf_high),
            words::interval(row.ancova_conf_low, row.ancova_conf_high)
        ),
    };
    let equivalence = match (row.p_equivalence, row.margin) {
        (Some(_), Some(margin)) => {
            format!("{} (±{})", words::p_value(row.p_equivalence), words::number(Some(margin)))
        }
        _ => words::MISSING.to_owned(),
    };
    let diagnostics = match study.fit(row).and_then(|fit| fit.diagnostics.as_deref()) {
        None => words::MISSING.to_owned(),
        Some("") => "nothing noticed".to_owned(),
        Some(found) => study.readable(found),
    };
    vec![
        spaced(&row.model).into(),
        words::interval(row.loo_min, row.loo_max).into(),
        alone::flipped_by(study, row).into(),
        sorted(ancova, row.ancova_estimate),
        p(row.ancova_p_value),
        sorted(evidence, row.log10_bayes_factor),
        sorted(equivalence, row.p_equivalence),
        sorted(words::percent(row.noise_ratio), row.noise_ratio),
        diagnostics.into(),
    ]
}

fn beside_note(study: &Study, case: &Case) -> String {
    let rows = || case.alike.iter().chain(&case.otherwise);
    let any = |has: fn(&AssociationRow) -> bool| rows().any(|row| has(row));
    let prior = rows().find_map(|row| row.bayes_prior.as_deref()).map(words::term).unwrap_or_default();
    let level = words::level(1.0 - case.lead.confidence);
    let notes = [
        any(|row| row.loo_flips.is_some()).then(|| {
            format!(
                "One left out: the range of the estimate when each person in turn is left out. Flipped by: who alone, when \
                 left out, moves p across {level}, and p then."
            )
        }),
        any(|row| row.ancova_p_value.is_some()).then(|| {
            format!(
                "ANCOVA: the follow-up total on the metabolite and the baseline total, in points {}; where the outcome \
                 counts improvement, the sign turns round.",
                study.per(&case.lead.predictor)
            )
        }),
        any(|row| row.log10_bayes_factor.is_some())
            .then(|| format!("Evidence: the Bayes factor ({prior}) of an association against none.")),
        any(|row| row.p_equivalence.is_some())
            .then(|| "Equivalence: p of two one-sided tests that the estimate is smaller than ± the margin.".into()),
        any(|row| row.noise_ratio.is_some())
            .then(|| "Assay noise: the share of the change’s standard deviation that assay noise alone would give.".into()),
    ];
    notes.into_iter().flatten().collect::<Vec<String>>().join(" ")
}
