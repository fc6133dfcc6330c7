//! Every published number, computed from the bytes of the files and compared to its printed digits.

use std::collections::BTreeMap;

use super::panel::KETONE;
use super::regress::{Wald, mean, sd, wald};

/// A row of a file by its columns' names.
type Row = BTreeMap<String, String>;
/// Numbers by participant.
type ByPerson = BTreeMap<String, f64>;

/// What the files say, as the published analysis reads them.
struct Study {
    participants: usize,
    /// Totals by visit.
    totals: BTreeMap<String, ByPerson>,
    /// Percent change after infusion 1 by analyte.
    changes: BTreeMap<String, ByPerson>,
}

/// Lists every published number that the files do not give, with both values; nothing when all agree.
///
/// # Errors
/// What could not be read, in words.
pub fn misses(files: &[(String, Vec<u8>)]) -> Result<Vec<String>, String> {
    let study = read(files)?;
    let mut misses: Vec<String> = published(&study)?
        .into_iter()
        .filter(|(_, published, computed)| published != computed)
        .map(|(what, published, computed)| format!("{what} is {computed}, published {published}"))
        .collect();
    for (analyte, visit) in study.changes.keys().flat_map(|analyte| VISITS.map(|visit| (analyte, visit))) {
        let p = study.fit(analyte, visit)?.p;
        if analyte != KETONE && (p.is_nan() || p < 0.05) {
            misses.push(format!("{analyte} has P {p:.4} at {visit}"));
        }
    }
    Ok(misses)
}

const VISITS: [&str; 2] = ["infusion_4", "month_12"];

/// The published table (Sakurai et al. 2025): what, as printed there, as computed here and printed to the same digits.
fn published(study: &Study) -> Result<Vec<(&'static str, &'static str, String)>, String> {
    let (baseline, end) = (study.at("baseline")?, study.at("infusion_4")?);
    let late = study.at("month_12")?;
    let remission = |totals: &[f64]| totals.iter().filter(|&&total| total <= 10.0).count();
    // METHOD: everyone counts; who was not seen at month 12 is not in remission.
    let percent = |count: usize| format!("{:.1}", 100.0 * count as f64 / study.participants as f64);
    let (first, last) = (study.fit(KETONE, "infusion_4")?, study.fit(KETONE, "month_12")?);
    Ok(vec![
        ("participants", "30", study.participants.to_string()),
        ("participants after four infusions", "30", end.len().to_string()),
        ("mean MADRS at baseline", "30.6", format!("{:.1}", mean(&baseline))),
        ("SD of MADRS at baseline", "6.1", format!("{:.1}", sd(&baseline))),
        ("mean MADRS after infusion 4", "20.3", format!("{:.1}", mean(&end))),
        ("SD of MADRS after infusion 4", "11.5", format!("{:.1}", sd(&end))),
        ("remissions after infusion 4", "8", remission(&end).to_string()),
        ("remission rate after infusion 4, %", "26.7", percent(remission(&end))),
        ("remissions at month 12", "4", remission(&late).to_string()),
        ("remission rate at month 12, %", "13.3", percent(remission(&late))),
        ("β at infusion 4", "1.35", format!("{:.2}", first.slope)),
        ("lower limit at infusion 4", "0.41", format!("{:.2}", first.low)),
        ("upper limit at infusion 4", "2.30", format!("{:.2}", first.high)),
        ("P at infusion 4", "0.005", format!("{:.3}", first.p)),
        ("β at month 12", "1.38", format!("{:.2}", last.slope)),
        ("lower limit at month 12", "0.37", format!("{:.2}", last.low)),
        ("upper limit at month 12", "2.39", format!("{:.2}", last.high)),
        ("P at month 12", "0.007", format!("{:.3}", last.p)),
    ])
}

impl Study {
    /// The totals at one visit.
    fn at(&self, visit: &str) -> Result<Vec<f64>, String> {
        let totals = self.totals.get(visit).ok_or_else(|| format!("no total at {visit}"))?;
        Ok(totals.values().copied().collect())
    }

