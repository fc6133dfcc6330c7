use super::*;
use crate::statistics::random::Stream;

fn named(n: usize, p: usize) -> Grid {
    let names = |what: &str, count: usize| (0..count).map(|i| format!("{what}{i}")).collect();
    Grid::missing(names("s", n), names("m", p))
}

fn grid(rows: &[Vec<f64>]) -> Grid {
    let mut grid = named(rows.len(), rows[0].len());
    for (i, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(j, value)| grid.set(i, j, *value));
    }
    grid
}

fn read(csv: &str) -> Vec<Vec<f64>> {
    let cell = |cell: &str| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() };
    csv.lines().map(|line| line.split(',').map(cell).collect()).collect()
}

/// Positive values with two strong directions and noise; synthetic.
fn drawn(n: usize, p: usize) -> Grid {
    let mut draw = Stream::new(7, "principal_components/test", (n * p) as u64);
    let mut grid = named(n, p);
    for row in 0..n {
        let (a, b) = (draw.normal(), draw.normal());
        for analyte in 0..p {
            let place = analyte as f64;
            let value = 0.6 * a * libm::cos(place) + 0.4 * b * libm::sin(place) + 0.5 * draw.normal();
            grid.set(row, analyte, libm::exp(value));
        }
    }
    grid
}

#[track_caller]
fn near(ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    let far = ours.iter().zip(theirs).find(|(a, b)| (*a - *b).abs() > tolerance);
    assert_eq!(far, None);
}

#[test]
fn tall_and_wide_tables_have_the_components_of_r() {
    for (values, expected) in [
        (
            include_str!("../../../tests/reference/normalization/principal_components_tall_values.csv"),
            include_str!("../../../tests/reference/normalization/principal_components_tall.csv"),
        ),
        (
            include_str!("../../../tests/reference/normalization/principal_components_wide_values.csv"),
            include_str!("../../../tests/reference/normalization/principal_components_wide.csv"),
        ),
    ] {
        let (grid, expected) = (grid(&read(values)), read(expected));
        let (n, p) = (grid.samples.len(), grid.analytes.len());
        let found = principal_components(&grid, 2).unwrap();
        for component in 0..2 {
            let theirs: Vec<f64> = expected.iter().map(|row| row[component]).collect();
            near(&found.scores[component], &theirs[..n], 1e-10);
            near(&found.loadings[component], &theirs[n..n + p], 1e-10);
            near(&[found.explained[component]], &theirs[n + p..], 1e-12);
        }
    }
}

#[test]
fn lanczos_and_the_whole_singular_value_decomposition_agree() {
    for (n, p) in [(220, 190), (180, 400)] {
        let grid = drawn(n, p);
        let found = principal_components(&grid, 3).unwrap();
        let values = Mat::from_fn(n, p, |row, analyte| standardize(grid.column(analyte)).unwrap()[row]);
        let whole = values.svd().unwrap();
        let total: f64 = whole.S().column_vector().iter().map(|d| d * d).sum();
        for component in 0..3 {
            let d = whole.S().column_vector()[component];
            near(&[found.explained[component]], &[d * d / total], 1e-12);
            let loading: Vec<f64> = whole.V().col(component).iter().copied().collect();
            let along: f64 = loading.iter().zip(&found.loadings[component]).map(|(a, b)| a * b).sum();
            assert!((along.abs() - 1.0).abs() < 1e-12);
            let scores: Vec<f64> = whole.U().col(component).iter().map(|u| u * d * along.signum()).collect();
            near(&found.scores[component], &scores, 1e-8);
        }
    }
}

#[test]
fn the_order_of_rows_and_the_units_do_not_matter() {
    let grid = drawn(30, 8);
    let found = principal_components(&grid, 2).unwrap();
    let order: Vec<usize> = (0..30).rev().collect();
    let mut other = grid.select_rows(&order);
    other.columns_mut().for_each(|(analyte, column)| {
        column.iter_mut().for_each(|value| *value *= 10.0 + analyte as f64);
    });
    let turned = principal_components(&other, 2).unwrap();
    for component in 0..2 {
        let back: Vec<f64> = turned.scores[component].iter().rev().copied().collect();
        near(&found.scores[component], &back, 1e-10);
    }
}

#[test]
fn the_number_of_threads_does_not_change_a_bit() {
    let grid = drawn(300, 280);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| principal_components(&grid, 2).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn what_holds_no_variance_has_no_component() {
    assert_eq!(principal_components(&named(1, 3), 2), None);
    assert_eq!(principal_components(&named(5, 3), 2), None);
    assert_eq!(principal_components(&grid(&[vec![1.0], vec![1.0], vec![1.0]]), 2), None);
    let line = principal_components(&grid(&[vec![1.0, 2.0], vec![2.0, 4.0], vec![4.0, 8.0]]), 2).unwrap();
    assert_eq!(line.scores.len(), 1);
    assert!((line.explained[0] - 1.0).abs() < 1e-12);
    // More than the small size, and of rank two: the iteration ends early.
    let mut flat = named(200, 170);
    (0..200).for_each(|row| {
        let (a, b) = (row as f64 - 50.0, ((row * row) % 17) as f64 - 8.0);
        (0..170).for_each(|analyte| flat.set(row, analyte, a + b * analyte as f64));
    });
    let flat = principal_components(&flat, 3).unwrap();
    assert_eq!(flat.scores.len(), 2);
    assert!((flat.explained.iter().sum::<f64>() - 1.0).abs() < 1e-10);
}
