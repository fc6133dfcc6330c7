//! Reads the study's files, types every declared column and reconciles ids across the tables.
//!
//! The participants come first, since every other table is about them; then the clinical ratings, the panel, the
//! samples, and the abundances of the panel's analytes in those samples. Whatever is wrong with any of the files is
//! collected over all of them and refused together, each with its line, its value and a remedy. What is merely worth
//! knowing (a participant without a sample, an analyte that the panel does not list) becomes a finding.
//!
//! Nothing is corrected, imputed or dropped here: that is qc's and normalize's, which leave a row that says so. Nor is
//! any file opened here: the runner hands over the bytes that it hashed.

pub mod params;
pub mod schema;

mod above;
mod assessments;
mod bar;
mod bounds;
mod calendar;
mod cells;
mod check;
mod clock;
mod decode;
mod delimiter;
pub mod file;
mod flag_columns;
mod formats;
mod grid;
pub mod guess;
mod known;
mod measurement;
mod metabolites;
mod methods;
mod names;
mod number;
mod panel;
mod participants;
mod problems;
mod read;
mod reconcile;
mod redcap;
mod registry;
mod row;
mod sample_words;
mod samples;
mod scale;
mod select;
pub mod shape;
mod sheet;
mod tally;
mod turn;
mod units;

pub use params::Params;

use crate::contract::vocabulary::Variable;
use crate::contract::{
    FromSlots, Problem, Silent, Slot, SlotError, SourceFile, SourceRequest, Stage, StageContext, StageError, Supply,
    Table, Vocabulary,
};
use crate::outputs;
use bar::Bars;
use file::Reading;
use params::{Column, ONLY_TIMEPOINT, Values};
use problems::Problems;
use read::{Study, read};
use sheet::{Files, Sheet};

/// The study's files, as the settings ask for them.
#[derive(Debug, Clone)]
pub struct Inputs {
    pub files: Vec<SourceFile>,
}

impl FromSlots for Inputs {
    fn slots() -> Vec<Slot> {
        Vec::new()
    }
    fn fill(supply: &mut Supply) -> Result<Self, SlotError> {
        Ok(Inputs { files: std::mem::take(&mut supply.sources) })
    }
}

outputs! {
    Outputs {
        participants: schema::Participants,
        variables: schema::Variables,
        assessments: schema::Assessments,
        samples: schema::Samples,
        abundances: schema::Abundances,
        panel: schema::Panel,
    }
}

/// Reads the study's files, types every declared column and reconciles ids across the tables.
pub struct Ingest;

impl Stage for Ingest {
    const NAME: &'static str = "ingest";
    const VERSION: u32 = 4;
    type Params = Params;
    type Inputs = Inputs;
    type Outputs = Outputs;

    fn run(params: &Params, inputs: Inputs, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
        let study = read(params, Files { all: &inputs.files, bars: Bars(context.progress) })?;
        drop(inputs);
        reconcile(params, &study, context);
        write(params, study, context)
    }

    fn sources(params: &Params) -> Vec<SourceRequest> {
        let request = |reading: Reading<'_>| SourceRequest {
            role: reading.role,
            path: reading.file.to_owned(),
            setting: reading.setting("file"),
        };
        let study = params.samples.as_ref().and_then(|samples| samples.study.as_ref().map(|file| (samples, file)));
        let study = study.map(|(samples, file)| SourceRequest {
            role: formats::isatab::STUDY,
            path: file.clone(),
            setting: samples.reading().setting("study"),
        });
        params.readings().into_iter().map(request).chain(study).collect()
    }

    fn define(params: &Params, names: &mut Vocabulary) {
        names
            .variables
            .extend(params.participants.columns.iter().map(|(name, column)| (name.clone(), variable(column))));
        names.visits.extend(params.assessments.iter().flat_map(|assessments| assessments.visits.clone()));
        names.has_assessments = params.assessments.is_some();
        names.timepoints.extend(timepoints(params));
        names.transformed = is_transformed(params);
        names.sample_columns.extend(params.samples.iter().flat_map(|samples| samples.columns.keys().cloned()));
    }

    fn check(params: &Params, names: &Vocabulary) -> Vec<Problem> {
        check::check(params, names)
    }

    fn methods(params: &Params) -> Vec<String> {
        methods::methods(params)
    }
}

