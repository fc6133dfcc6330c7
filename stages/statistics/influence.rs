//! What one observation does to one coefficient: leverage, Cook's distance, DFBETA(S), and the exact fit without it.
//!
//! Everything follows from the full fit in closed form; no model is fitted again. The tests do fit again, by brute
//! force, and compare.

use super::covariance::{Covariance, robust_variance};
use super::design::Design;
use super::fit::Fit;
use super::inference::Inference;

/// One observation's influence on the coefficient `term`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Influence {
    pub leverage: f64,
    /// Externally studentized residual.
    pub studentized: Option<f64>,
    pub cooks_distance: Option<f64>,
    /// Estimate minus the estimate without the observation.
    pub dfbeta: Option<f64>,
    /// dfbeta over its standard error, with the error variance of the fit without the observation.
    pub dfbetas: Option<f64>,
    pub loo_estimate: Option<f64>,
    pub loo_p_value: Option<f64>,
}

/// The influence of every observation on coefficient `term`, with the p-value each fit without it would give.
///
/// With `h` the leverage, `e` the residual and `A = (XᵀX)⁻¹Xᵀ`: `dfbeta_i = A_ji e_i/(1−h_i)`; `RSS_(i) = RSS −
/// e_i²/(1−h_i)`; Cook `e_i² h_i / (p s² (1−h_i)²)`. Where an observation has leverage one, or too few are left, what
/// is undefined is missing. Source: Belsley, Kuh and Welsch 1980, 10.1002/0471725153, chapter 2.
pub fn influence(design: &Design, fit: &Fit, term: usize, kind: Covariance, inference: Inference) -> Vec<Influence> {
    (0..fit.n()).map(|i| leave_out(design, fit, term, i, kind, inference)).collect()
}

fn leave_out(design: &Design, fit: &Fit, term: usize, i: usize, kind: Covariance, inference: Inference) -> Influence {
    let (h, e) = (fit.leverage[i], fit.working[i]);
    let free = 1.0 - h;
    if free < 1e-10 || fit.df_residual < 2 {
        return Influence { leverage: h, ..Influence::default() };
    }
    let p = fit.coefficients.len() as f64;
    let df = fit.df_residual as f64 - 1.0;
    let a = fit.pseudo_inverse[(term, i)];
    let dfbeta = a * e / free;
    let variance = ((fit.deviance - e * e / free) / df).max(0.0);
    let estimate = fit.coefficients[term] - dfbeta;
    // The Gram inverse without row i: G + g gᵀ/(1−h), with g = G x_i, whose element `term` is a.
    let gram = fit.gram_inverse[(term, term)] + a * a / free;
    let error = match kind {
        Covariance::Model => Some((variance * gram).sqrt()),
        _ => robust_error(design, fit, term, i, kind),
    };
    let p_value = error.filter(|error| *error > 0.0).map(|error| inference.reference(df).p_value(estimate / error));
    Influence {
        leverage: h,
        studentized: finite(e / (variance * free).sqrt()),
        cooks_distance: finite(e * e * h / (p * fit.dispersion() * free * free)),
        dfbeta: finite(dfbeta),
        dfbetas: finite(dfbeta / (variance * fit.gram_inverse[(term, term)]).sqrt()),
        loo_estimate: finite(estimate),
        loo_p_value: p_value.and_then(finite),
    }
}

