//! Many tests: q-values, permutation, the bootstrap.

use stages::statistics::bootstrap::{Replicates, Resamples, acceleration};
use stages::statistics::multiplicity::{Adjustment, adjust, pi0};

use super::{ADJUSTED, Screened, agree, cohort, near, number, of_r};
use crate::common::{Study, repository};

#[test]
fn q_values_are_those_of_the_qvalue_package_and_their_pi0_is_in_the_table() {
    for set in ["cohort", "mixture", "signal", "null", "ties"] {
        let rows: Vec<_> = of_r("qvalue.csv").into_iter().filter(|row| row["set"] == set).collect();
        let p: Vec<f64> = rows.iter().map(|row| number(row, "p_value")).collect();
        let q = adjust(&p, Adjustment::Storey);
        for (row, q) in rows.iter().zip(q) {
            agree(Some(pi0(&p)), number(row, "pi0"), 1e-12, set);
            near(Some(q), number(row, "q_value"), 1e-12, 1e-12, set);
        }
    }
    let model = format!("outcomes: [improvement], {ADJUSTED}");
    let screened = Screened::of(&cohort(&[("m", &model)], "    multiplicity: {method: storey, within: [model]}\n"));
    for row in of_r("qvalue.csv").into_iter().filter(|row| row["set"] == "cohort") {
        let found = screened.association("m", &format!("m{:02}", number(&row, "index")));
        agree(found.p_adjusted, number(&row, "q_value"), 1e-9, "q");
        agree(found.pi0, number(&row, "pi0"), 1e-12, "pi0");
    }
}

#[test]
fn bootstrap_limits_from_rs_replicates_are_rs_limits() {
    let replicates = of_r("bootstrap_replicates.csv");
    let jackknife = of_r("bootstrap_jackknife.csv");
    for row in of_r("bootstrap.csv") {
        let mine = |other: &&super::Row| other["model"] == row["model"];
        let values: Vec<Option<f64>> =
            replicates.iter().filter(mine).map(|row| Some(number(row, "estimate"))).collect();
        let without: Vec<Option<f64>> =
            jackknife.iter().filter(mine).map(|row| Some(number(row, "loo_estimate"))).collect();
        let replicates = Replicates::new(&values).unwrap();
        let a = acceleration(&without, &Resamples::new(without.len(), 1, 1).strata).unwrap();
        agree(Some(a), number(&row, "a"), 1e-9, "acceleration");
        let (estimate, level) = (number(&row, "estimate"), number(&row, "level"));
        let bca = replicates.bca(estimate, a, level).unwrap();
        agree(bca.z0, number(&row, "z0"), 1e-9, "z0");
        agree(Some(bca.low), number(&row, "bca_low"), 1e-9, "bca low");
        agree(Some(bca.high), number(&row, "bca_high"), 1e-9, "bca high");
        let percentile = replicates.percentile(level).unwrap();
        agree(Some(percentile.low), number(&row, "perc_low"), 1e-9, "percentile low");
        agree(Some(percentile.high), number(&row, "perc_high"), 1e-9, "percentile high");
    }
}

const RANDOM: &str = "    permutation: {method: freedman_lane, draws: 999, adjust: step_down_max_t}
    bootstrap: {interval: bca, draws: 400}
";

#[test]
fn permutation_and_bootstrap_are_asked_in_every_model_and_stay_near_the_theory() {
    let remission = format!("outcomes: [remission], {ADJUSTED}, family: binomial, inference: score");
    let adjusted = format!("outcomes: [improvement], {ADJUSTED}");
    let study =
        cohort(&[("adjusted", &adjusted), ("none", "outcomes: [improvement]"), ("remission", &remission)], RANDOM);
    let screened = Screened::of(&study);
    for row in &screened.associations {
        let what = format!("{}, {}", row.model, row.analyte);
        let (p, permuted) = (row.p_value.unwrap(), row.p_permutation.expect(&what));
        let error = row.p_permutation_std_error.unwrap();
        assert!((error - (permuted * (1.0 - permuted) / 1000.0).sqrt()).abs() < 1e-12, "{what}");
        // Residuals are near normal here: the permutation p is near the theory's.
        assert!((p - permuted).abs() < 0.05 + 5.0 * error, "{what}: {p} and {permuted}");
        assert!(row.p_max_t.unwrap() >= permuted && row.orderings == Some(999), "{what}");
        assert!(row.boot_low.unwrap() < row.boot_high.unwrap(), "{what}");
        assert!(
            row.boot_low.unwrap() < row.estimate.unwrap() && row.estimate.unwrap() < row.boot_high.unwrap(),
            "{what}"
        );
        assert_eq!((row.boot_draws, row.boot_interval.as_deref()), (Some(400), Some("bca")), "{what}");
    }
    assert!(screened.associations.iter().any(|row| row.permutation.as_deref() == Some("score")));
}

