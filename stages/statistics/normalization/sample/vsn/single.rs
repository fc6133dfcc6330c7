//! One sample's offset and factor, given what the training samples taught.

use super::size;

/// Minimizes `Σ (h - μ)²/(2σ²) - ln h′` over a and ln b by a damped Newton method (Marquardt 1963, 10.1137/0111030).
///
/// Values or means that are missing take no part. None where fewer than two values have a mean, or none is of any size.
pub fn calibrate(row: &[f64], means: &[f64], variance: f64, start: f64) -> Option<(f64, f64)> {
    let pairs = row.iter().copied().zip(means.iter().copied());
    let pairs: Vec<(f64, f64)> = pairs.filter(|(y, mean)| y.is_finite() && mean.is_finite()).collect();
    let log_size = libm::log(size(row)?);
    if pairs.len() < 2 {
        return None;
    }
    let target = libm::log(means_size(&pairs)?);
    // METHOD: the likelihood may have more than one summit: the higher of those reached from two starts.
    let starts = [[start, target - log_size], [0.0, -log_size]];
    let ends = starts.into_iter().filter_map(|start| climb(&pairs, variance, start));
    let best = ends.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, x)| (x[0], x[1]))
}

/// The typical size of the arguments of arsinh that the means stand for.
fn means_size(pairs: &[(f64, f64)]) -> Option<f64> {
    let arguments: Vec<f64> = pairs.iter().map(|(_, mean)| libm::sinh(*mean)).collect();
    size(&arguments)
}

fn climb(pairs: &[(f64, f64)], variance: f64, start: [f64; 2]) -> Option<(f64, [f64; 2])> {
    let (mut x, mut damping) = (start, 1e-3);
    let mut here = Local::at(pairs, variance, x)?;
    for _ in 0..200 {
        let Some(step) = here.step(damping) else {
            damping *= 10.0;
            continue;
        };
        let to = [x[0] + step[0], x[1] + step[1]];
        match Local::at(pairs, variance, to).filter(|next| next.objective <= here.objective) {
            Some(next) => {
                let moved = step[0].abs().max(step[1].abs()) > 1e-13 * (1.0 + x[0].abs().max(x[1].abs()));
                (x, here, damping) = (to, next, damping * 0.1);
                if !moved {
                    break;
                }
            }
            None if damping > 1e12 => break,
            None => damping = (damping * 10.0).max(1e-12),
        }
    }
    Some((here.objective, x))
}

/// The objective at one place with its first and second derivatives by a and ln b.
struct Local {
    objective: f64,
    slope: [f64; 2],
    /// aa, ab, bb.
    curve: [f64; 3],
}

impl Local {
    fn at(pairs: &[(f64, f64)], variance: f64, [offset, log_factor]: [f64; 2]) -> Option<Local> {
        let factor = libm::exp(log_factor);
        let mut local = Local { objective: 0.0, slope: [0.0; 2], curve: [0.0; 3] };
        for (y, mean) in pairs {
            let by = factor * y;
            let u = offset + by;
            let root = libm::hypot(1.0, u);
            let residual = libm::asinh(u) - mean;
            let first = residual / root / variance + u / root / root;
            let bend = (1.0 - residual * (u / root)) / variance + (1.0 - u) / root * ((1.0 + u) / root);
            let second = bend / root / root;
            local.objective += 0.5 * residual * residual / variance + libm::log(root) - log_factor;
            local.slope[0] += first;
            local.slope[1] += first * by - 1.0;
            local.curve[0] += second;
            local.curve[1] += second * by;
            local.curve[2] += second * by * by + first * by;
        }
        local.objective.is_finite().then_some(local)
    }

    /// The Newton step with its diagonal raised; none where that is not positive definite.
    fn step(&self, damping: f64) -> Option<[f64; 2]> {
        let [aa, ab, bb] = self.curve;
        let (aa, bb) = (aa + damping * aa.abs().max(1e-8), bb + damping * bb.abs().max(1e-8));
        let determinant = aa * bb - ab * ab;
        let step = [
            (ab * self.slope[1] - bb * self.slope[0]) / determinant,
            (ab * self.slope[0] - aa * self.slope[1]) / determinant,
        ];
        (aa > 0.0 && determinant > 0.0 && step.iter().all(|s| s.is_finite())).then_some(step)
    }
}
