//! What an estimate is in: the outcome's unit on the scale of the link, per step of the predictor.
//!
//! Estimates stay as the screen made them, so that they are the cells of its table; what e to their power multiplies is
//! said beside them ([`ratio`]).

use super::study::Study;
use super::words;
use crate::screen::schema::AssociationRow;

/// What e to the power of an estimate multiplies: `odds`, `rate`; none where the link is no logarithm.
pub fn ratio(row: &AssociationRow) -> Option<&'static str> {
    match (row.response.as_str(), row.family.as_str(), row.link.as_str()) {
        ("analyte", ..) => None,
        (_, "binomial", "logit") => Some("odds"),
        (_, "binomial", "log") => Some("risk"),
        (_, "binomial", "cloglog") => Some("hazard"),
        (_, "poisson" | "negative_binomial", "log") => Some("rate"),
        (_, _, "log") => Some("mean"),
        _ => None,
    }
}

impl Study<'_> {
    /// One step of a predictor: `per 1\u{a0}% change`, `per doubling`; of a product, per step of both.
    pub fn per(&self, predictor: &str) -> String {
        if let Some((predictor, other)) = predictor.split_once(" × ") {
            return format!("{}, and per unit of {}", self.per(predictor), words::spaced(other));
        }
        match (words::change(predictor), predictor.split_once(": ")) {
            (Some(("percent", _)), _) => "per 1\u{a0}% change".into(),
            (Some(("log2_ratio", _)), _) => "per doubling".into(),
            (Some((measure, _)), _) if measure.ends_with("ratio") => {
                format!("per 1 unit of {}", words::spaced(measure))
            }
            (None, Some(("level", _))) => match self.scale() {
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

    /// The visit that an outcome looks at, where the study says it.
    pub fn visit_of(&self, outcome: &str) -> Option<&str> {
        let setting = |name: &str| self.setting(&format!("stages.outcomes.endpoints.{outcome}.{name}"));
        ["to", "visit"].into_iter().find_map(|name| setting(name)?.as_str())
    }

    /// What a row's estimate is in, `percentage points per 1\u{a0}% change`, `log odds ratio per doubling`.
    pub fn effect(&self, row: &AssociationRow) -> String {
        if row.response == "analyte" {
            let unit = self.unit_of(&row.outcome).unwrap_or_else(|| "unit".into());
            return format!("{} per {unit} of the outcome", words::predictor(&row.predictor));
        }
        let per = self.per(&row.predictor);
        match self.unit_on_link(row) {
            Some(unit) => format!("{unit} {per}"),
            None => per,
        }
    }

    fn unit_on_link(&self, row: &AssociationRow) -> Option<String> {
        match (ratio(row), row.link.as_str()) {
            (Some("mean"), _) => Some("log ratio of means".into()),
            (Some(what), _) => Some(format!("log {what} ratio")),
            (None, "identity" | "") if row.family == "binomial" => Some("difference of risk".into()),
            (None, "identity" | "") => self.unit_of(&row.outcome),
            (None, "inverse") => Some("1/mean".into()),
            (None, link) => Some(format!("{link} units")),
        }
    }
}
