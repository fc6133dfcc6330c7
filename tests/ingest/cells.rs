//! Cells that are more than plain numbers: flags, units, limits, names in two forms, codes for missing.

use serde_json::{Value, json};
use stages::contract::Problem;

use super::{PARTICIPANTS, ingest, settings, with};

/// The abundances of a study with other settings of the metabolites and another file of them, and the findings' codes.
fn abundances(change: Value, file: &str) -> Result<(String, Vec<&'static str>), Vec<Problem>> {
    let mut settings = settings();
    let Value::Object(change) = change else { panic!("a map") };
    change.into_iter().for_each(|(key, value)| settings["metabolites"][key] = value);
    let (outputs, findings) = ingest(&settings, &with("metabolites", file))?;
    let cell = |row: stages::ingest::schema::AbundanceRow| {
        let value = row.value.map_or(String::new(), |value| value.to_string());
        let below = if row.below_lod { "!" } else { "" };
        format!("{} {} {value}{below} {}", row.sample_id, row.analyte, row.unit.unwrap_or_default())
    };
    let cells: Vec<String> = outputs.abundances.rows().into_iter().map(cell).collect();
    Ok((cells.join("; "), findings.iter().map(|finding| finding.code).collect()))
}

#[test]
fn a_column_of_flags_says_what_its_values_are_worth() {
    let file = "sample_id,analyte,value,flag\nS1,lactate,1.5,\nS2,lactate,2.5,low\nS3,lactate,bad,fail\nS4,lactate,,low\nQ1,lactate,9,sat\n";
    let flags = json!({"low": "below_lod", "fail": "missing", "sat": "above_uloq"});
    let (cells, codes) = abundances(json!({"flag_column": "flag", "flags": flags}), file).unwrap();
    assert_eq!(
        cells,
        "Q1 lactate  mmol/L; S1 lactate 1.5 mmol/L; S2 lactate 2.5! mmol/L; S3 lactate  mmol/L; S4 lactate ! mmol/L"
    );
    assert!(codes.contains(&"above_uloq") && codes.contains(&"flagged_values"), "{codes:?}");
    let problems = abundances(json!({"flag_column": "flag"}), file).unwrap_err();
    assert_eq!(problems.iter().filter(|problem| problem.code == "undeclared_flag").count(), 4, "{problems:#?}");
    let problems = abundances(json!({"flag_column": "flags"}), file).unwrap_err();
    assert_eq!(problems[0].code, "missing_column");
}

#[test]
fn units_are_contradicted_by_nobody_and_converted_to_the_panels() {
    let file = "sample_id,analyte,value,unit\nS1,lactate,1500,µmol/L\nS2,lactate,2,mM\n";
    let (cells, codes) = abundances(json!({}), file).unwrap();
    assert_eq!(cells, "S1 lactate 1.5 mmol/L; S2 lactate 2 mmol/L");
    assert!(codes.contains(&"unit_converted"), "{codes:?}");
    let refused = |change: Value, file: &str, code: &str| {
        let problems = abundances(change, file).unwrap_err();
        assert!(problems.iter().any(|problem| problem.code == code), "{code}: {problems:#?}");
    };
    // The setting and the column both say what the file's values are in.
    refused(json!({"unit": "mmol/L"}), file, "mixed_units");
    refused(json!({"units": {"lac*": "mmol/L"}}), file, "mixed_units");
    refused(json!({"units": {"lacate": "mmol/L"}}), file, "unknown_analyte");
    // A logarithm is converted by no factor.
    refused(json!({"values": "transformed"}), file, "mixed_units");
    let bare = "sample_id,analyte,value,unit\nS1,lactate,1500,µmol/L\nS2,lactate,2,\n";
    refused(json!({}), bare, "unit_missing");
    let (cells, _) = abundances(json!({"units": {"lac*": "µmol/L"}}), bare).unwrap();
    assert_eq!(cells, "S1 lactate 1.5 mmol/L; S2 lactate 0.002 mmol/L");
    refused(json!({}), "sample_id,analyte,value,unit\nS1,lactate,1e308,mol/L\n", "out_of_doubles");
}

