//! Curves, categories, interactions, strata, several predictors, moderated variances.

use super::{Row, Screened, agree, cohort, cohort_of, joined, near, number, of_r};

#[test]
fn curves_interactions_several_predictors_and_strata_are_those_of_r() {
    let models = [
        ("spline", "outcomes: [improvement], covariates: [{spline: age, df: 3}, sex]"),
        (
            "spline_binomial",
            "outcomes: [remission], family: binomial, inference: wald, covariates: [{spline: age, df: 3}]",
        ),
        ("m_by_sex", "outcomes: [improvement], covariates: [sex, age, madrs0], interactions: [sex]"),
        ("m_by_age", "outcomes: [improvement], covariates: [age], interactions: [age]"),
        ("stratified", "outcomes: [improvement], covariates: [age], strata: sex"),
    ];
    let screened = Screened::of(&cohort(&models, ""));
    let mut compared = 0;
    for row in of_r("splines.csv") {
        let (metabolite, term) = (&row["metabolite"], row["term"].as_str());
        let (model, stratum) = match row["model"].as_str() {
            "several" => continue,
            sex @ ("female" | "male") => ("stratified", format!("sex={sex}")),
            model => (model, String::new()),
        };
        let what = format!("{model} {stratum}, {metabolite}, {term}");
        if term.starts_with("ns(") || (model.starts_with("spline") && term == "(Intercept)") {
            continue; // Another basis of the same curve has other coefficients, and the same of everything else.
        }
        let mine = |found: &&stages::screen::schema::CoefficientRow| {
            found.model == model && found.stratum == stratum && found.analyte == *metabolite && found.term == term
        };
        let found = screened.coefficients.iter().find(mine).unwrap_or_else(|| panic!("{what} has a row"));
        compared += 1;
        near(found.estimate, number(&row, "estimate"), number(&row, "std_error"), 1e-9, &what);
        // R's errors of a generalized linear model are of the weights before its last step.
        let tolerance = if model == "spline_binomial" { 1e-7 } else { 1e-9 };
        agree(found.std_error, number(&row, "std_error"), tolerance, &what);
        near(found.p_value, number(&row, "p_value"), 1e-3, 10.0 * tolerance, &what);
        near(found.conf_low, number(&row, "conf_low"), number(&row, "std_error"), tolerance, &what);
        if let Some(association) = screened
            .associations
            .iter()
            .find(|a| a.model == model && a.stratum == stratum && a.analyte == *metabolite && a.term == term)
        {
            let fit = screened.fits.iter().find(|f| {
                (&f.model, &f.stratum, &f.analyte, &f.predictor)
                    == (&association.model, &stratum, metabolite, &association.predictor)
            });
            agree(fit.expect("a fit").log_lik, number(&row, "log_lik"), 1e-9, &what);
            agree(association.p_value, found.p_value.unwrap(), 1e-15, &what);
        }
    }
    assert!(compared > 200, "{compared}");
    let product = screened.associations.iter().filter(|a| a.model == "m_by_sex" && a.analyte == "m01");
    let labels: Vec<&str> = product.map(|a| a.predictor.as_str()).collect();
    assert_eq!(labels, ["level: baseline", "level: baseline × sexmale"]);
}

/// The same metabolites twice, as levels at two timepoints of one study: each predictor is tested beside the other.
#[test]
fn several_predictors_are_tested_beside_each_other() {
    let row = of_r("splines.csv").into_iter().find(|row| row["model"] == "several" && row["term"] == "m02");
    let expected = row.expect("R fitted m01 and m02 together");
    let study = cohort(&[("m", "outcomes: [improvement], covariates: [age, second]")], "");
    let text = std::fs::read_to_string(study.path("cohort.csv")).unwrap();
    let header = text.lines().next().unwrap().replace("m02", "second");
    study.write("cohort.csv", &(header + &text[text.find('\n').unwrap()..]));
    study.edit(|text| {
        text.replace(
            "        age: {kind: number, unit: years}",
            "        second: {kind: number}\n        age: {kind: number, unit: years}",
        )
    });
    let screened = Screened::of(&study);
    let found = screened.coefficient("m", "m01", "second");
    near(found.estimate, number(&expected, "estimate"), number(&expected, "std_error"), 1e-9, "m02 beside m01");
    agree(found.std_error, number(&expected, "std_error"), 1e-9, "m02 beside m01");
}

/// A study of R's `wide` matrix: 200 analytes of one response.
fn wide(gaps: bool) -> Vec<Row> {
    let values = of_r("wide.csv");
    let blank: std::collections::BTreeSet<(String, String)> = if gaps {
        of_r("wide_gaps.csv").into_iter().map(|row| (row["id"].clone(), row["analyte"].clone())).collect()
    } else {
        Default::default()
    };
    let people = joined().into_iter().filter_map(|mut person| {
        let row = values.iter().find(|row| row["id"] == person["id"])?;
        person.retain(|column, _| !column.starts_with('m') || column == "madrs0");
        for (analyte, value) in row.iter().filter(|(name, _)| *name != "id") {
            let missing = blank.contains(&(person["id"].clone(), analyte.clone()));
            person.insert(analyte.clone(), if missing { String::new() } else { value.clone() });
        }
        Some(person)
    });
    people.collect()
}

fn compare_moderated(screened: &Screened, set: &str, tolerance: f64, robust_tolerance: f64) {
    let rows = of_r("moderated.csv").into_iter().filter(|row| row["data"] == set);
    for row in rows {
        let (model, tolerance) =
            if row["robust"] == "TRUE" { ("robust", robust_tolerance) } else { ("plain", tolerance) };
        let what = format!("{set}, {model}, {}", row["analyte"]);
        let found = screened.association(model, &row["analyte"]);
        assert_eq!((found.response.as_str(), found.term.as_str()), ("analyte", "improvement"), "{what}");
        near(found.estimate, number(&row, "estimate"), 1e-3, 1e-9, &what);
        agree(found.statistic, number(&row, "statistic"), tolerance, &what);
        near(found.p_value, number(&row, "p_value"), 1e-3, 10.0 * tolerance, &what);
        agree(found.df_reference, number(&row, "df_total"), 10.0 * tolerance, &what);
        near(found.p_adjusted, number(&row, "bh"), 1e-3, 10.0 * tolerance, &what);
    }
}

#[test]
fn moderated_variances_are_those_of_limma() {
    let settings = "outcomes: [improvement], covariates: [age, sex, madrs0], inference: moderated";
    let robust = format!("{settings}, robust: true");
    let models = [("plain", settings), ("robust", robust.as_str())];
    compare_moderated(&Screened::of(&cohort(&models, "")), "cohort", 1e-9, 1e-6);
    for (gaps, set) in [(false, "wide"), (true, "wide_gaps")] {
        let study = cohort_of(&wide(gaps), &models, "");
        study.edit(|text| text.replace("[\"m??\"]", "[\"w???\"]"));
        compare_moderated(&Screened::of(&study), set, 1e-9, 1e-6);
    }
}
