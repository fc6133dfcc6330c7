//! What must hold for every format: no bytes panic, and a table comes back as it was written.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::bar::Bars;
use super::super::file::{Format, Reading};
use super::super::problems::Problems;
use super::super::sheet::{Files, Sheet};
use super::number_text;
use super::testing::{self, Plain, Value};
use crate::contract::{Silent, SourceFile};
use crate::ingest::is_table;

type Writer = fn(&Plain) -> Vec<u8>;
const WRITTEN: [(Format, Writer); 5] = [
    (Format::Csv, testing::csv),
    (Format::Xlsx, testing::xlsx),
    (Format::Ods, testing::ods),
    (Format::Parquet, testing::parquet),
    (Format::Xpt, testing::xpt),
];

/// Names as laboratories write them, without spaces around them.
fn name() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec![
        'a', 'β', 'µ', ',', '"', '\'', '/', '=', '+', '1', ';', '&', '<', '>', '(', '#', '|',
    ]);
    let word = prop::collection::vec(sign, 1..6).prop_map(|signs| signs.into_iter().collect::<String>());
    prop::collection::vec(word, 1..3).prop_map(|words| words.join(" "))
}

/// Numbers that every format can hold, SAS's within 16^±63.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1.0e6..1.0e6),
        (-70.0..70.0).prop_map(|exponent: f64| libm::pow(10.0, exponent)),
        (-1000_i32..1000).prop_map(f64::from)
    ]
}

fn table() -> impl Strategy<Value = Plain> {
    let headers = prop::collection::btree_set(name(), 2..6);
    (headers, 1_usize..6, any::<u64>()).prop_flat_map(|(headers, height, numeric)| {
        let headers: Vec<String> = headers.into_iter().filter(|header| header.len() <= 32).collect();
        let width = headers.len();
        let cell = move |at: usize| {
            if at > 0 && numeric >> at & 1 == 1 {
                prop_oneof![1 => Just(Value::Empty), 3 => number().prop_map(Value::Number)].boxed()
            } else if at > 0 {
                prop_oneof![1 => Just(Value::Empty), 3 => name().prop_map(Value::Text)].boxed()
            } else {
                name().prop_map(Value::Text).boxed()
            }
        };
        let row = move || (0..width).map(cell).collect::<Vec<_>>();
        let rows = (0..height).map(|_| row()).collect::<Vec<_>>();
        rows.prop_map(move |rows| Plain { headers: headers.clone(), rows })
    })
}

/// What a reader makes of a file: the header and every row with its line.
type Made = (Vec<String>, Vec<(u64, Vec<String>)>);

fn read(format: Format, bytes: Vec<u8>) -> Result<Made, String> {
    let files = [SourceFile { role: "samples", name: "table".into(), bytes: bytes.into() }];
    // The delimiter is given: what is detected is another's test.
    let delimiter = (format == Format::Csv).then(|| ",".to_owned().try_into().unwrap());
    let reading = Reading { format: Some(format), delimiter, ..Reading::plain("samples", "table") };
    let mut problems = Problems::default();
    let files = Files { all: &files, bars: Bars(&Silent) };
    let sheet = Sheet::open(files, &reading, &mut problems);
    let mut rows = Vec::new();
    if let Some(sheet) = &sheet {
        let cells =
            |row: super::super::row::Row<'_>| (0..sheet.headers.len()).map(|at| row.raw(at).to_owned()).collect();
        sheet.for_each(|row| rows.push((row.line, cells(row))));
    }
    problems.into_result().map_err(|error| format!("{error:?}"))?;
    Ok((sheet.map(|sheet| sheet.headers.clone()).unwrap_or_default(), rows))
}

fn shown(value: &Value) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Number(number) => number_text(*number, Default::default()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_table_written_in_any_format_is_read_as_it_was(table in table()) {
        prop_assume!(table.headers.len() >= 2);
        for (format, write) in WRITTEN {
            let (headers, rows) = read(format, write(&table)).map_err(|why| TestCaseError::fail(format!("{format:?}: {why}")))?;
            prop_assert_eq!(&headers, &table.headers, "{:?}", format);
            for (at, ((line, cells), row)) in rows.iter().zip(&table.rows).enumerate() {
                prop_assert_eq!(*line, at as u64 + 2, "{:?}", format);
                for (cell, value) in cells.iter().zip(row) {
                    match value {
                        // One number may be written in two ways; the double must be the same.
                        Value::Number(number) => prop_assert_eq!(cell.parse::<f64>().unwrap().to_bits(), number.to_bits(), "{:?}", format),
                        other => prop_assert_eq!(cell, &shown(other), "{:?}", format),
                    }
                }
            }
            prop_assert_eq!(rows.len(), table.rows.len(), "{:?}", format);
        }
    }

    #[test]
    fn no_bytes_whatever_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), start in 0_usize..6) {
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"PAR1", b"HEADER RECORD*******LIBRARY HEADER", b"\xFF\xFE", b"a,b\n\""][start];
        let bytes = [start, &bytes].concat();
        for format in ALL {
            is_table(format, "metabolites", &bytes);
        }
    }
}

const ALL: [Format; 10] = [
    Format::Csv,
    Format::Tsv,
    Format::Parquet,
    Format::Xlsx,
    Format::Ods,
    Format::Mwtab,
    Format::Mztab,
    Format::Isatab,
    Format::Maf,
    Format::Xpt,
];

fn example() -> Plain {
    let text = |text: &str| Value::Text(text.into());
    let row = |n: u32| vec![text(&format!("S/{n}, β")), Value::Number(f64::from(n) / 3.0), Value::Empty, text("=1+1")];
    Plain { headers: ["id", "NA(+)", "x", "\"y\""].map(str::to_owned).to_vec(), rows: (0..7).map(row).collect() }
}

#[test]
fn a_file_that_is_cut_off_or_has_a_bit_turned_never_panics() {
    for (format, write) in WRITTEN {
        let whole = write(&example());
        assert!(is_table(format, "samples", &whole), "{format:?}");
        let step = whole.len() / 400 + 1;
        let mut refused = 0;
        for end in (0..whole.len()).step_by(step) {
            refused += usize::from(!is_table(format, "samples", &whole[..end]));
        }
        // Text has an end wherever it is cut; the other formats say where they end.
        let cut = (0..whole.len()).step_by(step).len();
        assert!(format == Format::Csv || refused >= cut - 2, "{format:?}: {refused} of {cut}");
        for at in (0..whole.len()).step_by(step) {
            let mut turned = whole.clone();
            turned[at] ^= 1 << (at % 8);
            is_table(format, "samples", &turned);
        }
    }
}

#[test]
fn every_format_names_a_repeated_header_and_an_empty_table() {
    let twice = Plain { headers: vec!["id".into(), "x".into(), "x".into()], ..example() };
    let empty = Plain { rows: Vec::new(), ..example() };
    let mut codes = BTreeSet::new();
    for (format, write) in WRITTEN.into_iter().filter(|(format, _)| *format != Format::Parquet) {
        let twice = Plain { rows: twice.rows.iter().map(|row| row[..3].to_vec()).collect(), ..twice.clone() };
        let error = read(format, write(&twice)).unwrap_err();
        assert!(error.contains("duplicate_header"), "{format:?}: {error}");
        codes.insert(read(format, write(&empty)).unwrap_err().contains("no_rows"));
    }
    assert_eq!(codes, BTreeSet::from([true]));
}
