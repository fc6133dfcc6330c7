//! Everything the chapters read, once: the rows of every table, the names to show, and what may be shown of people.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Inputs;
use super::names::Names;
use super::params::Params;
use super::privacy::Guard;
use super::sheets::{Sheet, sheets};
use super::words;
use crate::contract::finding::{FindingRow, Findings};
use crate::contract::schema::Schema;
use crate::contract::{Place, Problem, StageError, Table, suggest};
use crate::outcomes::schema::{RateRow, TrajectoryRow};
use crate::predict::schema::{PerformanceRow, PredictionRow};
use crate::qc::schema::{AnalyteQualityRow, FlowRow, SampleQualityRow};
use crate::screen::schema::{AssociationRow, FitRow, InfluenceRow};

/// The study as the report sees it.
pub struct Study<'a> {
    pub params: &'a Params,
    pub inputs: &'a Inputs,
    pub guard: Guard,
    pub sheets: BTreeMap<String, Sheet>,
    pub associations: Vec<AssociationRow>,
    pub influence: Vec<InfluenceRow>,
    pub fits: Vec<FitRow>,
    /// In the order of the visits.
    pub trajectory: Vec<TrajectoryRow>,
    pub rates: Vec<RateRow>,
    /// In the order of the steps.
    pub flow: Vec<FlowRow>,
    pub analyte_quality: Vec<AnalyteQualityRow>,
    pub sample_quality: Vec<SampleQualityRow>,
    pub performance: Vec<PerformanceRow>,
    pub predictions: Vec<PredictionRow>,
    /// Warnings first, then by stage, code and subject.
    pub findings: Vec<FindingRow>,
    /// The model that the page leads with; none where nothing was screened.
    pub primary: Option<String>,
    /// The analytes drawn one by one.
    pub highlight: Vec<String>,
    names: BTreeMap<String, String>,
    words: Names,
}

impl<'a> Study<'a> {
    pub fn new(params: &'a Params, inputs: &'a Inputs) -> Result<Self, StageError> {
        let names = inputs.panel.rows().into_iter().map(|row| (row.analyte, row.display_name)).collect();
        let mut study = Study {
            params,
            inputs,
            guard: Guard::new(&params.privacy, identifiers(inputs)),
            sheets: all_sheets(inputs),
            associations: inputs.associations.rows(),
            influence: inputs.influence.rows(),
            fits: inputs.fits.rows(),
            trajectory: inputs.trajectory.rows(),
            rates: inputs.rates.rows(),
            flow: inputs.flow.rows(),
            analyte_quality: inputs.analyte_quality.rows(),
            sample_quality: inputs.sample_quality.rows(),
            performance: inputs.performance.rows(),
            predictions: inputs.predictions.rows(),
            findings: Vec::new(),
            primary: None,
            highlight: Vec::new(),
            names,
            words: Names::default(),
        };
        study.words = Names::new(inputs, &study.associations);
        // The sheets keep the order of the key; only what people read is in the order of time.
        study.guard.sheets(&mut study.sheets, &study.rates, &study.flow);
        study.trajectory.sort_by_key(|row| row.visit_index);
        study.flow.sort_by_key(|row| row.position);
        study.findings = findings(inputs).into_iter().map(|row| study.guard.finding(row)).collect();
        study.choose()?;
        Ok(study)
    }

    /// The name that figures and tables show for an analyte.
    pub fn name(&self, analyte: &str) -> String {
        self.names.get(analyte).filter(|name| !name.is_empty()).map_or(analyte, String::as_str).to_owned()
    }

    /// A sentence of another stage as it may be read: no identifier that is not shown, no underscore in a known name.
    pub fn readable(&self, text: &str) -> String {
        self.prose(text).into_iter().map(|(part, _)| part).collect()
    }

    /// A paragraph of another stage, cut into plain text and names to be shown as code.
    pub fn prose(&self, text: &str) -> Vec<(String, bool)> {
        self.words.parts(&self.guard.text(text))
    }

    /// A resolved setting by its dotted path.
    pub fn setting(&self, path: &str) -> Option<&Value> {
        self.params.about.settings.iter().find(|(key, _)| key == path).map(|(_, value)| value)
    }

    pub fn synthetic(&self) -> bool {
        self.params.about.synthetic
    }

    /// The rows of the leading model.
    pub fn leading(&self) -> impl Iterator<Item = &AssociationRow> {
        self.associations.iter().filter(|row| Some(&row.model) == self.primary.as_ref())
    }

    /// How well the model of a row fits.
    pub fn fit(&self, row: &AssociationRow) -> Option<&FitRow> {
        self.fits.iter().find(|fit| {
            (&fit.model, &fit.outcome, &fit.analyte) == (&row.model, &row.outcome, &row.analyte)
                && (&fit.predictor, &fit.stratum) == (&row.predictor, &row.stratum)
        })
    }

    /// The outcomes of the leading model, in order.
    pub fn outcomes(&self) -> Vec<String> {
        let outcomes: BTreeSet<&String> = self.leading().map(|row| &row.outcome).collect();
        outcomes.into_iter().cloned().collect()
    }

    /// The instrument's name, as one writes it.
    pub fn instrument(&self) -> String {
        let names: BTreeSet<String> = self.inputs.assessments.column::<String>("instrument").into_iter().collect();
        names.iter().map(|name| name.to_uppercase()).collect::<Vec<_>>().join(", ")
    }

