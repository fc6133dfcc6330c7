//! The tables of all universes: their rows one below the other, with a column for each swept setting.

use polars::prelude::*;

use super::params::Params;
use super::schema::{Associations, UniverseRow, Universes};
use super::universes::columns;
use super::{Fate, Screened, Universe};
use crate::contract::schema::{Cell, Schema};
use crate::contract::{StageError, Table, TableError};

/// A row for each universe, whatever became of it.
pub fn universes(params: &Params, universes: &[Universe]) -> Result<Table<Universes>, StageError> {
    let rows: Vec<UniverseRow> = universes.iter().map(|universe| row(universe, universes)).collect();
    let mut all = Universes::write(rows);
    for (at, name) in columns(params).iter().enumerate() {
        let labels = universes.iter().map(|universe| universe.choice.labels[at].clone()).collect();
        all.push(<Option<String> as Cell>::column(name, labels));
    }
    Ok(Table::from_columns(universes.len(), all)?)
}

fn row(universe: &Universe, all: &[Universe]) -> UniverseRow {
    let (status, reason) = match &universe.fate {
        Fate::Screened(_) => ("ok", ""),
        Fate::Same(_) => ("same", ""),
        Fate::Refused(why) => ("refused", why.as_str()),
        Fate::Failed(why) => ("failed", why.as_str()),
    };
    let screened = screened(universe, all);
    let tests = screened.map(|screened| screened.associations.height() as i64);
    let p_values = screened.map(|screened| screened.associations.column::<Option<f64>>("p_value"));
    UniverseRow {
        universe: universe.choice.number as i64,
        name: universe.choice.name.clone(),
        status: status.to_owned(),
        same_as: match universe.fate {
            Fate::Same(earlier) => Some(earlier as i64),
            _ => None,
        },
        is_configured: universe.is_configured,
        reason: reason.to_owned(),
        tests,
        tested: p_values.map(|p_values| p_values.iter().flatten().count() as i64),
    }
}

/// The screen of a universe, or of the earlier one that is the same.
fn screened<'a>(universe: &'a Universe, all: &'a [Universe]) -> Option<&'a Screened> {
    match &universe.fate {
        Fate::Screened(screened) => Some(screened),
        Fate::Same(earlier) => match &all.get(earlier.checked_sub(1)?)?.fate {
            Fate::Screened(screened) => Some(screened),
            _ => None,
        },
        Fate::Refused(_) | Fate::Failed(_) => None,
    }
}

/// Every row of every screen.
pub fn associations(params: &Params, universes: &[Universe]) -> Result<Table<Associations>, StageError> {
    let names = columns(params);
    let mut all: Option<DataFrame> = None;
    for universe in universes {
        let Some(screened) = screened(universe, universes) else { continue };
        let frame = widened(universe, screened.associations.frame(), &names).map_err(failed)?;
        match &mut all {
            None => all = Some(frame),
            Some(all) => drop(all.vstack_mut(&frame).map_err(failed)?),
        }
    }
    match all {
        None => Ok(without_rows(&names)?),
        Some(all) => Ok(Table::try_from(all)?),
    }
}

/// One universe's rows: its number, the key, the alternatives, everything else.
fn widened(universe: &Universe, frame: &DataFrame, names: &[String]) -> PolarsResult<DataFrame> {
    let rows = frame.height();
    let (key, rest): (Vec<Column>, Vec<Column>) =
        frame.columns().iter().cloned().partition(|column| Associations::KEY.contains(&column.name().as_str()));
    let mut columns = vec![<i64 as Cell>::column("universe", vec![universe.choice.number as i64; rows])];
    columns.extend(key);
    let label =
        |(name, label): (&String, &Option<String>)| <Option<String> as Cell>::column(name, vec![label.clone(); rows]);
    columns.extend(names.iter().zip(&universe.choice.labels).map(label));
    columns.extend(rest);
    DataFrame::new(rows, columns)
}

/// The table where no universe has a screen.
fn without_rows(names: &[String]) -> Result<Table<Associations>, TableError> {
    let mut columns = Associations::write(Vec::new());
    columns.extend(names.iter().map(|name| <Option<String> as Cell>::column(name, Vec::new())));
    Table::from_columns(0, columns)
}

fn failed(error: PolarsError) -> StageError {
    StageError::Failed { code: "table", message: error.to_string() }
}
