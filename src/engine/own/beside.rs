//! A stage of the program that reads tables of the user's own as well.
//!
//! Columns of participants are laid beside those of the participants' file before the stage sees them, so no stage
//! knows where a column comes from.

use std::collections::BTreeMap;

use polars::prelude::{Column as Cells, DataFrame, DataType, NamedFrom, PlSmallStr, Series};
use serde_json::Value;
use stages::contract::schema::Schema;
use stages::contract::{Artifact, Problem, Slot, SourceRequest, StageContext, StageError, Supply, Table, Vocabulary};
use stages::ingest::schema::{Participants, VariableRow, Variables};

use super::params::Kind;
use crate::engine::registry::{Bound, RunError};

/// A column of participants that a stage names.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The table that has it.
    pub slot: Slot,
    pub name: String,
    pub kind: Kind,
}

/// A stage with more tables than its own inputs.
pub struct Beside {
    pub stage: Box<dyn Bound>,
    pub slots: Vec<Slot>,
    pub columns: Vec<Column>,
}

impl Bound for Beside {
    fn name(&self) -> &'static str {
        self.stage.name()
    }
    fn version(&self) -> u32 {
        self.stage.version()
    }
    fn draws(&self) -> bool {
        self.stage.draws()
    }
    fn slots(&self) -> Vec<Slot> {
        self.stage.slots().into_iter().chain(self.slots.iter().copied()).collect()
    }
    fn optional(&self) -> Vec<Slot> {
        self.stage.optional()
    }
    fn tables(&self) -> Vec<&'static str> {
        self.stage.tables()
    }
    fn settings(&self) -> Value {
        self.stage.settings()
    }
    fn sources(&self) -> Vec<SourceRequest> {
        self.stage.sources()
    }
    fn define(&self, names: &mut Vocabulary) {
        self.stage.define(names);
    }
    fn check(&self, names: &Vocabulary) -> Vec<Problem> {
        self.stage.check(names)
    }
    fn analytes(&self) -> Vec<(String, String)> {
        self.stage.analytes()
    }
    fn methods(&self) -> Vec<String> {
        self.stage.methods()
    }
    fn prepare(&self, supply: &mut Supply) -> Result<(), RunError> {
        Ok(self.lay_beside(supply)?)
    }
    fn run(&self, mut supply: Supply, context: &mut StageContext<'_>) -> Result<Vec<Artifact>, RunError> {
        self.prepare(&mut supply)?;
        self.stage.run(supply, context)
    }
}

impl Beside {
    /// Adds the columns to the participants and says what they are.
    fn lay_beside(&self, supply: &mut Supply) -> Result<(), StageError> {
        let failed = |error: polars::prelude::PolarsError| StageError::Failed {
            code: "own_columns",
            message: error.to_string(),
        };
        let tables: BTreeMap<Slot, DataFrame> = self
            .columns
            .iter()
            .filter_map(|column| Some((column.slot, supply.tables.get(&column.slot)?.0.clone())))
            .collect();
        for (slot, (frame, _)) in &mut supply.tables {
            if slot.table == Participants::NAME && slot.stage == "qc" {
                for column in &self.columns {
                    let Some(table) = tables.get(&column.slot) else { continue };
                    let aligned = aligned(frame, table, column).map_err(failed)?;
                    frame.with_column(aligned).map_err(failed)?;
                }
            }
            if slot.table == Variables::NAME && slot.stage == "ingest" {
                *frame = self.described(frame.clone())?;
            }
        }
        Ok(())
    }

    /// The variables of the participants' file with the columns among them.
    fn described(&self, frame: DataFrame) -> Result<DataFrame, StageError> {
        let mut rows = Table::<Variables>::try_from(frame)?.rows();
        rows.extend(self.columns.iter().map(|column| VariableRow {
            variable: column.name.clone(),
            kind: column.kind.word().to_owned(),
            levels: match &column.kind {
                Kind::Category(levels) => serde_json::to_string(levels).ok(),
                _ => None,
            },
            ..VariableRow::default()
        }));
        Ok(Table::<Variables>::from_rows(rows)?.into_parts().0)
    }
}

/// A column in the order of the participants; missing where the table has no row of one.
fn aligned(participants: &DataFrame, table: &DataFrame, column: &Column) -> polars::prelude::PolarsResult<Cells> {
    let ids = table.column("participant_id")?.str()?;
    let rows: BTreeMap<&str, usize> = ids.iter().enumerate().filter_map(|(row, id)| Some((id?, row))).collect();
    let wanted = participants.column("participant_id")?.str()?;
    let places: Vec<Option<usize>> = wanted.iter().map(|id| rows.get(id?).copied()).collect();
    let cells = table.column(&column.name)?;
    let name: PlSmallStr = column.name.as_str().into();
    let pick = |known: &dyn Fn(usize) -> Option<f64>| places.iter().map(|row| known((*row)?)).collect::<Vec<_>>();
    Ok(match cells.dtype() {
        DataType::String => {
            let cells = cells.str()?;
            let picked: Vec<Option<&str>> = places.iter().map(|row| cells.get((*row)?)).collect();
            Series::new(name, picked)
        }
        DataType::Boolean => {
            let cells = cells.bool()?;
            Series::new(name, places.iter().map(|row| cells.get((*row)?)).collect::<Vec<Option<bool>>>())
        }
        DataType::Int64 => {
            let cells = cells.i64()?;
            Series::new(name, places.iter().map(|row| cells.get((*row)?)).collect::<Vec<Option<i64>>>())
        }
        _ => {
            let cells = cells.f64()?;
            Series::new(name, pick(&|row| cells.get(row)))
        }
    }
    .into())
}
