//! The specification curves: which tests they are made of, their joint statistics, and what chance alone would give.

use std::collections::{BTreeMap, BTreeSet};

use super::params::{Params, Scale};
use super::schema::{CurveRow, SpecificationRow};
use super::{Fate, Screened, Universe};
use crate::contract::{Effect, Finding, Refit, Specification, StageContext, StageError};
use crate::screen::schema::AssociationRow;
use crate::statistics::permutation::{Reorderings, Subset};
use crate::statistics::specification_curve::{self, Draws, Rule, Said, Tested};

/// The screens behind the curves.
// METHOD: a universe whose screen has the settings and the tables of an earlier one is the same analysis under another
// name; counting it again would weigh what does not matter (Simonsohn et al. 2020: specifications are non-redundant).
fn screens(universes: &[Universe]) -> impl Iterator<Item = (&Universe, &Screened)> {
    universes.iter().filter_map(|universe| match &universe.fate {
        Fate::Screened(screened) => Some((universe, screened)),
        _ => None,
    })
}

/// The tests of all universes, in the order of the universes and of each screen's own tests.
pub fn specifications(params: &Params, universes: &[Universe]) -> Vec<SpecificationRow> {
    let rule = Rule::new(params.curve.alpha.get());
    let mut all = Vec::new();
    for (universe, screened) in screens(universes) {
        let rows = screened.associations.rows();
        let known: BTreeMap<Specification, &AssociationRow> = rows.iter().map(|row| (key(row), row)).collect();
        let effects = screened.refit.effects(&everyone(screened.refit.as_ref()));
        for (specification, effect) in screened.refit.specifications().iter().zip(effects) {
            let row = known.get(specification).copied();
            all.push(specified(params, rule, universe, (specification, effect), row));
        }
    }
    all
}

fn key(row: &AssociationRow) -> Specification {
    Specification {
        model: row.model.clone(),
        outcome: row.outcome.clone(),
        predictor: row.predictor.clone(),
        stratum: row.stratum.clone(),
        analyte: row.analyte.clone(),
    }
}

/// The ordering in which everyone keeps what is theirs.
fn everyone(refit: &dyn Refit) -> Vec<u32> {
    (0..refit.participants().len() as u32).collect()
}

fn specified(
    params: &Params,
    rule: Rule,
    universe: &Universe,
    (specification, effect): (&Specification, Option<Effect>),
    row: Option<&AssociationRow>,
) -> SpecificationRow {
    // A standardized effect and its limits are the estimate and its limits in other units.
    let unit = row.and_then(|row| match params.curve.effect {
        Scale::Estimate => Some(1.0),
        Scale::Standardized => Some(row.estimate_standardized? / row.estimate.filter(|b| *b != 0.0)?),
    });
    let limit = |limit: Option<f64>| Some(limit? * unit?).filter(|limit| limit.is_finite());
    SpecificationRow {
        analyte: specification.analyte.clone(),
        rank: 0,
        universe: universe.choice.number as i64,
        model: specification.model.clone(),
        outcome: specification.outcome.clone(),
        predictor: specification.predictor.clone(),
        stratum: specification.stratum.clone(),
        effect: effect.and_then(|effect| effect.estimate),
        conf_low: row.and_then(|row| limit(row.conf_low)),
        conf_high: row.and_then(|row| limit(row.conf_high)),
        p_value: row.and_then(|row| row.p_value).filter(|_| effect.is_some()),
        z: effect.map(|effect| effect.z),
        significant: effect.is_some_and(|effect| effect.z.abs() > rule.critical),
        status: row.map_or_else(|| "missing_input".to_owned(), |row| row.status.clone()),
    }
}

/// Gives every test its place in its analyte's curve.
pub fn ranked(mut rows: Vec<SpecificationRow>) -> Vec<SpecificationRow> {
    let effect = |row: &SpecificationRow| row.effect.unwrap_or(f64::INFINITY);
    // Equal effects keep the order of the universes.
    rows.sort_by(|a, b| a.analyte.cmp(&b.analyte).then(effect(a).total_cmp(&effect(b))));
    let mut rank = 0;
    for at in 0..rows.len() {
        rank = if at > 0 && rows[at - 1].analyte == rows[at].analyte { rank + 1 } else { 1 };
        rows[at].rank = rank;
    }
    rows
}

