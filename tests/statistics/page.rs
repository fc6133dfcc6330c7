//! docs/methods.md holds two tables that are made here: what the simulation found, and how closely R is met.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Row, number, reference};
use crate::common::repository;

/// One comparison with stored numbers.
struct Agreement {
    what: &'static str,
    /// Below tests/reference.
    file: &'static str,
    /// Which rows of it are compared.
    rows: fn(&Row) -> bool,
    /// The tolerances as the page prints them; each number is one of the test's own.
    within: &'static str,
    /// The test, below tests/, and the function that compares.
    test: (&'static str, &'static str),
}

fn every(_: &Row) -> bool {
    true
}

const AGREEMENTS: [Agreement; 16] = [
    Agreement {
        what: "linear models: estimate, error, t and z, p, limits, R², log-likelihood, AIC",
        file: "r/lm.csv",
        rows: every,
        within: "1e-9",
        test: ("reference.rs", "every_linear_model_gives_the_numbers_of_r"),
    },
    Agreement {
        what: "HC0 to HC3 of linear models: error, statistic, p by t and z",
        file: "r/lm_hc.csv",
        rows: every,
        within: "1e-9",
        test: ("reference.rs", "every_linear_model_gives_the_numbers_of_r"),
    },
    Agreement {
        what: "influence in a linear model: leverage, Cook, DFBETA(S), studentized residual, estimate without each",
        file: "r/influence_m01.csv",
        rows: every,
        within: "1e-9",
        test: ("reference.rs", "influence_is_that_of_r"),
    },
    Agreement {
        what: "Bonferroni, Holm, Hochberg, BH, BY",
        file: "r/p_adjust.csv",
        rows: every,
        within: "1e-9",
        test: ("reference.rs", "adjusted_p_values_are_those_of_r"),
    },
    Agreement {
        what: "glm as R stops: logit, Poisson, gamma with log link",
        file: "r/glm.csv",
        rows: every,
        within: "estimates 1e-7 of a standard error (gamma 3e-7), HC0 to HC3 1e-7",
        test: ("statistics/families.rs", "every_generalized_linear_model_gives_the_numbers_of_r"),
    },
    Agreement {
        what: "glm run on until it stands still: probit, cloglog, Gaussian log, gamma inverse, negative binomial, Tweedie",
        file: "r/glm_families.csv",
        rows: every,
        within: "estimates 1e-9 of a standard error, errors 2e-8, HC0 to HC3 and θ 1e-7, deviance and AIC 1e-9, p 1e-8",
        test: ("statistics/families.rs", "every_generalized_linear_model_gives_the_numbers_of_r"),
    },
    Agreement {
        what: "likelihood ratio, score, profile limits",
        file: "r/glm_tests.csv",
        rows: every,
        within: "statistics and p 1e-8, limits 1e-9 of a standard error",
        test: ("statistics/families.rs", "likelihood_ratio_and_score_tests_and_profile_limits_are_those_of_r"),
    },
    Agreement {
        what: "influence in other families, refits without each participant",
        file: "r/glm_influence.csv",
        rows: every,
        within: "1e-7, estimates without one 1e-8 of a standard error",
        test: (
            "statistics/families.rs",
            "influence_in_other_families_is_that_of_r_and_leaving_one_out_is_an_exact_refit",
        ),
    },
    Agreement {
        what: "Firth: estimate, error, penalized likelihood ratio, penalized profile limits",
        file: "r/firth.csv",
        rows: every,
        within: "estimate and error 1e-9, test and limits 1e-8",
        test: ("statistics/firth.rs", "compare"),
    },
    Agreement {
        what: "HC2, HC3, CR0 to CR2 with Satterthwaite's degrees of freedom (clubSandwich)",
        file: "r/robust_df.csv",
        // CR0 and CR1 of participants that are each their own cluster are HC0 and HC1, compared above.
        rows: |row| row["cluster_by"] != "row" || !["CR0", "CR1"].contains(&row["type"].as_str()),
        within: "errors 1e-9, df 1e-8, p 1e-7 (but of three clusters)",
        test: ("statistics/robust.rs", "clusters_and_small_sample_degrees_of_freedom_are_those_of_clubsandwich"),
    },
    Agreement {
        what: "splines, interactions, strata: every coefficient but those of another spline basis",
        file: "r/splines.csv",
        rows: |row| {
            let of_basis =
                row["term"].starts_with("ns(") || row["model"].starts_with("spline") && row["term"] == "(Intercept)";
            row["model"] != "several" && !of_basis
        },
        within: "1e-9, errors of the binomial one 1e-7",
        test: ("statistics/questions.rs", "curves_interactions_several_predictors_and_strata_are_those_of_r"),
    },
    Agreement {
        what: "moderated t, plain and robust, with gaps and without (limma)",
        file: "r/moderated.csv",
        rows: |row| row["data"] != "cohort_complete",
        within: "1e-9, robust 1e-6",
        test: ("statistics/questions.rs", "moderated_variances_are_those_of_limma"),
    },
    Agreement {
        what: "q-values and π₀ (qvalue)",
        file: "r/qvalue.csv",
        rows: every,
        within: "1e-12",
        test: ("statistics/many_tests.rs", "q_values_are_those_of_the_qvalue_package_and_their_pi0_is_in_the_table"),
    },
    Agreement {
        what: "percentile and BCa limits, z₀ and acceleration from R's 999 replicates (boot)",
        file: "r/bootstrap.csv",
        rows: every,
        within: "1e-9",
        test: ("statistics/many_tests.rs", "bootstrap_limits_from_rs_replicates_are_rs_limits"),
    },
    Agreement {
        what: "Breusch-Pagan, Shapiro-Wilk, variance inflation, curvature (lmtest, car)",
        file: "r/diagnostics.csv",
        rows: every,
        within: "1e-9, p of Shapiro-Wilk 1e-7, of the square 1e-8",
        test: ("statistics/beside.rs", "diagnostics_of_each_fit_are_those_of_r"),
    },
    Agreement {
        what: "Bayes factors by BIC and JZS, two one-sided tests",
        file: "r/bayes.csv",
        rows: every,
        within: "1e-8",
        test: ("statistics/beside.rs", "bayes_factors_and_equivalence_tests_are_those_of_r"),
    },
];

