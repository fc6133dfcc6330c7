//! Data that a test cannot be made of: each gives a status and a detail, and the others still run.

use super::{ADJUSTED, Row, Screened, cohort_of, joined};

const EVERYTHING: &str = "    permutation: {method: freedman_lane, draws: 99, adjust: step_down_max_t}
    bootstrap: {interval: bca, draws: 40}
    sensitivity: [leave_one_out, influence, diagnostics, ancova, assay_noise]
    bayes_factor: jzs
";

/// Runs a model on the cohort with some cells changed.
fn changed(model: &str, change: impl Fn(usize, &mut Row)) -> Screened {
    let mut rows = joined();
    rows.iter_mut().enumerate().for_each(|(i, row)| change(i, row));
    let screened = Screened::of(&cohort_of(&rows, &[("m", model)], EVERYTHING));
    assert_eq!(screened.associations.len(), 11, "every test that was asked for has a row");
    for row in &screened.associations {
        let untested = row.p_value.is_none();
        assert_eq!(untested, !["ok", "firth"].contains(&row.status.as_str()), "{row:?}");
        assert_eq!(untested, !row.detail.is_empty(), "{row:?}");
        assert!(row.p_value != Some(1.0) || row.estimate == Some(0.0), "nothing becomes p = 1: {row:?}");
    }
    screened
}

fn set(row: &mut Row, column: &str, value: impl ToString) {
    row.insert(column.to_owned(), value.to_string());
}

fn gaussian() -> String {
    format!("outcomes: [improvement], {ADJUSTED}")
}

#[track_caller]
fn others_run(screened: &Screened, but: &str) {
    let others = screened.associations.iter().filter(|row| row.analyte != but);
    assert!(others.clone().all(|row| row.status == "ok"), "the others still run");
}

#[test]
fn a_metabolite_or_an_outcome_without_variation_is_named() {
    let screened = changed(&gaussian(), |_, row| set(row, "m04", 2.5));
    assert_eq!(screened.association("m", "m04").status, "no_variation");
    others_run(&screened, "m04");
    let screened = changed(&gaussian(), |_, row| set(row, "improvement", 7));
    assert!(screened.associations.iter().all(|row| row.status == "no_variation" && row.detail.contains("outcome")));
}

#[test]
fn fewer_people_than_terms_and_people_without_any_metabolite_are_counted() {
    let screened = changed(&gaussian(), |i, row| {
        if i > 4 {
            set(row, "m05", "");
        }
        if i == 9 {
            (1..=11).for_each(|k| set(row, &format!("m{k:02}"), ""));
        }
    });
    let row = screened.association("m", "m05");
    assert_eq!(row.status, "too_few_observations");
    assert!(row.detail.contains("5 observations for 5 terms"), "{}", row.detail);
    assert!(screened.association("m", "m01").dropped_participants.contains("P010"));
    others_run(&screened, "m05");
}

#[test]
fn collinear_covariates_are_named_with_their_combination() {
    let screened = changed(&gaussian(), |_, row| {
        let age: Option<f64> = row["age"].parse().ok();
        set(row, "m06", age.map_or(String::new(), |age| (2.0 * age + 1.0).to_string()));
    });
    let row = screened.association("m", "m06");
    assert_eq!(row.status, "rank_deficient");
    assert!(row.detail.contains("m06 is a combination of (Intercept), age"), "{}", row.detail);
    others_run(&screened, "m06");
}

#[test]
fn a_category_with_one_participant_leaves_the_robust_error_undefined_and_the_plain_one_whole() {
    let one = |i: usize, row: &mut Row| set(row, "site", if i == 3 { "c" } else { "a" });
    let site = "outcomes: [improvement], covariates: [age, site]";
    assert!(changed(site, one).associations.iter().any(|row| row.status == "ok"));
    let screened = changed(&format!("{site}, covariance: hc3"), one);
    let row = screened.association("m", "m01");
    assert_eq!(row.status, "covariance_undefined");
    assert!(row.estimate.is_some() && row.detail.contains("P004"), "{}", row.detail);
}

#[test]
fn an_outcome_outside_its_familys_support_is_named_with_its_row_and_value() {
    for (column, value, family) in
        [("events", "-1", "poisson"), ("cost", "0", "gamma"), ("events", "1.5", "negative_binomial")]
    {
        let model = format!("outcomes: [{column}], {ADJUSTED}, family: {family}");
        let screened = changed(&model, |i, row| {
            if i == 2 {
                set(row, column, value);
            }
        });
        for row in &screened.associations {
            let inside = row.dropped_participants.contains("P003");
            assert_eq!(row.status == "outside_support", !inside, "{row:?}");
            assert!(inside || row.detail.contains(&format!("P003 has {value}")), "{}", row.detail);
        }
    }
}

