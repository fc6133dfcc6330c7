//! A small synthetic study of plain tables, written in any table format.

use super::tables::Format;
use crate::common::Study;
use crate::written::{Plain, Value};

pub const ROLES: [&str; 3] = ["participants", "samples", "metabolites"];

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn table(headers: &[&str], rows: &[&[Value]]) -> Plain {
    Plain {
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
        rows: rows.iter().map(|row| row.to_vec()).collect(),
    }
}

pub fn of(role: &str) -> Plain {
    match role {
        "participants" => table(
            &["participant_id", "age"],
            &[
                &[text("P1"), Value::Number(34.0)],
                &[text("P/2"), Value::Number(61.5)],
                &[text("Pé 3"), Value::Number(40.0)],
            ],
        ),
        "samples" => table(
            &["sample_id", "participant_id", "timepoint", "time_of_day"],
            &[
                &[text("S 1"), text("P1"), text("start"), text("08:30")],
                &[text("=S2"), text("P/2"), text("start"), text("09:30")],
                &[text("S/3"), text("Pé 3"), text("start"), text("10:30")],
            ],
        ),
        _ => {
            let samples = ["S 1", "=S2", "S/3"];
            let analytes = ["3-HB", "β/3-HB", "NA(+)"];
            let row = |at: usize| vec![text(samples[at / 3]), text(analytes[at % 3]), Value::Number(0.25 + at as f64)];
            Plain {
                headers: ["sample_id", "analyte", "value"].map(str::to_owned).to_vec(),
                rows: (0..9).map(row).collect(),
            }
        }
    }
}

/// The study with all its tables in one format.
pub fn study(format: &Format) -> Study {
    let study = Study::empty();
    std::fs::create_dir(study.path("data")).unwrap();
    for role in ROLES {
        std::fs::write(study.path(&format.file(role)), (format.write)(&of(role))).unwrap();
    }
    let end = format.extension;
    study.write(
        "pipeline.yaml",
        &format!(
            "study: {{title: Bad files, synthetic: true, seed: 1, data: data}}\n\
             stages:\n  ingest:\n    \
             participants: {{file: participants.{end}, columns: {{age: {{kind: number, range: [18, 90]}}}}}}\n    \
             samples: {{file: samples.{end}, timepoints: {{start: {{}}}}}}\n    \
             metabolites: {{file: metabolites.{end}}}\n"
        ),
    );
    study
}