/// The joint statistics of each analyte's curve and of the panel, with their permutation p-values.
pub fn test(
    params: &Params,
    universes: &[Universe],
    specifications: &[SpecificationRow],
    context: &mut StageContext<'_>,
) -> Result<Vec<CurveRow>, StageError> {
    let analytes: BTreeSet<&String> = specifications.iter().map(|row| &row.analyte).collect();
    if analytes.is_empty() {
        return Ok(Vec::new());
    }
    let places = |analyte: &&String| {
        let of_it = specifications.iter().enumerate().filter(|(_, row)| row.analyte == **analyte);
        of_it.map(|(place, _)| place).collect::<Vec<usize>>()
    };
    let curves: Vec<Vec<usize>> = analytes.iter().map(places).collect();
    let observed: Vec<Said> = specifications.iter().map(|row| Some((row.effect, row.z?))).collect();
    let people = People::new(universes);
    let orders = Reorderings::new(people.count, params.curve.draws, context.seed);
    let orders = orders.map_err(|error| StageError::Failed { code: "permutation", message: error.to_string() })?;
    context.progress.start("orderings", orders.count());
    let progress = context.progress;
    let effects = |draw: u64| people.effects(&orders.order(draw));
    let (tick, enumerated) = (|done: u64| progress.advance(done), orders.enumerated());
    let draws = Draws { count: orders.count(), enumerated, effects: &effects, progress: &tick };
    let tested = specification_curve::test(Rule::new(params.curve.alpha.get()), &curves, &observed, &draws);
    let names = analytes.into_iter().map(String::as_str).chain([""]);
    let asked = curves.iter().map(Vec::len).chain([specifications.len()]);
    let row = |((analyte, asked), tested): ((&str, usize), Tested)| curve_row(params, analyte, asked, tested, &draws);
    Ok(names.zip(asked).zip(tested).map(row).collect())
}

/// The participants of all universes, and where each screen's are among them.
struct People<'a> {
    count: u32,
    screens: Vec<(&'a dyn Refit, Subset)>,
}

impl<'a> People<'a> {
    // METHOD: one ordering of all participants serves every universe; who is not in one is left out of its cycle. So
    // whoever is in two universes gets the same donor in both, and the dependence between universes is kept.
    fn new(universes: &'a [Universe]) -> Self {
        let all: BTreeSet<&String> =
            screens(universes).flat_map(|(_, screened)| screened.refit.participants()).collect();
        let all: Vec<&String> = all.into_iter().collect();
        let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let subset = |(_, screened): (&Universe, &'a Screened)| {
            let refit = screened.refit.as_ref();
            let members = refit.participants().iter().filter_map(|name| all.binary_search(&name).ok());
            (refit, Subset::new(&members.collect::<Vec<usize>>(), count))
        };
        People { count, screens: screens(universes).map(subset).collect() }
    }

    /// What every test says under one ordering, in the order of the specifications.
    fn effects(&self, order: &[u32]) -> Vec<Said> {
        let of_one = |(refit, subset): &(&dyn Refit, Subset)| refit.effects(&subset.donors(order));
        let said = |effect: Option<Effect>| effect.map(|effect| (effect.estimate, effect.z));
        self.screens.iter().flat_map(of_one).map(said).collect()
    }
}

fn curve_row(params: &Params, analyte: &str, asked: usize, tested: Tested, draws: &Draws<'_>) -> CurveRow {
    let joint = tested.joint;
    let sign = if joint.dominant() == 0 { "positive" } else { "negative" };
    CurveRow {
        analyte: analyte.to_owned(),
        effect: params.curve.effect.name().to_owned(),
        alpha: params.curve.alpha.get(),
        specifications: asked as i64,
        answered: joint.answered as i64,
        positive: joint.positive as i64,
        dominant_sign: if analyte.is_empty() || joint.answered == 0 { String::new() } else { sign.to_owned() },
        significant: joint.significant[joint.dominant()] as i64,
        share_significant: joint.share,
        median_effect: joint.median,
        average_z: joint.average_z,
        p_median: tested.p_values[0],
        p_share: tested.p_values[1],
        p_average_z: tested.p_values[2],
        p_family: tested.p_family,
        draws: draws.count as i64,
        enumerated: draws.enumerated,
    }
}

/// What makes a curve's effects hard to compare.
pub fn notice(
    params: &Params,
    universes: &[Universe],
    specifications: &[SpecificationRow],
    context: &mut StageContext<'_>,
) {
    let without: BTreeSet<&str> = specifications
        .iter()
        .filter(|row| row.z.is_some() && row.effect.is_none())
        .map(|row| row.model.as_str())
        .collect();
    for model in without {
        let message =
            "its tests have no standardized effect: they count in the share and the average z, not in the median";
        let hint =
            "choose sweep.curve.models of one kind, or sweep.curve.effect: estimate where all have the same units";
        context.find(Finding::warning("no_standardized_effect", model, message).hint(hint));
    }
    if params.curve.effect == Scale::Estimate {
        units(universes, specifications, context);
    }
}

/// Estimates of several units in one curve have no common median.
fn units(universes: &[Universe], specifications: &[SpecificationRow], context: &mut StageContext<'_>) {
    let mut units: BTreeSet<(String, String, String)> = BTreeSet::new();
    let curves: BTreeSet<(&str, &str)> =
        specifications.iter().map(|row| (row.model.as_str(), row.outcome.as_str())).collect();
    for (_, screened) in screens(universes) {
        let rows = screened.associations.rows().into_iter();
        let within = rows.filter(|row| curves.contains(&(row.model.as_str(), row.outcome.as_str())));
        units.extend(within.map(|row| (row.predictor, row.family, row.link)));
    }
    if units.len() > 1 {
        let words: Vec<String> =
            units.iter().map(|(predictor, family, link)| format!("{predictor} ({family}, {link})")).collect();
        let message = format!("the curves mix estimates of different units: {}", words.join("; "));
        let hint = "set sweep.curve.effect: standardized, or choose sweep.curve.models of one kind";
        context.find(Finding::warning("units_mixed", "", message).hint(hint));
    }
}
