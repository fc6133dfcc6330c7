//! What is coupled to what: a change to its start, an outcome to its baseline, a change to the assay's noise.

use std::collections::BTreeMap;

use stages::contract::finding::Findings;
use stages::normalize::schema::Changes;
use stages::outcomes::schema::Endpoints;
use stages::qc::schema::AnalyteQuality;
use stages::statistics::covariance::{Covariance, covariance};
use stages::statistics::design::{Design, Variable};
use stages::statistics::fit::fit;

use super::{Screened, agree, near};
use crate::common::Study;

/// The default study with other models of the screen, nothing random, and no printed numbers of its own models.
fn with_models(models: &str) -> Study {
    let study = Study::of_the_repository();
    study.edit(|text| {
        let (start, end) = (text.find("    models:\n").unwrap(), text.find("    confidence: 0.95").unwrap());
        let text = format!("{}    models:\n{models}{}", &text[..start], &text[end..]);
        let (start, end) = (text.find("    permutation:").unwrap(), text.find("    sensitivity:").unwrap());
        let text = format!("{}{}", &text[..start], &text[end..]);
        let (start, end) = (text.find("    published: ").unwrap(), text.find("  # A command of yours").unwrap());
        format!("{}{}", &text[..start], &text[end..])
    });
    study
}

/// A participant's numbers by name.
type People = BTreeMap<String, BTreeMap<&'static str, f64>>;

/// Outcome, baseline total, change and level before it, of one metabolite, read from the tables of the run.
fn people(study: &Study, outcome: &str, analyte: &str) -> People {
    let mut people = People::new();
    for row in study.table::<Endpoints>("outcomes").rows().into_iter().filter(|row| row.endpoint == outcome) {
        if let (Some(value), Some(baseline)) = (row.value, row.baseline) {
            people.insert(row.participant_id, BTreeMap::from([("outcome", value), ("score", baseline)]));
        }
    }
    for row in study.table::<Changes>("normalize").rows() {
        if row.analyte == analyte
            && row.measure == "percent"
            && let (Some(person), Some(value), Some(from)) =
                (people.get_mut(&row.participant_id), row.value, row.from_value)
        {
            person.insert("change", value);
            person.insert("before", from);
        }
    }
    people.retain(|_, person| person.len() == 4);
    people
}

