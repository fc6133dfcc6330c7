//! Changes and areas as columns: one series a contrast and measure, so that millions of rows are held as numbers.

use super::schema::Changes;
use crate::contract::schema::{Cell, text_column};
use crate::contract::{Table, TableError};

/// One measure of one contrast, of every participant and analyte; a number that is missing is NaN.
pub struct Series {
    pub contrast: String,
    pub measure: &'static str,
    /// The participants by place, growing.
    pub who: Vec<usize>,
    /// Value, earlier and later value, analyte after analyte within a participant.
    pub cells: Vec<[f64; 3]>,
}

impl Series {
    /// Where the cells of the participant at `place` begin, if the series has any.
    fn first(&self, place: usize, analytes: usize) -> Option<usize> {
        self.who.binary_search(&place).ok().map(|at| at * analytes)
    }
}

/// The table of all series, in the order of its key.
pub fn table(
    mut series: Vec<Series>,
    participants: &[&str],
    analytes: &[String],
) -> Result<Table<Changes>, TableError> {
    series.sort_by(|a, b| (&a.contrast, a.measure).cmp(&(&b.contrast, b.measure)));
    // Participant, analyte, series, and the cell there.
    let mut rows: Vec<[u32; 4]> = Vec::with_capacity(series.iter().map(|one| one.cells.len()).sum());
    for place in 0..participants.len() {
        let first: Vec<Option<usize>> = series.iter().map(|one| one.first(place, analytes.len())).collect();
        for analyte in 0..analytes.len() {
            let own = first.iter().enumerate().filter_map(|(which, first)| Some((which, (*first)? + analyte)));
            rows.extend(own.map(|(which, cell)| [place, analyte, which, cell].map(|index| index as u32)));
        }
    }
    let number = |column: usize| {
        let of = |row: &[u32; 4]| present(series[row[2] as usize].cells[row[3] as usize][column]);
        rows.iter().map(of).collect::<Vec<Option<f64>>>()
    };
    let names = ["value", "from_value", "to_value"].into_iter().enumerate();
    let numbers: Vec<_> = names.map(|(column, name)| Cell::column(name, number(column))).collect();
    // There may be millions of cells: they leave before the columns of text come.
    series.iter_mut().for_each(|one| one.cells = Vec::new());
    let mut columns = vec![
        text_column("participant_id", rows.iter().map(|row| participants[row[0] as usize])),
        text_column("analyte", rows.iter().map(|row| analytes[row[1] as usize].as_str())),
        text_column("contrast", rows.iter().map(|row| series[row[2] as usize].contrast.as_str())),
        text_column("measure", rows.iter().map(|row| series[row[2] as usize].measure)),
    ];
    columns.extend(numbers);
    Table::from_columns(rows.len(), columns)
}

fn present(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
