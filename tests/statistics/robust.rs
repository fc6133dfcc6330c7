//! Covariance robust to dependence, and degrees of freedom for small samples, as clubSandwich has them.

use super::{ADJUSTED, Screened, agree, cohort, maybe, number, of_r};

#[test]
fn clusters_and_small_sample_degrees_of_freedom_are_those_of_clubsandwich() {
    let mut models: Vec<(String, String)> = Vec::new();
    let families = [
        ("gaussian_adjusted", "outcomes: [improvement]", "age, sex, madrs0"),
        ("gaussian_site", "outcomes: [improvement]", "age, sex, madrs0, site"),
        ("binomial_adjusted", "outcomes: [remission], family: binomial", "age, sex, madrs0"),
    ];
    for (model, outcome, covariates) in families {
        for (by, kind, covariance) in [
            ("row", "CR2", "hc2".to_owned()),
            ("row", "CR3", "hc3".to_owned()),
            ("site", "CR0", "{cluster_cr0: site}".to_owned()),
            ("site", "CR1", "{cluster_cr1: site}".to_owned()),
            ("site", "CR2", "{cluster: site}".to_owned()),
            ("cluster", "CR0", "{cluster_cr0: cluster}".to_owned()),
            ("cluster", "CR1", "{cluster_cr1: cluster}".to_owned()),
            ("cluster", "CR2", "{cluster: cluster}".to_owned()),
        ] {
            let settings = format!(
                "{outcome}, covariates: [{covariates}], covariance: {covariance}, inference: t, df: satterthwaite"
            );
            models.push((format!("{model}_{by}_{kind}"), settings));
        }
    }
    let models: Vec<(&str, &str)> = models.iter().map(|(name, settings)| (name.as_str(), settings.as_str())).collect();
    let screened = Screened::of(&cohort(&models, ""));
    let mut compared = 0;
    for row in of_r("robust_df.csv") {
        let model = format!("{}_{}_{}", row["model"], row["cluster_by"], row["type"]);
        if !models.iter().any(|(name, _)| *name == model) {
            continue;
        }
        compared += 1;
        let (metabolite, term) = (&row["metabolite"], &row["term"]);
        let what = format!("{model}, {metabolite}, {term}");
        let found = screened.coefficient(&model, metabolite, term);
        agree(found.std_error, number(&row, "std_error"), 1e-9, &what);
        if let Some(p) = maybe(&row, "p_value").filter(|_| row["cluster_by"] != "site") {
            agree(found.p_value, p, 1e-7, &what);
        }
        if term == metabolite {
            agree(screened.association(&model, metabolite).df_reference, number(&row, "df"), 1e-8, &what);
        }
    }
    assert!(compared > 1200, "{compared}");
}

#[test]
fn one_cluster_alone_has_no_robust_error_and_says_so() {
    let rows: Vec<super::Row> = super::joined()
        .into_iter()
        .map(|mut row| {
            row.insert("site".into(), "a".into());
            row
        })
        .collect();
    let model = format!("outcomes: [improvement], {ADJUSTED}, covariance: {{cluster: site}}");
    let screened = Screened::of(&super::cohort_of(&rows, &[("m", &model)], ""));
    let found = screened.association("m", "m01");
    assert_eq!(found.status, "covariance_undefined");
    assert!(found.estimate.is_some() && found.p_value.is_none() && found.detail.contains("one cluster"), "{found:?}");
}
