//! The page that people read: figures first, then numbers, then how they were made.
//!
//! The stage gathers every table once ([`study`]), keeps what privacy holds back ([`privacy`]), fills the chapters
//! ([`chapters`]) with tables and figures ([`figures`]), and writes three kinds of files: the page, the figures as SVG
//! and the tables as CSV. It computes no result of its own: every number is a cell of an earlier stage's table, except
//! the line and band that a scatter shows ([`figures::line_fit`]), the summary of the participants at entry and that of
//! what normalization did over all analytes.

mod chapters;
mod effect;
mod figures;
mod file_names;
mod how;
mod kinds;
mod names;
mod page;
pub mod params;
pub mod printed;
mod privacy;
mod published;
mod question;
mod sheets;
mod study;
mod tables_csv;
mod view;
mod withhold;
mod words;

pub use params::Params;

use rayon::prelude::*;

use crate::contract::finding::{FindingRow, Findings};
use crate::contract::{
    Artifact, Document, IntoSlots, Place, Problem, Stage, StageContext, StageError, Table, Vocabulary,
};
use crate::ingest::schema as ingest;
use crate::inputs;
use crate::normalize::schema as normalize;
use crate::outcomes::schema as outcomes;
use crate::predict::schema as predict;
use crate::qc::schema as qc;
use crate::screen::schema as screen;
use crate::sweep::schema as sweep;

inputs! {
    Inputs {
        participants: "ingest" / ingest::Participants,
        variables: "ingest" / ingest::Variables,
        panel: "ingest" / ingest::Panel,
        samples: "ingest" / ingest::Samples,
        abundances: "ingest" / ingest::Abundances,
        ingest_findings: "ingest" / Findings,
        analyte_quality: "qc" / qc::AnalyteQuality,
        sample_quality: "qc" / qc::SampleQuality,
        batch_quality: "qc" / qc::BatchQuality,
        control_chart: "qc" / qc::ControlChart,
        decisions: "qc" / qc::Decisions,
        flow: "qc" / qc::Flow,
        assessments: "qc" / qc::Assessments,
        kept_samples: "qc" / qc::Samples,
        kept_abundances: "qc" / qc::Abundances,
        qc_findings: "qc" / Findings,
        changes: "normalize" / normalize::Changes,
        steps: "normalize" / normalize::Steps,
        quality: "normalize" / normalize::Quality,
        pooled_qc: "normalize" / normalize::PooledQc,
        scores: "normalize" / normalize::Scores,
        normalize_findings: "normalize" / Findings,
        endpoints: "outcomes" / outcomes::Endpoints,
        trajectory: "outcomes" / outcomes::Trajectory,
        rates: "outcomes" / outcomes::Rates,
        outcomes_findings: "outcomes" / Findings,
        associations: "screen" / screen::Associations,
        fits: "screen" / screen::Fits,
        coefficients: "screen" / screen::Coefficients,
        influence: "screen" / screen::Influence,
        screen_findings: "screen" / Findings,
        performance: "predict" / predict::Performance,
        predictions: "predict" / predict::Predictions,
        predict_findings: "predict" / Findings,
    } optional {
        sweep_universes: "sweep" / sweep::Universes,
        sweep_associations: "sweep" / sweep::Associations,
        sweep_specifications: "sweep" / sweep::Specifications,
        sweep_curves: "sweep" / sweep::Curves,
        sweep_findings: "sweep" / Findings,
    } rest { own }
}

/// The page, its figures and its tables as files.
#[derive(Debug, Clone)]
pub struct Outputs {
    pub documents: Vec<Document>,
}

impl IntoSlots for Outputs {
    fn tables() -> Vec<&'static str> {
        Vec::new()
    }
    fn into_artifacts(self) -> Vec<Artifact> {
        self.documents.into_iter().map(Artifact::Document).collect()
    }
}

/// Writes the page that people read.
pub struct Report;

