//! The change of 3-hydroxybutyrate that gives both published regressions exactly.

use super::course::{Course, INFUSION_4, MONTH_12, Outcome};
use super::regress::{comoment, mean, sd};
use crate::statistics::random::Stream;

/// What a regression of an outcome on the change must give.
struct Target {
    visit: usize,
    slope: f64,
    std_error: f64,
}

// METHOD: each target lies well inside all pairs of slope and standard error that print the published slope, limits and
// P, so that rounding the concentrations to four digits seldom leaves it. At infusion 4 the limits 0.41 and 2.30 are not
// symmetric about 1.35: the slope must lie between 1.350 and 1.355. At month 12 a P below 0.0075 wants slope/error > 2.674.
const TARGETS: [Target; 2] = [
    Target { visit: INFUSION_4, slope: 1.3525, std_error: 0.482_15 },
    Target { visit: MONTH_12, slope: 1.382, std_error: 0.515_00 },
];

/// The spread of the percent change, in points, that is taken for plausible; and its range.
const SD: [f64; 2] = [11.0, 13.0];
const RANGE: [f64; 2] = [-32.0, 45.0];

/// The sums that a regression of a known outcome on x must have.
struct Constraint {
    outcome: Outcome,
    /// Σ(x - x̄)².
    sxx: f64,
    /// Σ(x - x̄)(y - ȳ).
    sxy: f64,
}

impl Constraint {
    /// From slope = Sxy/Sxx and std_error² = (Syy/Sxx - slope²)/(n - 2): Sxx = Syy/((n - 2)·std_error² + slope²).
    fn new(course: &Course, target: &Target) -> Self {
        let outcome = course.improvement(target.visit);
        let df = outcome.values.len() as f64 - 2.0;
        let syy = comoment(&outcome.values, &outcome.values);
        let sxx = syy / (df * target.std_error * target.std_error + target.slope * target.slope);
        Constraint { outcome, sxx, sxy: target.slope * sxx }
    }

    /// How far x is from both sums.
    fn residuals(&self, x: &[f64]) -> [f64; 2] {
        let x = self.select(x);
        [comoment(&x, &x) - self.sxx, comoment(&x, &self.outcome.values) - self.sxy]
    }

    /// The derivatives of both sums by every element of x: 2(x - x̄) and y - ȳ, zero for who was not seen.
    fn gradients(&self, x: &[f64]) -> [Vec<f64>; 2] {
        let (mean_x, mean_y) = (mean(&self.select(x)), mean(&self.outcome.values));
        let mut gradients = [vec![0.0; x.len()], vec![0.0; x.len()]];
        for (&row, y) in self.outcome.rows.iter().zip(&self.outcome.values) {
            gradients[0][row] = 2.0 * (x[row] - mean_x);
            gradients[1][row] = y - mean_y;
        }
        gradients
    }

    fn select(&self, x: &[f64]) -> Vec<f64> {
        self.outcome.rows.iter().map(|&row| x[row]).collect()
    }
}

/// Draws the percent change of 3-hydroxybutyrate and moves it to where both regressions are as published.
///
/// The start is 4 + 11.5 (0.35 a + 0.30 b + 0.80 z) with a and b the standardized improvements after infusion 4 and at
/// month 12 (0 where unknown) and z standard normal. None where the spread would not be plausible, or there is no solution
/// near the start.
pub fn change(course: &Course, stream: &mut Stream) -> Option<Vec<f64>> {
    let constraints = TARGETS.each_ref().map(|target| Constraint::new(course, target));
    let spread = |c: &Constraint| (c.sxx / (c.outcome.values.len() as f64 - 1.0)).sqrt();
    let plausible = |c: &Constraint| (SD[0]..=SD[1]).contains(&spread(c));
    if !constraints.iter().all(plausible) {
        return None;
    }
    let mut x: Vec<f64> = course.totals.iter().map(|_| 4.0 + 11.5 * 0.80 * stream.normal()).collect();
    for (constraint, weight) in constraints.iter().zip([0.35, 0.30]) {
        let y = &constraint.outcome.values;
        for (&row, value) in constraint.outcome.rows.iter().zip(y) {
            x[row] += 11.5 * weight * (value - mean(y)) / sd(y);
        }
    }
    let solution = satisfy(x, &constraints)?;
    solution.iter().all(|x| (RANGE[0]..=RANGE[1]).contains(x)).then_some(solution)
}

/// Goes from x to a point nearby where every constraint holds, by Newton steps of least length: x ← x - Jᵀ(JJᵀ)⁻¹F.
fn satisfy(mut x: Vec<f64>, constraints: &[Constraint]) -> Option<Vec<f64>> {
    for _ in 0..50 {
        let residuals: Vec<f64> = constraints.iter().flat_map(|c| c.residuals(&x)).collect();
        if residuals.iter().all(|residual| residual.abs() < 1e-7) {
            return Some(x);
        }
        let gradients: Vec<Vec<f64>> = constraints.iter().flat_map(|c| c.gradients(&x)).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let gram = gradients.iter().map(|a| gradients.iter().map(|b| dot(a, b)).collect()).collect();
        for (weight, gradient) in solve(gram, residuals)?.into_iter().zip(&gradients) {
            x.iter_mut().zip(gradient).for_each(|(x, gradient)| *x -= weight * gradient);
        }
    }
    None
}

/// Solves the symmetric positive definite system by elimination; none where it is singular to working precision.
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    let scale: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    for pivot in 0..n {
        if a[pivot][pivot].is_nan() || a[pivot][pivot] <= 1e-10 * scale[pivot] {
            return None;
        }
        let above = a[pivot].clone();
        for row in pivot + 1..n {
            let factor = a[row][pivot] / above[pivot];
            a[row].iter_mut().zip(&above).for_each(|(cell, above)| *cell -= factor * above);
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| a[row][column] * b[column]).sum();
        b[row] = (b[row] - known) / a[row][row];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::regress::wald;
    use crate::cohort::{course, scores};

    #[test]
    fn the_change_gives_both_regressions_their_slope_and_error() {
        let solved = (0..50).find_map(|attempt| {
            let scores = scores::draw(&mut Stream::new(3, "scores", attempt))?;
            let course = course::draw(&scores, &mut Stream::new(3, "course", attempt));
            let change = change(&course, &mut Stream::new(3, "change", attempt))?;
            Some((course, change))
        });
        let (course, change) = solved.unwrap();
        for target in TARGETS {
            let outcome = course.improvement(target.visit);
            let x: Vec<f64> = outcome.rows.iter().map(|&row| change[row]).collect();
            let fit = wald(&x, &outcome.values);
            assert!((fit.slope - target.slope).abs() < 1e-9 && (fit.std_error - target.std_error).abs() < 1e-9);
        }
    }

    #[test]
    fn a_small_system_is_solved_and_a_singular_one_is_refused() {
        let x = solve(vec![vec![4.0, 2.0], vec![2.0, 3.0]], vec![8.0, 8.0]).unwrap();
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12);
        assert_eq!(solve(vec![vec![1.0, 2.0], vec![2.0, 4.0]], vec![1.0, 2.0]), None);
    }
}
