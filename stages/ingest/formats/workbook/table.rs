//! The cells of one sheet, one after the other, as a table: the first row that is not blank is the header.

use csv::StringRecord;

use super::super::Records;
use super::super::archive::damaged;
use super::area::{self, Area};
use super::cell::Cell;
use crate::ingest::bounds;
use crate::ingest::decode::Fault;
use crate::ingest::file::Reading;

/// How many cells are shown of those that are refused.
const SHOWN: usize = 50;

/// A table that grows row by row.
pub struct Table<'a> {
    area: Option<Area>,
    reading: &'a Reading<'a>,
    /// Rows of the samples' facts, which stand above the header.
    above: Vec<(u32, Vec<(u32, Cell)>)>,
    /// The row that is being filled, with its cells by column.
    row: Option<(u32, Vec<(u32, Cell)>)>,
    /// The first and last column of the table, once the header is known.
    columns: Option<(u32, u32)>,
    records: Records,
    cells: usize,
    faults: Vec<Fault>,
}

impl<'a> Table<'a> {
    pub fn new(area: Option<Area>, reading: &'a Reading<'a>) -> Self {
        Table {
            area,
            reading,
            above: Vec::new(),
            row: None,
            columns: None,
            records: Records::default(),
            cells: 0,
            faults: Vec::new(),
        }
    }

