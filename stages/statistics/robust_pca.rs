//! Spherical principal components, and how far each sample lies within and off their plane.
//!
//! Samples are projected on the unit sphere around their spatial median, so that a distant one weighs no more than any
//! other; the directions are the eigenvectors there, and the spread along each is the MAD of the scores.
//! It takes complete values on a common scale; what to do with missing values is the caller's decision.
//!
//! Sources: Locantore 1999, 10.1007/BF02595862 (spherical components); Hubert 2005, 10.1198/004017004000000563 (the
//! two distances and their limits); Wilson & Hilferty 1931, 10.1073/pnas.17.12.684 (the power of a distance that is nearly
//! normal).

use faer::{Mat, Side};

use super::descriptive::{self, MAD_TO_SD};
use super::grid::Grid;
use super::tails;

/// The share of the robust variance that the components must reach.
const SHARE: f64 = 0.8;
/// The most components that are used.
const MOST: usize = 10;
/// The fewest samples that can be judged.
pub const FEWEST: usize = 10;

/// Each sample's place relative to the robust components.
#[derive(Debug, Clone, PartialEq)]
pub struct RobustPca {
    /// Scores by component, then by sample; centred at the spatial median.
    pub scores: Vec<Vec<f64>>,
    /// The share of the robust variance that the components hold.
    pub explained: f64,
    /// `Σ ((score - median) / (1.4826 MAD))²` over the components.
    pub score_distance: Vec<f64>,
    /// Chi-squared's quantile at `1 - alpha` with one degree of freedom per component.
    pub score_limit: f64,
    /// The distance to the plane of the components.
    pub orthogonal_distance: Vec<f64>,
    /// Its Wilson-Hilferty limit; none where no sample lies off the plane.
    pub orthogonal_limit: Option<f64>,
}

/// Finds the components that hold 80 % of the robust variance (at most 10) and both distances of every sample.
///
/// `grid` is complete and on a common scale; `alpha` is the share of regular samples beyond each limit. None with
/// fewer than ten samples, with a missing value, or without spread.
pub fn spherical_pca(grid: &Grid, alpha: f64) -> Option<RobustPca> {
    let (n, p) = (grid.samples.len(), grid.analytes.len());
    if n < FEWEST || p == 0 || (0..p).any(|analyte| grid.column(analyte).iter().any(|value| !value.is_finite())) {
        return None;
    }
    let center = spatial_median(grid);
    let centered = Mat::from_fn(n, p, |row, analyte| grid.get(row, analyte) - center[analyte]);
    let mut loadings = directions(&on_sphere(&centered))?;
    fix_signs(&mut loadings);
    let scores = &centered * &loadings;
    let column = |k: usize| (0..n).map(|row| scores[(row, k)]).collect::<Vec<f64>>();
    let components = choose((0..loadings.ncols()).map(|k| spread(k, column(k))).collect())?;

    let chosen: Vec<usize> = components.list.iter().map(|component| component.place).collect();
    let orthogonal_distance: Vec<f64> =
        (0..n).map(|row| off_plane(&centered, &loadings, &scores, &chosen, row)).collect();
    let size = descriptive::median(&(0..n).map(|row| norm(&centered, row)).collect::<Vec<_>>())?;
    Some(RobustPca {
        explained: components.explained,
        score_distance: (0..n).map(|row| components.list.iter().map(|c| c.squared_distance(row)).sum()).collect(),
        score_limit: tails::chi_squared_quantile(1.0 - alpha, chosen.len() as f64),
        orthogonal_limit: wilson_hilferty(&orthogonal_distance, alpha).filter(|limit| *limit > 1e-9 * size),
        orthogonal_distance,
        scores: components.list.into_iter().map(|component| component.scores).collect(),
    })
}

/// The point with the smallest sum of distances to the samples (Weiszfeld's iteration, from the medians).
fn spatial_median(grid: &Grid) -> Vec<f64> {
    let analytes = 0..grid.analytes.len();
    let mut center: Vec<f64> = analytes.map(|a| descriptive::median(grid.column(a)).unwrap_or(0.0)).collect();
    for _ in 0..500 {
        let mut squares = vec![0.0; grid.samples.len()];
        for (analyte, middle) in center.iter().enumerate() {
            let distances = grid.column(analyte).iter().map(|value| (value - middle) * (value - middle));
            squares.iter_mut().zip(distances).for_each(|(sum, square)| *sum += square);
        }
        // A sample at the centre itself has no direction and is left out of the step.
        let weights: Vec<f64> = squares.iter().map(|s| if *s > 0.0 { 1.0 / s.sqrt() } else { 0.0 }).collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            break;
        }
        let (mut moved, mut size) = (0.0, 0.0);
        for (analyte, middle) in center.iter_mut().enumerate() {
            let next: f64 = grid.column(analyte).iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / total;
            moved += (next - *middle) * (next - *middle);
            size += next * next;
            *middle = next;
        }
        if moved <= 1e-24 * (1.0 + size) {
            break;
        }
    }
    center
}

