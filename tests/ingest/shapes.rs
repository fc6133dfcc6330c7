//! Which way a table lies, which of its rows are read, and how its numbers are written.

use serde_json::{Value, json};
use stages::contract::{Place, Problem};

use super::{PARTICIPANTS, files, ingest, settings, shown, with};

const COLUMNS: &str = "analyte,S1,S2,S3,S4,Q1,B1\nbatch,1,1,1,1,1,1\n3-HB,0.1,0.4,<LOD,0.02,0.2,0\n\
    lactate,1.5,1.25,,NA,1.4,\n";

fn in_columns() -> Value {
    let mut settings = settings();
    for (key, value) in [("layout", json!("wide")), ("samples", json!("columns")), ("metadata", json!(["batch"]))] {
        settings["metabolites"][key] = value;
    }
    settings
}

#[test]
fn samples_in_columns_are_the_same_table_and_what_is_wrong_is_named_where_it_stands() {
    let (plain, _) = ingest(&settings(), &files()).unwrap();
    let (turned, _) = ingest(&in_columns(), &with("metabolites", COLUMNS)).unwrap();
    assert_eq!(shown(&turned), shown(&plain));
    let refused = |from: &str, to: &str, code: &str, place: (u64, &str), value: &str| {
        let problems = ingest(&in_columns(), &with("metabolites", COLUMNS.replace(from, to))).err().unwrap();
        let problem = problems.iter().find(|problem| problem.code == code).unwrap_or_else(|| panic!("{problems:#?}"));
        let Place::File { line, column, .. } = &problem.place else { panic!("{problem:?}") };
        assert_eq!((line.unwrap_or(0), column.as_deref().unwrap_or("")), place, "{problem:?}");
        assert!(problem.message.contains(value), "{problem:?}");
    };
    refused("0.4", "o.4", "text_in_number", (3, "S2"), "`o.4`");
    refused("1.25", "-1.25", "negative_value", (4, "S2"), "`-1.25`");
    refused("S2", "S1", "duplicate_header", (1, ""), "`S1`");
    refused("S2", "S9", "unknown_sample", (1, "S9"), "`S9`");
    refused("0.2,0", "0.2", "ragged_row", (3, ""), "6 cells");
    refused("lactate", "3-HB", "duplicate_row", (4, ""), "line 3 and again on line 4");
    refused("lactate", "", "missing_value", (4, "analyte"), "analyte");
    refused(
        "1,1,1,1,1,1\n3",
        "1,1,1,1,1,1\nclass,a,b,,,,\n3",
        "text_in_number",
        (3, "S1"),
        "any other cell of the row",
    );
    refused("analyte", "Analyte", "missing_column", (1, "analyte"), "`analyte`");
}

#[test]
fn rows_are_chosen_by_their_cells_and_a_condition_that_none_meets_is_refused() {
    let mut chosen = settings();
    chosen["participants"]["where"] = json!({"smoker": ["yes", "no"]});
    let people = ingest(&chosen, &files()).err().unwrap();
    assert!(people.iter().any(|problem| problem.code == "unknown_participant"), "P3 is not read: {people:#?}");
    for (header, value, place, remedy) in [
        ("sex", "mael", "stages.ingest.participants.where.sex", "did you mean `male`"),
        ("sexx", "male", "", "did you mean `sex`"),
    ] {
        chosen["participants"]["where"] = json!({header: value});
        let problems = ingest(&chosen, &files()).err().unwrap();
        let found = |problem: &&Problem| problem.remedy.contains(remedy);
        let problem = problems.iter().find(found).unwrap_or_else(|| panic!("{problems:#?}"));
        assert!(place.is_empty() || problem.place == Place::setting(place), "{problem:?}");
    }
}

#[test]
fn thousands_are_read_as_declared_and_proposed_where_they_are_not() {
    let text = PARTICIPANTS.replace("34", "\"3,4\"").replace("61", "\"1,234\"");
    let mut settings = settings();
    settings["participants"]["columns"]["age"] = json!({"kind": "number"});
    let problems = ingest(&settings, &with("participants", &text)).err().unwrap();
    assert!(problems.iter().any(|problem| problem.remedy.contains("thousands: \",\"")), "{problems:#?}");
    settings["participants"]["thousands"] = json!(",");
    let problems = ingest(&settings, &with("participants", &text)).err().unwrap();
    assert_eq!((problems.len(), problems[0].code), (1, "thousands_mark"));
    let (outputs, _) = ingest(&settings, &with("participants", text.replace("3,4", "34"))).unwrap();
    assert_eq!(outputs.participants.extra::<Option<f64>>("age").unwrap(), [Some(34.0), Some(1234.0), None]);
}