    /// Adds a cell that is not empty; rows come in their order.
    ///
    /// # Errors
    /// A row that comes again, more cells than are held.
    pub fn add(&mut self, place: (u32, u32), cell: Cell) -> Result<(), Vec<Fault>> {
        if u64::from(place.0) < self.reading.skip || self.area.is_some_and(|area| !area.contains(place)) {
            return Ok(());
        }
        match &mut self.row {
            Some((row, cells)) if *row == place.0 => cells.push((place.1, cell)),
            Some((row, _)) if *row > place.0 => return Err(vec![damaged("its rows are not in their order")]),
            _ => {
                self.end_row()?;
                self.row = Some((place.0, vec![(place.1, cell)]));
            }
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Vec<Fault>> {
        let Some((row, mut cells)) = self.row.take() else {
            return Ok(());
        };
        cells.sort_by_key(|(column, _)| *column);
        let remark = |comment: &str| matches!(cells.first(), Some((_, Cell::Text(text))) if text.starts_with(comment));
        if self.reading.comment.is_some_and(remark) {
            return Ok(());
        }
        let Some(columns) = self.columns else {
            return self.header(row, cells);
        };
        self.row_of_table(row, columns, cells)
    }

    fn row_of_table(&mut self, row: u32, columns: (u32, u32), cells: Vec<(u32, Cell)>) -> Result<(), Vec<Fault>> {
        self.cells += (columns.1 - columns.0) as usize + 1;
        bounds::refuse_many_cells(1, self.cells).map_err(|fault| vec![fault])?;
        let texts = self.texts(row, columns, cells);
        self.records.rows.push((u64::from(row) + 1, texts.iter().collect::<StringRecord>()));
        Ok(())
    }

    /// The header, which says what the columns are, together with the rows of facts above it.
    fn header(&mut self, row: u32, cells: Vec<(u32, Cell)>) -> Result<(), Vec<Fault>> {
        if self.above.len() < self.reading.shape.above {
            self.above.push((row, cells));
            return Ok(());
        }
        let all = || self.above.iter().map(|(_, cells)| cells).chain([&cells]);
        let first = all().filter_map(|cells| cells.first()).map(|(column, _)| *column).min();
        let last = all().filter_map(|cells| cells.last()).map(|(column, _)| *column).max();
        let found = first.zip(last);
        let columns = self.area.map(|area| (area.start.1, area.end.1)).or(found).unwrap_or_default();
        self.columns = Some(columns);
        self.records.header_line = u64::from(row) + 1;
        self.records.headers = self.texts(row, columns, cells);
        for (row, cells) in std::mem::take(&mut self.above) {
            self.row_of_table(row, columns, cells)?;
        }
        Ok(())
    }

    /// The texts of a row's cells, from the first column to the last; what is no text is refused.
    fn texts(&mut self, row: u32, columns: (u32, u32), cells: Vec<(u32, Cell)>) -> Vec<String> {
        let mut texts = vec![String::new(); (columns.1 - columns.0) as usize + 1];
        for (column, cell) in cells {
            let at = column.checked_sub(columns.0).map(|at| at as usize);
            let Some(place) = at.and_then(|at| texts.get_mut(at)) else {
                self.refuse((row, column), None, &cell);
                continue;
            };
            match cell {
                Cell::Text(text) => *place = text,
                Cell::Error(error) if self.reading.declares_missing(&error) => {}
                other => {
                    let header = at.and_then(|at| self.records.headers.get(at)).cloned();
                    self.refuse((row, column), Some(header.unwrap_or_default()), &other);
                }
            }
        }
        texts
    }

    /// Refuses a cell: of a column of the table, or of none.
    fn refuse(&mut self, place: (u32, u32), header: Option<String>, cell: &Cell) {
        if self.faults.len() >= SHOWN {
            return;
        }
        let name = area::name(place);
        let (code, message, remedy) = match (cell, &header) {
            (cell, None) => {
                let what = if let Cell::Text(text) | Cell::Error(text) = cell { text } else { "a formula" };
                let message = format!("`{what}` in {name} stands beside the table: its column has no header");
                (
                    "cell_beside_table",
                    message,
                    "give it one, empty the cell, or say what is the table: `range: A1:F40`".to_owned(),
                )
            }
            (Cell::Error(error), _) => {
                let remedy = format!("correct the formula, empty the cell, or declare it: `missing: [\"{error}\"]`");
                ("error_in_cell", format!("{name} holds the error `{error}`"), remedy)
            }
            _ => {
                let message = format!("{name} holds a formula whose value was not stored with it");
                (
                    "formula_without_value",
                    message,
                    "open the workbook, let it compute, and save it; or paste the values".to_owned(),
                )
            }
        };
        let fault = Fault::new(code, Some(u64::from(place.0) + 1), message, remedy);
        self.faults.push(fault.of_column(header.unwrap_or_default()));
    }

    /// The table, unless anything in it was refused.
    pub fn finish(mut self, merged: impl Iterator<Item = ((u32, u32), (u32, u32))>) -> Result<Records, Vec<Fault>> {
        self.end_row()?;
        let Some(columns) = self.columns else {
            let remedy = "name another sheet, or correct `range`, `skip` and `facts_above`";
            return Err(vec![Fault::new("empty_file", None, "nothing is left of the sheet to read", remedy)]);
        };
        self.refuse_merged(columns, merged);
        if self.faults.is_empty() { Ok(self.records) } else { Err(self.faults) }
    }

    /// Merged cells hold one value, and it is not said for how many rows or columns it counts.
    fn refuse_merged(&mut self, columns: (u32, u32), merged: impl Iterator<Item = ((u32, u32), (u32, u32))>) {
        let header = self.records.header_line;
        let line = |row: Option<&(u64, StringRecord)>| row.map_or(header, |(line, _)| *line);
        // Rows of facts stand above the header.
        let rows = (line(self.records.rows.first()).min(header), line(self.records.rows.last()));
        for (start, end) in merged {
            let apart = u64::from(end.0) + 1 < rows.0
                || u64::from(start.0) + 1 > rows.1
                || end.1 < columns.0
                || start.1 > columns.1;
            if start != end && !apart && self.faults.len() < SHOWN {
                let message = format!(
                    "the cells {}:{} are merged: only the first holds a value",
                    area::name(start),
                    area::name(end)
                );
                let remedy = "take the merge apart and write the value into each cell that it is meant for";
                self.faults.push(Fault::new("merged_cells", Some(u64::from(start.0) + 1), message, remedy));
            }
        }
    }
}
