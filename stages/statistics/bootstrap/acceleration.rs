//! The acceleration of BCa limits: how fast the spread of the estimate changes with what it estimates.

use super::BootstrapError;
use super::resamples::Strata;

/// A sixth of the skewness of the estimate's linear part, from its values without each row.
///
/// `a = Σ_s n_s⁻³ Σ_i L_i³ / (6 (Σ_s n_s⁻² Σ_i L_i²)^{3/2})` with `L_i = (n_s − 1)(θ̄_s − θ_(−i))` and `θ̄_s` the mean
/// of the jackknife values of stratum s; with one stratum, `Σ L³ / (6 (Σ L²)^{3/2})`. `jackknife` has one value per
/// row, in the unit of the estimate, whose unit the acceleration does not share. It fails where a value is missing or
/// all are equal. METHOD: a stratum of a single row is the same in every resample and so has L = 0, whatever its
/// jackknife value. Sources: Efron 1987, 10.1080/01621459.1987.10478410; Davison & Hinkley 1997, chapter 5 (several
/// samples).
pub fn acceleration(jackknife: &[Option<f64>], strata: &Strata) -> Result<f64, BootstrapError> {
    if jackknife.len() != strata.n() {
        return Err(BootstrapError::RowsDiffer { found: jackknife.len(), expected: strata.n() });
    }
    let (mut squares, mut cubes) = (0.0, 0.0);
    for rows in strata.members().iter().filter(|rows| rows.len() > 1) {
        let linear = linear_part(jackknife, rows).ok_or(BootstrapError::NoAcceleration)?;
        squares += linear.iter().map(|l| l * l).sum::<f64>();
        cubes += linear.iter().map(|l| l * l * l).sum::<f64>();
    }
    let acceleration = cubes / (6.0 * squares * squares.sqrt());
    if acceleration.is_finite() { Ok(acceleration) } else { Err(BootstrapError::NoAcceleration) }
}

/// `L_i / n_s` of the rows of one stratum; none where a value is missing.
///
/// METHOD: jackknife values that are equal up to rounding are equal, or their noise would be read as skewness.
fn linear_part(jackknife: &[Option<f64>], rows: &[usize]) -> Option<Vec<f64>> {
    let values =
        rows.iter().map(|&row| jackknife[row].filter(|value| value.is_finite())).collect::<Option<Vec<f64>>>()?;
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let linear: Vec<f64> = values.iter().map(|value| (n - 1.0) * (mean - value) / n).collect();
    let largest = linear.iter().fold(0.0_f64, |largest, l| largest.max(l.abs()));
    Some(if largest <= 1e-13 * mean.abs() { vec![0.0; values.len()] } else { linear })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The third standardized moment over six of `Σ_s mean_s` of values `x`, from the definition of the moments.
    fn sixth_of_skewness(strata: &[&[f64]]) -> f64 {
        let (mut variance, mut third) = (0.0, 0.0);
        for x in strata {
            let n = x.len() as f64;
            let mean = x.iter().sum::<f64>() / n;
            variance += x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n / n;
            third += x.iter().map(|x| (x - mean).powi(3)).sum::<f64>() / n / n / n;
        }
        third / variance.powf(1.5) / 6.0
    }

    /// The sum of the means of two strata, without each row.
    fn without_each(a: &[f64], b: &[f64]) -> Vec<Option<f64>> {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let without = |x: &[f64], i: usize| (x.iter().sum::<f64>() - x[i]) / (x.len() as f64 - 1.0);
        let first = (0..a.len()).map(|i| Some(without(a, i) + mean(b)));
        first.chain((0..b.len()).map(|i| Some(mean(a) + without(b, i)))).collect()
    }

    #[test]
    fn the_acceleration_of_a_mean_is_a_sixth_of_its_skewness() {
        let x = [0.1, 0.4, 0.2, 3.0, 1.1, 0.9, 7.5];
        let jackknife: Vec<_> = (0..7).map(|i| Some((x.iter().sum::<f64>() - x[i]) / 6.0)).collect();
        let a = acceleration(&jackknife, &Strata::one(7)).unwrap();
        assert!((a / sixth_of_skewness(&[&x]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn strata_add_up_by_their_sizes() {
        let (x, y) = ([0.1, 0.4, 0.2, 3.0, 1.1, 0.9, 7.5], [100.0, 104.0, 101.0]);
        let strata = Strata::of(&[0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
        let a = acceleration(&without_each(&x, &y), &strata).unwrap();
        assert!((a / sixth_of_skewness(&[&x, &y]) - 1.0).abs() < 1e-11);
    }

    #[test]
    fn without_all_values_or_without_spread_there_is_none() {
        let of = |jackknife: &[Option<f64>], codes: &[usize]| acceleration(jackknife, &Strata::of(codes));
        assert_eq!(of(&[Some(1.0), None, Some(2.0)], &[0, 0, 0]), Err(BootstrapError::NoAcceleration));
        assert_eq!(of(&[Some(0.1 + 0.2), Some(0.3), Some(0.3)], &[0; 3]), Err(BootstrapError::NoAcceleration));
        assert_eq!(of(&[], &[]), Err(BootstrapError::NoAcceleration));
        assert_eq!(of(&[Some(1.0)], &[0, 0]), Err(BootstrapError::RowsDiffer { found: 1, expected: 2 }));
        assert_eq!(of(&[Some(1.0), None, Some(2.0)], &[0, 1, 0]), Ok(0.0));
    }
}
