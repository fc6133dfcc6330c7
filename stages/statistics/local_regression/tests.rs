use super::*;

fn x() -> Vec<f64> {
    (0..17).map(|i| f64::from(i) * 3.0 + f64::from((i * i) % 5) * 0.4).collect()
}

fn at(x: &[f64], y: &[f64], place: f64, q: usize, degree: usize, skip: Option<usize>) -> f64 {
    weights(x, skip, place, q, degree).unwrap().iter().zip(y).map(|(l, y)| l * y).sum()
}

#[test]
fn a_polynomial_of_the_degree_is_reproduced_everywhere() {
    let x = x();
    for (degree, curve) in [(1, [2.0, -3.0, 0.0]), (2, [2.0, -3.0, 0.25])] {
        let f = |x: f64| curve[0] + x * (curve[1] + x * curve[2]);
        let y: Vec<f64> = x.iter().map(|x| f(*x)).collect();
        for q in degree + 3..=x.len() {
            for place in [-2.0, 0.0, 7.3, 24.0, 48.9, 55.0] {
                assert!((at(&x, &y, place, q, degree, None) - f(place)).abs() < 1e-9, "{degree} {q} {place}");
            }
        }
    }
}

/// Weighted least squares by the normal equations in full, Gauss-Jordan with pivoting.
fn brute(x: &[f64], y: &[f64], place: f64, q: usize, degree: usize) -> f64 {
    let mut distances: Vec<f64> = x.iter().map(|x| (x - place).abs()).collect();
    distances.sort_by(f64::total_cmp);
    let h = distances[q - 1];
    let p = degree + 1;
    let mut m = vec![vec![0.0; p + 1]; p];
    for (x, y) in x.iter().zip(y) {
        let d = (x - place).abs() / h;
        if d < 1.0 {
            let w = (1.0 - d.powi(3)).powi(3);
            for (i, row) in m.iter_mut().enumerate() {
                let (right, left) = row.split_last_mut().unwrap();
                left.iter_mut().enumerate().for_each(|(j, cell)| *cell += w * (x - place).powi((i + j) as i32));
                *right += w * (x - place).powi(i as i32) * y;
            }
        }
    }
    for i in 0..p {
        let pivot = (i..p).max_by(|a, b| m[*a][i].abs().total_cmp(&m[*b][i].abs())).unwrap();
        m.swap(i, pivot);
        let own = m[i].clone();
        for (_, row) in m.iter_mut().enumerate().filter(|(at, _)| *at != i) {
            let share = row[i] / own[i];
            row.iter_mut().zip(&own).for_each(|(cell, pivot)| *cell -= share * pivot);
        }
    }
    m[0][p] / m[0][0]
}

#[test]
fn weighted_least_squares_in_full_gives_the_same_and_so_does_leaving_a_point_out_of_it() {
    let x = x();
    let y: Vec<f64> = x.iter().map(|x| (x / 9.0).sin() + (x * 7.0).cos() / 8.0).collect();
    for degree in [1, 2] {
        for q in degree + 3..=x.len() {
            for place in [0.0, 5.5, 20.0, 48.0] {
                let expected = brute(&x, &y, place, q, degree);
                assert!((at(&x, &y, place, q, degree, None) - expected).abs() < 1e-9);
            }
        }
        for left_out in [0, 6, 16] {
            let keep = |values: &[f64]| {
                values.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, v)| *v).collect::<Vec<f64>>()
            };
            let expected = brute(&keep(&x), &keep(&y), x[left_out], 8, degree);
            assert!((at(&x, &y, x[left_out], 8, degree, Some(left_out)) - expected).abs() < 1e-9);
        }
    }
}

#[test]
fn the_order_of_the_points_and_the_unit_of_x_do_not_matter() {
    let x = x();
    let y: Vec<f64> = x.iter().map(|x| (x / 9.0).sin()).collect();
    let (back, turned): (Vec<f64>, Vec<f64>) = (x.iter().rev().copied().collect(), y.iter().rev().copied().collect());
    let large: Vec<f64> = x.iter().map(|x| 1000.0 * x).collect();
    let here = at(&x, &y, 13.0, 9, 2, None);
    assert!((at(&back, &turned, 13.0, 9, 2, None) - here).abs() < 1e-12);
    assert!((at(&large, &y, 13000.0, 9, 2, None) - here).abs() < 1e-12);
}

#[test]
fn a_window_with_too_few_points_is_refused() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0];
    assert_eq!(weights(&x, None, 2.0, 0, 1), None);
    assert_eq!(weights(&x, None, 2.0, 1, 1), None);
    assert_eq!(weights(&x, None, 2.0, 6, 1), None);
    assert_eq!(weights(&x, None, 0.0, 2, 1), None);
    assert!(weights(&x, None, 0.0, 3, 1).is_some());
    assert_eq!(weights(&x, None, 0.0, 3, 2), None);
    assert_eq!(weights(&[1.0; 6], None, 1.0, 5, 1), None);
    assert_eq!([neighbours(20, 0.75), neighbours(7, 0.3), neighbours(5, 1.0)], [15, 2, 5]);
}

/// R's `loess(y ~ x, span, degree, family = "gaussian", control = loess.control(surface = "direct"))`.
#[test]
fn loess_of_r_gives_the_same_curve_and_the_same_prediction_without_a_point() {
    let table = |text: &str| {
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let number = |cell: &String| cell.parse::<f64>().unwrap();
    let points = table(include_str!("../../../tests/reference/normalization/curve_points.csv"));
    let mut compared = 0;
    for row in table(include_str!("../../../tests/reference/normalization/loess.csv")) {
        let (set, degree, span) = (&row[0], number(&row[1]) as usize, number(&row[2]));
        let of: Vec<&Vec<String>> = points.iter().filter(|point| point[0] == *set).collect();
        let x: Vec<f64> = of.iter().map(|point| number(&point[1])).collect();
        let y: Vec<f64> = of.iter().map(|point| number(&point[2])).collect();
        let (skip, place, expected) = (row[3].parse::<usize>().ok().map(|i| i - 1), number(&row[4]), number(&row[5]));
        let n = x.len() - usize::from(skip.is_some());
        let found = at(&x, &y, place, neighbours(n, span), degree, skip);
        assert!((found - expected).abs() < 1e-8, "{row:?}: {found}");
        compared += 1;
    }
    assert!(compared > 300, "{compared}");
}
