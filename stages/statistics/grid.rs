//! Abundances as a matrix: a row per sample, a column per analyte.
//!
//! A missing value is NaN here, and only here: tables store null, and every fit takes complete cases.

/// Values by sample (row) and analyte (column), column after column.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    pub samples: Vec<String>,
    pub analytes: Vec<String>,
    values: Vec<f64>,
}

impl Grid {
    /// A grid of missing values.
    pub fn missing(samples: Vec<String>, analytes: Vec<String>) -> Self {
        let values = vec![f64::NAN; samples.len() * analytes.len()];
        Grid { samples, analytes, values }
    }

    /// The values of one analyte, by sample.
    pub fn column(&self, analyte: usize) -> &[f64] {
        &self.values[analyte * self.samples.len()..(analyte + 1) * self.samples.len()]
    }

    /// The values of one sample, by analyte.
    pub fn row(&self, sample: usize) -> Vec<f64> {
        (0..self.analytes.len()).map(|analyte| self.get(sample, analyte)).collect()
    }

    pub fn get(&self, sample: usize, analyte: usize) -> f64 {
        self.values[analyte * self.samples.len() + sample]
    }

    pub fn set(&mut self, sample: usize, analyte: usize, value: f64) {
        let n = self.samples.len();
        self.values[analyte * n + sample] = value;
    }

    /// Every column with its analyte's index.
    pub fn columns_mut(&mut self) -> impl Iterator<Item = (usize, &mut [f64])> {
        let n = self.samples.len().max(1);
        self.values.chunks_mut(n).enumerate()
    }

    /// The same columns for some of the rows, in the given order.
    pub fn select_rows(&self, rows: &[usize]) -> Grid {
        let samples = rows.iter().map(|&row| self.samples[row].clone()).collect();
        let mut grid = Grid::missing(samples, self.analytes.clone());
        for analyte in 0..self.analytes.len() {
            for (to, &from) in rows.iter().enumerate() {
                grid.set(to, analyte, self.get(from, analyte));
            }
        }
        grid
    }

    /// The same rows for some of the columns, in the given order.
    pub fn select_analytes(&self, analytes: &[usize]) -> Grid {
        let names = analytes.iter().map(|&analyte| self.analytes[analyte].clone()).collect();
        let mut grid = Grid::missing(self.samples.clone(), names);
        for (to, column) in grid.columns_mut() {
            column.copy_from_slice(self.column(analytes[to]));
        }
        grid
    }
}