impl Stage for Report {
    const NAME: &'static str = "report";
    const VERSION: u32 = 6;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        let formats = params.formats.iter().filter(|format| **format != params::Format::Html);
        let mut problems: Vec<Problem> = formats.map(not_built).collect();
        if params.formats.is_empty() {
            let place = Place::setting("stages.report.formats");
            problems.push(Problem::new("no_format", place, "no format is named", "write `formats: [html]`"));
        }
        let known = || names.models.keys().map(String::as_str);
        problems.extend(
            params.primary.iter().filter_map(|name| {
                Vocabulary::unknown("unknown_model", "model", name, known(), "stages.report.primary")
            }),
        );
        problems.extend(params.published.iter().flat_map(published::check));
        problems.extend(params.published.iter().flat_map(|published| published::check_names(published, names)));
        problems
    }

    fn analytes(params: &Params) -> Vec<(String, String)> {
        let highlight = params.highlight.iter().enumerate();
        let highlight = highlight.map(|(at, name)| (format!("stages.report.highlight[{at}]"), name.clone()));
        let published = params.published.iter().flat_map(|published| published.values.iter().enumerate());
        let named = published.filter_map(|(at, value)| {
            Some((format!("stages.report.published.values[{at}].row.analyte"), value.row.get("analyte")?.clone()))
        });
        highlight.chain(named).collect()
    }

    fn methods(params: &Params) -> Vec<String> {
        let people = if params.privacy.participant_points { "" } else { " Single participants are not shown." };
        let small = match params.privacy.min_cell {
            0 => String::new(),
            n => format!(" Counts of people below {n} are withheld, with what would give them away."),
        };
        vec![format!(
            "Every number is a cell of an earlier table, but for three: the line and the pointwise limits of its mean in a \
             scatter are the least-squares fit of the points shown, with Student’s t; the participants at entry are \
             summarized as mean ± SD or counts; what normalization did is summarized as medians and counts over analytes, \
             and pooled QC samples are drawn as shares of their median. Tables on the page are rounded; the CSV files hold 17 significant \
             digits.{people}{small}"
        )]
    }

    fn run(params: &Params, inputs: Inputs, _context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let study = study::Study::new(params, &inputs)?;
        let mut draft = view::Draft::default();
        let page = page::write(&study, &mut draft)?;
        let figures = draft
            .figures
            .into_iter()
            .map(|figure| Document { path: format!("figures/{}.svg", figure.name), bytes: figure.svg.into_bytes() });
        let mut documents = vec![Document { path: "report.html".into(), bytes: page.into_bytes() }];
        documents.extend(figures);
        documents.extend(tables(&study)?);
        Ok(Outputs { documents })
    }
}

/// Every table as CSV, as far as privacy lets it be written.
fn tables(study: &study::Study) -> Result<Vec<Document>, StageError> {
    let findings: Vec<FindingRow> = distinct(&study.findings);
    let findings = sheets::Sheet::of(&Table::<Findings>::from_rows(findings)?);
    let named = |(name, sheet): (&String, &sheets::Sheet)| tables_csv::document(&file(name), sheet);
    let mut documents: Vec<Document> = study.sheets.par_iter().map(named).collect();
    documents.push(tables_csv::document("findings", &findings));
    documents.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(documents)
}

/// The name of a table's file: the table's, and for the sweep's tables, whose names other stages have, its own before it.
fn file(name: &str) -> String {
    match name.split_once('/') {
        Some(("sweep", table)) => format!("sweep_{table}"),
        Some((own, table)) if own.starts_with(study::OWN) => format!("{}_{table}", own.trim_start_matches(study::OWN)),
        _ => name.rsplit('/').next().unwrap_or(name).to_owned(),
    }
}

/// The findings with one row per key: subjects that privacy made equal are numbered apart.
fn distinct(rows: &[FindingRow]) -> Vec<FindingRow> {
    let mut seen: std::collections::BTreeMap<(String, String, String), usize> = std::collections::BTreeMap::new();
    let numbered = rows.iter().map(|row| {
        let n = seen.entry((row.stage.clone(), row.code.clone(), row.subject.clone())).or_default();
        *n += 1;
        let subject = if *n == 1 { row.subject.clone() } else { format!("{} ({n})", row.subject) };
        FindingRow { subject, ..row.clone() }
    });
    numbered.collect()
}

fn not_built(format: &params::Format) -> Problem {
    let name = format!("{format:?}").to_lowercase();
    let message = format!("`{name}` is part of the contract and not built yet");
    Problem::new("not_built", Place::setting("stages.report.formats"), message, "write `formats: [html]`")
}
