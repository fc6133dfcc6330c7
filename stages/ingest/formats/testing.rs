//! Files of each format, made by hand for tests: small writers, nothing of the readers.

use std::io::{Cursor, Write};

use ::zip::write::SimpleFileOptions;
use polars::prelude::*;

/// One cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Empty,
    Text(String),
    Number(f64),
}

/// A table whose columns hold either texts or numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Plain {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

/// An archive of these files.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A workbook of Excel with these sheets: their names and the XML of their `sheetData` and what follows it.
pub fn xlsx_of(sheets: &[(&str, &str)], more: &str) -> Vec<u8> {
    let count = sheets.len();
    let each = |make: &dyn Fn(usize) -> String| (1..=count).map(make).collect::<String>();
    let kinds = each(&|n| {
        format!(
            r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#
        )
    });
    let types = format!(
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{kinds}</Types>"#
    );
    let rels = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let named = sheets
        .iter()
        .enumerate()
        .map(|(at, (name, _))| {
            format!(r#"<sheet name="{}" sheetId="{}" r:id="rId{}"/>"#, escaped(name), at + 1, at + 1)
        })
        .collect::<String>();
    let book = format!(
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{named}</sheets>{more}</workbook>"#
    );
    let book_rels = format!(
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"#,
        each(&|n| format!(
            r#"<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        ))
    );
    let sheet = |(at, (_, xml)): (usize, &(&str, &str))| {
        let text = format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{xml}</worksheet>"#
        );
        (format!("xl/worksheets/sheet{}.xml", at + 1), text)
    };
    let parts: Vec<(String, String)> = sheets.iter().enumerate().map(sheet).collect();
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", rels.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", book_rels.as_bytes()),
    ];
    files.extend(parts.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())));
    zipped(&files)
}

