//! Rules of quality control applied between steps: an analyte that fails one is left out from here on.
//!
//! It measures what stands in the grid when its turn comes, so that an analyte may pass after its drift was corrected;
//! values that a step put in (below the limit of detection, or missing) were not measured and do not count.
//! It leaves out no sample, and it has no exceptions: what must stay is not given the rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Decision, Fitted, Remark, State, StepError, StepNote, Training};
use crate::contract::quantity::{Fraction, NonNegative};
use crate::statistics::descriptive::show;
use crate::statistics::repeatability;

/// Rules of quality control applied between steps: an analyte that fails one is left out from here on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Largest share of missing values among study samples, 0 to 1. Default: no rule.
    pub max_missing: Option<Fraction>,
    /// Largest RSD of the pooled QC samples, as a fraction, sd/mean (Broadhurst 2018, 10.1007/s11306-018-1367-3).
    /// Default: no rule.
    pub max_qc_rsd: Option<NonNegative>,
    /// Largest D-ratio, as a fraction, sd(pooled QC)/sd(study) (Broadhurst 2018, 10.1007/s11306-018-1367-3). Default: no
    /// rule.
    pub max_d_ratio: Option<NonNegative>,
    /// Whether RSD and D-ratio are of medians and MADs: 1.4826 MAD/median and MAD/MAD. Default: false, as in qc.
    pub robust: bool,
    /// The classes of analytes that the step is for, as the panel names them. Default: all.
    pub classes: Vec<String>,
}

/// The analytes that are left out, and those that a rule could not judge.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedFilter {
    judged: usize,
    dropped: Vec<Decision>,
    undefined: Vec<(usize, &'static str)>,
}

impl Filter {
    /// Whether there is any rule.
    pub fn is_empty(&self) -> bool {
        self.max_missing.is_none() && !self.learns_from_qc()
    }

    pub(super) fn learns_from_qc(&self) -> bool {
        self.max_qc_rsd.is_some() || self.max_d_ratio.is_some()
    }

    pub(super) fn fit(&self, place: usize, state: &State<'_>, training: Training<'_>) -> Result<Fitted, StepError> {
        if self.learns_from_qc() && training.qc.is_empty() {
            let setting = if self.max_qc_rsd.is_some() { "filter.max_qc_rsd" } else { "filter.max_d_ratio" };
            return Err(no_qc(place, setting));
        }
        // METHOD: as in qc, internal standards are not judged: their variation is what they are there to take away.
        let mut analytes = state.analytes();
        analytes.retain(|&analyte| !state.sheet.facts[analyte].is_standard);
        let mut fitted = FittedFilter { judged: analytes.len(), dropped: Vec::new(), undefined: Vec::new() };
        for analyte in analytes {
            let failures = self.failures(state, training, analyte, &mut fitted.undefined);
            if !failures.is_empty() {
                let reason = failures.join("; ");
                fitted.dropped.push(Decision { analyte, decision: "dropped", reason, after: None });
            }
        }
        Ok(Fitted::Filter(fitted))
    }

    /// What rules the analyte fails; a measure that is undefined fails none, and is noted.
    fn failures(
        &self,
        state: &State<'_>,
        Training { study, qc }: Training<'_>,
        analyte: usize,
        undefined: &mut Vec<(usize, &'static str)>,
    ) -> Vec<String> {
        // METHOD: a value that a step put in was not measured: it is missing here, and takes no part in RSD and D-ratio.
        let (of_study, of_qc) = (state.measured(analyte, study), state.measured(analyte, qc));
        let missing = (!study.is_empty()).then(|| (study.len() - of_study.len()) as f64 / study.len() as f64);
        let rsd = repeatability::rsd(&of_qc, self.robust);
        let d_ratio = repeatability::d_ratio(&of_qc, &of_study, self.robust);
        let rules = [
            ("missing fraction", missing, self.max_missing.map(Fraction::get)),
            ("RSD of pooled QC", rsd, self.max_qc_rsd.map(NonNegative::get)),
            ("D-ratio", d_ratio, self.max_d_ratio.map(NonNegative::get)),
        ];
        let mut failures = Vec::new();
        for (what, value, limit) in rules {
            match (value, limit) {
                (Some(value), Some(limit)) if value > limit => {
                    failures.push(format!("{what} {} is above {}", show(value), show(limit)));
                }
                (None, Some(_)) => undefined.push((analyte, what)),
                _ => {}
            }
        }
        failures
    }

    pub(super) fn sentence(&self) -> Option<String> {
        let (rsd, d_ratio) = match self.robust {
            true => ("1.4826 MAD/median", "MAD(QC)/MAD(study)"),
            false => ("sd/mean", "sd(QC)/sd(study)"),
        };
        let rules = [
            self.max_missing.map(|limit| format!("more than {} of values missing among study samples", limit.get())),
            self.max_qc_rsd.map(|limit| format!("an RSD ({rsd}) of pooled QC samples above {}", limit.get())),
            self.max_d_ratio.map(|limit| format!("a D-ratio ({d_ratio}) above {}", limit.get())),
        ];
        let rules: Vec<String> = rules.into_iter().flatten().collect();
        (!rules.is_empty()).then(|| {
            format!(
                "At this point analytes were left out that had {} (Broadhurst 2018, 10.1007/s11306-018-1367-3).",
                rules.join(", or ")
            )
        })
    }
}

fn no_qc(place: usize, setting: &'static str) -> StepError {
    StepError {
        step: place,
        setting,
        code: "no_pooled_qc",
        message: "the rule is about the pooled QC samples, and there are none".to_owned(),
        remedy: "leave the rule out, or give samples of type pooled_qc".to_owned(),
    }
}

impl FittedFilter {
    pub(super) fn apply(&self, state: &mut State<'_>) -> StepNote {
        let name = |analyte: usize| state.sheet.grid.analytes[analyte].clone();
        let dropped = self.dropped.iter().map(|decision| Remark {
            code: "dropped_by_filter",
            subject: name(decision.analyte),
            message: format!("the analyte is left out from this step on: {}", decision.reason),
            hint: "it has no row in what follows; a correction before the filter may bring it below the limit",
        });
        let undefined = self.undefined.iter().map(|(analyte, what)| Remark {
            code: "filter_undefined",
            subject: name(*analyte),
            message: format!("the {what} is undefined (fewer than two values, a centre of zero or less, or no spread) and the analyte passes"),
            hint: "look at the analyte before it is interpreted",
        });
        let remarks = dropped.chain(undefined).collect();
        self.dropped.iter().for_each(|decision| state.drop_analyte(decision.analyte));
        StepNote {
            step: "filter",
            method: "rules",
            values_changed: 0,
            detail: format!("{} of {} analytes were left out", self.dropped.len(), self.judged),
            remarks,
            decisions: self.dropped.clone(),
        }
    }
}
