//! What is wrong with a file is named with its line, its value and a remedy.

use super::{LONG, MADRS, PANEL, PARTICIPANTS, SAMPLES, ingest, refused, settings, with};

#[test]
fn a_bad_participant_is_named_with_its_line_its_value_and_the_remedy() {
    let bad = |from: &str, to: &str| PARTICIPANTS.replace(from, to);
    refused("participants", bad("61", "old"), "text_in_number", (3, "age"), "`old`", "missing");
    refused("participants", bad("61", "61,5"), "ragged_row", (3, ""), "6 cells", "quotation marks");
    refused("participants", bad("61", "\"61,5\""), "decimal_mark", (3, "age"), "`61,5`", "`decimal: \",\"`");
    refused(
        "participants",
        bad("61", "17"),
        "out_of_range",
        (3, "age"),
        "`17` is outside 18 to 90",
        "columns.age.range",
    );
    refused("participants", bad("61", "inf"), "infinite_value", (3, "age"), "`inf`", "correct");
    refused(
        "participants",
        bad("P2,61,male", "P2,61,mael"),
        "unknown_level",
        (3, "sex"),
        "`mael`",
        "did you mean `male`",
    );
    refused("participants", bad("male,0", "male,0.5"), "not_a_whole_number", (3, "children"), "`0.5`", "correct");
    refused("participants", bad("male,0", "male,-1"), "negative_count", (3, "children"), "`-1`", "number");
    refused("participants", bad("0,no", "0,maybe"), "not_binary", (3, "smoker"), "`maybe`", "yes/no");
    refused("participants", bad("P2", "P1"), "duplicate_participant", (3, "participant_id"), "line 2", "keep one");
    refused("participants", bad("P2", ""), "missing_value", (3, "participant_id"), "participant_id", "fill it in");
    refused("participants", bad("age", "Age"), "missing_column", (1, "age"), "`age`", "did you mean `Age`");
    refused("participants", bad("age", "sex"), "duplicate_header", (1, ""), "`sex`", "rename");
    refused("participants", "participant_id,age,sex,children,smoker\n", "no_rows", (1, ""), "no rows", "add the rows");
    refused("participants", " \n", "empty_file", (0, ""), "empty", "header");
    refused("participants", b"participant_id,age\r\nP\xFC,1\r\n", "invalid_encoding", (2, ""), "0xFC", "windows-1252");
    refused("participants", "participant_id\nP\0\n", "nul_byte", (2, ""), "NUL", "utf-16");
    refused("participants", bad("P3,", "\"P3,"), "open_quote", (4, ""), "never closed", "close it");
    let two_lines = bad("61", "old").replace("P1,", "\"P\n1\",");
    refused("participants", two_lines, "text_in_number", (4, "age"), "`old`", "missing");
    let crlf = format!("\u{feff}{}", bad("61", "old").replace('\n', "\r\n").replace("P2", "\r\nP2"));
    refused("participants", crlf, "text_in_number", (4, "age"), "`old`", "missing");
}

#[test]
fn a_bad_rating_is_named_with_its_line_its_value_and_the_remedy() {
    let bad = |from: &str, to: &str| MADRS.replace(from, to);
    refused("assessments", bad("28", "61"), "out_of_range", (4, "total"), "`61` is outside 0 to 60", "correct");
    refused(
        "assessments",
        bad("week_4,\n", "week4,\n"),
        "unknown_visit",
        (5, "visit"),
        "`week4`",
        "did you mean `week_4`",
    );
    refused(
        "assessments",
        bad("P3", "P03"),
        "unknown_participant",
        (6, "participant_id"),
        "`P03`",
        "did you mean `P3`",
    );
    let twice = bad("P2,week_4", "P2,baseline");
    refused("assessments", twice, "duplicate_assessment", (5, "visit"), "line 4 and again on line 5", "keep one");
    let items = |sixth: &str| {
        let header: Vec<String> = (1..=10).map(|item| format!("item_{item}")).collect();
        format!("participant_id,visit,{}\nP1,baseline,1,2,3,4,5,{sixth},0,1,2,3\n", header.join(","))
    };
    refused("assessments", items("7"), "out_of_range", (2, "item_6"), "`7` is outside 0 to 6", "correct");
    refused("assessments", items("1").replace("item_9", "other"), "missing_column", (1, "item_9"), "`item_9`", "item_");
    refused(
        "assessments",
        items("1").replace("item_10", "item_11"),
        "unknown_item",
        (1, "item_11"),
        "10 items",
        "rename",
    );
    let (outputs, _) = ingest(&settings(), &with("assessments", items("6"))).unwrap();
    let row = &outputs.assessments.rows()[0];
    assert_eq!((row.total, row.items_total), (Some(27.0), Some(27.0)));
    assert_eq!(outputs.assessments.extra::<Option<f64>>("item_6").unwrap(), [Some(6.0)]);
}