#[test]
fn limits_in_cells_stand_in_for_a_panel_that_has_none() {
    let file = |second: &str| {
        format!("sample_id,analyte,value,unit\nS1,lactate,<0.5,mmol/L\nS2,lactate,{second}\nS3,lactate,0.4,mmol/L\n")
    };
    let (cells, codes) = abundances(json!({}), &file("<500,µmol/L")).unwrap();
    assert!(codes.contains(&"lod_from_cells") && cells.contains("S3 lactate 0.4! mmol/L"), "{cells} {codes:?}");
    let (cells, codes) = abundances(json!({}), &file("<600,µmol/L")).unwrap();
    assert!(codes.contains(&"limits_differ") && cells.contains("S3 lactate 0.4 mmol/L"), "{cells} {codes:?}");
    let beside = "sample_id,analyte,value\nS1,3-HB,<0.5\nS2,3-HB,0.4\n";
    let (cells, codes) = abundances(json!({}), beside).unwrap();
    assert!(codes.contains(&"limits_beside_lod") && cells.contains("S2 3-HB 0.4 mmol/L"), "{cells} {codes:?}");
}

#[test]
fn one_name_in_two_normal_forms_is_one_analyte_and_exact_names_are_left_alone() {
    let file = "sample_id,analyte,value\nS1,caf\u{e9},1\nS2,cafe\u{301},2\nS1,LACTATE,3\n";
    let (cells, codes) = abundances(json!({"analytes": ["cafe\u{301}", "lactate"]}), file).unwrap();
    assert_eq!(cells, "S1 caf\u{e9} 1 ; S1 lactate 3 mmol/L; S2 caf\u{e9} 2 ; S2 lactate  mmol/L");
    assert!(codes.contains(&"name_resolved"));
    let (cells, codes) = abundances(json!({"names": "exact"}), file).unwrap();
    assert!(cells.contains("S1 LACTATE 3") && !codes.contains(&"name_resolved"), "{cells}");
    let twice = "sample_id,caf\u{e9},cafe\u{301}\nS1,1,2\n";
    let problems = abundances(json!({"layout": "wide"}), twice).unwrap_err();
    assert!(problems.iter().any(|problem| problem.code == "duplicate_analyte"), "{problems:#?}");
    // In a long file two names of one analyte may stand for different samples, and not for the same one.
    let same = "sample_id,analyte,value\nS1,lactate,1\nS1,Lactate,2\n";
    let problems = abundances(json!({}), same).unwrap_err();
    assert!(problems.iter().any(|problem| problem.code == "duplicate_measurement"), "{problems:#?}");
}

#[test]
fn codes_and_zeros_are_missing_where_that_is_declared() {
    let file = "sample_id,analyte,value\nS1,lactate,-1\nS2,lactate,0\nS1,3-HB,-1.0\nS2,3-HB,0\n";
    let (cells, codes) = abundances(json!({"missing_values": {"*": ["-1"], "lactate": ["-1", "0.0"]}}), file).unwrap();
    assert_eq!(cells, "S1 3-HB  mmol/L; S1 lactate  mmol/L; S2 3-HB 0! mmol/L; S2 lactate  mmol/L");
    assert!(codes.contains(&"missing_codes"));
    let all = json!({"missing_values": {"*": ["-1"]}, "zeros": "missing"});
    let (cells, codes) = abundances(all, file).unwrap();
    assert_eq!(cells, "S1 3-HB  mmol/L; S1 lactate  mmol/L; S2 3-HB  mmol/L; S2 lactate  mmol/L");
    assert!(codes.contains(&"zeros_missing"));
    // The file's own name for an analyte is a whole name too, and comes before a glob.
    let odd = "sample_id,analyte,value\nS1,HMDB00357,-1\nS2,HMDB00357,0\n";
    let (cells, _) = abundances(json!({"missing_values": {"*": ["-1"], "HMDB00357": ["-1", "0"]}}), odd).unwrap();
    assert_eq!(cells, "S1 3-HB  mmol/L; S2 3-HB  mmol/L");
    let mut settings = settings();
    settings["participants"]["columns"]["age"]["missing"] = json!(["999"]);
    let (outputs, _) = ingest(&settings, &with("participants", PARTICIPANTS.replace("P1,34", "P1,999"))).unwrap();
    let ages: Vec<Option<f64>> = outputs.participants.column("age");
    assert_eq!(ages, [None, Some(61.0), None]);
}