#[test]
fn numbers_of_any_size_give_the_same_test() {
    let plain = changed(&gaussian(), |_, _| {});
    for (size, name) in [(1e300, "1e300"), (1e-300, "1e-300")] {
        let scaled = |column: &'static str| {
            move |_: usize, row: &mut Row| {
                if let Ok(value) = row[column].parse::<f64>() {
                    set(row, column, format!("{:e}", value * size));
                }
            }
        };
        for (column, power) in [("m01", -1.0), ("improvement", 1.0)] {
            let screened = changed(&gaussian(), scaled(column));
            let (a, b) = (plain.association("m", "m01"), screened.association("m", "m01"));
            let what = format!("{column} times {name}");
            super::agree(b.p_value, a.p_value.unwrap(), 1e-9, &what);
            let factor = if power > 0.0 { size } else { 1.0 / size };
            super::agree(b.estimate, a.estimate.unwrap() * factor, 1e-9, &what);
            super::agree(b.conf_low, a.conf_low.unwrap() * factor, 1e-9, &what);
            super::agree(b.loo_min, a.loo_min.unwrap() * factor, 1e-9, &what);
            super::agree(b.boot_low, a.boot_low.unwrap() * factor, 1e-9, &what);
            assert_eq!(b.p_permutation, a.p_permutation, "{what}");
        }
    }
}

#[test]
fn a_constant_with_a_little_noise_is_tested_for_what_it_is() {
    let screened =
        changed(&gaussian(), |i, row| set(row, "m07", format!("{:.17}", 1.0 + 1e-9 * ((i * 37 % 60) as f64 / 60.0))));
    let row = screened.association("m", "m07");
    assert!(["ok", "no_variation", "rank_deficient"].contains(&row.status.as_str()), "{row:?}");
    others_run(&screened, "m07");
}

#[test]
fn a_stratum_or_a_cluster_that_is_missing_leaves_its_people_out_by_name() {
    let missing = |i: usize, row: &mut Row| {
        if i == 1 {
            set(row, "site", "");
            set(row, "cluster", "");
        }
    };
    let screened = changed(&format!("{}, covariance: {{cluster: cluster}}", gaussian()), missing);
    assert!(screened.association("m", "m01").dropped_participants.contains("P002"));
    let mut rows = joined();
    missing(1, &mut rows[1]);
    let model = format!("{}, strata: site", gaussian());
    let screened = Screened::of(&cohort_of(&rows, &[("m", &model)], ""));
    assert_eq!(screened.associations.len(), 3 * 11);
    assert!(screened.associations.iter().all(|row| row.stratum.starts_with("site=")));
}

#[test]
fn p_values_keep_their_relative_accuracy_far_out() {
    let screened = changed("outcomes: [improvement], inference: wald", |i, row| {
        let x = i as f64;
        set(row, "m08", x);
        set(row, "improvement", format!("{:.15}", 3.0 * x + ((i * 7919 % 13) as f64 - 6.0) * 2.9));
    });
    let row = screened.association("m", "m08");
    let (z, p) = (row.statistic.unwrap(), row.p_value.unwrap());
    // ln P(|Z| > z) = −z²/2 − ln z − ln √(π/2) + ln(1 − 1/z² + 3/z⁴ − …), the asymptotic series.
    let series = 1.0 - 1.0 / (z * z) + 3.0 / z.powi(4) - 15.0 / z.powi(6);
    let expected = -z * z / 2.0 - z.ln() - 0.5 * (std::f64::consts::PI / 2.0).ln() + series.ln();
    assert!((1e-307..1e-250).contains(&p), "{z} {p:e}");
    assert!((p.ln() / expected - 1.0).abs() < 1e-9, "{z} {p:e}");
}

#[test]
fn covariates_that_separate_the_outcome_leave_nothing_to_permute() {
    let model = "outcomes: [remission], covariates: [sex], family: binomial, on_separation: firth";
    let screened = changed(model, |_, row| {
        let male = u8::from(row["sex"] == "male");
        set(row, "remission", male);
    });
    for row in &screened.associations {
        assert_eq!((row.status.as_str(), row.p_permutation), ("firth", None), "{row:?}");
        assert!(row.p_value.is_some());
    }
}
