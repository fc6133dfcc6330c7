use super::super::testing::{xlsx_of, zipped};
use super::*;

fn reading() -> Reading<'static> {
    Reading::plain("samples", "book.xlsx")
}

fn text(cell: &str, text: &str) -> String {
    format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn number(cell: &str, value: &str) -> String {
    format!(r#"<c r="{cell}"><v>{value}</v></c>"#)
}

fn row(line: u32, cells: &[String]) -> String {
    format!(r#"<row r="{line}">{}</row>"#, cells.concat())
}

fn one(rows: &[String], after: &str) -> Vec<u8> {
    xlsx_of(&[("one", &format!("<sheetData>{}</sheetData>{after}", rows.concat()))], "")
}

fn header() -> String {
    row(3, &[text("B3", "id"), text("C3", "x")])
}

fn fault(bytes: &[u8], reading: &Reading<'_>) -> (&'static str, Option<u64>, String) {
    let faults = read(Format::Xlsx, bytes, reading).unwrap_err();
    (faults[0].code, faults[0].line, format!("{} | {}", faults[0].message, faults[0].remedy))
}

#[test]
fn rows_keep_their_number_in_the_sheet_and_blank_ones_are_none() {
    let bytes = one(&[header(), row(7, &[text("B7", "S/1"), number("C7", "0.1")]), row(9, &[text("B9", "S2")])], "");
    let records = read(Format::Xlsx, &bytes, &reading()).unwrap();
    assert_eq!((records.header_line, records.headers), (3, vec!["id".to_owned(), "x".to_owned()]));
    let rows: Vec<(u64, Vec<&str>)> = records.rows.iter().map(|(line, row)| (*line, row.iter().collect())).collect();
    assert_eq!(rows, [(7, vec!["S/1", "0.1"]), (9, vec!["S2", ""])]);
}

#[test]
fn an_error_a_formula_without_value_a_note_and_a_merge_are_named_with_their_cell() {
    let data = |cell: &str| one(&[header(), row(4, &[text("B4", "S1"), cell.to_owned()])], "");
    let error = data(r#"<c r="C4" t="e"><v>#DIV/0!</v></c>"#);
    let (code, line, words) = fault(&error, &reading());
    assert_eq!((code, line), ("error_in_cell", Some(4)));
    assert!(words.contains("C4") && words.contains("#DIV/0!") && words.contains("missing:"), "{words}");
    let declared = ["#DIV/0!".to_owned()];
    assert!(read(Format::Xlsx, &error, &Reading { missing: &declared, ..reading() }).is_ok());
    let (code, _, words) = fault(&data(r#"<c r="C4"><f>A1+B1</f></c>"#), &reading());
    assert!(code == "formula_without_value" && words.contains("C4"), "{words}");
    assert!(read(Format::Xlsx, &data(r#"<c r="C4"><f>A1+B1</f><v>2</v></c>"#), &reading()).is_ok());
    let (code, line, words) = fault(&data(&text("H4", "a note")), &reading());
    assert!(
        (code, line) == ("cell_beside_table", Some(4)) && words.contains("H4") && words.contains("range:"),
        "{words}"
    );
    let merged = one(
        &[header(), row(4, &[text("B4", "S1")]), row(5, &[text("B5", "S2")])],
        r#"<mergeCells><mergeCell ref="C4:C5"/></mergeCells>"#,
    );
    assert_eq!(fault(&merged, &reading()).0, "merged_cells");
    let title = one(
        &[row(1, &[text("B1", "T")]), header(), row(4, &[text("B4", "S1")])],
        r#"<mergeCells><mergeCell ref="B1:C1"/></mergeCells>"#,
    );
    assert!(read(Format::Xlsx, &title, &Reading { skip: 2, ..reading() }).is_ok(), "a merged title above the table");
}

#[test]
fn a_sheet_of_one_far_cell_or_of_a_claimed_million_of_rows_takes_no_memory() {
    let far = one(&[header(), row(1_048_576, &[number("XFD1048576", "1")])], "");
    assert_eq!(fault(&far, &reading()).0, "cell_beside_table");
    let claimed = xlsx_of(
        &[(
            "one",
            &format!(
                r#"<dimension ref="A1:XFD1048576"/><sheetData>{}{}</sheetData>"#,
                header(),
                row(4, &[text("B4", "S1")])
            ),
        )],
        "",
    );
    assert_eq!(read(Format::Xlsx, &claimed, &reading()).unwrap().rows.len(), 1);
    let wide = one(&[row(1, &[text("A1", "id"), text("XFD1", "x")]), row(2, &[text("A2", "S1")])], "");
    assert_eq!(read(Format::Xlsx, &wide, &reading()).unwrap().headers.len(), 16_384);
}

#[test]
fn the_sheet_is_the_only_one_that_holds_anything_or_the_one_that_is_named() {
    let data = format!("<sheetData>{}{}</sheetData>", header(), row(4, &[text("B4", "S1")]));
    let blank = "<sheetData/>";
    let chosen = xlsx_of(&[("notes", blank), ("β, data", &data)], "");
    assert_eq!(read(Format::Xlsx, &chosen, &reading()).unwrap().rows.len(), 1);
    let two = xlsx_of(&[("a", &data), ("β, data", &data)], "");
    let (code, _, words) = fault(&two, &reading());
    assert!(code == "several_sheets" && words.contains("`β, data`") && words.contains("sheet:"), "{words}");
    assert!(read(Format::Xlsx, &two, &Reading { sheet: Some("β, data"), ..reading() }).is_ok());
    let (code, _, words) = fault(&two, &Reading { sheet: Some("b, data"), ..reading() });
    assert!(code == "unknown_sheet" && words.contains("did you mean `β, data`"), "{words}");
    assert_eq!(fault(&xlsx_of(&[("a", blank)], ""), &reading()).0, "empty_file");
    let names = "<definedNames><definedName name=\"block\">'β, data'!$B$3:$C$4</definedName></definedNames>";
    let named = xlsx_of(&[("a", &data), ("β, data", &data)], names);
    assert_eq!(read(Format::Xlsx, &named, &Reading { range: Some("block"), ..reading() }).unwrap().rows.len(), 1);
    assert_eq!(
        fault(&named, &Reading { range: Some("block"), sheet: Some("a"), ..reading() }).0,
        "contradicting_setting"
    );
    assert_eq!(fault(&named, &Reading { range: Some("blokc"), ..reading() }).0, "bad_range");
}

#[test]
fn what_is_no_workbook_is_refused_with_what_it_is() {
    assert_eq!(fault(b"id,x\n", &reading()).0, "not_a_workbook");
    assert_eq!(fault(&zipped(&[("a.txt", b"a")]), &reading()).0, "damaged_file");
    let whole = one(&[header(), row(4, &[text("B4", "S1")])], "");
    assert_eq!(fault(&whole[..whole.len() / 2], &reading()).0, "damaged_file");
    let backwards = one(&[header(), row(9, &[text("B9", "S1")]), row(5, &[text("B5", "S2")])], "");
    assert_eq!(fault(&backwards, &reading()).0, "damaged_file");
}

#[test]
fn merged_cells_of_an_ods_are_named_as_those_of_an_xlsx() {
    let cell = |text: &str, more: &str| {
        format!(r#"<table:table-cell office:value-type="string" office:string-value="{text}"{more}/>"#)
    };
    let book = |merged: &str| {
        let rows = [
            format!("<table:table-row>{}{}</table:table-row>", cell("id", ""), cell("x", "")),
            format!("<table:table-row>{}{}</table:table-row>", cell("S1", merged), cell("1", "")),
            format!("<table:table-row><table:covered-table-cell/>{}</table:table-row>", cell("2", "")),
        ];
        let content = format!(
            r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="a">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
            rows.concat()
        );
        zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", b"<manifest:manifest/>"),
            ("content.xml", content.as_bytes()),
        ])
    };
    assert!(read(Format::Ods, &book(""), &reading()).is_ok());
    let faults = read(Format::Ods, &book(r#" table:number-rows-spanned="2""#), &reading()).unwrap_err();
    assert_eq!((faults[0].code, faults[0].line), ("merged_cells", Some(2)));
    assert!(faults[0].message.contains("A2:A3"), "{faults:?}");
}

#[test]
fn rows_of_facts_above_the_header_widen_the_table_and_their_merges_are_refused() {
    let rows = [
        row(2, &[text("C2", "plate"), text("D2", "7/A")]),
        row(4, &[text("B4", "name"), text("C4", "hmdb"), text("D4", "S1")]),
        row(5, &[text("B5", "x"), number("D5", "1")]),
    ];
    let shape = crate::ingest::shape::Shape { above: 1, ..crate::ingest::shape::Shape::PLAIN };
    let reading = Reading { shape, ..reading() };
    let records = read(Format::Xlsx, &one(&rows, ""), &reading).unwrap();
    assert_eq!((records.header_line, records.headers), (4, ["name", "hmdb", "S1"].map(str::to_owned).to_vec()));
    let rows_read: Vec<(u64, Vec<&str>)> =
        records.rows.iter().map(|(line, row)| (*line, row.iter().collect())).collect();
    assert_eq!(rows_read, [(2, vec!["", "plate", "7/A"]), (5, vec!["x", "", "1"])]);
    let merged = one(&rows, r#"<mergeCells count="1"><mergeCell ref="D2:E2"/></mergeCells>"#);
    assert_eq!(fault(&merged, &reading).0, "merged_cells");
}
