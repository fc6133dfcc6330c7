//! What an estimate is in: the outcome's unit, per step of the predictor.

use super::study::Study;
use super::words;
use crate::screen::schema::AssociationRow;

impl Study<'_> {
    /// One step of a predictor: `per 1\u{a0}% change`, `per 1 unit of log2 ratio`.
    pub fn per(&self, predictor: &str) -> String {
        match predictor.split_once(": ") {
            Some(("change", "percent")) => "per 1\u{a0}% change".into(),
            Some(("change", measure)) if measure.ends_with("ratio") => {
                format!("per 1 unit of {}", words::spaced(measure))
            }
            Some(("level", _)) => match self.scale() {
                scale if scale.is_empty() => "per 1 unit".into(),
                scale => format!("per 1 unit of {scale} level"),
            },
            _ => "per 1 unit".into(),
        }
    }

    /// What normalization made of the levels: `log2`, `auto-scaled log2`; empty where they are as measured.
    fn scale(&self) -> String {
        let steps = self.inputs.steps.rows();
        let method = |step: &str| steps.iter().rfind(|row| row.step == step && row.method != "none");
        let scale = method("scale").map(|row| format!("{}-scaled", row.method));
        let transform = method("transform").map(|row| words::spaced(&row.method));
        [scale, transform].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// The unit of a numeric outcome, where the study says it; none for a yes-or-no outcome.
    pub fn unit_of(&self, outcome: &str) -> Option<String> {
        let setting = |name: &str| {
            let value = self.setting(&format!("stages.outcomes.endpoints.{outcome}.{name}"));
            value.and_then(serde_json::Value::as_str)
        };
        match setting("kind")? {
            "percent_improvement" => Some("percentage points".into()),
            "difference" => Some("points".into()),
            "column" => {
                let column = setting("column")?;
                let variables = self.inputs.variables.rows();
                let unit = variables.into_iter().find(|row| row.variable == column)?.unit?;
                (!unit.is_empty()).then(|| words::unit(&unit))
            }
            _ => None,
        }
    }

    /// What a row's estimate is in, `percentage points per 1\u{a0}% change`.
    pub fn effect(&self, row: &AssociationRow) -> String {
        let unit = if row.family == "gaussian" { self.unit_of(&row.outcome) } else { None };
        let per = self.per(&row.predictor);
        unit.map_or(per.clone(), |unit| format!("{unit} {per}"))
    }
}
