//! Under other settings: the specification curve of what is followed closely, and the joint tests of every analyte.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::spaced;
use crate::report::figures::specification_curve::{self, Analysis, Choice, Words};
use crate::report::study::Study;
use crate::report::view::{Draft, View, count, named, p, sorted};
use crate::report::words;
use crate::sweep::schema::{CurveRow, SpecificationRow, UniverseRow};

/// Analytes that get a curve of their own.
const DRAWN: usize = 4;
/// Rows of a table on the page.
const ROWS: usize = 40;

/// The sweep's tables as rows.
struct Sweep {
    universes: Vec<UniverseRow>,
    /// What the universes set, by name, with the alternative of each universe.
    settings: Vec<(String, Vec<Option<String>>)>,
    specifications: Vec<SpecificationRow>,
    curves: Vec<CurveRow>,
}

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    if study.params.about.sweep.is_empty() {
        return context! { asked => false };
    }
    let Some(sweep) = Sweep::new(study) else { return context! { asked => true, current => false } };
    let analytes = study.highlight.iter().take(DRAWN).filter(|analyte| sweep.curve(analyte).is_some());
    let shown = |analyte: &String| {
        let name = draft.names.claim(&["specification-curve", analyte]);
        let figure = draft.show(drawn(study, &sweep, analyte, &name));
        context! { heading => study.name(analyte), sentence => sweep.curve(analyte).map(sentence), figure }
    };
    let cases: Vec<Value> = analytes.map(shown).collect();
    context! {
        asked => true,
        current => true,
        summary => summary(&sweep),
        cases,
        settings => settings(study, &sweep).shown(),
        curves => curves(study, &sweep).shown(),
        without => without(study, &sweep).shown(),
        associations => study.sheets.contains_key(super::super::study::SWEEP_ASSOCIATIONS),
    }
}

impl Sweep {
    fn new(study: &Study) -> Option<Self> {
        let inputs = study.inputs;
        let table = inputs.sweep_universes.as_ref()?;
        let names: Vec<String> = table.extra_names().into_iter().map(str::to_owned).collect();
        let labels = names.iter().filter_map(|name| Some((name.clone(), table.extra::<Option<String>>(name)?)));
        Some(Sweep {
            universes: table.rows(),
            settings: labels.collect(),
            specifications: inputs.sweep_specifications.as_ref()?.rows(),
            curves: inputs.sweep_curves.as_ref()?.rows(),
        })
    }

    fn curve(&self, analyte: &str) -> Option<&CurveRow> {
        self.curves.iter().find(|curve| curve.analyte == analyte)
    }
}

fn summary(sweep: &Sweep) -> String {
    let of = |status: &str| sweep.universes.iter().filter(|universe| universe.status == status).count();
    let some = [(of("same"), "the same as an earlier one"), (of("refused"), "refused"), (of("failed"), "failed")];
    let some: Vec<String> = some.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let rest = if some.is_empty() { String::new() } else { format!(", {}", words::list(&some)) };
    let draws = sweep.curves.first().map_or(String::new(), |curve| {
        let which = if curve.enumerated { "all" } else { "random" };
        format!(" The p-values of the curves are by {} {which} orderings of the participants.", curve.draws)
    });
    format!(
        "The analysis was repeated with other settings, in {}: {} screened{rest}.{draws}",
        words::count(sweep.universes.len(), "universe", "universes"),
        of("ok")
    )
}

/// What one curve says.
fn sentence(curve: &CurveRow) -> String {
    let with_sign = if curve.dominant_sign == "positive" { curve.positive } else { curve.answered - curve.positive };
    let median = curve.median_effect.map_or(String::new(), |median| {
        format!(" The median effect is {} ({}).", words::number(Some(median)), words::p_phrase(curve.p_median))
    });
    format!(
        "Of {} tests {with_sign} have a {} estimate, and {} of these p below {}: a share of {} ({} by chance alone).{median} \
         The average z is {} ({}; {} among all analytes).",
        curve.answered,
        curve.dominant_sign,
        curve.significant,
        words::level(curve.alpha),
        words::percent(Some(curve.share_significant)),
        words::p_phrase(curve.p_share),
        words::fixed(Some(curve.average_z), 2),
        words::p_phrase(curve.p_average_z),
        words::p_phrase(curve.p_family),
    )
}

