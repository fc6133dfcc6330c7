//! What stands beside an estimate: diagnostics, evidence, equivalence.

use super::{ADJUSTED, Screened, agree, cohort, near, number, of_r};

#[test]
fn diagnostics_of_each_fit_are_those_of_r() {
    let model = format!("outcomes: [improvement], {ADJUSTED}");
    let screened = Screened::of(&cohort(&[("adjusted", &model)], "    sensitivity: [diagnostics]\n"));
    for row in of_r("diagnostics.csv") {
        let metabolite = &row["metabolite"];
        let fit = screened.fit("adjusted", metabolite);
        agree(fit.breusch_pagan, number(&row, "bp_statistic"), 1e-9, metabolite);
        agree(fit.breusch_pagan_p, number(&row, "bp_p_value"), 1e-9, metabolite);
        agree(fit.shapiro_wilk, number(&row, "shapiro_w"), 1e-9, metabolite);
        agree(fit.shapiro_wilk_p, number(&row, "shapiro_p_value"), 1e-7, metabolite);
        agree(fit.vif, number(&row, "vif"), 1e-9, metabolite);
        agree(fit.nonlinearity_p, number(&row, "square_p_value"), 1e-8, metabolite);
    }
}

#[test]
fn bayes_factors_and_equivalence_tests_are_those_of_r() {
    let models = [
        ("none", "outcomes: [improvement], equivalence: {margin: 3}"),
        ("adjusted", "outcomes: [improvement], covariates: [age, sex, madrs0], equivalence: {margin: 3}"),
    ];
    let jzs = Screened::of(&cohort(&models, "    bayes_factor: jzs\n"));
    let bic = Screened::of(&cohort(&models, "    bayes_factor: bic\n"));
    for row in of_r("bayes.csv") {
        let what = format!("{}, {}", row["model"], row["metabolite"]);
        let found = jzs.association(&row["model"], &row["metabolite"]);
        agree(found.bayes_factor, number(&row, "bf10_jzs_quad"), 1e-8, &what);
        near(found.p_equivalence, number(&row, "tost_p"), 1e-6, 1e-8, &what);
        let found = bic.association(&row["model"], &row["metabolite"]);
        agree(found.bayes_factor, number(&row, "bf10_bic"), 1e-8, &what);
        near(found.log10_bayes_factor, number(&row, "bf10_bic").log10(), 1.0, 1e-9, &what);
    }
}
