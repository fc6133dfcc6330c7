//! Which associations moved between two screens, by how much, and which crossed a threshold.
//!
//! Columns are taken by name and may be missing, so that screens of different versions can be compared.

use std::collections::BTreeMap;

use polars::prelude::{AnyValue, DataFrame};
use serde::Serialize;

/// What tells one association from every other.
const KEY: [&str; 5] = ["model", "outcome", "predictor", "stratum", "analyte"];
/// Below this a p is called small, whatever the study's own confidence: it only decides what is shown first.
pub const SMALL: f64 = 0.05;

/// One association's numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Numbers {
    pub estimate: Option<f64>,
    pub std_error: Option<f64>,
    pub p_value: Option<f64>,
    pub p_adjusted: Option<f64>,
    pub status: String,
}

/// A line that an association crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Crossing {
    PBelow,
    PNotBelow,
    AdjustedPBelow,
    AdjustedPNotBelow,
    Sign,
    Status,
}

/// An association that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    pub association: Vec<String>,
    pub old: Numbers,
    pub new: Numbers,
    /// The estimate's step in standard errors of the old one.
    pub step: Option<f64>,
    pub crossed: Vec<Crossing>,
}

/// Two screens, association by association.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Associations {
    pub compared: usize,
    /// Those that crossed a threshold first, then by the size of the step.
    pub moved: Vec<Moved>,
    pub only_old: Vec<Vec<String>>,
    pub only_new: Vec<Vec<String>>,
    /// For each column in how many of the compared rows it differs.
    pub columns: BTreeMap<String, usize>,
}

/// Compares two tables of associations.
pub fn compare(old: &DataFrame, new: &DataFrame) -> Associations {
    let (before, now) = (index(old), index(new));
    let missing = |from: &Index, other: &Index| from.keys().filter(|key| !other.contains_key(*key)).cloned().collect();
    let both: Vec<(&Vec<String>, usize, usize)> =
        before.iter().filter_map(|(key, row)| Some((key, *row, *now.get(key)?))).collect();
    let mut moved: Vec<Moved> =
        both.iter().filter_map(|(key, a, b)| one((*key).clone(), Numbers::of(old, *a), Numbers::of(new, *b))).collect();
    let size = |moved: &Moved| moved.step.map_or(f64::INFINITY, f64::abs);
    moved.sort_by(|a, b| a.crossed.is_empty().cmp(&b.crossed.is_empty()).then(size(b).total_cmp(&size(a))));
    Associations {
        compared: both.len(),
        moved,
        only_old: missing(&before, &now),
        only_new: missing(&now, &before),
        columns: columns(old, new, &both),
    }
}

type Index = BTreeMap<Vec<String>, usize>;

fn index(frame: &DataFrame) -> Index {
    let key = |row: usize| KEY.iter().map(|column| text(&cell(frame, column, row))).collect();
    (0..frame.height()).map(|row| (key(row), row)).collect()
}

fn cell(frame: &DataFrame, column: &str, row: usize) -> AnyValue<'static> {
    let cell = frame.column(column).ok().and_then(|column| column.get(row).ok());
    cell.map_or(AnyValue::Null, AnyValue::into_static)
}

fn text(value: &AnyValue<'_>) -> String {
    value.get_str().unwrap_or_default().to_owned()
}

impl Numbers {
    fn of(frame: &DataFrame, row: usize) -> Numbers {
        let number = |column: &str| match cell(frame, column, row) {
            AnyValue::Float64(number) => Some(number),
            _ => None,
        };
        Numbers {
            estimate: number("estimate"),
            std_error: number("std_error"),
            p_value: number("p_value"),
            p_adjusted: number("p_adjusted"),
            status: text(&cell(frame, "status", row)),
        }
    }
}

fn one(association: Vec<String>, old: Numbers, new: Numbers) -> Option<Moved> {
    if old == new {
        return None;
    }
    let step = match (old.estimate, new.estimate, old.std_error) {
        (Some(a), Some(b), Some(se)) if se > 0.0 => Some((b - a) / se),
        _ => None,
    };
    let crossed = crossings(&old, &new);
    Some(Moved { association, step, crossed, old, new })
}

