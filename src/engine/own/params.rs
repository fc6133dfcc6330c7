//! The settings of a stage of the user's own.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::short::short;
pub use super::timeout::Timeout;

/// A stage of the user's own: a command that reads tables and leaves files, run in a clean folder of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OwnStage")]
pub struct Params {
    /// The program and its arguments, as a list; no shell reads them.
    pub command: Vec<String>,
    /// Tables of other stages, each by the name of its file in the folder `inputs`. Default: none.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// What the command leaves in its folder, by name: a table (.parquet or .csv) or any other file.
    pub outputs: BTreeMap<String, Output>,
    /// Files of the study that the command reads, relative to this file; copied into its folder. Default: none.
    #[serde(default)]
    pub files: Vec<String>,
    /// Environment variables that the command is given. Their values are recorded in pipeline.lock. Default: none.
    #[serde(default)]
    pub env: Vec<String>,
    /// Whether the command draws random numbers: it is given study.seed as KETASCREEN_SEED. Default: false.
    #[serde(default)]
    pub draws: bool,
    /// The longest time that the command may take, for example `90 s`, `10 min` or `2 h`. Default: as long as it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
}

/// A table that the command reads; short form: its name, `stage/table`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Input {
    pub table: String,
    pub format: Format,
}

/// The long form of an input.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongInput {
    /// The table: `stage/table`.
    table: String,
    /// As what it is given: parquet (default) or csv.
    #[serde(default)]
    format: Format,
}

/// The format of a table that is handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OwnFormat")]
pub enum Format {
    /// As it is stored.
    #[default]
    Parquet,
    /// As text: a comma between cells, a missing cell empty, numbers that read back as the same double.
    Csv,
}

/// A file that the command leaves; short form: its path in the command's folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Output {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participants: Option<BTreeMap<String, Kind>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Shown>,
}

/// The long form of an output.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LongOutput {
    /// The path in the command's folder.
    file: String,
    /// For a table with one row per participant and a column participant_id: its columns that outcomes, screen and
    /// predict may name like columns of the participants' file. Default: none.
    #[serde(default)]
    participants: Option<BTreeMap<String, Kind>>,
    /// Shows the table in the report; `{}` shows its first 50 rows. Default: not shown.
    #[serde(default)]
    report: Option<Shown>,
}

/// What a column of participants holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OwnColumn")]
pub enum Kind {
    /// A number.
    Number,
    /// A whole number of at least 0.
    Count,
    /// Yes or no: true/false, 1/0 or yes/no.
    Binary,
    /// One of the levels; the first is the reference.
    Category(Vec<String>),
}

impl Kind {
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Count => "count",
            Kind::Binary => "binary",
            Kind::Category(_) => "category",
        }
    }
}

/// How a table is shown in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OwnShown")]
pub struct Shown {
    /// The table's heading. Default: the names of stage and table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The rows on the page, from 1 to 1000; the CSV beside it has all. Default: 50.
    #[serde(default = "rows")]
    #[schemars(range(min = 1, max = 1000))]
    pub rows: u32,
}

fn rows() -> u32 {
    50
}

/// The file formats of tables.
const TABLES: [&str; 2] = [".parquet", ".csv"];

impl Output {
    /// Whether the file holds a table.
    pub fn is_table(&self) -> bool {
        TABLES.iter().any(|ending| self.file.to_ascii_lowercase().ends_with(ending))
    }
}

impl Params {
    /// The names of the outputs that hold tables.
    pub fn tables(&self) -> impl Iterator<Item = (&String, &Output)> {
        self.outputs.iter().filter(|(_, output)| output.is_table())
    }

    /// The columns of participants that the stage makes: table, column, kind.
    pub fn columns(&self) -> impl Iterator<Item = (&String, &String, &Kind)> {
        self.outputs.iter().flat_map(|(name, output)| {
            output.participants.iter().flatten().map(move |(column, kind)| (name, column, kind))
        })
    }

    /// The command on one line, for people.
    pub fn line(&self) -> String {
        let quoted = |word: &String| {
            let plain = |c: char| c.is_alphanumeric() || "-_./=:+,@%".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                word.clone()
            } else {
                format!("'{}'", word.replace('\'', "'\\''"))
            }
        };
        self.command.iter().map(quoted).collect::<Vec<_>>().join(" ")
    }
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = "a table's name, stage/table, or {table: NAME, format: parquet or csv}";
        let long: LongInput = short(deserializer, words, |table| LongInput { table, format: Format::default() })?;
        Ok(Input { table: long.table, format: long.format })
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = "a file's path, or {file: PATH, participants: …, report: …}";
        let long = short(deserializer, words, |file| LongOutput { file, participants: None, report: None })?;
        let LongOutput { file, participants, report } = long;
        Ok(Output { file, participants, report })
    }
}

impl JsonSchema for Input {
    fn schema_name() -> Cow<'static, str> {
        "OwnInput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let long = LongInput::json_schema(generator);
        json_schema!({"description": "A table that the command reads.", "oneOf": [
            {"type": "string", "description": "A table: stage/table."}, long
        ]})
    }
}

impl JsonSchema for Output {
    fn schema_name() -> Cow<'static, str> {
        "OwnOutput".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let long = LongOutput::json_schema(generator);
        json_schema!({"description": "A file that the command leaves.", "oneOf": [
            {"type": "string", "description": "A path in the command's folder."}, long
        ]})
    }
}