    /// Percent improvement at a visit on an analyte's percent change, complete cases.
    fn fit(&self, analyte: &str, visit: &str) -> Result<Wald, String> {
        let change = self.changes.get(analyte).ok_or_else(|| format!("no change of {analyte}"))?;
        let [from, to] = ["baseline", visit].map(|visit| self.totals.get(visit));
        let (Some(from), Some(to)) = (from, to) else { return Err(format!("no total at {visit}")) };
        let pair = |(person, to): (&String, &f64)| {
            let from = from.get(person)?;
            Some((*change.get(person)?, 100.0 * (from - to) / from))
        };
        let (x, y): (Vec<f64>, Vec<f64>) = to.iter().filter_map(pair).unzip();
        Ok(wald(&x, &y))
    }
}

fn read(files: &[(String, Vec<u8>)]) -> Result<Study, String> {
    let participants = rows(files, "participants.csv")?.len();
    let mut totals: BTreeMap<String, ByPerson> = BTreeMap::new();
    for row in rows(files, "madrs.csv")? {
        let total = number(&row, "total")?;
        totals.entry(cell(&row, "visit")?).or_default().insert(cell(&row, "participant_id")?, total);
    }
    Ok(Study { participants, totals, changes: changes(files)? })
}

/// The percent change of each analyte in each participant, values below the limit of detection set to LOD/√2.
fn changes(files: &[(String, Vec<u8>)]) -> Result<BTreeMap<String, ByPerson>, String> {
    let mut lod = BTreeMap::new();
    for row in rows(files, "panel.csv")? {
        lod.insert(cell(&row, "analyte")?, number(&row, "lod")?);
    }
    let mut samples = BTreeMap::new();
    for row in rows(files, "samples.csv")? {
        samples.insert(cell(&row, "sample_id")?, (cell(&row, "participant_id")?, cell(&row, "timepoint")?));
    }
    let mut values: BTreeMap<(String, String), BTreeMap<String, f64>> = BTreeMap::new();
    for row in rows(files, "metabolites.csv")? {
        let (analyte, value) = (cell(&row, "analyte")?, number(&row, "value")?);
        let lod = *lod.get(&analyte).ok_or_else(|| format!("{analyte} is not in the panel"))?;
        let value = if value < lod { lod / std::f64::consts::SQRT_2 } else { value };
        let sample = cell(&row, "sample_id")?;
        let (person, timepoint) = samples.get(&sample).ok_or_else(|| format!("unknown sample {sample}"))?;
        values.entry((analyte, timepoint.clone())).or_default().insert(person.clone(), value);
    }
    let mut changes: BTreeMap<String, ByPerson> = BTreeMap::new();
    for ((analyte, _), after) in values.iter().filter(|((_, timepoint), _)| timepoint == "post_infusion_1") {
        let before = values.get(&(analyte.clone(), "baseline".to_owned()));
        for (person, after) in after {
            if let Some(before) = before.and_then(|before| before.get(person)) {
                let percent = 100.0 * (after - before) / before;
                changes.entry(analyte.clone()).or_default().insert(person.clone(), percent);
            }
        }
    }
    Ok(changes)
}

fn rows(files: &[(String, Vec<u8>)], name: &str) -> Result<Vec<Row>, String> {
    let bytes = files.iter().find(|(file, _)| file == name).map(|(_, bytes)| bytes.as_slice());
    let mut reader = csv::Reader::from_reader(bytes.ok_or_else(|| format!("{name} is missing"))?);
    reader.deserialize().collect::<Result<_, _>>().map_err(|error| format!("{name}: {error}"))
}

fn cell(row: &Row, column: &str) -> Result<String, String> {
    row.get(column).cloned().ok_or_else(|| format!("column {column} is missing"))
}

fn number(row: &Row, column: &str) -> Result<f64, String> {
    let text = cell(row, column)?;
    text.parse().map_err(|_| format!("`{text}` in column {column} is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::simulate;

    #[test]
    fn one_altered_number_is_noticed_and_a_file_that_cannot_be_read_is_named() {
        let mut files = simulate(1).unwrap();
        let madrs = String::from_utf8(files[1].1.clone()).unwrap();
        let lines = madrs.lines().filter(|line| !line.starts_with("P07,infusion_4,"));
        files[1].1 = lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes();
        let found = misses(&files).unwrap();
        assert_eq!(found[0], "participants after four infusions is 29, published 30");
        files[1].1 = b"participant_id,visit,total\nP01,baseline,many\n".to_vec();
        assert_eq!(misses(&files).unwrap_err(), "`many` in column total is not a number");
        files.remove(4);
        files[1].1 = madrs.into_bytes();
        assert_eq!(misses(&files).unwrap_err(), "panel.csv is missing");
    }
}
