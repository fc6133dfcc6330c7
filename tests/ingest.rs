//! What ingest makes of a study's files, and what it says of bad ones: through the seam that the runner uses.

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
    let bytes = include_bytes!("reference/r/cohort.csv").to_vec();
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

#[test]
fn settings_that_contradict_each_other_or_are_not_built_are_refused_by_path() {
    let refused = |change: &dyn Fn(&mut Value), code: &str, path: &str| {
        let mut settings = settings();
        change(&mut settings);
        let problems = check(&settings);
        let found = problems.iter().find(|problem| problem.code == code && problem.place == Place::setting(path));
        assert!(found.is_some(), "no {code} at {path}: {problems:#?}");
    };
    refused(&|s| s["samples"]["file"] = json!("samples.xls"), "unknown_format", "stages.ingest.samples.file");
    let unfitting = |key: &'static str, value: Value, file: &'static str| {
        let change = move |s: &mut Value| s["panel"] = json!({"file": file, key: value.clone()});
        refused(&change, "contradicting_setting", &format!("stages.ingest.panel.{key}"));
    };
    unfitting("sheet", json!("one"), "panel.csv");
    unfitting("range", json!("A1:B2"), "panel.parquet");
    unfitting("delimiter", json!(";"), "panel.xlsx");
    unfitting("encoding", json!("utf-8"), "panel.ods");
    unfitting("decimal", json!(","), "panel.xpt");
    unfitting("skip", json!(3), "panel.parquet");
    unfitting("thousands", json!("."), "panel.csv");
    refused(
        &|s| s["metabolites"]["samples"] = json!("columns"),
        "contradicting_setting",
        "stages.ingest.metabolites.samples",
    );
    refused(
        &|s| s["assessments"]["visit_names"] = json!({"v1": "baselin"}),
        "unknown_visit",
        "stages.ingest.assessments.visit_names.v1",
    );
    refused(&|s| s["panel"] = json!("panel.dat"), "unknown_format", "stages.ingest.panel.file");
    refused(&|s| s["assessments"]["items"] = json!(9), "contradicting_setting", "stages.ingest.assessments.items");
    refused(
        &|s| s["assessments"]["instrument"] = json!("phq9"),
        "missing_setting",
        "stages.ingest.assessments.total_range",
    );
    refused(
        &|s| s["metabolites"]["participant"] = json!("id"),
        "contradicting_setting",
        "stages.ingest.metabolites.participant",
    );
    refused(&|s| s["samples"] = Value::Null, "missing_setting", "stages.ingest.metabolites.file");
    let set = |key: &'static str, value: Value| move |s: &mut Value| s["metabolites"][key] = value.clone();
    refused(&set("flag_suffix", json!("_f")), "contradicting_setting", "stages.ingest.metabolites.flag_suffix");
    refused(&set("flag_suffix", json!("")), "empty_name", "stages.ingest.metabolites.flag_suffix");
    refused(&set("flags", json!({" H": "keep"})), "empty_name", "stages.ingest.metabolites.flags");
    let logs = |s: &mut Value| s["metabolites"] = json!({"file": "m.csv", "values": "transformed", "zeros": "missing"});
    refused(&logs, "contradicting_setting", "stages.ingest.metabolites.zeros");
    let wide = |s: &mut Value| s["metabolites"] = json!({"file": "m.csv", "layout": "wide", "flag_column": "flag"});
    refused(&wide, "contradicting_setting", "stages.ingest.metabolites.flag_column");
    let name = |s: &mut Value| s["participants"]["columns"]["baseline_score"] = json!({"kind": "number"});
    refused(&name, "reserved_name", "stages.ingest.participants.columns.baseline_score");
}

#[test]
fn settings_survive_being_written_out_in_full() {
    let params: Params = serde_json::from_value(settings()).unwrap();
    let written = serde_json::to_value(&params).unwrap();
    assert_eq!(written["panel"]["decimal"], json!("."));
    assert_eq!(serde_json::from_value::<Params>(written).unwrap(), params);
    let wrong = json!({"participants": {"file": "p.csv", "colums": {}}});
    assert!(serde_json::from_value::<Params>(wrong).unwrap_err().to_string().contains("colums"));
}
