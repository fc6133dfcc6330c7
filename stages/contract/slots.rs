//! How tables and files reach a stage and leave it: named slots, checked as they are filled.
//!
//! A stage's `Inputs` is a struct whose fields are tables of earlier stages ([`inputs!`](crate::inputs)); its
//! `Outputs` is a struct whose fields are the tables it makes ([`outputs!`](crate::outputs)).

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::DataFrame;

use super::schema::Schema;
use super::table::{Metadata, Table, TableError};

/// The name of one input: a table of an earlier stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    pub stage: &'static str,
    pub table: &'static str,
}

/// A file of the study that a stage asks for by its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRequest {
    /// What the file is to the stage: `participants`, `metabolites`, …
    pub role: &'static str,
    /// The path as the configuration gives it, relative to the study's data folder.
    pub path: String,
    /// The setting that names it, for error messages.
    pub setting: String,
}

/// A file that was asked for: its bytes, exactly those that were hashed.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub role: &'static str,
    /// The name to show, as the configuration gives it.
    pub name: String,
    pub bytes: Arc<[u8]>,
}

/// A finished file that is not a table: a page, a figure, a CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The path below the stage's folder, with `/`: letters, digits, `-`, `_`, `.` only.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// One thing that a stage makes.
#[derive(Debug, Clone)]
pub enum Artifact {
    Table { name: &'static str, frame: DataFrame, metadata: Metadata },
    Document(Document),
}

/// Tables whose schema no stage of the program declares: those of the user's own stages.
pub type Rest = BTreeMap<Slot, (DataFrame, Metadata)>;

/// Everything the runner hands to a stage.
#[derive(Debug, Default)]
pub struct Supply {
    pub tables: BTreeMap<Slot, (DataFrame, Metadata)>,
    pub sources: Vec<SourceFile>,
}

/// Why inputs could not be filled: a defect of the runner or of a cached file, never of the study.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    #[error("input {stage}/{table} was not supplied")]
    Missing { stage: &'static str, table: &'static str },
    #[error("input {stage}/{table}: {source}")]
    Table { stage: &'static str, table: &'static str, source: TableError },
}

impl Supply {
    /// Takes one table out if it was supplied.
    pub fn take_if_there<S: Schema>(&mut self, stage: &'static str) -> Result<Option<Table<S>>, SlotError> {
        match self.tables.contains_key(&Slot { stage, table: S::NAME }) {
            true => self.take(stage).map(Some),
            false => Ok(None),
        }
    }

    /// Takes one table out, checked against its schema.
    pub fn take<S: Schema>(&mut self, stage: &'static str) -> Result<Table<S>, SlotError> {
        let table = S::NAME;
        let (frame, metadata) =
            self.tables.remove(&Slot { stage, table }).ok_or(SlotError::Missing { stage, table })?;
        let checked: Result<Table<S>, _> = frame.try_into();
        let checked = checked.map_err(|source| SlotError::Table { stage, table, source })?;
        Ok(metadata.iter().fold(checked, |table, (key, value)| table.with_metadata(key, value)))
    }
}

/// A stage's inputs.
pub trait FromSlots: Sized {
    /// The tables it reads.
    fn slots() -> Vec<Slot>;
    /// The tables it reads where they are there.
    fn optional() -> Vec<Slot> {
        Vec::new()
    }
    fn fill(supply: &mut Supply) -> Result<Self, SlotError>;
}

/// A stage's outputs.
pub trait IntoSlots {
    /// The tables it makes, in order; documents are not listed, since their number follows from the study.
    fn tables() -> Vec<&'static str>;
    fn into_artifacts(self) -> Vec<Artifact>;
}

impl<S: Schema> From<Table<S>> for Artifact {
    fn from(table: Table<S>) -> Artifact {
        let (frame, metadata) = table.into_parts();
        Artifact::Table { name: S::NAME, frame, metadata }
    }
}

/// Declares a stage's inputs: `inputs! { Inputs { participants: "ingest" / schema::Participants, } }`; what may be
/// absent follows in `optional { … }`, and `rest { name }` takes whatever else is handed over.
#[macro_export]
macro_rules! inputs {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $stage:literal / $schema:ty),+ $(,)? }
     $(optional { $($maybe:ident : $other:literal / $kind:ty),+ $(,)? })?
     $(rest { $rest:ident })?) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $(pub $field: $crate::contract::Table<$schema>,)+
            $($(pub $maybe: Option<$crate::contract::Table<$kind>>,)+)?
            $(/// Every other table that the runner hands over.
            pub $rest: $crate::contract::slots::Rest,)?
        }

        impl $crate::contract::FromSlots for $name {
            fn slots() -> Vec<$crate::contract::Slot> {
                vec![$($crate::contract::Slot {
                    stage: $stage,
                    table: <$schema as $crate::contract::schema::Schema>::NAME,
                }),+]
            }
            $(fn optional() -> Vec<$crate::contract::Slot> {
                vec![$($crate::contract::Slot {
                    stage: $other,
                    table: <$kind as $crate::contract::schema::Schema>::NAME,
                }),+]
            })?
            fn fill(supply: &mut $crate::contract::Supply) -> Result<Self, $crate::contract::SlotError> {
                Ok($name {
                    $($field: supply.take::<$schema>($stage)?,)+
                    $($($maybe: supply.take_if_there::<$kind>($other)?,)+)?
                    $($rest: std::mem::take(&mut supply.tables),)?
                })
            }
        }
    };
}

/// Declares a stage's outputs: `outputs! { Outputs { participants: schema::Participants, } }`.
#[macro_export]
macro_rules! outputs {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $schema:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name { $(pub $field: $crate::contract::Table<$schema>,)+ }

        impl $crate::contract::IntoSlots for $name {
            fn tables() -> Vec<&'static str> {
                vec![$(<$schema as $crate::contract::schema::Schema>::NAME),+]
            }
            fn into_artifacts(self) -> Vec<$crate::contract::Artifact> {
                vec![$(self.$field.into()),+]
            }
        }
    };
}