    fn choose(&mut self) -> Result<(), StageError> {
        let models: BTreeSet<&str> = self.associations.iter().map(|row| row.model.as_str()).collect();
        let plain = |model: &&&str| {
            let mut rows = self.associations.iter().filter(|row| row.model == **model);
            rows.all(|row| words::json_list(&row.covariates).is_empty())
        };
        let lead = models.iter().find(plain).or(models.iter().next()).map(|model| (*model).to_owned());
        let mut problems = Vec::new();
        self.primary = match &self.params.primary {
            Some(name) if !models.contains(name.as_str()) => {
                problems.push(unknown("unknown_model", "model", name, &models, "stages.report.primary"));
                None
            }
            Some(name) => Some(name.clone()),
            None => lead,
        };
        self.highlight = self.find_highlights(&mut problems);
        StageError::unless_none(problems)
    }

    fn find_highlights(&self, problems: &mut Vec<Problem>) -> Vec<String> {
        if self.params.highlight.is_empty() {
            return self.best();
        }
        let tested: BTreeSet<&str> = self.associations.iter().map(|row| row.analyte.as_str()).collect();
        let known: BTreeSet<&str> = self.names.keys().map(String::as_str).chain(tested.iter().copied()).collect();
        let shown: BTreeMap<String, &str> = known.iter().map(|analyte| (self.name(analyte), *analyte)).collect();
        let mut chosen = Vec::new();
        for (at, name) in self.params.highlight.iter().enumerate() {
            match known.get(name.as_str()).or(shown.get(name)) {
                Some(analyte) if chosen.iter().any(|known| known == analyte) => {}
                // Quality control left it out: there is nothing to draw, and the findings say so.
                Some(analyte) if !tested.contains(analyte) => {}
                Some(analyte) => chosen.push((*analyte).to_owned()),
                None => {
                    let path = format!("stages.report.highlight[{at}]");
                    problems.push(unknown("unknown_analyte", "analyte", name, &known, &path));
                }
            }
        }
        if chosen.is_empty() { self.best() } else { chosen }
    }

    /// The analyte of the smallest p-value of the leading model.
    fn best(&self) -> Vec<String> {
        let tested = self.leading().filter_map(|row| row.p_value.map(|p| (p, &row.analyte)));
        let best = tested.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        best.map(|(_, analyte)| analyte.clone()).into_iter().collect()
    }
}

/// The sweep's longest table among the sheets.
pub const SWEEP_ASSOCIATIONS: &str = "sweep/associations";
/// Rows beyond which it is not written as text: 200,000 rows are half a gigabyte.
const LONG: usize = 200_000;

/// The sheets of every table, the sweep's among them.
fn all_sheets(inputs: &Inputs) -> BTreeMap<String, Sheet> {
    let mut all = sheets(inputs);
    let mut add = |name: &str, sheet: Option<Sheet>| all.extend(sheet.map(|sheet| (name.to_owned(), sheet)));
    add("sweep/universes", inputs.sweep_universes.as_ref().map(Sheet::of_all));
    let associations = inputs.sweep_associations.as_ref().filter(|table| table.height() <= LONG);
    add(SWEEP_ASSOCIATIONS, associations.map(Sheet::of_all));
    add("sweep/specifications", inputs.sweep_specifications.as_ref().map(Sheet::of));
    add("sweep/curves", inputs.sweep_curves.as_ref().map(Sheet::of));
    for (slot, (frame, _)) in inputs.own.iter().filter(|(slot, _)| slot.table != Findings::NAME) {
        add(&own_sheet(slot.stage, slot.table), Some(Sheet::of_frame(frame)));
    }
    all
}

/// What comes before the name of a stage of the user's own among the sheets: no stage of the program has such a name.
pub const OWN: &str = "own:";

/// The name of a sheet of the user's own.
pub fn own_sheet(stage: &str, table: &str) -> String {
    format!("{OWN}{stage}/{table}")
}

fn unknown(code: &'static str, what: &str, name: &str, known: &BTreeSet<&str>, path: &str) -> Problem {
    let remedy = suggest::remedy(name, known.iter().copied());
    Problem::new(code, Place::setting(path), format!("unknown {what} `{name}`"), remedy)
}

fn identifiers(inputs: &Inputs) -> BTreeSet<String> {
    let samples = inputs.samples.rows();
    let samples = samples.into_iter().filter(|row| row.r#type == "study").map(|row| row.sample_id);
    inputs.participants.column::<String>("participant_id").into_iter().chain(samples).collect()
}

fn findings(inputs: &Inputs) -> Vec<FindingRow> {
    let tables = [
        &inputs.ingest_findings,
        &inputs.qc_findings,
        &inputs.normalize_findings,
        &inputs.outcomes_findings,
        &inputs.screen_findings,
        &inputs.predict_findings,
    ];
    let tables = tables.into_iter().chain(&inputs.sweep_findings);
    let mut rows: Vec<FindingRow> = tables.flat_map(|table| table.rows()).collect();
    let own = inputs.own.iter().filter(|(slot, _)| slot.table == Findings::NAME);
    let own = own.filter_map(|(_, (frame, _))| Table::<Findings>::try_from(frame.clone()).ok());
    rows.extend(own.flat_map(|table| table.rows()));
    rows.sort_by_key(|row| row.severity != "warning");
    rows
}
