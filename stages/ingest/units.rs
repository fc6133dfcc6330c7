//! The unit of each analyte: stated by the panel, by a setting or beside each value, and the values brought to one.
//!
//! The panel's unit is the one that values are converted to, since its limits are in it. Where the panel states none, an
//! analyte has the unit that the setting or its first row states, and any other is refused. The settings and the unit
//! column both say what unit the file's values have; where they contradict each other, neither is believed.

mod factor;
mod unit;

use super::names::Names;
use super::panel::Analytes;
use super::params::{Metabolites, Values};
use super::problems::Problems;
use super::row::Row;
use super::schema::PanelRow;
use crate::contract::{Finding, Place, Problem};
pub use factor::Factor;
use factor::Obstacle;
use unit::Unit;

const SECTION: &str = "stages.ingest.metabolites";
/// Where the unit stands that values are converted to.
const PANEL: &str = "in the panel";

/// The units of the analytes, in their order.
#[derive(Debug, Clone)]
pub struct Units {
    analytes: Vec<OfAnalyte>,
    /// Of each analyte; beside them, since it is looked up for every cell of a wide file.
    unstated: Vec<Unstated>,
    /// Logarithms and the like, which no factor converts.
    transformed: bool,
}

#[derive(Debug, Clone)]
struct OfAnalyte {
    name: String,
    molar_mass: Option<f64>,
    /// The unit that the values come to have, and where it is stated.
    target: Option<Stated>,
    /// The unit that the settings give the file's values.
    setting: Option<Stated>,
    /// Each unit that a row stated.
    seen: Vec<Seen>,
}

#[derive(Debug, Clone)]
struct Stated {
    text: String,
    unit: Unit,
    place: String,
}

impl Stated {
    fn new(text: &str, place: String) -> Self {
        Stated { text: text.to_owned(), unit: Unit::parse(text), place }
    }
}

#[derive(Debug, Clone)]
struct Seen {
    text: String,
    factor: Factor,
    values: usize,
}

/// The values of one analyte beside which no unit stands.
#[derive(Debug, Clone, Copy)]
struct Unstated {
    factor: Factor,
    values: usize,
    /// The line of the first.
    line: u64,
}

impl Units {
    /// Starts from what the panel and the settings state; refuses what of the two cannot be brought together.
    pub fn new(names: &Names, params: &Metabolites, panel: &Analytes, file: &str, problems: &mut Problems) -> Self {
        let own = names.assign(&params.units, "units", problems);
        let transformed = params.values == Values::Transformed;
        let of = |(name, own): (&str, Option<&String>)| {
            let (given, key) = own.map_or((params.unit.as_ref(), "unit"), |own| (Some(own), "units"));
            OfAnalyte::new(name, panel.get(name), given.map(|text| (text.as_str(), key)))
        };
        let analytes: Vec<OfAnalyte> = names.analytes().into_iter().zip(own).map(of).collect();
        let unstated = analytes.iter().map(|analyte| {
            let factor = analyte.setting.as_ref().map(|stated| (analyte.factor(stated, transformed), stated));
            let factor = match factor {
                Some((Err((code, message, remedy)), stated)) => {
                    let place = || Place::setting(stated.place.trim_start_matches("in ").trim_matches('`'));
                    problems.add(file, code, || Problem::new(code, place(), message, remedy));
                    Factor::ONE
                }
                Some((Ok(factor), _)) => factor,
                None => Factor::ONE,
            };
            Unstated { factor, values: 0, line: 0 }
        });
        let unstated = unstated.collect();
        Units { analytes, unstated, transformed }
    }

    /// The factor to the analyte's unit of the value in a row; refuses, once, a unit that has none.
    ///
    /// `values` is how many numbers stand there, 1 or 0: a row without a value states a unit too.
    pub fn factor(
        &mut self,
        analyte: usize,
        row: &Row<'_>,
        column: Option<usize>,
        values: usize,
        problems: &mut Problems,
    ) -> Factor {
        if let Some((column, text)) = column.zip(row.text(column)) {
            return self.stated(analyte, row, (column, text), values, problems);
        }
        let Some(unstated) = self.unstated.get_mut(analyte) else {
            return Factor::ONE;
        };
        if unstated.values == 0 {
            unstated.line = row.line;
        }
        unstated.values += values;
        unstated.factor
    }

    fn stated(
        &mut self,
        analyte: usize,
        row: &Row<'_>,
        (column, text): (usize, &str),
        values: usize,
        problems: &mut Problems,
    ) -> Factor {
        let Some(analyte) = self.analytes.get_mut(analyte) else {
            return Factor::ONE;
        };
        if let Some(seen) = analyte.seen.iter_mut().find(|seen| seen.text == text) {
            seen.values += values;
            return seen.factor;
        }
        let stated = Stated::new(text, format!("on line {}", row.line));
        let factor = analyte.factor(&stated, self.transformed).unwrap_or_else(|(code, message, remedy)| {
            row.refuse(column, code, problems, |_| (message, remedy));
            Factor::ONE
        });
        analyte.target.get_or_insert(stated);
        analyte.seen.push(Seen { text: text.to_owned(), factor, values });
        factor
    }

