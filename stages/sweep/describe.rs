//! The sweep in the words of a methods section.

use super::params::{Params, Scale};

/// What the sweep did, a paragraph an item.
pub fn methods(params: &Params) -> Vec<String> {
    let curve = &params.curve;
    let scale = match curve.effect {
        Scale::Standardized => "standardized (SD of the outcome per SD of the predictor)",
        Scale::Estimate => "the estimates as they are",
    };
    let some = |names: &[String], what: &str| match names {
        [] => String::new(),
        names => format!(" {what} {}", names.join(", ")),
    };
    let of = [some(&curve.models, "of the models"), some(&curve.outcomes, "for the outcomes")].concat();
    vec![
        "The analysis was repeated under every combination of the swept settings (a multiverse; Steegen et al. 2016, \
         10.1177/1745691616658637). A combination whose settings are refused, or in which a stage stops, is listed with \
         its reason; one that gives the settings and tables of an earlier one is counted once."
            .to_owned(),
        format!(
            "For each analyte the tests{of} of all universes are one specification curve (Simonsohn, Simmons and Nelson 2020, \
             10.1038/s41562-020-0912-z); effects are {scale}. The median effect, the share of tests with p < {} and the \
             dominant sign, and the average z are compared with those of up to {} orderings of the participants: each \
             participant is given another one’s metabolites, gaps included, the same one in every universe, while outcomes \
             and covariates stay. This is exact where metabolites are independent of outcomes and covariates together; \
             the residuals of Freedman and Lane (1983, 10.2307/1391660) would hold associations with covariates fixed, \
             and differ from universe to universe. Dependence between universes is kept. For the panel the same is done with \
             the sizes of effects; across analytes the average z is compared with the largest of all (single-step max-T).",
            curve.alpha.get(),
            curve.draws,
        ),
    ]
}
