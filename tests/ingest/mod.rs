//! What ingest makes of a study's files, and what it says of bad ones: through the seam that the runner uses.

mod cells;
mod refusals;
mod settings;
mod shapes;
mod tables;

use serde_json::{Value, json};
use stages::contract::{Finding, Place, Problem, Silent, SourceFile, Stage, StageContext, StageError, Vocabulary};
use stages::ingest::{Ingest, Inputs, Outputs, Params};

const PARTICIPANTS: &str = "participant_id,age,sex,children,smoker\nP1,34,female,2,yes\nP2,61,male,0,no\nP3,,male,1,\n";
const MADRS: &str =
    "participant_id,visit,total\nP1,baseline,31\nP1,week_4,12\nP2,baseline,28\nP2,week_4,\nP3,baseline,40\n";
const SAMPLES: &str = "sample_id,participant_id,timepoint,type,batch,injection_order,hours_after_infusion\n\
    S1,P1,before,study,1,2,\nS2,P1,after,study,1,3,1.75\nS3,P2,before,study,1,4,\nS4,P2,after,study,1,5,2.5\nQ1,,,pooled_qc,1,1,\nB1,,,blank,1,6,\n";
const LONG: &str = "sample_id,analyte,value,unit\nS1,3-HB,0.1,mmol/L\nS2,3-HB,0.4,mmol/L\nS3,3-HB,<LOD,mmol/L\nS4,3-HB,0.02,mmol/L\n\
    S1,lactate,1.5,mmol/L\nS2,lactate,1.25,mmol/L\nS4,lactate,,mmol/L\nQ1,3-HB,0.2,mmol/L\nQ1,lactate,1.4,mmol/L\nB1,3-HB,0,mmol/L\n";
const WIDE: &str = "sample_id,3-HB,lactate\nS1,0.1,1.5\nS2,0.4,1.25\nS3,<LOD,\nS4,0.02,NA\nQ1,0.2,1.4\nB1,0,\n";
const PANEL: &str = "analyte,display_name,unit,lod,hmdb,plausible_low,plausible_high\n3-HB,3-hydroxybutyrate,mmol/L,0.05,HMDB0000357,0.01,0.3\nlactate,Lactate,mmol/L,,,,\n";

fn settings() -> Value {
    json!({
        "participants": {"file": "participants.csv", "columns": {
            "age": {"kind": "number", "unit": "years", "range": [18, 90]},
            "sex": {"kind": "category", "levels": ["female", "male"]},
            "children": {"kind": "count"},
            "smoker": {"kind": "binary"},
        }},
        "assessments": {"file": "madrs.csv", "visits": ["baseline", "week_4"]},
        "samples": {"file": "samples.csv",
                    "timepoints": {"before": {}, "after": {"hours_after_infusion": [1.5, 2.0]}}},
        "metabolites": {"file": "metabolites.csv"},
        "panel": "panel.csv",
    })
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let texts = [
        ("participants", PARTICIPANTS),
        ("assessments", MADRS),
        ("samples", SAMPLES),
        ("metabolites", LONG),
        ("panel", PANEL),
    ];
    texts.into_iter().map(|(role, text)| (role, text.as_bytes().to_vec())).collect()
}

/// The study's files with one of them replaced.
fn with(role: &'static str, bytes: impl AsRef<[u8]>) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = files();
    files.retain(|(known, _)| *known != role);
    files.push((role, bytes.as_ref().to_vec()));
    files
}

fn ingest(settings: &Value, files: &[(&'static str, Vec<u8>)]) -> Result<(Outputs, Vec<Finding>), Vec<Problem>> {
    let params: Params = serde_json::from_value(settings.clone()).expect("the settings are readable");
    let requests = Ingest::sources(&params);
    let sources = requests.iter().filter_map(|request| {
        let (_, bytes) = files.iter().find(|(role, _)| *role == request.role)?;
        Some(SourceFile { role: request.role, name: request.path.clone(), bytes: bytes.clone().into() })
    });
    let mut context = StageContext::new(1, &Silent);
    match Ingest::run(&params, Inputs { files: sources.collect() }, &mut context) {
        Ok(outputs) => Ok((outputs, context.into_findings())),
        Err(StageError::Input(problems)) => Err(problems),
        Err(other) => panic!("not a problem of the input: {other}"),
    }
}

fn check(settings: &Value) -> Vec<Problem> {
    let params: Params = serde_json::from_value(settings.clone()).expect("the settings are readable");
    let mut names = Vocabulary::default();
    Ingest::define(&params, &mut names);
    Ingest::check(&params, &names)
}

/// Asserts that the study with this file in place has one problem of `code`, there, with these words.
#[track_caller]
fn refused(role: &'static str, bytes: impl AsRef<[u8]>, code: &str, place: (u64, &str), value: &str, remedy: &str) {
    let problems = ingest(&settings(), &with(role, bytes)).expect_err("the study is refused");
    let problem = problems.iter().find(|problem| problem.code == code);
    let problem = problem.unwrap_or_else(|| panic!("no {code} among {problems:#?}"));
    let Place::File { name, line, column } = &problem.place else { panic!("not in a file: {problem:?}") };
    let params: Params = serde_json::from_value(settings()).unwrap();
    let source = Ingest::sources(&params).into_iter().find(|source| source.role == role).unwrap();
    assert_eq!(*name, source.path);
    assert_eq!((line.unwrap_or(0), column.as_deref().unwrap_or("")), place, "{problem:?}");
    assert!(problem.message.contains(value), "{problem:?}");
    assert!(problem.remedy.contains(remedy), "{problem:?}");
}

/// The tables as text, for comparing two readings of one study.
fn shown(outputs: &Outputs) -> String {
    let people = &outputs.participants;
    format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
        people.rows(),
        people.extra::<Option<f64>>("age"),
        people.extra::<Option<String>>("sex"),
        people.extra::<Option<i64>>("children"),
        people.extra::<Option<bool>>("smoker"),
        outputs.assessments.rows(),
        outputs.samples.rows(),
        outputs.abundances.rows(),
        outputs.panel.rows(),
    )
}
