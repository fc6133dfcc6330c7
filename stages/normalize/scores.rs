//! Places every sample on the first two principal components, before and after normalization.

use super::schema;
use crate::contract::schema::Cell;
use crate::contract::{StageContext, Table, TableError};
use crate::laboratory::Laboratory;
use crate::statistics::grid::Grid;
use crate::statistics::normalization::Normalized;
use crate::statistics::principal_components::{PrincipalComponents, principal_components};

/// A row for every study and pooled QC sample, as measured and as normalized (before the first transform or scale step).
pub fn table(
    laboratory: &Laboratory,
    normalized: &Normalized,
    context: &mut StageContext<'_>,
) -> Result<Table<schema::Scores>, TableError> {
    let (before, after) = (&laboratory.sheet.grid, &normalized.before_transform);
    context.progress.start("principal components", 2);
    let first = principal_components(before, 2);
    context.progress.advance(1);
    let second = if same(before, after) { first.clone() } else { principal_components(after, 2) };
    context.progress.advance(1);
    // In the order of the key: `measured` comes before `normalized`.
    let states = [("measured", before, first), ("normalized", after, second)];
    let height = laboratory.samples.len();
    let mut order: Vec<usize> = (0..height).collect();
    order.sort_by(|a, b| before.samples[*a].cmp(&before.samples[*b]));
    let cells = || states.iter().flat_map(|state| order.iter().map(move |&row| (state, row)));
    let sample = |row: usize| &laboratory.samples[row];
    let score = |component: usize| {
        let of = |(_, grid, found): &(&str, &Grid, Option<PrincipalComponents>), row: usize| {
            // A sample without any value is nowhere, not in the middle.
            let there = (0..grid.analytes.len()).any(|analyte| !grid.get(row, analyte).is_nan());
            found.as_ref().filter(|_| there)?.scores.get(component).map(|scores| scores[row])
        };
        cells().map(|(state, row)| of(state, row)).collect::<Vec<Option<f64>>>()
    };
    let share = |component: usize| {
        cells().map(|(state, _)| state.2.as_ref()?.explained.get(component).copied()).collect::<Vec<Option<f64>>>()
    };
    let columns = vec![
        Cell::column("state", cells().map(|(state, _)| state.0.to_owned()).collect::<Vec<String>>()),
        Cell::column("sample_id", cells().map(|(_, row)| sample(row).sample_id.clone()).collect()),
        Cell::column("type", cells().map(|(_, row)| sample(row).r#type.clone()).collect()),
        Cell::column("batch", cells().map(|(_, row)| sample(row).batch.clone()).collect()),
        Cell::column("injection_order", cells().map(|(_, row)| sample(row).injection_order).collect()),
        Cell::column("timepoint", cells().map(|(_, row)| sample(row).timepoint.clone()).collect()),
        Cell::column("pc1", score(0)),
        Cell::column("pc2", score(1)),
        Cell::column("explained_1", share(0)),
        Cell::column("explained_2", share(1)),
    ];
    Table::from_columns(2 * height, columns)
}

fn same(one: &Grid, other: &Grid) -> bool {
    let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
    (0..one.analytes.len()).all(|analyte| one.column(analyte).iter().zip(other.column(analyte)).all(equal))
}