/// Leverage, studentized residual and Cook's distance of one observation, of any family.
///
/// With d the deviance residual, r the working (Pearson) residual and φ the dispersion: studentized `sign(d) √(d² + h
/// r²/(1−h)) / σ_(i)`, where `σ²_(i) = (Σd² − d_i²/(1−h_i))/(n−p−1)` is 1 for a family without a dispersion; Cook `r² h/(φ
/// p (1−h)²)`. The same as above for least squares. Source: Williams 1987, 10.2307/2347550.
pub fn standing(fit: &Fit, i: usize) -> Influence {
    let (h, d, r) = (fit.leverage[i], fit.deviance_residuals[i], fit.working[i]);
    let free = 1.0 - h;
    if free < 1e-10 || fit.df_residual < 2 {
        return Influence { leverage: h, ..Influence::default() };
    }
    let total: f64 = fit.deviance_residuals.iter().map(|d| d * d).sum();
    let variance = (total - d * d / free) / (fit.df_residual as f64 - 1.0);
    let spread = if fit.family.has_dispersion() { variance.max(0.0).sqrt() } else { 1.0 };
    let size = (d * d + h * r * r / free).sqrt();
    let p = fit.coefficients.len() as f64;
    Influence {
        leverage: h,
        studentized: finite(size.copysign(d) / spread),
        cooks_distance: finite(r * r * h / (p * fit.dispersion() * free * free)),
        ..Influence::default()
    }
}

/// The robust standard error of the fit without observation `i`: residuals, leverages and influence are those of the
/// others after deletion, `e_k + h_ki e_i/(1−h_i)`, `h_k + h_ki²/(1−h_i)`, `A_jk + A_ji h_ki/(1−h_i)`.
fn robust_error(design: &Design, fit: &Fit, term: usize, i: usize, kind: Covariance) -> Option<f64> {
    let free = 1.0 - fit.leverage[i];
    let (mut row, mut residuals, mut leverage) = (Vec::new(), Vec::new(), Vec::new());
    for k in (0..fit.n()).filter(|&k| k != i) {
        let shared = design.factor().hat(k, i) / free;
        row.push(fit.pseudo_inverse[(term, k)] + fit.pseudo_inverse[(term, i)] * shared);
        residuals.push(fit.residuals[k] + fit.residuals[i] * shared);
        leverage.push((fit.leverage[k] + shared * shared * free).min(1.0));
    }
    robust_variance(&row, &residuals, &leverage, fit.df_residual - 1, kind).ok().map(f64::sqrt)
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::covariance::covariance;
    use crate::statistics::design::Variable;
    use crate::statistics::fit::fit;
    use crate::statistics::inference::{Reference, test};

    /// A small design with one influential row.
    fn columns(skip: Option<usize>) -> (Vec<(String, Variable)>, Vec<f64>) {
        let x = [1.0, 2.0, 3.5, 4.0, 5.2, 6.1, 7.3, 20.0];
        let z = [0.4, -1.2, 0.3, 2.0, -0.5, 0.1, 1.4, -0.8];
        let y = [2.1, 3.9, 7.2, 8.8, 9.7, 13.0, 14.1, 30.0];
        let keep = |v: &[f64]| (0..8).filter(|&i| Some(i) != skip).map(|i| v[i]).collect::<Vec<_>>();
        let variable = |name: &str, v: &[f64]| (name.to_owned(), Variable::Numeric(keep(v)));
        (vec![variable("x", &x), variable("z", &z)], keep(&y))
    }

    #[test]
    fn the_closed_form_equals_fitting_again_without_the_observation() {
        for kind in [Covariance::Model, Covariance::Hc0, Covariance::Hc1, Covariance::Hc2, Covariance::Hc3] {
            let (variables, y) = columns(None);
            let design = Design::new(8, &variables).unwrap();
            let full = fit(&design, &y).unwrap();
            let closed = influence(&design, &full, 1, kind, Inference::T);
            for (i, closed) in closed.iter().enumerate() {
                let (variables, y) = columns(Some(i));
                let again = fit(&Design::new(7, &variables).unwrap(), &y).unwrap();
                let error = covariance(&again, kind).unwrap()[(1, 1)].sqrt();
                let brute = test(again.coefficients[1], error, Reference::T(4.0), 0.95).unwrap();
                assert!((closed.loo_estimate.unwrap() / brute.estimate - 1.0).abs() < 1e-10);
                assert!((closed.loo_p_value.unwrap() / brute.p_value - 1.0).abs() < 1e-8, "{kind:?} {i}");
            }
        }
    }
}