fn variable(column: &Column) -> Variable {
    match column {
        Column::Number { .. } => Variable::Number,
        Column::Count { .. } => Variable::Count,
        Column::Binary { .. } => Variable::Binary,
        Column::Category { levels, .. } => Variable::Category(levels.clone()),
    }
}

/// Whether the file's abundances were transformed before.
fn is_transformed(params: &Params) -> bool {
    params.metabolites.as_ref().is_some_and(|metabolites| metabolites.values == Values::Transformed)
}

/// The timepoints by name: those of the samples, or the only one of a study without a samples' file.
fn timepoints(params: &Params) -> Vec<String> {
    match &params.samples {
        Some(samples) => samples.timepoints.keys().cloned().collect(),
        None if params.metabolites.is_some() => vec![ONLY_TIMEPOINT.to_owned()],
        None => Vec::new(),
    }
}

/// What a file of the study may be read for.
pub const ROLES: [&str; 5] = ["participants", "assessments", "samples", "metabolites", "panel"];

/// Reads a file of any bytes in a format for a role, as `ketascreen check` would, and says only whether it is a table.
///
/// For tests that give it bytes no one would write: whatever they are, the answer is a table or problems.
pub fn is_table(format: file::Format, role: &'static str, bytes: &[u8]) -> bool {
    let files = [SourceFile { role, name: "any".into(), bytes: bytes.into() }];
    let reading = Reading { format: Some(format), ..Reading::plain(role, "any") };
    let files = Files { all: &files, bars: Bars(&Silent) };
    let mut problems = Problems::default();
    let sheet = Sheet::open(files, &reading, &mut problems);
    let mut cells = 0_usize;
    if let Some(sheet) = &sheet {
        sheet.for_each(|row| {
            cells += sheet.headers.iter().enumerate().filter(|(at, _)| row.text(*at).is_some()).count()
        });
    }
    problems.into_result().is_ok()
}

/// Notices what one table has and another lacks.
fn reconcile(params: &Params, study: &Study, context: &mut StageContext<'_>) {
    let Study { people, ratings, panel, samples, abundances } = study;
    if params.assessments.is_some() {
        reconcile::ratings(&people.known, &ratings.participants().collect(), context);
    }
    if params.samples.is_some() || params.metabolites.is_some() {
        reconcile::samples(&people.known, &timepoints(params), &samples.rows, context);
    }
    abundances.findings.iter().cloned().for_each(|finding| context.find(finding));
    if params.metabolites.is_some() {
        reconcile::measurements(&samples.rows, &abundances.grid, context);
        reconcile::analytes(params, panel, &abundances.grid, &samples.rows, context);
    }
}

/// Makes the tables.
fn write(params: &Params, study: Study, context: &mut StageContext<'_>) -> Result<Outputs, StageError> {
    let columns = &params.participants.columns;
    let panel = reconcile::panel(&study.panel, &study.abundances);
    let assessments = match &params.assessments {
        Some(settings) => study.ratings.table(settings, context)?,
        None => Table::empty(),
    };
    let mut abundances = study.abundances.grid.table(&study.abundances.units)?;
    if is_transformed(params) {
        abundances = abundances.with_metadata(schema::VALUES, schema::TRANSFORMED);
    }
    Ok(Outputs {
        participants: study.people.table(columns, context)?,
        variables: participants::variables(columns)?,
        assessments,
        samples: study.samples.table(params.samples.as_ref(), context)?,
        abundances,
        panel: Table::from_rows(panel)?,
    })
}
