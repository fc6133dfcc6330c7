//! Tables in another dress: encodings, line ends, decimal commas, the wide layout.

use std::collections::BTreeSet;

use super::{MADRS, METABOLITES, PEOPLE, PIPELINE, SAMPLES, assert_plain, replace};
use crate::common::Study;

#[test]
fn an_empty_file_and_one_of_another_kind_are_named() {
    let cases: [(&[u8], &str); 4] = [
        (b"", "the file is empty"),
        (b"participant_id,visit,total\n", "a header and no rows"),
        (b"participant_id,visit,total\nP01,\xb5,3\n", "the byte 0xB5 is not UTF-8"),
        (b"participant_id,visit,total\n\"P01,baseline,3\n", "a quotation mark opens here"),
    ];
    for (bytes, words) in cases {
        let study = Study::of_the_repository();
        std::fs::write(study.path(MADRS), bytes).unwrap();
        let said = study.run(&["check"]);
        assert_eq!(said.code, Some(2));
        assert_plain(&said);
        assert!(said.err.contains(words) && said.err.contains("madrs.csv"), "{}", said.err);
    }
}

#[test]
fn a_byte_order_mark_and_other_line_ends_change_no_table() {
    let (plain, foreign) = (Study::of_the_repository(), Study::of_the_repository());
    for file in [PEOPLE, MADRS, SAMPLES, METABOLITES, "data/panel.csv"] {
        let text = std::fs::read_to_string(foreign.path(file)).unwrap();
        foreign.write(file, &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    for study in [&plain, &foreign] {
        study.run(&["run", "-q", "ingest"]).fine();
    }
    assert!(plain.shown() == foreign.shown() && !plain.shown().is_empty());
}

#[test]
fn semicolons_and_decimal_commas_are_read_when_declared_and_named_when_not() {
    let study = Study::of_the_repository();
    study.run(&["run", "-q", "ingest"]).fine();
    let before = study.shown();
    for file in [PEOPLE, METABOLITES] {
        let text = std::fs::read_to_string(study.path(file)).unwrap();
        study.write(file, &text.replace(',', ";").replace('.', ","));
    }
    let said = study.run(&["check"]);
    assert_eq!(said.code, Some(2));
    for words in ["`0,7836` is written with a decimal comma", "metabolites.csv:2, column value", "participants.csv:2"] {
        assert!(said.err.contains(words), "{}", said.err);
    }
    assert!(said.err.contains("set `decimal: \",\"` in `stages.ingest.metabolites`"), "{}", said.err);
    let declared = "\n      delimiter: \";\"\n      decimal: \",\"  #";
    replace(&study, PIPELINE, "file: participants.csv", &format!("file: participants.csv{declared}"));
    replace(&study, PIPELINE, "file: metabolites.csv", &format!("file: metabolites.csv{declared}"));
    study.run(&["run", "-q", "ingest"]).fine();
    assert!(study.shown() == before);
}

/// Turns the long table into a wide one, with a column of words where `note` says its header.
pub fn widen(study: &Study, note: Option<&str>) {
    let text = std::fs::read_to_string(study.path(METABOLITES)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |at: usize| rows.iter().map(|row| row[at].to_owned()).collect::<BTreeSet<String>>();
    let (samples, analytes) = (column(0), column(1));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["sample_id"].into_iter().chain(note).chain(analytes.iter().map(String::as_str));
    writer.write_record(header).unwrap();
    for sample in &samples {
        let value = |analyte: &String| {
            let row = rows.iter().find(|row| row[0] == **sample && row[1] == **analyte);
            row.map_or(String::new(), |row| row[2].to_owned())
        };
        let note = note.map(|_| "by hand".to_owned());
        writer.write_record([sample.clone()].into_iter().chain(note).chain(analytes.iter().map(value))).unwrap();
    }
    study.write(METABOLITES, &String::from_utf8(writer.into_inner().unwrap()).unwrap());
    replace(study, PIPELINE, "layout: long", "layout: wide");
}

#[test]
fn a_wide_column_of_words_is_named_once_with_the_setting_that_leaves_it_out() {
    let study = Study::of_the_repository();
    widen(&study, Some("comment"));
    let said = study.run(&["check"]);
    assert_eq!(said.code, Some(2));
    for words in ["`by hand` is not a number", "metabolites.csv:2, column comment", "`analytes:`", "1 problem;"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
}