/// What the effects are, in words.
fn effect(curve: &CurveRow) -> &'static str {
    if curve.effect == "standardized" { "SD of outcome per SD" } else { "estimate" }
}

fn settings(study: &Study, sweep: &Sweep) -> View {
    let mut table = View::new("What was set otherwise", &["Setting", "#Alternatives", "Which"]).csv("sweep_universes");
    for (name, labels) in &sweep.settings {
        let each: Vec<String> = distinct(labels.iter().flatten()).iter().map(|label| study.readable(label)).collect();
        table.row("", vec![named(name.clone()), count(each.len() as i64), words::short(&each.join("; "), 300).into()]);
    }
    table
}

fn curves(study: &Study, sweep: &Sweep) -> View {
    let head = [
        "Analyte",
        "#Tests",
        "#Positive",
        "#Share p small",
        "#p",
        "#Median effect",
        "#p",
        "#Average z",
        "#p",
        "#p, all analytes",
    ];
    let mut table = View::new("Every analyte’s curve as a whole", &head).csv("sweep_curves");
    let mut rows: Vec<&CurveRow> = sweep.curves.iter().collect();
    let place = |curve: &CurveRow| (curve.analyte.is_empty(), curve.p_average_z.unwrap_or(1.0));
    rows.sort_by(|a, b| {
        place(a).0.cmp(&place(b).0).then(place(a).1.total_cmp(&place(b).1)).then(a.analyte.cmp(&b.analyte))
    });
    for curve in rows {
        let panel = curve.analyte.is_empty();
        let name = if panel { "The whole panel, by size".to_owned() } else { study.name(&curve.analyte) };
        let hit = if study.highlight.contains(&curve.analyte) { "hit" } else { "" };
        let positive = if panel { String::new() } else { curve.positive.to_string() };
        table.row(
            hit,
            vec![
                named(name),
                count(curve.answered),
                sorted(positive, Some(curve.positive as f64)),
                sorted(words::percent(Some(curve.share_significant)), Some(curve.share_significant)),
                p(curve.p_share),
                curve.median_effect.into(),
                p(curve.p_median),
                sorted(words::fixed(Some(curve.average_z), 2), Some(curve.average_z)),
                p(curve.p_average_z),
                p(curve.p_family),
            ],
        );
    }
    let scale = sweep.curves.first().map_or("", effect);
    let note = format!(
        "Effects: {scale}. Share: of tests with the dominant sign and an unadjusted p below {}. Each p is by permutation.",
        sweep.curves.first().map_or(String::new(), |curve| words::level(curve.alpha))
    );
    table.note(note).first(ROWS, "the smallest p of the average z first")
}

/// Universes without a screen of their own.
fn without(study: &Study, sweep: &Sweep) -> View {
    let mut table =
        View::new("Universes without a screen", &["#Universe", "Settings", "Status", "Reason"]).csv("sweep_universes");
    for universe in sweep.universes.iter().filter(|universe| matches!(universe.status.as_str(), "refused" | "failed")) {
        table.row(
            "",
            vec![
                count(universe.universe),
                named(study.readable(&universe.name)),
                universe.status.as_str().into(),
                study.readable(&universe.reason).into(),
            ],
        );
    }
    table.first(ROWS, "in the order of the universes")
}