/// The coefficient of the last of `names` and its standard error, by least squares.
fn least_squares(
    people: &People,
    y: impl Fn(&BTreeMap<&'static str, f64>) -> f64,
    names: &[&'static str],
) -> (f64, f64) {
    let column = |name: &&'static str| {
        ((*name).to_owned(), Variable::Numeric(people.values().map(|person| person[*name]).collect()))
    };
    let design = Design::new(people.len(), &names.iter().map(column).collect::<Vec<_>>()).unwrap();
    let y: Vec<f64> = people.values().map(y).collect();
    let fit = fit(&design, &y).unwrap();
    let error = covariance(&fit, Covariance::Model).unwrap()[(names.len(), names.len())].sqrt();
    (fit.coefficients[names.len()], error)
}

const OUTCOME: &str = "improvement_infusion_4";

#[test]
fn a_change_can_be_adjusted_for_its_start_and_two_predictors_stand_beside_each_other() {
    let study = with_models(&format!(
        "      plain: {{outcomes: [{OUTCOME}], predictor: {{change: percent}}}}
      adjusted: {{outcomes: [{OUTCOME}], predictor: {{change: percent}}, covariates: [baseline_level]}}
      both:
        outcomes: [{OUTCOME}]
        predictor: [{{change: percent}}, {{level: baseline}}]
      follow_up: {{outcomes: [{OUTCOME}], predictor: {{level: post_infusion_1}}}}
      category: {{outcomes: [{OUTCOME}], predictor: {{change: percent}}, covariates: [{{category: age}}]}}
"
    ));
    let screened = Screened::of(&study);
    let analyte = "3-hydroxybutyrate";
    let people = people(&study, OUTCOME, analyte);
    let (estimate, error) = least_squares(&people, |person| person["outcome"], &["before", "change"]);
    let adjusted = screened.association("adjusted", analyte);
    agree(adjusted.estimate, estimate, 1e-9, "the change beside its start");
    agree(adjusted.std_error, error, 1e-9, "the change beside its start");
    let of = |predictor: &str| {
        let mine = |row: &&stages::screen::schema::AssociationRow| {
            row.model == "both" && row.analyte == analyte && row.predictor == predictor
        };
        screened.associations.iter().find(mine).unwrap_or_else(|| panic!("{predictor} has a row"))
    };
    agree(of("change: percent").estimate, estimate, 1e-9, "two predictors");
    agree(of("change: percent").std_error, error, 1e-9, "two predictors");
    let (level, _) = least_squares(&people, |person| person["outcome"], &["change", "before"]);
    agree(of("level: baseline").estimate, level, 1e-9, "two predictors");
    assert_eq!(of("level: baseline").term, format!("{analyte} (level: baseline)"));
    assert_eq!(screened.association("follow_up", analyte).status, "ok");
    // Thirty people of nearly as many ages: each age a level leaves nothing to judge by, and the row says so.
    let category = screened.association("category", analyte);
    assert!(category.p_value.is_some() || !category.detail.is_empty(), "{category:?}");
    assert_eq!(category.covariates, r#"["category(age)"]"#);
}

#[test]
fn the_analysis_of_covariance_stands_beside_each_change_score() {
    let study = with_models(&format!(
        "      plain: {{outcomes: [{OUTCOME}, remission_infusion_4], predictor: {{change: percent}}}}\n"
    ));
    let screened = Screened::of(&study);
    for analyte in ["3-hydroxybutyrate", "GABA"] {
        let people = people(&study, OUTCOME, analyte);
        let follow_up = |person: &BTreeMap<&str, f64>| person["score"] * (1.0 - person["outcome"] / 100.0);
        let (estimate, error) = least_squares(&people, follow_up, &["score", "change"]);
        let mine = |row: &&stages::screen::schema::AssociationRow| row.outcome == OUTCOME && row.analyte == analyte;
        let row = screened.associations.iter().find(mine).unwrap();
        agree(row.ancova_estimate, estimate, 1e-9, analyte);
        agree(row.ancova_std_error, error, 1e-9, analyte);
    }
    let others = screened.associations.iter().filter(|row| row.outcome != OUTCOME);
    assert!(others.clone().count() == 11 && others.into_iter().all(|row| row.ancova_estimate.is_none()));
}

#[test]
fn a_change_score_that_goes_along_with_its_baseline_is_a_finding() {
    let coupled = |study: &Study| {
        study.run(&["run", "screen"]).fine();
        let findings = study.table::<Findings>("screen").rows();
        findings.into_iter().find(|row| row.code == "regression_to_the_mean")
    };
    let model = "      plain: {outcomes: [points], predictor: {change: percent}}\n";
    let with_points = |model: &str| {
        let study = with_models(model);
        study.edit(|text| {
            text.replace(
                "    endpoints:  ",
                "    endpoints:\n      points: {kind: difference, from: baseline, to: infusion_4}\n      # ",
            )
        });
        study
    };
    let study = with_points(model);
    // Totals fall the more the higher they began: the worse half of the ratings at infusion 4 become the same.
    let text = std::fs::read_to_string(study.path("data/madrs.csv")).unwrap();
    let lines: Vec<String> = text.lines().map(flatten).collect();
    study.write("data/madrs.csv", &(lines.join("\n") + "\n"));
    let finding = coupled(&study).expect("a finding");
    assert_eq!(finding.subject, "points");
    assert!(finding.message.contains("r = -") && finding.hint.contains("baseline_score"), "{finding:?}");
    let held = model.replace("percent}", "percent}, covariates: [baseline_score]");
    study.edit(|text| text.replace(model.trim_end(), held.trim_end()));
    assert_eq!(coupled(&study), None, "a model that holds the baseline has nothing to warn of");
}

/// Every rating at infusion 4 becomes one point an item.
fn flatten(line: &str) -> String {
    let mut cells: Vec<&str> = line.split(',').collect();
    if cells.get(1) == Some(&"infusion_4") {
        let items = cells.len() - 3;
        let total = items.to_string();
        cells.truncate(2);
        let mut cells: Vec<String> = cells.into_iter().map(str::to_owned).collect();
        cells.extend(std::iter::repeat_n("1".to_owned(), items));
        cells.push(total);
        return cells.join(",");
    }
    line.to_owned()
}

#[test]
fn a_change_is_held_against_the_noise_of_its_assay() {
    let study = with_models(&format!("      plain: {{outcomes: [{OUTCOME}], predictor: {{change: percent}}}}\n"));
    let screened = Screened::of(&study);
    for quality in study.table::<AnalyteQuality>("qc").rows() {
        let people = people(&study, OUTCOME, &quality.analyte);
        let changes: Vec<f64> = people.values().map(|person| person["change"]).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let sd = (changes.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (changes.len() as f64 - 1.0)).sqrt();
        let expected = 100.0 * 2.0_f64.sqrt() * quality.qc_rsd.unwrap() / sd;
        let row = screened.association("plain", &quality.analyte);
        near(row.noise_ratio, expected, 1e-3, 1e-9, &quality.analyte);
        let findings = study.table::<Findings>("screen").rows();
        let told = findings.iter().any(|f| f.code == "change_near_noise" && f.subject == quality.analyte);
        assert_eq!(told, expected >= 0.5, "{}", quality.analyte);
    }
}