#[test]
fn a_total_that_is_not_its_items_sum_is_left_to_qc() {
    let header: Vec<String> = (1..=10).map(|item| format!("item_{item}")).collect();
    let text = format!("participant_id,visit,total,{}\nP1,baseline,30,1,1,1,1,1,1,1,1,1,1\n", header.join(","));
    let (outputs, _) = ingest(&settings(), &with("assessments", text)).unwrap();
    assert_eq!(
        (outputs.assessments.rows()[0].total, outputs.assessments.rows()[0].items_total),
        (Some(30.0), Some(10.0))
    );
}

#[test]
fn a_bad_sample_is_named_with_its_line_its_value_and_the_remedy() {
    let bad = |from: &str, to: &str| SAMPLES.replace(from, to);
    refused("samples", bad("S3,P2", "S3,P9"), "unknown_participant", (4, "participant_id"), "`P9`", "did you mean `P");
    refused(
        "samples",
        bad("P2,before", "P2,befor"),
        "unknown_timepoint",
        (4, "timepoint"),
        "`befor`",
        "did you mean `before`",
    );
    let twice = bad("P1,after", "P1,before");
    refused("samples", twice, "duplicate_timepoint", (3, "timepoint"), "`S1` on line 2 and `S2` on line 3", "keep one");
    refused(
        "samples",
        bad("S2,", "S1,"),
        "duplicate_sample",
        (3, "sample_id"),
        "line 2 and again on line 3",
        "keep one",
    );
    refused("samples", bad("S3,P2", "S3,"), "missing_value", (4, "participant_id"), "missing", "fill it in");
    refused(
        "samples",
        bad("pooled_qc", "pooled-qc"),
        "unknown_type",
        (6, "type"),
        "`pooled-qc`",
        "did you mean `pooled_qc`",
    );
    let order = bad("study,1,4", "study,1,3");
    refused(
        "samples",
        order,
        "duplicate_injection_order",
        (4, "injection_order"),
        "line 3 and again on line 4",
        "correct",
    );
}

#[test]
fn a_bad_abundance_is_named_with_its_line_its_value_and_the_remedy() {
    let bad = |from: &str, to: &str| LONG.replace(from, to);
    refused("metabolites", bad("1.25", "-1.25"), "negative_value", (7, "value"), "`-1.25`", "values: transformed");
    refused("metabolites", bad("1.25", "1e999"), "infinite_value", (7, "value"), "`1e999`", "correct");
    refused("metabolites", bad("1.25", "high"), "text_in_number", (7, "value"), "`high`", "metabolites.missing");
    refused(
        "metabolites",
        bad("S2,lactate,1.25,mmol/L", "S2,lactate,1.25,mg/dL"),
        "no_molar_mass",
        (7, "unit"),
        "`mg/dL`",
        "add `molar_mass` (g/mol) of `lactate`",
    );
    refused("metabolites", bad("1.25", "1.25*"), "undeclared_flag", (7, "value"), "`1.25*`", "flags: {\"*\": missing}");
    refused("metabolites", bad("1.25", "\"1,25*\""), "decimal_mark", (7, "value"), "`1,25*`", "decimal");
    refused(
        "metabolites",
        bad("S2,lactate", "S9,lactate"),
        "unknown_sample",
        (7, "sample_id"),
        "`S9`",
        "did you mean `S",
    );
    let twice = bad("S2,lactate", "S1,lactate");
    refused("metabolites", twice, "duplicate_measurement", (7, "analyte"), "line 6 and again on line 7", "keep one");
    let semicolons = LONG.replace(',', ";").replace('.', ",");
    refused(
        "metabolites",
        semicolons,
        "decimal_mark",
        (2, "value"),
        "`0,1`",
        "`decimal: \",\"` in `stages.ingest.metabolites`",
    );
    refused("panel", PANEL.replace("lactate,", "3-HB,"), "duplicate_analyte", (3, "analyte"), "`3-HB`", "keep one");
    refused(
        "panel",
        PANEL.replace("0.01,0.3", "0.3,0.01"),
        "reversed_range",
        (2, "plausible_high"),
        "0.01",
        "exchange",
    );
}

#[test]
fn all_problems_of_all_files_come_at_once_and_no_kind_floods_the_others() {
    let rows: String = (0..120).map(|row| format!("X{row},3-HB,1,mmol/L\n")).collect();
    let mut files = with("metabolites", format!("{LONG}{rows}"));
    files.retain(|(role, _)| *role != "assessments");
    files.push(("assessments", MADRS.replace("28", "61").into_bytes()));
    let problems = ingest(&settings(), &files).unwrap_err();
    let unknown: Vec<_> = problems.iter().filter(|problem| problem.code == "unknown_sample").collect();
    assert_eq!(unknown.len(), 51);
    assert!(unknown.iter().any(|problem| problem.message == "… and 70 more of this kind"));
    assert!(problems.iter().any(|problem| problem.code == "out_of_range"));
}

#[test]
fn an_unreadable_table_does_not_make_the_others_ids_unknown() {
    let problems = ingest(&settings(), &with("participants", "")).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["empty_file"]);
    let problems = ingest(&settings(), &with("participants", PARTICIPANTS.replace("P2,", "P2"))).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["ragged_row"]);
}