    /// Refuses values without a unit among others that were converted; then the units and what was converted.
    pub fn into_result(self, file: &str, problems: &mut Problems) -> (Vec<Option<String>>, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut units = Vec::new();
        for (analyte, unstated) in self.analytes.into_iter().zip(self.unstated) {
            analyte.refuse_unstated(unstated, file, problems);
            findings.extend(analyte.converted(unstated));
            units.push(analyte.target.map(|stated| stated.text));
        }
        (units, findings)
    }
}

/// A problem's code, message and remedy.
type Refusal = (&'static str, String, String);

impl OfAnalyte {
    fn new(name: &str, row: Option<&PanelRow>, given: Option<(&str, &str)>) -> Self {
        let setting = given.map(|(text, key)| Stated::new(text, format!("in `{SECTION}.{key}`")));
        let listed = row.and_then(|row| row.unit.as_deref()).map(|text| Stated::new(text, PANEL.into()));
        let target = listed.or_else(|| setting.clone());
        let molar_mass = row.and_then(|row| row.molar_mass);
        OfAnalyte { name: name.to_owned(), molar_mass, target, setting, seen: Vec::new() }
    }

    /// The factor from a stated unit to the analyte's.
    fn factor(&self, stated: &Stated, transformed: bool) -> Result<Factor, Refusal> {
        if let Some(setting) = self.setting.as_ref().filter(|setting| setting.unit != stated.unit) {
            let message = format!("the unit is `{}` here and `{}` {}", stated.text, setting.text, setting.place);
            return Err((
                "mixed_units",
                message,
                "both say what unit the file's values have: correct one of the two".into(),
            ));
        }
        let Some(target) = self.target.as_ref().filter(|target| target.unit != stated.unit) else {
            return Ok(Factor::ONE);
        };
        let two =
            format!("the unit of `{}` is `{}` here and `{}` {}", self.name, stated.text, target.text, target.place);
        if target.place != PANEL {
            let remedy = "give the analyte's unit in the panel, to which values are converted, or convert the values to one unit for each analyte";
            return Err(("mixed_units", two, remedy.into()));
        }
        match Factor::between(&stated.unit, &target.unit, self.molar_mass) {
            Ok(factor) if !transformed || factor.is_one() => Ok(factor),
            Ok(_) => {
                let remedy =
                    "transformed values cannot be converted: correct the unit in the panel, or give raw values";
                Err(("mixed_units", two, remedy.into()))
            }
            Err(obstacle) => Err(self.refusal(two, obstacle)),
        }
    }

    fn refusal(&self, two: String, obstacle: Obstacle) -> Refusal {
        match obstacle {
            Obstacle::MolarMass => {
                let remedy = format!(
                    "add `molar_mass` (g/mol) of `{}` to the panel, by which masses and amounts are converted",
                    self.name
                );
                ("no_molar_mass", format!("{two}: one is a mass and the other an amount of substance"), remedy)
            }
            Obstacle::Dimension(a, b) => {
                let remedy = "correct the unit here or in the panel: no factor converts one into the other";
                ("unit_not_convertible", format!("{two}: {a} and {b} are different things"), remedy.into())
            }
            Obstacle::Opaque(word) => {
                let remedy = "write both as units such as `µmol/L`, `mg/dL`, `nmol/mg`, `%` (capital and small letters count), or write the same word in both";
                ("unit_not_convertible", format!("{two}, and `{word}` is no unit that can be converted"), remedy.into())
            }
        }
    }

    /// A value without a unit has the panel's; beside values in other units that is a guess.
    fn refuse_unstated(&self, unstated: Unstated, file: &str, problems: &mut Problems) {
        let Some(other) = self.seen.iter().find(|seen| !seen.factor.is_one()) else {
            return;
        };
        let Unstated { values, line, .. } = unstated;
        if values > 0 && self.setting.is_none() {
            problems.add(file, "unit_missing", || {
                let place = Place::File { name: file.to_owned(), line: Some(line), column: None };
                let message = format!(
                    "{values} values of `{}` have no unit, and others have `{}`, which is not the panel's",
                    self.name, other.text
                );
                Problem::new("unit_missing", place, message, "state the unit of every value of the analyte")
            });
        }
    }

    fn converted(&self, unstated: Unstated) -> Option<Finding> {
        let target = self.target.as_ref()?;
        let stated = self.seen.iter().map(|seen| (seen.text.as_str(), seen.factor, seen.values));
        let unstated = self.setting.iter().map(|setting| (setting.text.as_str(), unstated.factor, unstated.values));
        let each = stated.chain(unstated).filter(|(_, factor, values)| *values > 0 && !factor.is_one());
        let words = each.map(|(unit, factor, values)| format!("{values} values in {unit} were {}", factor.words()));
        let words: Vec<String> = words.collect();
        let message = format!("`{}` is in {}: {}", self.name, target.text, words.join("; "));
        (!words.is_empty()).then(|| Finding::note("unit_converted", &self.name, message))
    }
}
