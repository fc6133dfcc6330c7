//! What the readers make of sound files, broken files and no files at all.

use proptest::prelude::*;

use super::*;
use crate::contract::SourceFile;
use crate::ingest::file::Reading;

const MWTAB: &str = include_str!("../../../tests/cases/mwtab_text/study.mwtab");
const JSON: &str = include_str!("../../../tests/cases/mwtab_json/study.json");
const MZTAB: &str = include_str!("../../../tests/cases/mztab_m/study.mztab");
const ASSAY: &str = include_str!("../../../tests/cases/isatab_maf/a_assay.txt");
const STUDY: &str = include_str!("../../../tests/cases/isatab_maf/s_study.txt");
const MAF: &str = include_str!("../../../tests/cases/isatab_maf/m_study_maf.tsv");
const FILES: [(Format, &str); 6] = [
    (Format::Mwtab, MWTAB),
    (Format::Mwtab, JSON),
    (Format::Mztab, MZTAB),
    (Format::Isatab, ASSAY),
    (Format::Isatab, STUDY),
    (Format::Maf, MAF),
];
const ROLES: [&str; 5] = ["participants", "assessments", "samples", "metabolites", "panel"];

fn reading(role: &'static str) -> Reading<'static> {
    Reading::plain(role, "x")
}

fn table(format: Format, text: &str, role: &'static str) -> Result<Records, Vec<Fault>> {
    read(format, &text.as_bytes().into(), &reading(role))
}

/// The one fault of a file: its code, its line, and its words.
#[track_caller]
fn fault(format: Format, text: &str, role: &'static str) -> (&'static str, Option<u64>, String) {
    let faults = table(format, text, role).expect_err("the file is refused");
    assert_eq!(faults.len(), 1, "{faults:#?}");
    let fault = &faults[0];
    assert!(!fault.remedy.is_empty());
    (fault.code, fault.line, fault.message.clone())
}

/// Rows as wide as the header, on lines that the file has.
fn assert_sound(read: Result<Records, Vec<Fault>>, lines: usize) {
    match read {
        Ok(records) => {
            for (line, record) in &records.rows {
                assert_eq!(record.len(), records.headers.len());
                assert!((1..=lines.max(1) as u64).contains(line), "line {line} of {lines}");
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                assert!(
                    fault.line.is_none_or(|line| (1..=lines.max(1) as u64).contains(&line)),
                    "{fault:?} of {lines}"
                );
            }
        }
    }
}

#[test]
fn a_file_cut_short_anywhere_is_read_or_refused() {
    for (format, text) in FILES {
        // Names of 200 letters say nothing that ten do not.
        let text =
            ["x", "y", "z"].iter().fold(text.to_owned(), |text, letter| text.replace(&letter.repeat(200), letter));
        for end in 0..text.len() {
            for role in ["samples", "metabolites", "panel"] {
                let cut = &text.as_bytes()[..end];
                let lines = cut.iter().filter(|byte| **byte == b'\n').count() + 1;
                assert_sound(read(format, &cut.into(), &reading(role)), lines);
            }
        }
    }
}

#[test]
fn an_mwtab_file_cut_short_is_always_refused() {
    for (text, whole) in [(MWTAB, MWTAB.rfind("#END").unwrap() + 4), (JSON, JSON.rfind('}').unwrap() + 1)] {
        for end in (0..whole).filter(|end| text.is_char_boundary(*end)) {
            assert!(table(Format::Mwtab, &text[..end], "metabolites").is_err(), "{end} bytes");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..FILES.len(), role in 0_usize..ROLES.len()) {
        let (format, _) = FILES[at];
        let _ = read(format, &bytes.into(), &reading(ROLES[role]));
    }

    #[test]
    fn a_sound_file_with_anything_in_it_is_read_or_refused(
        at in 0_usize..FILES.len(), role in 0_usize..ROLES.len(), place in 0_usize..4000, length in 0_usize..40,
        put in "[\t\n\r\"\\{}\\[\\]:|=#,A-Z_a-c0-9 é-]{0,12}",
    ) {
        let (format, text) = FILES[at];
        let whole: Vec<char> = text.chars().collect();
        let place = place % whole.len();
        let rest = whole.iter().skip(place + length);
        let text: String = whole.iter().take(place).chain(put.chars().collect::<Vec<_>>().iter()).chain(rest).collect();
        let lines = text.split(['\n', '\r']).count();
        assert_sound(table(format, &text, ROLES[role]), lines);
    }
}

#[test]
fn text_and_json_of_one_study_are_the_same_tables() {
    for role in ["participants", "samples", "metabolites", "panel"] {
        let cells = |text| {
            let records = table(Format::Mwtab, text, role).unwrap();
            let mut rows: Vec<_> = records.rows.into_iter().map(|(_, record)| record).collect();
            // METABOLITES stands in another order, and the panel follows the abundances in both.
            rows.sort_by(|a, b| a.iter().cmp(b.iter()));
            (records.headers, rows)
        };
        assert_eq!(cells(MWTAB), cells(JSON), "{role}");
    }
}

#[test]
fn every_factor_and_every_repeated_name_is_a_column_of_its_own() {
    let records = table(Format::Mwtab, MWTAB, "samples").unwrap();
    let raw = "RAW_FILE_NAME(Raw file name)";
    assert_eq!(
        records.headers,
        ["sample_id", "participant_id", "timepoint", "type", "sex", raw, "batch", &format!("{raw} (2)")]
    );
    assert_eq!(records.rows[0].1, vec!["s 1", "P-1", "before", "study", "female", "s1_pos.raw", "b;1", "s1_neg.raw"]);
    let people = table(Format::Mwtab, MWTAB, "participants").unwrap();
    assert_eq!(people.headers[..3], ["participant_id", "type", "sex"]);
    assert!(!people.headers.iter().any(|header| header == "timepoint"), "it differs within a subject");
    assert_eq!(people.rows.len(), 2);
}

#[test]
fn what_is_wrong_with_an_mwtab_file_has_its_line() {
    let swapped = |from: &str, to: &str| {
        assert!(MWTAB.contains(from), "{from}");
        MWTAB.replacen(from, to, 1)
    };
    let found = |text: String| fault(Format::Mwtab, &text, "metabolites");
    let (code, line, message) = found(swapped("MS_METABOLITE_DATA_END\n", ""));
    assert_eq!((code, line), ("missing_end", Some(16)), "{message}");
    assert_eq!(found(swapped("NA(+)\t6.75\t", "NA(+)\t")).0, "ragged_row");
    assert_eq!(found(swapped("NA(+)\t6.75\t6.85\t6.95\t7.05\t7.15", "NA(+) 6.75")).1, Some(24));
    assert_eq!(found(swapped("NA(+)\t6.75\t", "NA(+)\t1\t6.75\t")).0, "ragged_row");
    assert_eq!(found(swapped("QC #1\ttimepoint:-", "QC #1 timepoint:-")).0, "missing_tabs");
    assert_eq!(found(swapped("timepoint:before", "timepoint before")).0, "bad_factor");
    assert_eq!(found(swapped("\n#END\n", "\n")).0, "cut_short");
    assert_eq!(
        found(swapped("#METABOLITES\nMETABOLITES_START", "#X\nOTHER_START").replace("METABOLITES_END", "OTHER_END")).0,
        "unknown_block"
    );
    assert_eq!(found(swapped("#METABOLOMICS", "METABOLOMICS")).0, "not_mwtab");
    assert_eq!(
        found(swapped("Samples\ts 1\ts/2", "Samples\ts 1\ts 1")).2,
        "the sample `s 1` occurs 2 times: columns 2, 3"
    );
    let moved = swapped("Samples\ts 1\ts/2", "Samples\ts/2\ts 1");
    let faults = table(Format::Mwtab, &moved, "metabolites").unwrap_err();
    assert_eq!((faults.len(), faults[0].code, faults[0].line), (2, "contradicting_factors", Some(18)));
    let none =
        swapped("MS_METABOLITE_DATA_START", "EXTENDED_X_START").replace("MS_METABOLITE_DATA_END", "EXTENDED_X_END");
    let none = none.replace("MS:INSTRUMENT_NAME               \tnone", "MS:MS_RESULTS_FILE\tresults.txt UNITS:area");
    let faults = table(Format::Mwtab, &none, "metabolites").unwrap_err();
    assert!(faults[0].code == "no_abundances" && faults[0].remedy.contains("results.txt"), "{faults:?}");
    assert_eq!(table(Format::Mwtab, MWTAB, "assessments").unwrap_err()[0].code, "no_such_table");
}

#[test]
fn what_is_wrong_with_mwtab_in_json_has_its_line_or_its_path() {
    let found = |from: &str, to: &str, role| {
        assert!(JSON.contains(from), "{from}");
        fault(Format::Mwtab, &JSON.replacen(from, to, 1), role)
    };
    let (code, _, message) = found("\"s/2\": \"0.6\"", "\"s 1\": \"0.6\"", "metabolites");
    assert_eq!(code, "duplicate_sample");
    assert_eq!(message, "MS_METABOLITE_DATA, Data, entry 1, `1,5-anhydrosorbitol`: the sample `s 1` occurs twice");
    let (code, line, message) = found("\"Sample ID\": \"s/2\"", "\"Sample\": \"s/2\"", "samples");
    assert_eq!((code, message.as_str()), ("bad_structure", "SUBJECT_SAMPLE_FACTORS, entry 2: it has no `Sample ID`"));
    let expected = JSON.lines().position(|line| line.contains("\"Sample ID\": \"s/2\"")).unwrap() as u64;
    assert!(line.is_some_and(|line| line.abs_diff(expected) <= 1), "{line:?} near {expected}");
    assert_eq!(found("\"METABOLOMICS WORKBENCH\"", "\"OTHER\"", "samples").0, "not_mwtab");
    assert_eq!(fault(Format::Mwtab, "{\"a\":\n1,}", "samples").1, Some(2));
    let one_line = JSON.replace('\n', " ");
    let lines: Vec<u64> = table(Format::Mwtab, &one_line, "samples").unwrap().rows.iter().map(|row| row.0).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5], "the entries are the places where there are no lines");
}

