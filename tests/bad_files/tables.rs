//! Mistakes in the cells of a table.

use super::Trial;
use super::plain::{self, text};
use crate::written::{self, Plain, Value};

/// A format that any table may be written in.
pub struct Format {
    pub extension: &'static str,
    pub write: fn(&Plain) -> Vec<u8>,
}

impl Format {
    pub fn file(&self, role: &str) -> String {
        format!("data/{role}.{}", self.extension)
    }

    /// Whether its columns have types and names of their own, so that some mistakes cannot be made in it.
    fn is_typed(&self) -> bool {
        matches!(self.extension, "parquet" | "xpt")
    }
}

pub const FORMATS: [Format; 6] = [
    Format { extension: "csv", write: written::csv },
    Format { extension: "tsv", write: tsv },
    Format { extension: "xlsx", write: written::xlsx },
    Format { extension: "ods", write: written::ods },
    Format { extension: "parquet", write: written::parquet },
    Format { extension: "xpt", write: written::xpt },
];

fn tsv(table: &Plain) -> Vec<u8> {
    let records = written::csv(table);
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&records[..]);
    reader.records().for_each(|record| writer.write_record(&record.unwrap()).unwrap());
    writer.into_inner().unwrap()
}

/// One mistake: its name, the table, what is done to it, and what is said; the place follows the file's name.
type Mistake = (&'static str, &'static str, fn(&mut Plain), &'static str, &'static [&'static str]);

/// The same of the one table whose samples stand in columns.
type InColumns = (&'static str, fn(&mut Plain), &'static str, &'static str);

/// Writes a cell as text; in a typed format that makes a column of text.
fn write(table: &mut Plain, row: usize, column: usize, cell: &str) {
    for row in &mut table.rows {
        if let Value::Number(number) = row[column] {
            row[column] = text(&number.to_string());
        }
    }
    table.rows[row][column] = text(cell);
}

#[rustfmt::skip]
const MISTAKES: [Mistake; 17] = [
    ("another column", "participants", |t| t.headers[1] = "agee".into(), ":1, column age", &["has no column `age`", "did you mean `agee`?"]),
    ("an id twice", "participants", |t| t.rows[1][0] = text("P1"), ":3, column participant_id", &["`P1` occurs on line 2 and again on line 3"]),
    ("a sample twice", "samples", |t| t.rows[2][0] = text("S 1"), ":4, column sample_id", &["`S 1` occurs on line 2 and again on line 4"]),
    ("no id", "participants", |t| t.rows[1][0] = Value::Empty, ":3, column participant_id", &["`participant_id` is missing"]),
    ("text in a number", "participants", |t| write(t, 1, 1, "thirty"), ":3, column age", &["`thirty` is not a number"]),
    ("a decimal comma", "participants", |t| write(t, 1, 1, "61,5"), ":3, column age", &["`61,5` is written with a decimal comma"]),
    ("beyond the range", "participants", |t| t.rows[2][1] = Value::Number(340.0), ":4, column age", &["`340` is outside 18 to 90"]),
    ("text in a value", "metabolites", |t| write(t, 4, 2, "o.5"), ":6, column value", &["`o.5` is not a number"]),
    ("a comma in a value", "metabolites", |t| write(t, 4, 2, "0,5"), ":6, column value", &["decimal comma", "stages.ingest.metabolites"]),
    ("an infinite value", "metabolites", |t| write(t, 4, 2, "inf"), ":6, column value", &["`inf` is not a finite number"]),
    ("a negative value", "metabolites", |t| t.rows[4][2] = Value::Number(-0.5), ":6, column value", &["`-0.5` is negative"]),
    ("a pair twice", "metabolites", |t| t.rows[4][1] = text("3-HB"), ":6, column analyte", &["line 5 and again on line 6"]),
    ("a sample of nobody", "metabolites", |t| t.rows[8][0] = text("S/4"), ":10, column sample_id", &["unknown sample `S/4`", "did you mean `S/3`?"]),
    ("a participant of no one", "samples", |t| t.rows[1][1] = text("P/9"), ":3, column participant_id", &["unknown participant `P/9`"]),
    ("a time that is none", "samples", |t| t.rows[1][3] = text("25:61"), ":3, column time_of_day", &["`25:61`"]),
    ("an unknown timepoint", "samples", |t| t.rows[1][2] = text("strat"), ":3, column timepoint", &["unknown timepoint `strat`", "did you mean `start`?"]),
    ("a header and no rows", "metabolites", |t| t.rows.clear(), ":1", &["a header and no rows"]),
];

#[test]
fn every_mistake_in_a_table_of_every_format_is_refused_at_its_place() {
    for format in &FORMATS {
        let mut trial = Trial::of(plain::study(format));
        for (name, role, change, place, words) in MISTAKES {
            let mut table = plain::of(role);
            change(&mut table);
            let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            words.push(format!("{role}.{}{place}", format.extension));
            trial.refuses(name, &format.file(role), Some(&(format.write)(&table)), &words);
        }
        trial.end();
    }
}

#[test]
fn what_only_some_formats_can_hold_is_refused_in_these() {
    for format in &FORMATS {
        let mut trial = Trial::of(plain::study(format));
        let file = |role: &str| format!("{role}.{}", format.extension);
        if format.extension != "parquet" {
            let mut twice = plain::of("metabolites");
            twice.headers[1] = "value".into();
            let words = ["`value` occurs 2 times: columns 2, 3".to_owned(), format!("{}:1", file("metabolites"))];
            trial.refuses("a header twice", &format.file("metabolites"), Some(&(format.write)(&twice)), &words);
        }
        if format.extension == "parquet" {
            let mut infinite = plain::of("metabolites");
            infinite.rows[4][2] = Value::Number(f64::INFINITY);
            let words = ["not a finite number".to_owned(), "metabolites.parquet:6, column value".to_owned()];
            trial.refuses("infinity", &format.file("metabolites"), Some(&(format.write)(&infinite)), &words);
        }
        let short: Option<(Vec<u8>, &str)> = match format.extension {
            "csv" => Some((b"participant_id,age\nP1,34\nP/2\n".to_vec(), "has 1 cells and the header 2")),
            "tsv" => Some((b"participant_id\tage\nP1\t34\nP/2\t61\t\t\n".to_vec(), "has 4 cells and the header 2")),
            "xlsx" | "ods" => Some((beside(format), "`a note` in C3 stands beside the table")),
            _ => None,
        };
        if let Some((bytes, words)) = short {
            let words = [words.to_owned(), format!("{}:3", file("participants"))];
            trial.refuses("a row of another length", &format.file("participants"), Some(&bytes), &words);
        }
        trial.end();
    }
}

/// A sheet with a note where no column has a header.
fn beside(format: &Format) -> Vec<u8> {
    let mut table = plain::of("participants");
    table.rows[1].push(text("a note"));
    (format.write)(&table)
}

#[test]
fn a_table_of_samples_in_columns_is_refused_at_its_lines_and_samples_in_every_format_of_cells() {
    for format in FORMATS.iter().filter(|format| !format.is_typed()) {
        let study = plain::study(format);
        let wide = Plain {
            headers: ["name", "S 1", "=S2", "S/3"].map(str::to_owned).to_vec(),
            rows: ["3-HB", "β/3-HB"]
                .map(|name| vec![text(name), Value::Number(1.5), Value::Number(2.5), Value::Empty])
                .to_vec(),
        };
        let path = format.file("metabolites");
        std::fs::write(study.path(&path), (format.write)(&wide)).unwrap();
        study.edit(|text| {
            let file = format!("metabolites.{}", format.extension);
            text.replace(
                &format!("{{file: {file}}}"),
                &format!("{{file: {file}, layout: wide, samples: columns, analyte: name}}"),
            )
        });
        let mut trial = Trial::of(study);
        #[rustfmt::skip]
        let mistakes: [InColumns; 7] = [
            ("text in a value", |t| write(t, 1, 2, "o.5"), ":3, column =S2", "`o.5` is not a number"),
            ("a decimal comma", |t| write(t, 1, 2, "0,5"), ":3, column =S2", "decimal comma"),
            ("a negative value", |t| t.rows[1][1] = Value::Number(-2.0), ":3, column S 1", "`-2` is negative"),
            ("an analyte twice", |t| t.rows[1][0] = text("3-HB"), ":3", "line 2 and again on line 3"),
            ("an analyte without a name", |t| t.rows[1][0] = Value::Empty, ":3, column name", "`name` is missing"),
            ("a sample twice", |t| t.headers[2] = "S 1".into(), ":1", "`S 1` occurs 2 times"),
            ("a sample of nobody", |t| t.headers[2] = "S/9".into(), ":1, column S/9", "unknown sample `S/9`"),
        ];
        for (name, change, place, words) in mistakes {
            let mut table = wide.clone();
            change(&mut table);
            let words = [words.to_owned(), format!("metabolites.{}{place}", format.extension)];
            trial.refuses(name, &path, Some(&(format.write)(&table)), &words);
        }
        trial.end();
    }
}