fn norm(matrix: &Mat<f64>, row: usize) -> f64 {
    (0..matrix.ncols()).map(|column| matrix[(row, column)] * matrix[(row, column)]).sum::<f64>().sqrt()
}

fn on_sphere(centered: &Mat<f64>) -> Mat<f64> {
    let norms: Vec<f64> = (0..centered.nrows()).map(|row| norm(centered, row)).collect();
    Mat::from_fn(centered.nrows(), centered.ncols(), |row, column| {
        if norms[row] > 0.0 { centered[(row, column)] / norms[row] } else { 0.0 }
    })
}

/// The right singular vectors of the sphered samples, from the smaller of the two cross products.
fn directions(sphered: &Mat<f64>) -> Option<Mat<f64>> {
    let (n, p) = (sphered.nrows(), sphered.ncols());
    let wide = n < p;
    let cross = if wide { sphered * sphered.transpose() } else { sphered.transpose() * sphered };
    let eigen = cross.self_adjoint_eigen(Side::Lower).ok()?;
    let values = eigen.S().column_vector();
    let largest = values[values.nrows().checked_sub(1)?];
    // Eigenvalues of a cross product are exact to about 1e-16 of the largest; below this they are rounding.
    let kept: Vec<usize> = (0..values.nrows()).rev().filter(|&k| values[k] > 1e-12 * largest).collect();
    let vectors = Mat::from_fn(values.nrows(), kept.len(), |row, k| eigen.U()[(row, kept[k])]);
    if !wide {
        return Some(vectors);
    }
    let raw = sphered.transpose() * &vectors;
    Some(Mat::from_fn(p, kept.len(), |row, k| raw[(row, k)] / values[kept[k]].sqrt()))
}

/// Makes the entry of largest size in each direction positive, the first of equal ones, so that signs are not chance.
fn fix_signs(loadings: &mut Mat<f64>) {
    for k in 0..loadings.ncols() {
        let mut largest = 0.0_f64;
        for row in 0..loadings.nrows() {
            if loadings[(row, k)].abs() > largest.abs() {
                largest = loadings[(row, k)];
            }
        }
        if largest < 0.0 {
            (0..loadings.nrows()).for_each(|row| loadings[(row, k)] = -loadings[(row, k)]);
        }
    }
}

/// One direction with its scores and their robust centre and spread.
struct Component {
    place: usize,
    scores: Vec<f64>,
    middle: f64,
    scale: f64,
}

impl Component {
    fn squared_distance(&self, row: usize) -> f64 {
        let standard = (self.scores[row] - self.middle) / self.scale;
        standard * standard
    }
}

struct Components {
    list: Vec<Component>,
    explained: f64,
}

fn spread(place: usize, scores: Vec<f64>) -> Component {
    let middle = descriptive::median(&scores).unwrap_or(0.0);
    let scale = MAD_TO_SD * descriptive::mad(&scores).unwrap_or(0.0);
    Component { place, scores, middle, scale }
}

/// The directions of largest robust variance that together reach the share.
fn choose(mut all: Vec<Component>) -> Option<Components> {
    // METHOD: robust variances are squared MADs of the scores; a direction in which half of the samples coincide has
    // none and is not used.
    all.retain(|component| component.scale > 0.0);
    all.sort_by(|a, b| b.scale.total_cmp(&a.scale).then(a.place.cmp(&b.place)));
    let total: f64 = all.iter().map(|component| component.scale * component.scale).sum();
    let (mut sum, mut count) = (0.0, 0);
    while count < all.len().min(MOST) && sum < SHARE * total {
        sum += all[count].scale * all[count].scale;
        count += 1;
    }
    all.truncate(count);
    (count > 0).then_some(Components { list: all, explained: sum / total })
}

/// The distance of one sample to the plane of the chosen directions.
fn off_plane(centered: &Mat<f64>, loadings: &Mat<f64>, scores: &Mat<f64>, chosen: &[usize], row: usize) -> f64 {
    let rest = (0..centered.ncols()).map(|analyte| {
        let within: f64 = chosen.iter().map(|&k| scores[(row, k)] * loadings[(analyte, k)]).sum();
        centered[(row, analyte)] - within
    });
    rest.map(|value| value * value).sum::<f64>().sqrt()
}

