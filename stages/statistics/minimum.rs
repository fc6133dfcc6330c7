//! The minimum of a function of one variable within an interval.

/// How near the minimum is sought, relative to the width of the interval: function values tell no more.
const NEARNESS: f64 = 1e-8;

/// Where `f` is least between `low` and `high`, and its value there; a local minimum where there are several.
///
/// Successive parabolic interpolation, with a golden section wherever the parabola is of no use.
/// Source: Brent 1973, Algorithms for Minimization without Derivatives, chapter 5.
pub fn within(low: f64, high: f64, mut f: impl FnMut(f64) -> f64) -> (f64, f64) {
    let golden = (3.0 - 5f64.sqrt()) / 2.0;
    let near = NEARNESS * (high - low);
    let (mut a, mut b) = (low, high);
    // The best place, the second best, and the second best before that.
    let mut best = a + golden * (b - a);
    let mut value = f(best);
    let (mut second, mut third) = ((best, value), (best, value));
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..100 {
        let middle = (a + b) / 2.0;
        if (best - middle).abs() <= 2.0 * near - (b - a) / 2.0 {
            break;
        }
        let parabola = vertex((best, value), second, third)
            .filter(|to| (to - best).abs() < before.abs() / 2.0 && *to > a + near && *to < b - near);
        (before, step) = match parabola {
            Some(to) => (step, to - best),
            None => {
                let rest = if best < middle { b - best } else { a - best };
                (rest, golden * rest)
            }
        };
        let place = best + if step.abs() >= near { step } else { near.copysign(step) };
        let there = f(place);
        if there <= value {
            if place < best {
                b = best
            } else {
                a = best
            }
            (third, second) = (second, (best, value));
            (best, value) = (place, there);
        } else {
            if place < best {
                a = place
            } else {
                b = place
            }
            if there <= second.1 || second.0 == best {
                (third, second) = (second, (place, there));
            } else if there <= third.1 || third.0 == best || third.0 == second.0 {
                third = (place, there);
            }
        }
    }
    (best, value)
}

/// Where the parabola through three points has its vertex.
fn vertex(x: (f64, f64), w: (f64, f64), v: (f64, f64)) -> Option<f64> {
    let (r, q) = ((x.0 - w.0) * (x.1 - v.1), (x.0 - v.0) * (x.1 - w.1));
    let (over, under) = ((x.0 - v.0) * q - (x.0 - w.0) * r, 2.0 * (q - r));
    let to = x.0 - over / under;
    to.is_finite().then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minimum_is_found_inside_and_at_the_edge() {
        let (place, value) = within(0.0, 5.0, |x| (x - 2.0).powi(4) - 3.0 * (x - 2.0).powi(2) + 1.0);
        assert!((value - (1.0 - 2.25)).abs() < 1e-12 && ((place - 2.0).abs() - 1.5f64.sqrt()).abs() < 1e-6);
        assert!((within(-3.0, 4.0, |x| x).0 + 3.0).abs() < 1e-6);
        assert!((within(-3.0, 4.0, |x| (x - 1.0).abs()).0 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_smooth_valley_takes_few_looks() {
        let mut looks = 0;
        let (place, _) = within(-1.0, 1.0, |x| {
            looks += 1;
            (x - 0.3).cosh() + 0.1 * x * x
        });
        assert!(looks < 20, "{looks}");
        // The derivative sinh(x - 0.3) + 0.2 x is zero there.
        assert!(((place - 0.3).sinh() + 0.2 * place).abs() < 1e-6);
    }
}