/// The table of agreement: rows are counted in the files, tolerances are looked up in the tests.
fn agreement() -> String {
    let mut page = "| numbers | file | rows | held within | test |\n|---|---|---|---|---|\n".to_owned();
    for Agreement { what, file, rows, within, test: (test, _) } in &AGREEMENTS {
        let count = reference(&repository().join("tests/reference").join(file)).iter().filter(|row| rows(row)).count();
        writeln!(page, "| {what} | `{file}` | {count} | {within} | `tests/{test}` |").unwrap();
    }
    page
}

const GROUPS: [(&str, &str); 3] = [
    ("linear", "One term of a linear model: rejections at 5 % where nothing is there, and coverage of 95 % limits."),
    ("binary", "One term of a logistic model with about eight events: the same."),
    ("family", "Eleven metabolites, each pair correlated 0.5, at 5 %."),
];

/// The tables of the full simulation: methods down, scenarios across.
fn simulation(rows: &[Row]) -> String {
    let mut page = String::new();
    for (group, title) in GROUPS {
        let of_group: Vec<&Row> = rows.iter().filter(|row| row["group"] == group).collect();
        let mut columns: Vec<[&str; 2]> = Vec::new();
        let mut methods: Vec<&str> = Vec::new();
        for row in &of_group {
            let column = [row["scenario"].as_str(), row["measure"].as_str()];
            if !columns.contains(&column) {
                columns.push(column);
            }
            if !methods.contains(&row["method"].as_str()) {
                methods.push(&row["method"]);
            }
        }
        let measures: BTreeSet<&str> = columns.iter().map(|[_, measure]| *measure).collect();
        let heads: Vec<String> = columns
            .iter()
            .map(
                |[scenario, measure]| {
                    if measures.len() > 1 { format!("{scenario}: {measure}") } else { (*scenario).to_owned() }
                },
            )
            .collect();
        let line = "|---".repeat(columns.len() + 1);
        writeln!(page, "\n{title}\n\n| method | {} |\n{line}|", heads.join(" | ")).unwrap();
        for method in methods {
            let cell = |[scenario, measure]: &[&str; 2]| {
                let mine =
                    |row: &&&Row| row["method"] == method && row["scenario"] == *scenario && row["measure"] == *measure;
                of_group.iter().find(mine).map_or_else(|| "–".to_owned(), |row| cell(row))
            };
            let cells: Vec<String> = columns.iter().map(cell).collect();
            writeln!(page, "| {method} | {} |", cells.join(" | ")).unwrap();
        }
    }
    page
}

