//! Local regression of one variable: at each place a line or a parabola through the nearest points.
//!
//! As R's `loess(degree, span, family = "gaussian", surface = "direct")`: the nearest `q` points count, with tricube
//! weights `(1 - (d/h)³)³` of their distance d, where h is the distance of the q-th.
//! Source: Cleveland 1979, 10.1080/01621459.1979.10481038.
//!
//! The prediction is linear in y, and what is made here are its weights: they depend on x alone, so that many y at the
//! same x share them.

/// How many of `n` points a span takes: `⌊n · span⌋`, with R's allowance for rounding.
pub fn neighbours(n: usize, span: f64) -> usize {
    ((n as f64 * span + 1e-5).floor().max(0.0) as usize).min(n)
}

/// The weights `l` with which the points make the prediction `Σ l y` at one place.
///
/// `x` are the points' places, `skip` is a point that is not there, `degree` 1 or 2. None where the `q` nearest points
/// do not determine the curve: too few of them lie nearer than the q-th, or at too few places.
pub fn weights(x: &[f64], skip: Option<usize>, at: f64, q: usize, degree: usize) -> Option<Vec<f64>> {
    let mut near: Vec<(f64, usize)> =
        x.iter().enumerate().filter(|(i, _)| Some(*i) != skip).map(|(i, x)| ((x - at).abs(), i)).collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let h = near.get(q.checked_sub(1)?)?.0;
    if !(h > 0.0 && h.is_finite()) {
        return None;
    }
    // Distances in units of the window keep the moments near one.
    let points: Vec<(f64, f64, usize)> = near
        .iter()
        .take_while(|(distance, _)| *distance < h)
        .map(|&(distance, i)| ((x[i] - at) / h, tricube(distance / h), i))
        .collect();
    let mut moments = [0.0; 5];
    for (t, weight, _) in &points {
        let mut power = *weight;
        for moment in moments.iter_mut().take(2 * degree + 1) {
            *moment += power;
            power *= t;
        }
    }
    let lift = first_row_of_inverse(&moments, degree)?;
    let mut weights = vec![0.0; x.len()];
    for (t, weight, i) in points {
        weights[i] = weight * (lift[0] + t * (lift[1] + t * lift[2]));
    }
    Some(weights)
}

fn tricube(t: f64) -> f64 {
    let rest = 1.0 - t * t * t;
    rest * rest * rest
}

/// The first row of the inverse of the moment matrix `mᵢⱼ = Σ w tⁱ⁺ʲ`; none where it is singular.
///
/// By orthogonal polynomials: the value at t = 0 of the polynomial that reproduces moments.
fn first_row_of_inverse(m: &[f64; 5], degree: usize) -> Option<[f64; 3]> {
    const SINGULAR: f64 = 1e-10;
    if m[0] <= 0.0 {
        return None;
    }
    // p₀ = 1, p₁ = t - c, p₂ = t² - e - f p₁, orthogonal under the weights.
    let c = m[1] / m[0];
    let n1 = m[2] - c * m[1];
    if n1 <= SINGULAR * m[2] {
        return None;
    }
    let line = [1.0 / m[0] + c * c / n1, -c / n1, 0.0];
    if degree < 2 {
        return Some(line);
    }
    let e = m[2] / m[0];
    let f = (m[3] - c * m[2]) / n1;
    // p₂ = t² - f t + (f c - e)
    let constant = f * c - e;
    let n2 = m[4] - f * m[3] + constant * m[2];
    if n2 <= SINGULAR * m[4] {
        return None;
    }
    let share = constant / n2;
    Some([line[0] + share * constant, line[1] - share * f, share])
}

#[cfg(test)]
mod tests;
