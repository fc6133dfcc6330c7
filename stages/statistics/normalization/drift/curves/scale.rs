//! The scale on which a curve is drawn and a value corrected.

/// How a value and its curve go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Scale {
    /// `value / exp(g)`.
    Log,
    /// `value / g`.
    Ratio,
    /// `value - g`.
    Difference,
}

impl Scale {
    /// What is drawn of a value; none where it has no part in the curve.
    pub(super) fn drawn(self, value: f64, reference: f64) -> Option<f64> {
        let drawn = match self {
            Scale::Log => libm::log(value / reference),
            Scale::Ratio => value / reference,
            Scale::Difference => value - reference,
        };
        drawn.is_finite().then_some(drawn)
    }

    /// A value without its drift; missing where the curve of a ratio is not above zero.
    pub(super) fn corrected(self, value: f64, curve: f64) -> f64 {
        let corrected = match self {
            Scale::Log => value / libm::exp(curve),
            Scale::Ratio if curve > 0.0 => value / curve,
            Scale::Ratio => f64::NAN,
            Scale::Difference => value - curve,
        };
        if corrected.is_finite() { corrected } else { f64::NAN }
    }

    /// The drift in the unit of the values.
    pub(super) fn drift(self, curve: f64, reference: f64) -> f64 {
        let drift = match self {
            Scale::Log => reference * libm::exp(curve),
            Scale::Ratio => reference * curve,
            Scale::Difference => reference + curve,
        };
        if drift.is_finite() { drift } else { f64::NAN }
    }

    pub(super) fn takes(self, value: f64) -> bool {
        value.is_finite() && (value > 0.0 || self != Scale::Log)
    }

    /// Corrects the values of one analyte; gives how many changed and how many became missing.
    pub(super) fn correct(self, values: &mut [f64], drifts: &mut [f64], at: &[f64], reference: f64) -> (usize, usize) {
        let (mut changed, mut lost) = (0, 0);
        for ((value, drift), curve) in values.iter_mut().zip(drifts).zip(at) {
            *drift = self.drift(*curve, reference);
            if !value.is_nan() {
                *value = self.corrected(*value, *curve);
                changed += 1;
                lost += usize::from(value.is_nan());
            }
        }
        (changed, lost)
    }
}
