//! Bytes that are no whole file of the format: none, cut off, of another kind, in another encoding.

use super::Trial;
use super::plain::{self, ROLES};
use super::tables::{FORMATS, Format};

fn is_text(format: &Format) -> bool {
    matches!(format.extension, "csv" | "tsv")
}

#[test]
fn a_file_that_is_absent_empty_or_of_another_kind_is_named_in_every_format() {
    for format in &FORMATS {
        let mut trial = Trial::of(plain::study(format));
        for role in ROLES {
            let (path, name) = (format.file(role), format!("{role}.{}", format.extension));
            let absent = [format!("there is no file `{name}`"), format!("stages.ingest.{role}.file")];
            trial.refuses("no file", &path, None, &absent);
            for (what, bytes) in [
                ("empty", &b""[..]),
                ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
                ("a zero", b"\0"),
                ("PK", b"PK\x03\x04"),
            ] {
                trial.refuses(what, &path, Some(bytes), std::slice::from_ref(&name));
            }
        }
        trial.end();
    }
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_named_in_every_format_of_bytes() {
    for format in FORMATS.iter().filter(|format| !is_text(format)) {
        let mut trial = Trial::of(plain::study(format));
        let whole = (format.write)(&plain::of("metabolites"));
        let length = whole.len();
        // A transport file is a row of records of 80 bytes and says neither how many nor how many observations: one that
        // was cut off between two of them is a shorter file.
        let cuts = [1, 4, 79, length / 4 + 1, length / 2 + 1, length * 3 / 4 + 1, length - 9, length - 1];
        for cut in cuts.into_iter().filter(|cut| format.extension != "xpt" || cut % 80 != 0) {
            let words = [format!("metabolites.{}", format.extension)];
            trial.refuses(&format!("cut to {cut}"), &format.file("metabolites"), Some(&whole[..cut]), &words);
        }
        trial.end();
    }
}

#[test]
fn text_in_another_encoding_with_a_nul_or_cut_off_in_a_row_is_named_with_its_line() {
    for format in FORMATS.iter().filter(|format| is_text(format)) {
        let mut trial = Trial::of(plain::study(format));
        let path = format.file("participants");
        let text = String::from_utf8((format.write)(&plain::of("participants"))).unwrap();
        let name = |line: u64| format!("participants.{}:{line}", format.extension);
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        trial.refuses("windows-1252", &path, Some(&latin), &["0xE9".into(), name(4), "windows-1252".into()]);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        trial.refuses("utf-16 without its mark", &path, Some(&utf16), &[name(1), "NUL".into()]);
        let nul = text.replace("61.5", "61\0.5");
        trial.refuses("a NUL", &path, Some(nul.as_bytes()), &[name(3), "NUL".into()]);
        let short = &text[..text.find("Pé").unwrap() + 3];
        trial.refuses("cut off", &path, Some(short.as_bytes()), &[name(4), "has 1 cells and the header 2".into()]);
        let open = text.replace("P/2", "\"P/2");
        trial.refuses("an open quotation mark", &path, Some(open.as_bytes()), &[name(3), "quotation mark".into()]);
        let separate = text.replace([',', '\t'], "|");
        trial.refuses("another delimiter", &path, Some(separate.as_bytes()), &[name(1), "has no column".into()]);
        let marked = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        std::fs::write(trial.study.path(&path), &marked).unwrap();
        trial.study.run(&["run", "-q", "ingest"]).fine();
        assert!(trial.study.shown() == trial.before, "a byte-order mark and other line ends change nothing");
    }
}

#[test]
fn two_million_columns_are_refused_with_their_line() {
    for format in FORMATS.iter().filter(|format| is_text(format)) {
        let mut trial = Trial::of(plain::study(format));
        let mark = if format.extension == "tsv" { "\t" } else { "," };
        let wide = format!("sample_id{mark}analyte{mark}value\nS 1{}\n", mark.repeat(2_000_000));
        let words = [format!("metabolites.{}:2", format.extension), "2000001 columns".to_owned()];
        trial.refuses("columns", &format.file("metabolites"), Some(wide.as_bytes()), &words);
        trial.end();
    }
}
