//! A sound study, however it is dressed, becomes the same tables.

use serde_json::json;

use super::{LONG, WIDE, check, files, ingest, settings, shown, with};

#[test]
fn a_sound_study_becomes_typed_tables() {
    let (outputs, findings) = ingest(&settings(), &files()).unwrap();
    assert!(check(&settings()).is_empty());
    let people = &outputs.participants;
    assert_eq!(people.extra::<Option<f64>>("age").unwrap(), [Some(34.0), Some(61.0), None]);
    assert_eq!(people.extra::<Option<i64>>("children").unwrap(), [Some(2), Some(0), Some(1)]);
    assert_eq!(people.extra::<Option<bool>>("smoker").unwrap(), [Some(true), Some(false), None]);
    assert_eq!(people.extra::<Option<String>>("sex").unwrap()[0].as_deref(), Some("female"));
    let sex = outputs.variables.rows().into_iter().find(|row| row.variable == "sex").unwrap();
    assert_eq!(sex.levels.as_deref(), Some("[\"female\",\"male\"]"));

    let after = outputs.samples.rows().into_iter().find(|row| row.sample_id == "S4").unwrap();
    assert_eq!((after.window_low, after.hours_after_infusion, after.window_high), (Some(1.5), Some(2.5), Some(2.0)));
    let cell = |sample: &str, analyte: &str| {
        let rows = outputs.abundances.rows();
        let row = rows.into_iter().find(|row| row.sample_id == sample && row.analyte == analyte).unwrap();
        (row.value, row.below_lod, row.unit)
    };
    let unit = Some("mmol/L".to_owned());
    assert_eq!(cell("S3", "3-HB"), (None, true, unit.clone()), "marked in the file");
    assert_eq!(cell("S4", "3-HB"), (Some(0.02), true, unit.clone()), "below the panel's limit, kept");
    assert_eq!(cell("S1", "3-HB"), (Some(0.1), false, unit.clone()));
    assert_eq!(cell("S3", "lactate"), (None, false, unit), "not in the file: missing");

    let found =
        |code: &str| findings.iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("no {code}"));
    assert!(found("participants_without_samples").message.contains("P3"));
    assert_eq!(found("implausible_values").subject, "3-HB");
    assert!(
        found("implausible_values").message.starts_with("1 of 3 values"),
        "{}",
        found("implausible_values").message
    );
    assert_eq!(found("incomplete_variable").subject, "age");
}

#[test]
fn the_same_study_in_other_dress_gives_the_same_tables() {
    let (plain, _) = ingest(&settings(), &files()).unwrap();
    let dress = |change: &dyn Fn(&str) -> Vec<u8>| {
        let files: Vec<_> =
            files().into_iter().map(|(role, bytes)| (role, change(std::str::from_utf8(&bytes).unwrap()))).collect();
        shown(&ingest(&settings(), &files).unwrap().0)
    };
    let utf16 = |text: &str| [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(dress(&|text| text.replace('\n', "\r\n").into_bytes()), shown(&plain), "CRLF");
    assert_eq!(dress(&|text| format!("\u{feff}{text}").into_bytes()), shown(&plain), "BOM");
    assert_eq!(dress(&|text| text.replace(',', ";").into_bytes()), shown(&plain), "semicolons");
    assert_eq!(dress(&|text| text.replace(',', "\t").into_bytes()), shown(&plain), "tabs");
    assert_eq!(dress(&|text| text.replace('\n', "\n\n").replace(',', " , ").into_bytes()), shown(&plain), "blanks");
    assert_eq!(dress(&utf16), shown(&plain), "UTF-16");

    let mut comma = settings();
    comma["metabolites"]["decimal"] = json!(",");
    let text = LONG.replace(',', ";").replace('.', ",");
    assert_eq!(shown(&ingest(&comma, &with("metabolites", text)).unwrap().0), shown(&plain), "decimal commas");

    let mut wide = settings();
    wide["metabolites"]["layout"] = json!("wide");
    assert_eq!(shown(&ingest(&wide, &with("metabolites", WIDE)).unwrap().0), shown(&plain), "wide");
}

#[test]
fn an_odd_analyte_name_goes_through_long_and_wide() {
    let name = "=1+1, \"β/3-HB\"<script>";
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let long = format!("sample_id,analyte,value\nS1,{quoted},1\nS2,{quoted},2\n");
    let mut wide = settings();
    wide["metabolites"]["layout"] = json!("wide");
    wide["metabolites"]["analytes"] = json!([name]);
    let (a, findings) = ingest(&settings(), &with("metabolites", long)).unwrap();
    let (b, _) = ingest(&wide, &with("metabolites", format!("sample_id,{quoted},9lives\nS1,1,x\nS2,2,x\n"))).unwrap();
    assert_eq!(a.abundances.rows(), b.abundances.rows());
    assert!(a.abundances.rows().iter().all(|row| row.analyte == name));
    assert!(a.panel.rows().iter().any(|row| row.display_name == name));
    assert!(findings.iter().any(|finding| finding.code == "analyte_not_in_panel" && finding.subject == name));
}

#[test]
fn one_table_is_a_study_of_one_timepoint() {
    let settings = json!({
        "participants": {"file": "cohort.csv", "id": "id", "columns": {
            "age": {"kind": "number", "unit": "years"},
            "sex": {"kind": "category", "levels": ["female", "male"]},
            "remission": {"kind": "binary"}, "events": {"kind": "count"},
        }},
        "metabolites": {"file": "cohort.csv", "layout": "wide", "participant": "id", "analytes": ["m??"],
                        "values": "transformed"},
    });
    assert!(check(&settings).is_empty());
    let bytes = include_bytes!("../reference/r/cohort.csv").to_vec();
    let (outputs, _) = ingest(&settings, &[("participants", bytes.clone()), ("metabolites", bytes)]).unwrap();
    let people = outputs.participants.height();
    assert_eq!(outputs.samples.height(), people);
    assert_eq!(outputs.abundances.height(), people * outputs.panel.height());
    assert!(outputs.panel.rows().iter().all(|row| row.analyte.starts_with('m') && row.analyte.len() == 3));
    assert!(outputs.samples.rows().iter().all(|row| row.timepoint.as_deref() == Some("baseline")));
    assert_eq!(outputs.abundances.rows()[0].value, Some(0.2020864579328762));
}

#[test]
fn only_the_participants_are_needed() {
    let settings = json!({"participants": "people.csv"});
    let (outputs, findings) = ingest(&settings, &[("participants", b"participant_id\nP1\n".to_vec())]).unwrap();
    assert_eq!((outputs.participants.height(), outputs.samples.height(), outputs.abundances.height()), (1, 0, 0));
    assert!(findings.is_empty());
}