/// `(m + s z)^{3/2}` with median m and 1.4826 MAD s of the distances to the power 2/3, which are nearly normal.
fn wilson_hilferty(distances: &[f64], alpha: f64) -> Option<f64> {
    let powers: Vec<f64> = distances.iter().map(|distance| libm::pow(*distance, 2.0 / 3.0)).collect();
    let scale = MAD_TO_SD * descriptive::mad(&powers)?;
    let limit = libm::pow(descriptive::median(&powers)? + scale * tails::normal_quantile(1.0 - alpha), 1.5);
    (limit.is_finite() && scale > 0.0).then_some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regular samples along one strong and one weak direction, from a fixed sequence of quantiles.
    fn regular(n: usize, p: usize) -> Grid {
        let names = |what: &str, count: usize| (0..count).map(|i| format!("{what}{i}")).collect();
        let mut grid = Grid::missing(names("s", n), names("m", p));
        let draw = |i: usize, k: usize| {
            let place = ((i * (k * 2 + 1) * 7919 + k * 104729) % 9973) as f64 / 9973.0;
            tails::normal_quantile(0.001 + 0.998 * place)
        };
        for row in 0..n {
            for analyte in 0..p {
                let common = 3.0 * draw(row, 1) * (1.0 + analyte as f64 / p as f64);
                grid.set(row, analyte, common + draw(row, analyte + 2) * 0.5);
            }
        }
        grid
    }

    #[test]
    fn a_sample_off_the_plane_is_found_and_regular_ones_are_not() {
        for p in [4, 80] {
            let mut grid = regular(60, p);
            for analyte in 0..p {
                let value = grid.get(7, analyte);
                grid.set(7, analyte, value + if analyte % 2 == 0 { 15.0 } else { -15.0 });
            }
            let pca = spherical_pca(&grid, 0.001).unwrap();
            let limit = pca.orthogonal_limit.unwrap();
            let far: Vec<usize> = (0..60)
                .filter(|&row| pca.score_distance[row] > pca.score_limit || pca.orthogonal_distance[row] > limit)
                .collect();
            assert!(far.contains(&7) && far.len() <= 3, "{p} analytes: {far:?}");
        }
    }

    #[test]
    fn a_sample_far_along_the_plane_has_a_large_score_distance() {
        let mut grid = regular(60, 5);
        (0..5).for_each(|analyte| grid.set(3, analyte, 60.0 * (1.0 + analyte as f64 / 5.0)));
        let pca = spherical_pca(&grid, 0.001).unwrap();
        assert!(pca.score_distance[3] > pca.score_limit);
    }

    #[test]
    fn wide_and_tall_tables_agree_with_each_other_and_with_a_rotation() {
        // The same samples with columns of zeros appended: n < p takes the other cross product.
        let grid = regular(12, 5);
        let mut wide = Grid::missing(grid.samples.clone(), (0..20).map(|i| format!("m{i}")).collect());
        for row in 0..12 {
            (0..20).for_each(|analyte| wide.set(row, analyte, if analyte < 5 { grid.get(row, analyte) } else { 0.0 }));
        }
        let (tall, wide) = (spherical_pca(&grid, 0.01).unwrap(), spherical_pca(&wide, 0.01).unwrap());
        assert_eq!(tall.scores.len(), wide.scores.len());
        for (a, b) in tall.score_distance.iter().zip(&wide.score_distance) {
            assert!((a - b).abs() < 1e-8 * (1.0 + a.abs()));
        }
        for (a, b) in tall.orthogonal_distance.iter().zip(&wide.orthogonal_distance) {
            assert!((a - b).abs() < 1e-8);
        }
        // Distances do not change when the axes are turned.
        let (cos, sin) = (0.6, 0.8);
        let mut turned = grid.clone();
        for row in 0..12 {
            let (x, y) = (grid.get(row, 0), grid.get(row, 1));
            turned.set(row, 0, cos * x - sin * y);
            turned.set(row, 1, sin * x + cos * y);
        }
        let turned = spherical_pca(&turned, 0.01).unwrap();
        for (a, b) in tall.score_distance.iter().zip(&turned.score_distance) {
            assert!((a - b).abs() < 1e-7 * (1.0 + a.abs()));
        }
    }

    #[test]
    fn too_few_samples_and_no_spread_have_no_components() {
        assert_eq!(spherical_pca(&regular(9, 3), 0.01), None);
        let mut flat = regular(20, 2);
        flat.columns_mut().for_each(|(_, column)| column.fill(1.0));
        assert_eq!(spherical_pca(&flat, 0.01), None);
    }
}
