//! Adjusts p-values within the named families of tests.

use std::collections::BTreeMap;

use super::params::{Multiplicity, Within};
use super::schema::AssociationRow;
use crate::statistics::multiplicity::{Adjustment, adjust, pi0};

/// Fills `p_adjusted` and the size of the family; only tests with a p-value count.
pub fn adjust_families(rows: &mut [&mut AssociationRow], settings: &Multiplicity) {
    let mut families: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        families.entry(family(row, &settings.within)).or_default().push(index);
    }
    for members in families.into_values() {
        let tested: Vec<usize> = members.iter().copied().filter(|&i| rows[i].p_value.is_some()).collect();
        let p_values: Vec<f64> = tested.iter().filter_map(|&i| rows[i].p_value).collect();
        let adjusted = adjust(&p_values, settings.method);
        let share = (settings.method == Adjustment::Storey && !p_values.is_empty()).then(|| pi0(&p_values));
        for (&index, p) in tested.iter().zip(adjusted) {
            rows[index].p_adjusted = Some(p);
        }
        for index in members {
            rows[index].tests_in_family = p_values.len() as i64;
            rows[index].pi0 = share;
        }
    }
}

/// What a row's family of tests has in common.
pub fn family(row: &AssociationRow, within: &[Within]) -> Vec<String> {
    let value = |column: &Within| match column {
        Within::Model => row.model.clone(),
        Within::Outcome => row.outcome.clone(),
        Within::Predictor => row.predictor.clone(),
        Within::Stratum => row.stratum.clone(),
        Within::Analyte => row.analyte.clone(),
    };
    within.iter().map(value).collect()
}
