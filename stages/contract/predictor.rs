//! What of a metabolite enters a model.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::vocabulary::Vocabulary;

/// What of a metabolite enters a model: `{change: MEASURE}` or `{level: TIMEPOINT}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Predictor {
    /// The change by one of normalize's measures; the contrast where several have it.
    Change { measure: String, contrast: Option<String> },
    /// The value at one timepoint, on normalize's final scale.
    Level(String),
}

/// What of a metabolite enters a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The change by one of normalize's measures: percent, log2_ratio, …; or the area under the curve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<String>,
    /// Which change, by its name or as `to - from`; needed where normalize takes several with this measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contrast: Option<String>,
    /// The value at one timepoint, on normalize's final scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<String>,
}

impl TryFrom<Written> for Predictor {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written { change: Some(measure), contrast, level: None } => Ok(Predictor::Change { measure, contrast }),
            Written { change: None, contrast: None, level: Some(timepoint) } => Ok(Predictor::Level(timepoint)),
            _ => {
                Err("a predictor is `change: MEASURE`, with `contrast:` where there are several, or `level: TIMEPOINT`"
                    .into())
            }
        }
    }
}

impl From<Predictor> for Written {
    fn from(predictor: Predictor) -> Written {
        match predictor {
            Predictor::Change { measure, contrast } => Written { change: Some(measure), contrast, level: None },
            Predictor::Level(timepoint) => Written { level: Some(timepoint), ..Written::default() },
        }
    }
}

impl JsonSchema for Predictor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Predictor".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

impl Predictor {
    /// The predictor as the tables name it: `change: percent`, `change: percent (week_4 - baseline)`, `level: baseline`.
    pub fn label(&self) -> String {
        match self {
            Predictor::Change { measure, contrast: None } => format!("change: {measure}"),
            Predictor::Change { measure, contrast: Some(contrast) } => format!("change: {measure} ({contrast})"),
            Predictor::Level(timepoint) => format!("level: {timepoint}"),
        }
    }

    /// What of it nothing defines; `path` is the setting's own.
    pub fn check(&self, names: &Vocabulary, path: &str) -> Option<Problem> {
        match self {
            Predictor::Change { measure, contrast } => names.check_change(measure, contrast.as_deref(), path),
            Predictor::Level(timepoint) => names.check_timepoint(timepoint, format!("{path}.level")),
        }
    }
}
