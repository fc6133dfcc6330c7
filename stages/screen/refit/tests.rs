//! What is fitted again is what the whole screen gives of a study in which the metabolites have changed hands.

use super::*;
use crate::contract::Refit as _;
use crate::contract::{Silent, Stage, StageContext, Table};
use crate::screen::Screen;
use crate::screen::schema::AssociationRow;
use crate::screen::tests::{N, name, study};
use crate::statistics::random::Stream;
use crate::statistics::tails::normal_two_sided;

const GAP: f64 = f64::NAN;
const ODD: &str = "=1+1, \"β/3-HB\"";

fn inputs() -> Inputs {
    let analytes = [
        ("plain", [1.0, 4.0, 2.5, 6.0, 5.0, 0.5, 3.0, 7.5]),
        (ODD, [0.3, GAP, -2.0, 1.7, 0.2, 5.5, GAP, 2.2]),
        ("constant", [2.0; N]),
        ("nearly alone", [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]),
        ("nothing", [GAP; N]),
        ("huge", [1e200, 3e200, 2e200, 7e200, 5e200, 4e200, 9e200, 6e200]),
    ];
    study(&analytes, [10.0, 35.0, 20.0, 55.0, 41.0, 12.0, 33.0, 60.0])
}

fn params() -> Params {
    let model = |more: serde_json::Value| {
        let mut model = serde_json::json!({"outcomes": ["improvement"], "predictor": {"change": "percent"}});
        model.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        model
    };
    serde_json::from_value(serde_json::json!({"models": {
        "plain": model(serde_json::json!({})),
        "adjusted": model(serde_json::json!({"covariates": ["age"], "covariance": "hc3", "inference": "wald"})),
        "site": model(serde_json::json!({"covariates": ["site", "age"], "covariance": "hc2"})),
        "curve": model(serde_json::json!({"covariates": [{"spline": "age", "df": 2}]})),
        "interaction": model(serde_json::json!({"covariates": ["age"], "interactions": ["age"]})),
        "strata": model(serde_json::json!({"strata": "site"})),
        "satterthwaite": model(serde_json::json!({"covariance": "hc2", "df": "satterthwaite"})),
        "log": model(serde_json::json!({"link": "log"})),
        "counts": model(serde_json::json!({"family": "poisson", "inference": "likelihood_ratio"})),
        "clusters": model(serde_json::json!({"covariance": {"cluster": "site"}})),
        "moderated": model(serde_json::json!({"inference": "moderated"})),
    }}))
    .unwrap()
}

/// The rows that the whole screen gives where each participant has the changes of another.
fn screened(donors: &[u32]) -> Vec<AssociationRow> {
    let given = inputs();
    let mut changes = Vec::new();
    for row in given.changes.rows() {
        let of = (0..N).filter(|i| name(donors[*i] as usize) == row.participant_id);
        changes.extend(of.map(|i| crate::normalize::schema::ChangeRow { participant_id: name(i), ..row.clone() }));
    }
    let given = Inputs { changes: Table::from_rows(changes).unwrap(), ..given };
    Screen::run(&params(), given, &mut StageContext::new(7, &Silent)).unwrap().associations.rows()
}

fn compare(refit: &Refit, donors: &[u32], standardized: bool) {
    let rows = screened(donors);
    let effects = refit.effects(donors);
    assert_eq!(effects.len(), refit.specifications().len());
    let mut answered = 0;
    for (specification, effect) in refit.specifications().iter().zip(effects) {
        let same = |row: &&AssociationRow| {
            (&row.model, &row.analyte, &row.predictor)
                == (&specification.model, &specification.analyte, &specification.predictor)
                && row.stratum == specification.stratum
        };
        let row = rows.iter().find(same).expect("every specification is a row");
        let Some(effect) = effect else {
            assert_eq!(row.p_value, None, "{specification:?} {}", row.status);
            continue;
        };
        answered += 1;
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-300;
        let p = row.p_value.unwrap_or_else(|| panic!("{specification:?}: {}", row.detail));
        assert!(close(normal_two_sided(effect.z), p) || p < 1e-290, "{specification:?}: {} {p}", effect.z);
        let told = if standardized { row.estimate_standardized } else { row.estimate };
        assert_eq!(effect.estimate.is_some(), told.is_some(), "{specification:?}");
        if let (Some(effect), Some(told)) = (effect.estimate, told) {
            assert!(close(effect, told), "{specification:?}: {effect} {told}");
        }
        assert!(effect.z == 0.0 || (effect.z > 0.0) == (row.estimate.unwrap() > 0.0), "{specification:?}");
    }
    assert!(answered > 25, "{answered}");
}

#[test]
fn under_any_ordering_each_test_is_that_of_the_whole_screen() {
    for standardized in [true, false] {
        let refit = Refit::new(params(), &inputs(), &Wanted { standardized, ..Wanted::default() });
        assert_eq!(refit.left_out.keys().collect::<Vec<_>>(), ["clusters", "moderated"]);
        assert!(refit.specifications().iter().all(|one| !refit.left_out.contains_key(&one.model)));
        assert!(refit.fits.iter().filter(|fit| fit.quick.is_some()).count() > 15);
        let mut donors: Vec<u32> = (0..N as u32).collect();
        compare(&refit, &donors, standardized);
        for draw in 0..12 {
            Stream::new(5, "donors", draw).shuffle(&mut donors);
            compare(&refit, &donors, standardized);
        }
    }
}

#[test]
fn only_what_is_wanted_is_fitted() {
    let wanted =
        Wanted { models: vec!["plain".into(), "log".into()], outcomes: vec!["improvement".into()], standardized: true };
    let refit = Refit::new(params(), &inputs(), &wanted);
    assert!(refit.specifications().iter().all(|one| ["plain", "log"].contains(&one.model.as_str())));
    assert_eq!(refit.specifications().len(), 12);
    let none = Refit::new(params(), &inputs(), &Wanted { outcomes: vec!["other".into()], ..wanted });
    assert!(none.specifications().is_empty() && none.effects(&[0, 1, 2, 3, 4, 5, 6, 7]).is_empty());
}
