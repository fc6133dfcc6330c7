//! The committed cohort: that it is the one the program makes, and that it gives the published numbers.
//!
//! The numbers are computed here with textbook formulas from the files, by nothing of the library: slopes by the
//! correlation, the standard error from the residuals themselves, P by integrating the normal density.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(file)
}

#[test]
fn the_committed_cohort_is_what_simulate_makes() {
    let files = stages::cohort::simulate(20250715).unwrap();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["participants.csv", "madrs.csv", "samples.csv", "metabolites.csv", "panel.csv"]);
    for (name, bytes) in files {
        assert!(std::fs::read(data(&name)).unwrap() == bytes, "data/{name} is not what simulate makes of its seed");
    }
}

#[test]
fn the_committed_cohort_gives_every_published_number_to_its_printed_digits() {
    let totals = totals();
    let (before, after) = (&totals["baseline"], &totals["infusion_4"]);
    assert_eq!((rows("participants.csv").len(), before.len(), after.len()), (30, 30, 30));
    assert_eq!(mean_and_sd(before), "30.6 ± 6.1");
    assert_eq!(mean_and_sd(after), "20.3 ± 11.5");
    assert_eq!(remission(after), "8 (26.7 %)");
    assert_eq!(remission(&totals["month_12"]), "4 (13.3 %)");
    let change = &changes()["3-hydroxybutyrate"];
    assert_eq!(regression(change, &totals, "infusion_4").printed(), "1.35, 0.41 to 2.30, P 0.005");
    assert_eq!(regression(change, &totals, "month_12").printed(), "1.38, 0.37 to 2.39, P 0.007");
}

#[test]
fn no_other_metabolite_is_below_five_percent_in_the_published_model() {
    let (totals, changes) = (totals(), changes());
    assert_eq!(changes.len(), 11);
    for (analyte, change) in changes.iter().filter(|(analyte, _)| *analyte != "3-hydroxybutyrate") {
        for visit in ["infusion_4", "month_12"] {
            let p = regression(change, &totals, visit).p;
            assert!(p > 0.05, "{analyte} at {visit}: P {p}");
        }
    }
}

#[test]
fn the_committed_cohort_exercises_what_a_real_study_brings() {
    let totals = totals();
    let seen = totals["month_12"].len();
    assert!((22..=27).contains(&seen), "{seen} seen at month 12");
    let remitted = |visit: &str| -> Vec<&String> {
        totals[visit].iter().filter(|(_, total)| **total <= 10.0).map(|(person, _)| person).collect()
    };
    assert!(remitted("month_12").iter().all(|person| remitted("infusion_4").contains(person)));
    for row in rows("madrs.csv") {
        let items: Vec<f64> = (1..=10).map(|item| number(&row, &format!("item_{item}"))).collect();
        assert!(
            items.iter().all(|item| (0.0..=6.0).contains(item)) && items.iter().sum::<f64>() == number(&row, "total")
        );
    }
    let lod: BTreeMap<_, _> =
        rows("panel.csv").into_iter().map(|row| (row["analyte"].clone(), number(&row, "lod"))).collect();
    let samples = samples();
    let study = |row: &&Row| samples[&row["sample_id"]]["type"] == "study";
    let metabolites = rows("metabolites.csv");
    let below = metabolites.iter().filter(study).filter(|row| number(row, "value") < lod[&row["analyte"]]).count();
    assert!((2..=12).contains(&below), "{below} values below the limit of detection");
    let outside = |row: &&Row| !row["hours_after_infusion"].is_empty() && number(row, "hours_after_infusion") > 2.0;
    assert_eq!(samples.values().filter(outside).count(), 1, "one sample is out of its time window");
    let qc: Vec<f64> = metabolites
        .iter()
        .filter(|row| row["analyte"] == "3-hydroxybutyrate" && samples[&row["sample_id"]]["type"] == "pooled_qc")
        .map(|row| number(row, "value"))
        .collect();
    assert!(qc.len() >= 10 && spread(&qc) / average(&qc) < 0.08, "RSD {}", spread(&qc) / average(&qc));
}

type Row = BTreeMap<String, String>;
type ByPerson = BTreeMap<String, f64>;

/// Reads a file of the cohort; none of its cells is quoted.
fn rows(file: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(data(file)).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap()
}