#[test]
fn binned_spectra_and_blocks_without_factors_are_read() {
    let head = "#METABOLOMICS WORKBENCH\nSUBJECT_SAMPLE_FACTORS\t-\tS1\tGroup:a:b\n";
    let bins = format!("{head}NMR_BINNED_DATA_START\nBin range(ppm)\tS1\t\n0.5...0.54\t3\nNMR_BINNED_DATA_END\n#END\n");
    let records = table(Format::Mwtab, &bins, "metabolites").unwrap();
    assert_eq!(records.rows, [(5, StringRecord::from(vec!["S1", "0.5...0.54", "3", ""]))]);
    let factors = table(Format::Mwtab, &bins, "samples").unwrap();
    assert_eq!((factors.headers.join(" "), &factors.rows[0].1[1]), ("sample_id Group".to_owned(), "a:b"));
    assert_eq!(table(Format::Mwtab, &bins, "participants").unwrap_err()[0].code, "no_such_table");
    let twice = bins.replace("0.5...0.54\t3", "hexose\t3\nhexose\t4");
    let names: Vec<String> =
        table(Format::Mwtab, &twice, "metabolites").unwrap().rows.iter().map(|row| row.1[1].to_owned()).collect();
    assert_eq!(names, ["hexose [row 1]", "hexose [row 2]"]);
}

