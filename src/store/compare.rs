//! A file that was made again against the one that was stored.
//!
//! On one instruction set the bytes are the same. On another, last digits may differ: there tables are compared number
//! by number.

use polars::prelude::{AnyValue, DataFrame};
use serde::Serialize;

use super::parquet;

/// What two instruction sets may differ by: relative to the larger of two numbers, or to the largest of their column.
pub const TOLERANCE: f64 = 1e-10;

/// How like two files are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Likeness {
    /// The same bytes.
    Same,
    /// Another instruction set's last digits: the largest difference, as [`TOLERANCE`] counts it.
    Close {
        largest: f64,
    },
    /// Another instruction set's document, which is not compared: its tables are.
    NotCompared,
    Differs {
        what: String,
    },
}

impl Likeness {
    pub fn is_fine(&self) -> bool {
        !matches!(self, Likeness::Differs { .. })
    }
}

/// Compares two files of one name.
pub fn compare(path: &str, stored: Vec<u8>, again: Vec<u8>, same_instructions: bool) -> Likeness {
    if stored == again {
        return Likeness::Same;
    }
    if !path.ends_with(".parquet") {
        let what = "other bytes".to_owned();
        return if same_instructions { Likeness::Differs { what } } else { Likeness::NotCompared };
    }
    match (parquet::decode(stored), parquet::decode(again)) {
        (Ok((stored, before)), Ok((again, now))) => {
            let same_metadata = before == now;
            match largest(&stored, &again, if same_instructions { 0.0 } else { TOLERANCE }) {
                Err(what) => Likeness::Differs { what },
                Ok(_) if !same_metadata => Likeness::Differs { what: "what the file says of the table".to_owned() },
                Ok(_) if same_instructions => Likeness::Differs { what: "the same table in other bytes".to_owned() },
                Ok(largest) => Likeness::Close { largest },
            }
        }
        _ => Likeness::Differs { what: "it is not a table that can be read".to_owned() },
    }
}

/// The largest difference between the numbers of two tables, or the first thing that differs by more.
fn largest(a: &DataFrame, b: &DataFrame, tolerance: f64) -> Result<f64, String> {
    let (before, now) = (a.get_column_names(), b.get_column_names());
    if before != now {
        let other = before.iter().zip(&now).find(|(before, now)| before != now).map(|(before, _)| before.as_str());
        return Err(format!("other columns, from {} on", other.unwrap_or("the end")));
    }
    if a.height() != b.height() {
        return Err(format!("{} rows -> {}", a.height(), b.height()));
    }
    let mut largest = 0.0_f64;
    for (a, b) in a.columns().iter().zip(b.columns()) {
        let numbers = |column: &polars::prelude::Column| -> Vec<AnyValue<'static>> {
            (0..column.len()).map(|row| column.get(row).map_or(AnyValue::Null, AnyValue::into_static)).collect()
        };
        let (before, now) = (numbers(a), numbers(b));
        let scale = before.iter().chain(&now).filter_map(real).map(f64::abs).fold(0.0, f64::max);
        for (row, (before, now)) in before.iter().zip(&now).enumerate() {
            let difference = difference(before, now, scale);
            if difference > tolerance {
                return Err(format!("column {}, row {}: {before} -> {now}", a.name(), row + 1));
            }
            largest = largest.max(difference);
        }
    }
    Ok(largest)
}

fn real(value: &AnyValue<'_>) -> Option<f64> {
    match value {
        AnyValue::Float64(number) => Some(*number),
        _ => None,
    }
}

/// 0 where two cells are equal; relative to the column's largest where both are real; infinite otherwise.
fn difference(a: &AnyValue<'_>, b: &AnyValue<'_>, scale: f64) -> f64 {
    match (real(a), real(b)) {
        (Some(a), Some(b)) if a == b || a.to_bits() == b.to_bits() => 0.0,
        (Some(a), Some(b)) => {
            let relative = (a - b).abs() / scale;
            if relative.is_nan() { f64::INFINITY } else { relative }
        }
        _ if a == b => 0.0,
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::Column;

    fn table(names: [&str; 2], numbers: [Option<f64>; 2]) -> Vec<u8> {
        let columns = vec![Column::new("analyte".into(), names), Column::new("estimate".into(), numbers)];
        parquet::encode(DataFrame::new(2, columns).unwrap(), &Default::default()).unwrap()
    }

    #[test]
    fn on_one_instruction_set_bytes_count_and_on_another_the_tenth_digit() {
        let names = ["3-HB, \"β\"", "=1+1"];
        let stored = || table(names, [Some(0.1), None]);
        let of = |again: Vec<u8>, same| compare("a.parquet", stored(), again, same);
        assert_eq!(of(stored(), true), Likeness::Same);
        let last_digit = || table(names, [Some(0.1 + 1e-17 * 2.0), None]);
        assert!(
            matches!(of(last_digit(), true), Likeness::Differs { what } if what.starts_with("column estimate, row 1"))
        );
        assert!(matches!(of(last_digit(), false), Likeness::Close { largest } if largest < 1e-15 && largest > 0.0));
        for other in [
            table(names, [Some(0.1 + 1e-9), None]),
            table(names, [Some(0.1), Some(0.0)]),
            table(names, [None, None]),
            table([names[0], "x"], [Some(0.1), None]),
            b"no table".to_vec(),
        ] {
            assert!(!of(other, false).is_fine());
        }
        assert_eq!(compare("report.html", b"a".to_vec(), b"b".to_vec(), false), Likeness::NotCompared);
        assert!(!compare("report.html", b"a".to_vec(), b"b".to_vec(), true).is_fine());
    }
}
