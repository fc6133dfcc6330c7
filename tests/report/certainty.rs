//! How sure one can be: every kind of inference beside the others, with names of nobody where nobody is shown.

use stages::contract::{Document, Table};
use stages::report::Inputs;
use stages::screen::schema as screen;

use super::study::{self, ODD};
use super::{params, run, text};

fn page_of(settings: serde_json::Value, inputs: Inputs) -> (String, Vec<Document>) {
    let documents = run(&params(settings), inputs).expect("a report");
    (text(&documents, "report.html"), documents)
}

fn chapter(page: &str) -> &str {
    let (_, rest) = page.split_once("How sure one can be</h2>").expect("the chapter");
    rest.split_once("</section>").expect("its end").0
}

/// The study with every association changed.
fn with(change: impl Fn(screen::AssociationRow) -> screen::AssociationRow) -> Inputs {
    let inputs = study::study(12);
    let rows = inputs.associations.rows().into_iter().map(change).collect();
    Inputs { associations: Table::from_rows(rows).expect("the rows keep their schema"), ..inputs }
}

/// Only what an older or smaller run of the screen gives.
fn plain(row: screen::AssociationRow) -> screen::AssociationRow {
    screen::AssociationRow {
        p_permutation: None,
        p_permutation_std_error: None,
        p_max_t: None,
        p_max_t_std_error: None,
        orderings: None,
        boot_low: None,
        boot_high: None,
        boot_interval: None,
        boot_draws: None,
        loo_min: None,
        loo_max: None,
        loo_p_max: None,
        loo_flips: None,
        loo_flips_by: None,
        ancova_estimate: None,
        ancova_p_value: None,
        noise_ratio: None,
        p_equivalence: None,
        bayes_factor: None,
        log10_bayes_factor: None,
        bayes_prior: None,
        ..row
    }
}

#[test]
fn each_outcome_has_a_ladder_of_every_kind_of_inference_and_a_sentence_that_counts_them() {
    let (page, documents) = page_of(serde_json::json!({"highlight": ["3-hydroxybutyrate"]}), study::study(12));
    let ladder = text(&documents, "figures/ladder-3_hydroxybutyrate-improvement_infusion_4.svg");
    let rows =
        ["published: Wald", "permutation", "bootstrap (BCa)", "one left out, worst", "BH, 11 tests", "max-T, 11 tests"];
    for row in rows.into_iter().chain(["ANCOVA", "remission infusion", "Bayes factor (JZS)", "0 outside limits"]) {
        assert!(ladder.contains(row), "{row}: {ladder}");
    }
    let chapter = chapter(&page);
    assert!(
        chapter.contains("Of 10 kinds of inference, 9 put p below 0.05: “published” (Wald), ")
            && chapter.contains("; not: BH over 11 tests."),
        "{chapter}"
    );
    assert!(chapter.contains("agreement is no evidence of its own"));
    assert!(chapter.contains("per doubling, the odds are multiplied by 4.62"));
}

#[test]
fn a_study_without_permutation_bootstrap_or_evidence_has_the_ladder_of_its_models() {
    let (page, documents) = page_of(serde_json::json!({"highlight": ["3-hydroxybutyrate"]}), with(plain));
    let ladder = text(&documents, "figures/ladder-3_hydroxybutyrate-improvement_infusion_4.svg");
    assert!(ladder.contains("published t: t") && !ladder.contains("permutation") && !ladder.contains("bootstrap"));
    let chapter = chapter(&page);
    assert!(chapter.contains("Of 6 kinds of inference, 5 put"));
    assert!(!chapter.contains("Bootstrap limits") && !chapter.contains("NaN"));
}

#[test]
fn an_odd_name_in_the_ladder_is_escaped_and_a_test_without_numbers_has_no_ladder() {
    let (page, documents) = page_of(serde_json::json!({"highlight": [ODD, "tryptophan"]}), study::study(12));
    let ladder = documents.iter().find(|document| document.path.contains("ladder-1_1")).expect("a ladder");
    let svg = text(&documents, &ladder.path);
    assert!(!svg.contains("<script") && svg.contains("&lt;script"));
    assert!(!documents.iter().any(|document| document.path.contains("ladder-tryptophan")));
    assert!(!chapter(&page).contains("NaN"));
}

#[test]
fn who_flips_a_conclusion_is_named_where_people_are_shown_and_nowhere_else() {
    let highlight = serde_json::json!({"highlight": ["3-hydroxybutyrate"]});
    let (page, documents) = page_of(highlight, study::study(12));
    assert!(chapter(&page).contains("P07 (0.081), P19 (0.062)"));
    assert!(text(&documents, "tables/associations.csv").contains("P19"));
    let hidden = serde_json::json!({"highlight": ["3-hydroxybutyrate"], "privacy": {"participant_points": false}});
    let (page, documents) = page_of(hidden, study::study(12));
    assert!(chapter(&page).contains("one person") && !chapter(&page).contains("P07"));
    let csv = text(&documents, "tables/associations.csv");
    assert!(!csv.contains("P07") && !csv.contains("P19") && !csv.contains("P04"));
}

#[test]
fn few_events_are_withheld_on_the_page_and_in_the_table() {
    let hidden = serde_json::json!({"highlight": ["3-hydroxybutyrate"], "privacy": {"min_cell": 5}});
    let (page, documents) = page_of(hidden, study::study(12));
    assert!(chapter(&page).contains("30, &lt;5 events</td>"));
    let csv = text(&documents, "tables/associations.csv");
    let row = csv.lines().find(|line| line.starts_with("remission,")).expect("a row");
    assert!(row.contains(",30,<5,"), "{row}");
}

#[test]
fn a_small_n_is_not_given_away_by_what_the_table_sorts_by() {
    let few = |row: screen::AssociationRow| screen::AssociationRow { n: 17, df_residual: Some(15.0), ..row };
    let (page, documents) = page_of(serde_json::json!({"privacy": {"min_cell": 20}}), with(few));
    assert!(!page.contains("data-v=\"17"));
    let csv = text(&documents, "tables/associations.csv");
    assert!(!csv.contains(",15.0000") && csv.contains(",<20,"));
}

#[test]
fn a_limit_that_is_infinite_reads_so_and_a_separated_test_says_who_answered() {
    let (page, _) = page_of(serde_json::json!({"highlight": ["betaine"]}), study::study(12));
    assert!(page.contains("to ∞") && page.contains("separated: by Firth"));
    assert!(
        page.contains(
            "binomial (logit link), likelihood ratio, Firth’s penalized likelihood where separated (1 of 12)"
        )
    );
    assert!(page.contains("clusters: site"));
}

#[test]
fn strata_and_products_are_asked_apart() {
    let split = |mut row: screen::AssociationRow| {
        if row.model == "published_t" {
            row.stratum = "sex=female".into();
        }
        if row.model == "published_hc3" {
            row.predictor = "change: percent × sexmale".into();
        }
        row
    };
    let settings = serde_json::json!({"highlight": ["3-hydroxybutyrate"]});
    let (page, documents) = page_of(settings, with(split));
    let ladder = text(&documents, "figures/ladder-3_hydroxybutyrate-improvement_infusion_4.svg");
    assert!(ladder.contains("published: Wald") && !ladder.contains("published t: t") && !ladder.contains("hc3"));
    assert!(page.contains("percent change × sexmale") || page.contains(", also × sexmale"));
    assert!(page.contains("within each sex"));
}