#[test]
fn what_is_wrong_with_an_mztab_file_has_its_line() {
    let found = |from: &str, to: &str, role| {
        assert!(MZTAB.contains(from), "{from}");
        fault(Format::Mztab, &MZTAB.replacen(from, to, 1), role)
    };
    let (code, line, message) = found("2.0.0-M", "1.0.0", "samples");
    assert_eq!((code, line, message.contains("`1.0.0`")), ("unknown_version", Some(2), true));
    assert_eq!(found("MTD\tmzTab-version", "MTD\tversion", "samples").0, "not_mztab");
    assert_eq!(found("abundance_assay[5]", "abundance_assay[9]", "metabolites").0, "unknown_assay");
    assert_eq!(found("abundance_assay[5]", "abundance_assay[1]", "metabolites").0, "duplicate_sample");
    assert_eq!(found("assay[2]\trun/2", "assay[2]\t=run3", "samples").0, "duplicate_sample");
    assert_eq!(found("SML\t3\t3", "SML\t3", "panel").0, "ragged_row");
    assert_eq!(found("SFH\t", "SFX\t", "panel").0, "unknown_line");
    assert_eq!(found("\tSML_ID\t", "\tID\t", "panel").0, "missing_column");
    assert_eq!(table(Format::Mztab, MZTAB, "participants").unwrap_err()[0].code, "no_such_table");
}

