//! Moderated inference: the error variances of all metabolites of one model and outcome inform each other.

use std::collections::BTreeMap;

use crate::contract::{Finding, StageContext};
use crate::statistics::moderated::{PriorFit, moderate};

use super::associate::Answered;
use super::params::Params;
use super::solve::Solved;

/// Gives every row of a moderated model its moderated error, test and limits.
pub fn moderate_models(answered: &mut [Answered<'_>], params: &Params, context: &mut StageContext<'_>) {
    let mut panels: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
    for (index, one) in answered.iter().enumerate() {
        let Some(solved) = &one.solved else { continue };
        if solved.case.question.model.is_moderated() && !solved.fit.is_perfect() {
            let row = &one.answers[0].association;
            let panel = (row.model.clone(), row.outcome.clone(), row.stratum.clone());
            panels.entry(panel).or_default().push(index);
        }
    }
    for ((model, outcome, _), members) in panels {
        let solved: Vec<&Solved<'_>> = members.iter().filter_map(|index| answered[*index].solved.as_ref()).collect();
        // METHOD: variances are compared across metabolites in the study's units.
        let unit = |solved: &Solved<'_>| solved.case.unit.response() * solved.case.unit.response();
        let variances: Vec<f64> = solved.iter().map(|solved| solved.fit.dispersion() * unit(solved)).collect();
        let df: Vec<f64> = solved.iter().map(|solved| solved.df_residual()).collect();
        let fit = if solved[0].case.question.model.robust { PriorFit::Robust } else { PriorFit::Moments };
        let Some(moderated) = moderate(&variances, &df, fit) else {
            let message = "no prior variance can be fitted to these metabolites, so each keeps its own";
            context.find(Finding::warning("not_moderated", format!("{model} · {outcome}"), message));
            continue;
        };
        for (index, posterior) in members.into_iter().zip(moderated.posterior) {
            let one = &mut answered[index];
            let (Some(posterior), Some(solved)) = (posterior, &one.solved) else { continue };
            let answer = &mut one.answers[0];
            let Some(place) = solved.place(&answer.association.term) else { continue };
            let row = &mut answer.association;
            let unscaled = solved.fit.gram_inverse[(place, place)].sqrt() / solved.case.unit.variable(&row.term);
            let Some(estimate) = row.estimate else { continue };
            let Some(test) = posterior.test(estimate, unscaled, params.confidence.get()) else { continue };
            row.df_reference = Some(posterior.df_total);
            row.std_error = Some(test.std_error);
            row.statistic = Some(test.statistic);
            row.p_value = Some(test.p_value);
            row.conf_low = Some(test.conf_low);
            row.conf_high = Some(test.conf_high);
        }
    }
}