#[test]
fn strata_hold_people_in_place_and_few_orderings_are_all_used() {
    let study = cohort(
        &[("m", "outcomes: [improvement]")],
        "    permutation: {method: freedman_lane, draws: 500, strata: site}\n    bootstrap: {interval: percentile, draws: 50, strata: site}\n",
    );
    let within = Screened::of(&study);
    assert!(within.associations.iter().all(|row| row.p_permutation.is_some() && row.boot_low.is_some()));
    // Six people have 720 orderings: fewer than the draws, so each is used once.
    let rows: Vec<super::Row> = super::joined()
        .into_iter()
        .filter(|row| !row["m01"].is_empty() && !row["improvement"].is_empty())
        .take(6)
        .collect();
    let few = Screened::of(&super::cohort_of(&rows, &[("m", "outcomes: [improvement]")], RANDOM));
    let row = few.association("m", "m01");
    assert_eq!((row.orderings, row.p_permutation_std_error), (Some(720), Some(0.0)));
    let p = row.p_permutation.unwrap() * 720.0;
    assert!((p - p.round()).abs() < 1e-9 && p >= 1.0, "{p}");
}

/// Westfall and Wolfinger 1997, The American Statistician 51:3-8: 111 people, five answers, two groups. Each answer is a
/// "metabolite", the group the outcome; the exact values are beside the script that lists every table.
#[test]
fn the_published_step_down_example_goes_through_the_whole_program() {
    let folder = repository().join("tests/reference/published");
    let counts = super::reference(&folder.join("westfall_wolfinger.csv"));
    let names: Vec<String> = counts.iter().map(|row| row["response"].clone()).collect();
    let mut table = format!("id,active,{}\n", names.join(","));
    let mut people = 0;
    for row in &counts {
        for (group, active) in [("placebo", 0), ("active", 1)] {
            for _ in 0..number(row, group) as usize {
                people += 1;
                let answers = names.iter().map(|name| u8::from(*name == row["response"]).to_string());
                table += &format!("P{people:03},{active},{}\n", answers.collect::<Vec<_>>().join(","));
            }
        }
    }
    assert_eq!(people, 111);
    let study = Study::empty();
    study.write("table.csv", &table);
    study.write(
        "pipeline.yaml",
        &format!(
            "study: {{title: Step down, seed: 3, data: .}}
stages:
  ingest:
    participants: {{file: table.csv, id: id, columns: {{active: {{kind: number}}}}}}
    metabolites: {{file: table.csv, layout: wide, participant: id, analytes: [{}], values: transformed}}
  outcomes: {{endpoints: {{active: {{kind: column}}}}}}
  screen:
    models: {{m: {{outcomes: [active], predictor: {{level: baseline}}}}}}
    permutation: {{method: freedman_lane, draws: 39999, adjust: step_down_max_t}}
",
            names.join(", ")
        ),
    );
    let screened = Screened::of(&study);
    for row in super::reference(&folder.join("westfall_wolfinger_expected.csv")) {
        let found = screened.association("m", &row["response"]);
        for (exact, found) in [("p_value", found.p_permutation), ("p_max_t", found.p_max_t)] {
            let (p, found) = (number(&row, exact), found.expect("a permutation p"));
            let error = (p * (1.0 - p) / 39_999.0).sqrt();
            assert!((found - p).abs() <= 4.0 * error + 1e-4, "{} {exact}: {found} instead of {p}", row["response"]);
        }
    }
}