pub fn xlsx(table: &Plain) -> Vec<u8> {
    let cell = |value: &Value| match value {
        Value::Empty => "<c/>".to_owned(),
        Value::Text(text) => format!(r#"<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escaped(text)),
        Value::Number(number) => format!("<c><v>{number:e}</v></c>"),
    };
    let row = |cells: Vec<Value>| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    let rows: String = all_rows(table).map(row).collect();
    xlsx_of(&[("a", &format!("<sheetData>{rows}</sheetData>"))], "")
}

pub fn ods(table: &Plain) -> Vec<u8> {
    let cell = |value: &Value| match value {
        Value::Empty => "<table:table-cell/>".to_owned(),
        Value::Text(text) => {
            format!(r#"<table:table-cell office:value-type="string" office:string-value="{}"/>"#, escaped(text))
        }
        Value::Number(number) => format!(r#"<table:table-cell office:value-type="float" office:value="{number:e}"/>"#),
    };
    let row = |cells: Vec<Value>| {
        format!("<table:table-row>{}</table:table-row>", cells.iter().map(cell).collect::<String>())
    };
    let rows: String = all_rows(table).map(row).collect();
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content><office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

pub fn csv(table: &Plain) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in all_rows(table) {
        let cells = row.iter().map(|value| match value {
            Value::Empty => String::new(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        });
        writer.write_record(cells).unwrap();
    }
    writer.into_inner().unwrap()
}

pub fn parquet(table: &Plain) -> Vec<u8> {
    let column = |at: usize| {
        let name = table.headers[at].as_str().into();
        let cells = || table.rows.iter().map(move |row| &row[at]);
        if cells().any(|value| matches!(value, Value::Number(_))) {
            let numbers = cells().map(|value| if let Value::Number(number) = value { Some(*number) } else { None });
            Column::new(name, numbers.collect::<Vec<Option<f64>>>())
        } else {
            let texts = cells().map(|value| if let Value::Text(text) = value { Some(text.clone()) } else { None });
            Column::new(name, texts.collect::<Vec<Option<String>>>())
        }
    };
    let columns = (0..table.headers.len()).map(column).collect();
    let mut frame = DataFrame::new(table.rows.len(), columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(3)).finish(&mut frame).unwrap();
    bytes
}

/// A transport file of version 8.
pub fn xpt(table: &Plain) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut record = |text: &str| bytes.extend(format!("{text:<80}").bytes());
    let zeros = "0".repeat(30);
    record(&format!("HEADER RECORD*******LIBV8   HEADER RECORD!!!!!!!{zeros}"));
    record("SAS     SAS     SASLIB  9.4");
    record("01JAN24:00:00:00");
    record("HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!000000000000000001600000000140");
    record(&format!("HEADER RECORD*******DSCPTV8 HEADER RECORD!!!!!!!{zeros}"));
    record(&format!("SAS     {:<32}SASDATA 9.4", "TABLE"));
    record("01JAN24:00:00:00");
    record(&format!("HEADER RECORD*******NAMSTV8 HEADER RECORD!!!!!!!{:010}{}", table.headers.len(), "0".repeat(20)));
    let is_number = |at: usize| table.rows.iter().any(|row| matches!(row[at], Value::Number(_)));
    let text = |value: &Value| if let Value::Text(text) = value { text.clone() } else { String::new() };
    let length = |at: usize| match is_number(at) {
        true => 8,
        false => table.rows.iter().map(|row| text(&row[at]).len()).max().unwrap_or(0).max(1),
    };
    let mut position = 0_u32;
    for (at, header) in table.headers.iter().enumerate() {
        let mut entry = vec![0_u8; 140];
        entry[1] = if is_number(at) { 1 } else { 2 };
        entry[4..6].copy_from_slice(&u16::try_from(length(at)).unwrap().to_be_bytes());
        entry[84..88].copy_from_slice(&position.to_be_bytes());
        entry[8..56].fill(b' ');
        entry[88..120].fill(b' ');
        entry[88..88 + header.len()].copy_from_slice(header.as_bytes());
        position += u32::try_from(length(at)).unwrap();
        bytes.extend(entry);
    }
    bytes.resize(bytes.len().next_multiple_of(80), b' ');
    bytes.extend(format!("{:<80}", format!("HEADER RECORD*******OBSV8   HEADER RECORD!!!!!!!{zeros}")).bytes());
    for row in &table.rows {
        for (at, value) in row.iter().enumerate() {
            match value {
                Value::Number(number) => bytes.extend(ibm(*number).to_be_bytes()),
                _ if is_number(at) => bytes.extend([b'.', 0, 0, 0, 0, 0, 0, 0]),
                value => bytes.extend(format!("{}{}", text(value), " ".repeat(length(at) - text(value).len())).bytes()),
            }
        }
    }
    bytes.resize(bytes.len().next_multiple_of(80), b' ');
    bytes
}

/// A double as a number of the IBM System/370, exactly: its 53 bits fit into 56 beside a shift of up to three.
pub fn ibm(value: f64) -> u64 {
    if value == 0.0 {
        return 0;
    }
    let bits = value.to_bits();
    let (sign, exponent, mut fraction) =
        (bits >> 63, ((bits >> 52) & 0x7FF) as i64 - 1075, (bits & ((1 << 52) - 1)) | 1 << 52);
    // fraction · 2^exponent = 0.f · 16^e with f of 56 bits.
    let mut binary = exponent + 56;
    while binary % 4 != 0 {
        fraction <<= 1;
        binary -= 1;
    }
    let excess = u64::try_from(binary / 4 + 64).unwrap();
    assert!(excess < 128 && fraction < 1 << 56);
    sign << 63 | excess << 56 | fraction
}

fn all_rows(table: &Plain) -> impl Iterator<Item = Vec<Value>> {
    let header = table.headers.iter().map(|header| Value::Text(header.clone())).collect();
    std::iter::once(header).chain(table.rows.iter().cloned())
}
