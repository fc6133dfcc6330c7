//! Rows of a grid that is kept column after column: read and rewritten in blocks, so that the cache serves both ways.
//!
//! Each row is worked on alone, so the result has the same bits at any number of threads.

use rayon::prelude::*;

use crate::statistics::grid::Grid;

/// Rows in one block: 64 values of a column are eight cache lines.
const ROWS: usize = 64;
/// Blocks that are held at a time while rows are rewritten.
const BLOCKS: usize = 32;

/// What `of` makes of each row, which it gets as the values of these analytes in their order.
pub fn each_row<T: Send>(grid: &Grid, analytes: &[usize], of: impl Fn(usize, &mut [f64]) -> T + Sync) -> Vec<T> {
    each_of(grid, analytes, &(0..grid.samples.len()).collect::<Vec<_>>(), of)
}

/// The same for some of the rows, in the given order.
pub fn each_of<T: Send>(
    grid: &Grid,
    analytes: &[usize],
    rows: &[usize],
    of: impl Fn(usize, &mut [f64]) -> T + Sync,
) -> Vec<T> {
    let block = |rows: &[usize]| {
        let mut values = gather(grid, analytes, rows);
        let width = analytes.len();
        let each = rows.iter().enumerate().map(|(at, &row)| of(row, &mut values[at * width..(at + 1) * width]));
        each.collect::<Vec<T>>()
    };
    rows.par_chunks(ROWS).flat_map_iter(block).collect()
}

/// Replaces each row of these analytes by what `of` leaves in it, and gives what `of` said of it.
pub fn rewrite_rows<T: Send>(
    grid: &mut Grid,
    analytes: &[usize],
    of: impl Fn(usize, &mut [f64]) -> T + Sync,
) -> Vec<T> {
    let (rows, width) = ((0..grid.samples.len()).collect::<Vec<_>>(), analytes.len());
    let mut said = Vec::with_capacity(rows.len());
    for some in rows.chunks(BLOCKS * ROWS) {
        let block = |rows: &[usize]| {
            let mut values = gather(grid, analytes, rows);
            let each = rows.iter().enumerate().map(|(at, &row)| of(row, &mut values[at * width..(at + 1) * width]));
            let made: Vec<T> = each.collect();
            (rows[0], values, made)
        };
        let blocks: Vec<(usize, Vec<f64>, Vec<T>)> = some.par_chunks(ROWS).map(block).collect();
        for (start, values, made) in blocks {
            scatter(grid, analytes, start, &values);
            said.extend(made);
        }
    }
    said
}

/// Some rows, one after the other.
fn gather(grid: &Grid, analytes: &[usize], rows: &[usize]) -> Vec<f64> {
    let width = analytes.len();
    let mut values = vec![f64::NAN; rows.len() * width];
    for (place, &analyte) in analytes.iter().enumerate() {
        let column = grid.column(analyte);
        for (at, &row) in rows.iter().enumerate() {
            values[at * width + place] = column[row];
        }
    }
    values
}

fn scatter(grid: &mut Grid, analytes: &[usize], start: usize, values: &[f64]) {
    let width = analytes.len();
    for (place, &analyte) in analytes.iter().enumerate() {
        for (row, of_row) in values.chunks(width.max(1)).enumerate() {
            grid.set(start + row, analyte, of_row[place]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_written_where_they_belong() {
        let names = |letter: &str, n: usize| (0..n).map(|i| format!("{letter}{i}")).collect();
        let mut grid = Grid::missing(names("s", 150), names("m", 3));
        for row in 0..150 {
            (0..3).for_each(|analyte| grid.set(row, analyte, (row * 10 + analyte) as f64));
        }
        let read = each_row(&grid, &[2, 0], |row, values| (row, values.to_vec()));
        assert_eq!(read[149], (149, vec![1492.0, 1490.0]));
        let said = rewrite_rows(&mut grid, &[2, 0], |row, values| {
            values.iter_mut().for_each(|value| *value = -*value);
            row
        });
        assert_eq!((said.len(), said[130], grid.row(130)), (150, 130, vec![-1300.0, 1301.0, -1302.0]));
        assert_eq!(each_row(&grid, &[], |row, _| row).len(), 150);
    }
}