#[test]
fn what_is_said_of_an_assay_stands_beside_it() {
    let records = table(Format::Mztab, MZTAB, "samples").unwrap();
    let first = |header: &str| &records.rows[0].1[records.headers.iter().position(|known| known == header).unwrap()];
    let expected = [
        ("sample", "tube 1"),
        ("study_variable", "first, before"),
        ("species", "Homo sapiens"),
        ("dose, mg", "0"),
        ("ms_run", "file:///run1.mzML"),
    ];
    assert!(expected.iter().all(|(header, value)| first(header) == *value), "{records:?}");
}

#[test]
fn what_is_wrong_with_isa_tab_or_a_maf_has_its_line() {
    let study = |text: &str| SourceFile { role: isatab::STUDY, name: "s.txt".into(), bytes: text.as_bytes().into() };
    let assay = || table(Format::Isatab, ASSAY, "samples").unwrap();
    let joined = isatab::join(assay(), &study(STUDY), None).unwrap();
    assert!(joined.headers.contains(&"Factor Value[Dose] unit".to_owned()), "{:?}", joined.headers);
    assert!(joined.headers.contains(&"Protocol REF (2)".to_owned()));
    let lacking = isatab::join(assay(), &study(&STUDY.replacen("\"4,4\"", "\"4;4\"", 1)), None).unwrap_err();
    assert_eq!((lacking.len(), lacking[0].code, lacking[0].line), (1, "unknown_sample", Some(5)));
    let twice = isatab::join(assay(), &study(&STUDY.replace("\"4,4\"", "\"s/2\"")), None).unwrap_err();
    assert!(twice[0].code == "duplicate_sample" && twice[0].message.contains("`s.txt`"), "{twice:?}");
    assert_eq!(fault(Format::Isatab, "ONTOLOGY SOURCE REFERENCE\nTerm Source Name\n", "samples").0, "not_isatab");
    assert_eq!(fault(Format::Isatab, ASSAY, "metabolites").0, "no_such_table");
    assert_eq!(fault(Format::Isatab, ASSAY, "participants").0, "missing_column");
    assert_eq!(fault(Format::Maf, STUDY, "metabolites").0, "not_maf");
    assert_eq!(
        fault(Format::Maf, &MAF.replacen("\"s 1\"", "\"s/2\"", 1), "metabolites").2,
        "the sample `s/2` occurs 2 times: columns 2, 3"
    );
    let (code, line, _) = fault(Format::Maf, &MAF.replacen("\"301.2\"", "\"\"", 1), "metabolites");
    assert_eq!((code, line), ("no_name", Some(8)));
}

#[test]
fn a_file_of_the_field_that_is_taken_as_text_is_told_apart() {
    let format = |text: &str| recognize(text);
    assert_eq!(
        [format(MWTAB), format(JSON), format(MZTAB)],
        [Some(Format::Mwtab), Some(Format::Mwtab), Some(Format::Mztab)]
    );
    assert_eq!([format("id,x\n1,2\n"), format("{\"a\": 1}"), format(MAF)], [None, None, None]);
    assert!(disguised(MWTAB).unwrap().remedy.contains("format: mwtab"));
}

#[test]
fn accessions_are_sorted_by_their_database() {
    let columns = |cell: &str| {
        let mut identifiers = identifiers::Identifiers::default();
        identifiers.take(cell);
        identifiers.columns()
    };
    assert_eq!(columns("CHEBI:1|HMDB:HMDB0000122; C00031|LMFA01"), ["HMDB0000122", "CHEBI:1", "C00031", "LMFA01"]);
    assert_eq!(columns("CHEBI:1|CHEBI:2"), ["", "", "", "CHEBI:1|CHEBI:2"]);
    assert_eq!(columns("unknown|null|-"), [""; 4]);
}
