//! The sweep on universes made by hand: what is gathered, ranked, counted once and told.

use std::collections::BTreeMap;

use serde_json::json;

use super::universes::universes;
use super::*;
use crate::contract::{Effect, Refit, Silent, Specification};
use crate::screen::schema::AssociationRow;

/// A screen whose effects follow from the ordering in a way that one can see: what participant 0 is given.
struct Toy {
    people: Vec<String>,
    specifications: Vec<Specification>,
    by: f64,
}

impl Refit for Toy {
    fn participants(&self) -> &[String] {
        &self.people
    }
    fn specifications(&self) -> &[Specification] {
        &self.specifications
    }
    fn effects(&self, donors: &[u32]) -> Vec<Option<Effect>> {
        let z = self.by * (f64::from(donors[0]) - 1.5);
        vec![Some(Effect { estimate: Some(z / 10.0), z }), None]
    }
}

fn specification(analyte: &str) -> Specification {
    let (model, outcome) = ("m".to_owned(), "y".to_owned());
    Specification {
        model,
        outcome,
        predictor: "change: percent".into(),
        stratum: String::new(),
        analyte: analyte.into(),
    }
}

fn screened(by: f64, people: &[&str]) -> Fate {
    let row = |analyte: &str, estimate: Option<f64>, status: &str| AssociationRow {
        model: "m".into(),
        outcome: "y".into(),
        predictor: "change: percent".into(),
        analyte: analyte.into(),
        estimate,
        estimate_standardized: estimate.map(|estimate| estimate / 2.0),
        conf_low: estimate.map(|estimate| estimate - 1.0),
        conf_high: None,
        p_value: estimate.map(|_| 0.01),
        status: status.into(),
        ..AssociationRow::default()
    };
    let rows = vec![row("a", Some(-0.3 * by), "ok"), row("=b", None, "no_variation")];
    let refit = Toy {
        people: people.iter().map(|name| (*name).to_owned()).collect(),
        specifications: vec![specification("a"), specification("=b")],
        by,
    };
    let left_out = BTreeMap::from([("clusters".to_owned(), "they stay together")]);
    Fate::Screened(Screened { associations: Table::from_rows(rows).unwrap(), refit: Box::new(refit), left_out })
}

fn params() -> Params {
    let settings =
        json!([{"set": "stages.qc.x", "to": [1, 2, 3]}, {"set": "stages.screen.y", "name": "y", "to": ["u", "=v"]}]);
    serde_json::from_value(json!({"settings": settings, "curve": {"draws": 24}})).unwrap()
}

fn all() -> Vec<Universe> {
    let people = ["p0", "p1", "p2", "p3"];
    let fates = [
        screened(1.0, &people),
        Fate::Same(1),
        Fate::Refused("3 is no x".into()),
        screened(2.0, &people[..3]),
        Fate::Failed("a stage stopped".into()),
        Fate::Same(5),
    ];
    let choices = universes(&params()).into_iter().zip(fates);
    choices.map(|(choice, fate)| Universe { is_configured: choice.number == 1, choice, fate }).collect()
}

#[test]
fn every_universe_is_a_row_and_only_those_with_a_screen_are_in_the_curves() {
    let mut context = StageContext::new(3, &Silent);
    let made = run(&params(), &all(), &mut context).unwrap();
    let rows = made.universes.rows();
    let told: Vec<String> =
        rows.iter().map(|r| format!("{} {} {:?} {:?}", r.universe, r.status, r.same_as, r.tested)).collect();
    assert_eq!(
        told,
        [
            "1 ok None Some(1)",
            "2 same Some(1) Some(1)",
            "3 refused None None",
            "4 ok None Some(1)",
            "5 failed None None",
            "6 same Some(5) None",
        ]
    );
    assert_eq!(made.universes.extra_names(), ["qc.x", "y"]);
    assert_eq!(made.universes.extra::<Option<String>>("y").unwrap()[1], Some("=v".into()));

    assert_eq!(made.associations.column::<i64>("universe"), [1, 1, 2, 2, 4, 4]);
    assert_eq!(made.associations.extra::<Option<String>>("qc.x").unwrap()[4], Some("2".into()));
    assert_eq!(made.associations.extra::<Option<f64>>("estimate").unwrap()[1], Some(-0.3));

    let curve = made.specifications.rows();
    let told: Vec<String> = curve
        .iter()
        .map(|r| format!("{} {} {} {:?} {:?} {}", r.analyte, r.rank, r.universe, r.effect, r.conf_low, r.status))
        .collect();
    assert_eq!(
        told,
        [
            "=b 1 1 None None no_variation",
            "=b 2 4 None None no_variation",
            "a 1 4 Some(-0.3) Some(-0.8) ok",
            "a 2 1 Some(-0.15) Some(-0.65) ok",
        ]
    );
    let told: Vec<(String, String)> =
        context.into_findings().into_iter().map(|f| (f.code.to_owned(), f.message)).collect();
    let codes: Vec<&str> = told.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["universe_refused", "universe_failed", "universes_twice", "not_in_the_curves"]);
    assert!(told[2].1.contains("of 6 universes 2 ") && told[2].1.ends_with("2 as 1, 6 as 5"), "{}", told[2].1);
}

#[test]
fn universes_with_other_participants_share_the_orderings() {
    let made = run(&params(), &all(), &mut StageContext::new(3, &Silent)).unwrap();
    let curves = made.curves.rows();
    let names: Vec<&str> = curves.iter().map(|curve| curve.analyte.as_str()).collect();
    assert_eq!(names, ["", "=b", "a"]);
    let a = &curves[2];
    assert_eq!((a.specifications, a.answered, a.draws, a.enumerated), (2, 2, 24, true));
    // By hand, over all 24 orderings of four: the first universe gives donor − 1.5, the second, without p3, twice that of
    // the donor after p3 is left out of the cycle. Observed: (−1.5 − 3)/2.
    assert_eq!(a.average_z, -2.25);
    let mut reached = 0;
    for order in (0..256_u32).map(|n| [n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6 & 3]) {
        if (0..4).any(|i| !order.contains(&i)) {
            continue;
        }
        let second = if order[0] == 3 { order[3] } else { order[0] };
        let average = ((f64::from(order[0]) - 1.5) + 2.0 * (f64::from(second) - 1.5)) / 2.0;
        reached += i64::from(average.abs() >= 2.25);
    }
    assert_eq!(a.p_average_z, Some(reached as f64 / 24.0));
    assert_eq!((curves[1].answered, curves[1].p_average_z, curves[1].dominant_sign.as_str()), (0, None, ""));
    assert_eq!((curves[0].answered, curves[0].specifications, curves[0].p_family), (2, 4, None));
}

#[test]
fn a_sweep_in_which_nothing_could_be_screened_has_its_rows() {
    let params: Params = serde_json::from_value(json!({"universes": [{"stages.qc.x": 1}]})).unwrap();
    let choice = universes(&params).remove(0);
    let universe = Universe { choice, is_configured: false, fate: Fate::Refused("no".into()) };
    let made = run(&params, &[universe], &mut StageContext::new(3, &Silent)).unwrap();
    assert_eq!((made.universes.height(), made.associations.height(), made.curves.height()), (1, 0, 0));
    assert_eq!(made.associations.extra_names(), ["qc.x"]);
}