fn crossings(old: &Numbers, new: &Numbers) -> Vec<Crossing> {
    let small = |p: Option<f64>| p.map(|p| p < SMALL);
    let crossed = |old, new, below, not_below| match (small(old), small(new)) {
        (Some(false), Some(true)) => Some(below),
        (Some(true), Some(false)) => Some(not_below),
        _ => None,
    };
    let turned = matches!((old.estimate, new.estimate), (Some(a), Some(b)) if a * b < 0.0);
    let mut crossings = Vec::new();
    crossings.extend(crossed(old.p_value, new.p_value, Crossing::PBelow, Crossing::PNotBelow));
    let adjusted = (Crossing::AdjustedPBelow, Crossing::AdjustedPNotBelow);
    crossings.extend(crossed(old.p_adjusted, new.p_adjusted, adjusted.0, adjusted.1));
    crossings.extend(turned.then_some(Crossing::Sign));
    crossings.extend((old.status != new.status).then_some(Crossing::Status));
    crossings
}

fn columns(old: &DataFrame, new: &DataFrame, both: &[(&Vec<String>, usize, usize)]) -> BTreeMap<String, usize> {
    let mut columns = BTreeMap::new();
    let names = old.get_column_names().into_iter().chain(new.get_column_names());
    for name in names.map(|name| name.as_str()).filter(|name| !KEY.contains(name)) {
        let differs = |(_, a, b): &&(&Vec<String>, usize, usize)| cell(old, name, *a) != cell(new, name, *b);
        let n = both.iter().filter(differs).count();
        if n > 0 {
            columns.insert(name.to_owned(), n);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::Column;

    type Row = (&'static str, Option<f64>, Option<f64>, Option<f64>, &'static str);

    fn table(rows: &[Row]) -> DataFrame {
        let same = |name: &str| Column::new(name.into(), vec!["x"; rows.len()]);
        let mut columns: Vec<Column> = KEY[..4].iter().map(|name| same(name)).collect();
        columns.push(Column::new("analyte".into(), rows.iter().map(|row| row.0).collect::<Vec<_>>()));
        columns.push(Column::new("estimate".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()));
        columns.push(Column::new("std_error".into(), vec![0.5; rows.len()]));
        columns.push(Column::new("p_value".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()));
        columns.push(Column::new("p_adjusted".into(), rows.iter().map(|row| row.3).collect::<Vec<_>>()));
        columns.push(Column::new("status".into(), rows.iter().map(|row| row.4).collect::<Vec<_>>()));
        DataFrame::new(rows.len(), columns).unwrap()
    }

    #[test]
    fn what_crossed_comes_first_then_the_longest_step() {
        let odd = "=1+1, \"β/3-HB\"";
        let old = table(&[
            (odd, Some(1.0), Some(0.04), Some(0.06), "ok"),
            ("lactate", Some(1.0), Some(0.3), Some(0.4), "ok"),
            ("same", Some(1.0), Some(0.3), Some(0.4), "ok"),
            ("turned", Some(-0.1), Some(0.9), None, "ok"),
            ("lost", Some(1.0), Some(0.04), Some(0.04), "ok"),
            ("gone", Some(1.0), Some(0.3), Some(0.4), "ok"),
        ]);
        let new = table(&[
            (odd, Some(0.9), Some(0.06), Some(0.04), "ok"),
            ("lactate", Some(2.0), Some(0.2), Some(0.4), "ok"),
            ("same", Some(1.0), Some(0.3), Some(0.4), "ok"),
            ("turned", Some(0.1), Some(0.9), None, "ok"),
            ("lost", None, None, None, "separation"),
            ("fresh", Some(1.0), Some(0.3), Some(0.4), "ok"),
        ]);
        let found = compare(&old, &new);
        let told: Vec<String> = found
            .moved
            .iter()
            .map(|m| format!("{} {:?} {:?}", m.association[4], m.step.map(|s| (s * 10.0).round() / 10.0), m.crossed))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        lost None [Status]
        turned Some(0.4) [Sign]
        =1+1, "β/3-HB" Some(-0.2) [PNotBelow, AdjustedPBelow]
        lactate Some(2.0) []
        "#);
        assert_eq!((found.compared, found.only_old.len(), found.only_new.len()), (5, 1, 1));
        assert_eq!(found.columns["estimate"], 4);
        assert!(compare(&old, &old).moved.is_empty());
    }
}
