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
    /// The cells of the participant at `place`, where the series has any.
    fn of(&self, place: usize, analytes: usize) -> Option<&[[f64; 3]]> {
        let at = self.who.binary_search(&place).ok()?;
        self.cells.get(at * analytes..(at + 1) * analytes)
    }
}

/// The table of all series, in the order of its key.
pub fn table(mut series: Vec<Series>, participants: &[&str], analytes: &[&str]) -> Result<Table<Changes>, TableError> {
    series.sort_by(|a, b| (&a.contrast, a.measure).cmp(&(&b.contrast, b.measure)));
    let mut rows: Vec<(u32, u32, u32)> = Vec::new();
    let mut cells: [Vec<Option<f64>>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    for place in 0..participants.len() {
        let own: Vec<Option<&[[f64; 3]]>> = series.iter().map(|one| one.of(place, analytes.len())).collect();
        for analyte in 0..analytes.len() {
            for (which, numbers) in own.iter().enumerate() {
                let Some(numbers) = numbers.and_then(|numbers| numbers.get(analyte)) else { continue };
                rows.push((place as u32, analyte as u32, which as u32));
                cells.iter_mut().zip(numbers).for_each(|(column, number)| column.push(present(*number)));
            }
        }
    }
    let mut columns = vec![
        text_column("participant_id", rows.iter().map(|row| participants[row.0 as usize])),
        text_column("analyte", rows.iter().map(|row| analytes[row.1 as usize])),
        text_column("contrast", rows.iter().map(|row| series[row.2 as usize].contrast.as_str())),
        text_column("measure", rows.iter().map(|row| series[row.2 as usize].measure)),
    ];
    let height = rows.len();
    let names = ["value", "from_value", "to_value"];
    columns.extend(names.into_iter().zip(cells).map(|(name, cells)| Cell::column(name, cells)));
    Table::from_columns(height, columns)
}

fn present(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