/// A rate with its Monte-Carlo error, what theory says, and how many replicates had no answer.
fn cell(row: &Row) -> String {
    let (replicates, answered) = (number(row, "replicates"), number(row, "answered"));
    let theory = row["expected"].split_once(' ').map_or(String::new(), |(sign, value)| {
        let value: f64 = value.parse().expect("a rate");
        format!(" ({sign} {value:.4})")
    });
    let share = 100.0 * (1.0 - answered / replicates);
    let silent = if share < 0.05 { String::new() } else { format!(", {share:.1} % without") };
    format!("{:.4} ± {:.4}{theory}{silent}", number(row, "rate"), number(row, "std_error"))
}

/// Puts a table between its two markers.
fn insert(page: &str, marker: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {marker} -->"), format!("<!-- end of {marker} -->"));
    let (before, rest) = page.split_once(&open).unwrap_or_else(|| panic!("the page has {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("the page has {close}"));
    format!("{before}{open}\n{}\n\n{close}{after}", table.trim_end())
}

/// KETASCREEN_BLESS=1 rewrites both tables.
#[test]
fn the_page_of_methods_has_the_tables_of_the_stored_numbers() {
    let path = repository().join("docs/methods.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let full = reference(&repository().join("tests/reference/simulation_full.csv"));
    let page = insert(&insert(&written, "agreement", &agreement()), "simulation", &simulation(&full));
    if std::env::var_os("KETASCREEN_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert!(written == page, "docs/methods.md is old: KETASCREEN_BLESS=1 cargo test --release statistics::page");
}

#[test]
fn every_tolerance_on_the_page_is_the_one_its_test_holds() {
    for Agreement { file, within, test: (test, function), .. } in &AGREEMENTS {
        let source = std::fs::read_to_string(repository().join("tests").join(test)).unwrap();
        let start = source.find(&format!("fn {function}(")).unwrap_or_else(|| panic!("{test} has {function}"));
        let body = source[start..].split("\n}\n").next().unwrap();
        let name = file.rsplit('/').next().unwrap();
        assert!(source.contains(&format!("{name}\"")), "{test} reads {name}");
        let tolerances: Vec<&str> = within.split([' ', ',', '(', ')']).filter(|word| word.contains("e-")).collect();
        assert!(!tolerances.is_empty());
        for tolerance in tolerances {
            assert!(body.contains(tolerance), "{test} holds {name} to {tolerance}");
        }
    }
}

/// Files, tests and settings that the page names are there.
#[test]
fn what_the_page_of_methods_names_exists() {
    let page = std::fs::read_to_string(repository().join("docs/methods.md")).unwrap();
    let words = page.split('`').skip(1).step_by(2);
    let mut named = 0;
    for word in words.filter(|word| ["tests/", "stages/"].iter().any(|folder| word.starts_with(folder))) {
        assert!(repository().join(word).exists(), "{word}");
        named += 1;
    }
    assert!(named > 30, "{named}");
}