fn totals() -> BTreeMap<String, ByPerson> {
    let mut totals: BTreeMap<String, ByPerson> = BTreeMap::new();
    for row in rows("madrs.csv") {
        let repeated = totals
            .entry(row["visit"].clone())
            .or_default()
            .insert(row["participant_id"].clone(), number(&row, "total"));
        assert_eq!(repeated, None, "one row per participant and visit");
    }
    totals
}

fn samples() -> BTreeMap<String, Row> {
    rows("samples.csv").into_iter().map(|row| (row["sample_id"].clone(), row)).collect()
}

/// 100·(post - pre)/pre by analyte and participant; a value below the limit of detection counts as limit/√2.
fn changes() -> BTreeMap<String, ByPerson> {
    let lod: BTreeMap<_, _> =
        rows("panel.csv").into_iter().map(|row| (row["analyte"].clone(), number(&row, "lod"))).collect();
    let samples = samples();
    let mut values: BTreeMap<(String, String), BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows("metabolites.csv") {
        let sample = &samples[&row["sample_id"]];
        let key = (row["analyte"].clone(), sample["participant_id"].clone());
        let (value, lod) = (number(&row, "value"), lod[&row["analyte"]]);
        let value = if value < lod { lod / 2.0_f64.sqrt() } else { value };
        values.entry(key).or_default().insert(sample["timepoint"].clone(), value);
    }
    let mut changes: BTreeMap<String, ByPerson> = BTreeMap::new();
    for ((analyte, person), at) in values.into_iter().filter(|((_, person), _)| !person.is_empty()) {
        let change = 100.0 * (at["post_infusion_1"] - at["baseline"]) / at["baseline"];
        changes.entry(analyte).or_default().insert(person, change);
    }
    changes
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn spread(values: &[f64]) -> f64 {
    let mean = average(values);
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}

fn mean_and_sd(totals: &ByPerson) -> String {
    let totals: Vec<f64> = totals.values().copied().collect();
    format!("{:.1} ± {:.1}", average(&totals), spread(&totals))
}

/// Of all thirty: who was not seen is not in remission.
fn remission(totals: &ByPerson) -> String {
    let count = totals.values().filter(|total| **total <= 10.0).count();
    format!("{count} ({:.1} %)", 100.0 * count as f64 / 30.0)
}

struct Regression {
    slope: f64,
    error: f64,
    p: f64,
}

impl Regression {
    fn printed(&self) -> String {
        let half = 1.959963984540054 * self.error;
        format!("{:.2}, {:.2} to {:.2}, P {:.3}", self.slope, self.slope - half, self.slope + half, self.p)
    }
}

/// Percent improvement on change among those who have both: slope r·sd(y)/sd(x), error from the residuals.
fn regression(change: &ByPerson, totals: &BTreeMap<String, ByPerson>, visit: &str) -> Regression {
    let people: Vec<&String> = totals[visit].keys().collect();
    let x: Vec<f64> = people.iter().map(|person| change[*person]).collect();
    let from = |person: &String| totals["baseline"][person];
    let y: Vec<f64> = people.iter().map(|p| 100.0 * (from(p) - totals[visit][*p]) / from(p)).collect();
    let standard = |v: &[f64]| -> Vec<f64> { v.iter().map(|value| (value - average(v)) / spread(v)).collect() };
    let n = x.len() as f64;
    let r = standard(&x).iter().zip(standard(&y)).map(|(a, b)| a * b).sum::<f64>() / (n - 1.0);
    let slope = r * spread(&y) / spread(&x);
    let intercept = average(&y) - slope * average(&x);
    let rss: f64 = x.iter().zip(&y).map(|(x, y)| (y - intercept - slope * x).powi(2)).sum();
    let error = (rss / (n - 2.0)).sqrt() / (spread(&x) * (n - 1.0).sqrt());
    Regression { slope, error, p: 1.0 - normal_mass((slope / error).abs()) }
}

/// The mass of the standard normal distribution between -z and z, by Simpson's rule.
fn normal_mass(z: f64) -> f64 {
    let parts = 2000;
    let step = 2.0 * z / f64::from(parts);
    let density = |i: i32| (-0.5 * (f64::from(i) * step - z).powi(2)).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let weight = |i: i32| {
        if i == 0 || i == parts {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        }
    };
    (0..=parts).map(|i| weight(i) * density(i)).sum::<f64>() * step / 3.0
}