fn drawn(study: &Study, sweep: &Sweep, analyte: &str, name: &str) -> Option<crate::report::figures::Figure> {
    let curve = sweep.curve(analyte)?;
    let rows: Vec<&SpecificationRow> =
        sweep.specifications.iter().filter(|row| row.analyte == analyte && row.effect.is_some()).collect();
    let (choices, of_rows) = choices(study, sweep, &rows);
    let configured: Vec<i64> =
        sweep.universes.iter().filter(|universe| universe.is_configured).map(|universe| universe.universe).collect();
    let analysis = |(row, choices): (&&SpecificationRow, Vec<Option<usize>>)| {
        Some(Analysis {
            effect: row.effect?,
            low: row.conf_low,
            high: row.conf_high,
            significant: row.significant,
            configured: configured.contains(&row.universe),
            choices,
        })
    };
    let analyses: Vec<Analysis> = rows.iter().zip(of_rows).filter_map(analysis).collect();
    let shown = study.name(analyte);
    let title = format!("{shown}: every analysis");
    let (median, share) = (words::number(curve.median_effect), words::percent(Some(curve.share_significant)));
    let caption = format!(
        "The specification curve of {shown}: {} tests in the order of their effects ({}), with their limits; below each, \
         the choices that made it. The median is {median} ({}); {share} have p below {} and the dominant sign ({}).",
        analyses.len(),
        effect(curve),
        words::p_phrase(curve.p_median),
        words::level(curve.alpha),
        words::p_phrase(curve.p_share),
    );
    let words = Words {
        name,
        title: &title,
        subtitle: "effects with their limits, and the choices behind them",
        caption: &caption,
        effect: effect(curve),
        alpha: curve.alpha,
        synthetic: study.synthetic(),
    };
    specification_curve::draw(&words, &analyses, &choices)
}

/// Everything in which the tests of one curve differ, and each test's alternatives.
fn choices(study: &Study, sweep: &Sweep, rows: &[&SpecificationRow]) -> (Vec<Choice>, Vec<Vec<Option<usize>>>) {
    let place: BTreeMap<i64, usize> =
        sweep.universes.iter().enumerate().map(|(at, universe)| (universe.universe, at)).collect();
    let of_universe = |labels: &[Option<String>], row: &SpecificationRow| {
        let label = labels[*place.get(&row.universe)?].clone();
        Some(label.unwrap_or_else(|| "as configured".to_owned()))
    };
    let mut columns: Vec<(String, Vec<Option<String>>)> = sweep
        .settings
        .iter()
        .map(|(name, labels)| (name.clone(), rows.iter().map(|row| of_universe(labels, row)).collect()))
        .collect();
    let own: [(&str, Called); 4] = [
        ("model", |row| spaced(&row.model)),
        ("outcome", |row| spaced(&row.outcome)),
        ("predictor", |row| words::predictor(&row.predictor)),
        ("stratum", |row| words::stratum(&row.stratum)),
    ];
    columns.extend(own.map(|(name, of)| (name.to_owned(), rows.iter().map(|row| Some(of(row))).collect())));
    let (mut choices, mut of_rows) = (Vec::new(), vec![Vec::new(); rows.len()]);
    for (name, labels) in columns {
        // The alternatives in the order of the universes, whatever their effects.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|at| rows[*at].universe);
        let alternatives = distinct(order.iter().filter_map(|at| labels[*at].as_ref()));
        if alternatives.len() < 2 {
            continue;
        }
        for (of_row, label) in of_rows.iter_mut().zip(&labels) {
            of_row.push(label.as_ref().and_then(|label| alternatives.iter().position(|known| known == label)));
        }
        let alternatives = alternatives.iter().map(|label| study.readable(label)).collect();
        choices.push(Choice { name: study.readable(&name), alternatives });
    }
    (choices, of_rows)
}

/// What a test's own choice is called.
type Called = fn(&SpecificationRow) -> String;

/// Each label once, in the order of its first appearance.
fn distinct<'a>(labels: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for label in labels {
        if !distinct.contains(label) {
            distinct.push(label.clone());
        }
    }
    distinct
}
