use super::*;

/// Unequal steps, one x twice.
fn x() -> Vec<f64> {
    let mut x: Vec<f64> = (0..14).map(|i| f64::from(i) * 7.0 + f64::from((i * i) % 5)).collect();
    x.push(x[5]);
    x
}

fn y(x: &[f64]) -> Vec<f64> {
    x.iter().enumerate().map(|(i, x)| (x / 23.0).sin() + (i as f64 * 2.3).cos() / 4.0).collect()
}

/// Penalized least squares in full: the values at the distinct x that minimize the criterion, by Gauss-Jordan, with the
/// penalty `Q R⁻¹ Qᵀ`; the columns are those of the map from each point to the values.
fn brute(x: &[f64], lambda: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut distinct = x.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let (n, width) = (distinct.len(), distinct[distinct.len() - 1] - distinct[0]);
    let u: Vec<f64> = distinct.iter().map(|x| (x - distinct[0]) / width).collect();
    let h = |i: usize| u[i + 1] - u[i];
    let m = n - 2;
    let mut r = vec![vec![0.0; m]; m];
    let mut q = vec![vec![0.0; m]; n];
    for j in 0..m {
        (q[j][j], q[j + 1][j], q[j + 2][j]) = (1.0 / h(j), -1.0 / h(j) - 1.0 / h(j + 1), 1.0 / h(j + 1));
        r[j][j] = (h(j) + h(j + 1)) / 3.0;
        if j + 1 < m {
            (r[j][j + 1], r[j + 1][j]) = (h(j + 1) / 6.0, h(j + 1) / 6.0);
        }
    }
    let right: Vec<Vec<f64>> = (0..m).map(|j| (0..n).map(|i| q[i][j]).collect()).collect();
    let inner = solve(r, right);
    let mut a = vec![vec![0.0; n]; n];
    for i in 0..n {
        for k in 0..n {
            a[i][k] = lambda * (0..m).map(|j| q[i][j] * inner[j][k]).sum::<f64>();
        }
        a[i][i] += x.iter().filter(|x| **x == distinct[i]).count() as f64;
    }
    let right = distinct.iter().map(|d| x.iter().map(|x| f64::from(u8::from(x == d))).collect()).collect();
    (distinct, solve(a, right))
}

fn solve(mut a: Vec<Vec<f64>>, right: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    a.iter_mut().zip(right).for_each(|(row, right)| row.extend(right));
    for i in 0..n {
        let pivot = (i..n).max_by(|p, q| a[*p][i].abs().total_cmp(&a[*q][i].abs())).unwrap();
        a.swap(i, pivot);
        let first = a[i].clone();
        for (row, cells) in a.iter_mut().enumerate() {
            let share = if row == i { 1.0 - 1.0 / first[i] } else { cells[i] / first[i] };
            cells.iter_mut().zip(&first).for_each(|(cell, first)| *cell -= share * first);
        }
    }
    a.into_iter().map(|row| row[n..].to_vec()).collect()
}

fn predict(x: &[f64], y: &[f64], lambda: f64) -> Vec<f64> {
    brute(x, lambda).1.iter().map(|row| row.iter().zip(y).map(|(h, y)| h * y).sum()).collect()
}

#[test]
fn penalized_least_squares_in_full_gives_the_same_curve_and_leverages() {
    let (x, y) = (x(), y(&x()));
    let knots = Knots::new(&x).unwrap();
    let points = knots.points(&y);
    for lambda in [1e-7, 1e-4, 0.02, 1.0, 300.0] {
        let smoother = knots.smoother(lambda);
        let (distinct, map) = brute(&x, lambda);
        let curve = smoother.curve(&knots, &points);
        let leverages = smoother.leverages(&knots);
        for (i, at) in distinct.iter().enumerate() {
            let fitted: f64 = map[i].iter().zip(&y).map(|(h, y)| h * y).sum();
            let leverage: f64 = map[i].iter().zip(&x).filter(|(_, x)| *x == at).map(|(h, _)| h).sum();
            assert!((curve.held(*at) - fitted).abs() < 1e-9 && (leverages[i] - leverage).abs() < 1e-9, "{lambda} {i}");
        }
    }
}

#[test]
fn leaving_a_point_out_by_the_leverages_is_leaving_it_out() {
    let (x, y) = (x(), y(&x()));
    let knots = Knots::new(&x).unwrap();
    let points = knots.points(&y);
    let width = knots.width;
    for lambda in [1e-6, 0.003, 2.0] {
        let smoother = knots.smoother(lambda);
        let residuals = smoother.left_out(&knots, &points);
        let held = smoother.held_out(&knots, &points);
        for i in 1..x.len() {
            let keep = |values: &[f64]| [&values[..i], &values[i + 1..]].concat();
            // λ belongs to u, whose unit is the whole range: without the last point that shrinks.
            let others = keep(&x);
            let range = others.iter().copied().fold(f64::MIN, f64::max) - others[0];
            let same = lambda * (width / range).powi(3);
            let knots = Knots::new(&others).unwrap();
            let curve = knots.smoother(same).curve(&knots, &knots.points(&keep(&y)));
            assert!((held[i] - curve.held(x[i])).abs() < 1e-9, "{lambda} {i}");
            if x[i] < others.iter().copied().fold(f64::MIN, f64::max) {
                assert!((y[i] - residuals[i] - curve.held(x[i])).abs() < 1e-9);
            }
        }
        // The first and the last point by brute force, with the point far from any use: as if it were predicted.
        for i in [0, 13] {
            let mut replaced = y.clone();
            replaced[i] = y[i] - residuals[i];
            let place = if i == 0 { 0 } else { predict(&x, &y, lambda).len() - 1 };
            assert!((predict(&x, &replaced, lambda)[place] - replaced[i]).abs() < 1e-9);
        }
    }
}

#[test]
fn the_extremes_of_lambda_are_the_straight_line_and_the_interpolating_curve() {
    let x: Vec<f64> = (0..9).map(|i| f64::from(i * i)).collect();
    let y: Vec<f64> = x.iter().map(|x| (x / 9.0).cos()).collect();
    let knots = Knots::new(&x).unwrap();
    let points = knots.points(&y);
    let (line, through) = (knots.smoother(f64::INFINITY), knots.smoother(0.0));
    assert!((line.df(&knots) - 2.0).abs() < 1e-9 && (through.df(&knots) - 9.0).abs() < 1e-9);
    let (n, mx, my) = (9.0, x.iter().sum::<f64>() / 9.0, y.iter().sum::<f64>() / 9.0);
    let cross: f64 = x.iter().zip(&y).map(|(x, y)| (x - mx) * (y - my)).sum();
    let square: f64 = x.iter().map(|x| (x - mx) * (x - mx)).sum();
    let fit = line.curve(&knots, &points);
    for (i, x) in x.iter().enumerate() {
        assert!((fit.held(*x) - (my + cross / square * (x - mx))).abs() < 1e-12);
        let leverage = 1.0 / n + (x - mx) * (x - mx) / square;
        assert!((line.leverages(&knots)[i] - leverage).abs() < 1e-12);
        assert!((through.curve(&knots, &points).held(*x) - y[i]).abs() < 1e-12);
    }
    assert!(through.score(&knots, &points).is_finite());
}

#[test]
fn degrees_of_freedom_are_met_and_a_straight_line_is_found_by_cross_validation() {
    let x = x();
    let knots = Knots::new(&x).unwrap();
    for df in [2.001, 3.0, 7.5, 13.9] {
        assert!((knots.smoother_of_df(df).unwrap().df(&knots) - df).abs() < 1e-9);
    }
    assert!(knots.smoother_of_df(2.0).is_none() && knots.smoother_of_df(14.0).is_none());
    let line: Vec<f64> = x.iter().map(|x| 3.0 - 0.1 * x).collect();
    let found = knots.searched(&knots.points(&line));
    assert!(found.score(&knots, &knots.points(&line)) < 1e-25);
}

#[test]
fn no_lambda_of_a_fine_search_scores_lower_than_the_one_found() {
    let x = x();
    let knots = Knots::new(&x).unwrap();
    for k in 0..40 {
        let y: Vec<f64> =
            x.iter().map(|x| (x * f64::from(k + 1) / 60.0).sin() + (x * 12.9 + f64::from(k)).cos()).collect();
        let points = knots.points(&y);
        let found = knots.searched(&points).score(&knots, &points);
        for step in 0..600 {
            let lambda = libm::exp(-24.0 + f64::from(step) * 0.06);
            assert!(knots.smoother(lambda).score(&knots, &points) >= found * (1.0 - 1e-9), "{k} {lambda}");
        }
    }
}

#[test]
fn equal_values_bend_by_nothing_and_beyond_the_ends_the_curve_is_held() {
    let knots = Knots::new(&x()).unwrap();
    let curve = knots.smoother(0.01).curve(&knots, &knots.points(&[0.0; 15]));
    assert!(curve.values().iter().all(|value| *value == 0.0));
    let curve = knots.smoother(0.01).curve(&knots, &knots.points(&y(&x())));
    assert_eq!([curve.held(-50.0), curve.held(1e9)], [curve.values()[0], *curve.values().last().unwrap()]);
    assert!(Knots::new(&[1.0, 2.0, 2.0]).is_none() && Knots::new(&[1.0, 2.0, f64::NAN, 4.0]).is_none());
}

#[test]
fn many_points_stay_exact() {
    let x: Vec<f64> = (0..500).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| (x / 40.0).sin() + (x * 1.7).sin() / 5.0).collect();
    let knots = Knots::new(&x).unwrap();
    let points = knots.points(&y);
    for smoother in knots.lambdas().into_iter().map(|lambda| knots.smoother(lambda)) {
        let leverages = smoother.leverages(&knots);
        assert!(leverages.iter().all(|h| (-1e-9..=1.0 + 1e-9).contains(h)), "{}", smoother.lambda);
        assert!(smoother.score(&knots, &points).is_finite());
    }
}

/// `curve_points.csv` and `splines.csv` are made by `curves.R`, which says how R's `smooth.spline` and the exact penalty differ.
#[test]
fn penalized_regression_in_r_gives_the_same_curve_leverages_and_no_lower_score() {
    let table = |text: &str| {
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect::<Vec<Vec<String>>>()
    };
    let number = |cell: &String| cell.parse::<f64>().unwrap();
    let points = table(include_str!("../../../tests/reference/normalization/curve_points.csv"));
    let of = |set: &String, column: usize| {
        points.iter().filter(|row| row[0] == *set).map(|row| number(&row[column])).collect::<Vec<f64>>()
    };
    let mut compared = 0;
    for row in table(include_str!("../../../tests/reference/normalization/splines.csv")) {
        let (set, lambda, i) = (&row[0], number(&row[1]), number(&row[2]) as usize - 1);
        let (x, y) = (of(set, 1), of(set, 2));
        let knots = Knots::new(&x).unwrap();
        let (smoother, points) = (knots.smoother(lambda), knots.points(&y));
        let (fitted, leverage) = (smoother.curve(&knots, &points).values()[i], smoother.leverages(&knots)[i]);
        assert!((fitted - number(&row[3])).abs() < 1e-8 && (leverage - number(&row[4])).abs() < 1e-8, "{row:?}");
        // R's own smooth.spline takes 0.3330 for a third in its penalty.
        assert!((fitted - number(&row[5])).abs() < 2e-3 && (leverage - number(&row[6])).abs() < 2e-3, "{row:?}");
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
    for row in table(include_str!("../../../tests/reference/normalization/spline_scores.csv")) {
        let (x, y) = (of(&row[0], 1), of(&row[0], 2));
        let knots = Knots::new(&x).unwrap();
        let points = knots.points(&y);
        let best = knots.searched(&points).score(&knots, &points);
        let at_theirs = knots.smoother(number(&row[1])).score(&knots, &points);
        assert!(best <= at_theirs * (1.0 + 1e-12), "{row:?}: {best} {at_theirs}");
        // Where R's curve all but follows the points, 1 - h is a difference of ones and its score has few digits.
        let tolerance = if number(&row[1]) < 1e-9 { 1e-2 } else { 1e-8 };
        assert!((at_theirs / number(&row[2]) - 1.0).abs() < tolerance, "{row:?}: {at_theirs}");
    }
}

#[test]
fn distances_without_some_points_are_those_of_points_that_never_were() {
    let x = x();
    let y = y(&x);
    let knots = Knots::new(&x).unwrap();
    let lambdas = [f64::INFINITY, 0.3, 1e-3, 1e-6];
    let all = knots.distances(&lambdas);
    // Inner ones, one of a pair, and both ends, whose loss makes the interval narrower.
    for absent in [vec![], vec![4], vec![5, 9, 10], vec![14], vec![0, 1, 7, 13]] {
        let kept: Vec<usize> = (0..x.len()).filter(|i| !absent.contains(i)).collect();
        let pick = |from: &[f64]| kept.iter().map(|&i| from[i]).collect::<Vec<f64>>();
        let (fewer, rest) = (Knots::new(&pick(&x)).unwrap(), pick(&y));
        let (mut map, mut above) = (Distances::default(), vec![[0.0; 8]; kept.len()]);
        all.without(&kept, &absent, &mut map);
        map.above(&rest, &mut above);
        for (lane, lambda) in lambdas.into_iter().chain([1e-6; 4]).enumerate() {
            let smoother = fewer.smoother(lambda * (knots.width / fewer.width).powi(3));
            let points = fewer.points(&rest);
            for (i, expected) in smoother.left_out(&fewer, &points).into_iter().enumerate() {
                assert!((above[i][lane] - expected).abs() < 1e-8, "{lambda} {absent:?} {i}");
                // The weights of the others give the same prediction.
                let weight = |j: usize| if j < i { map.weights(i, j).0[lane] } else { map.weights(j, i).1[lane] };
                let predicted: f64 = (0..rest.len()).filter(|j| *j != i).map(|j| weight(j) * rest[j]).sum();
                assert!((rest[i] - predicted - expected).abs() < 1e-8, "{lambda} {absent:?} {i}");
            }
            let held = smoother.held_out(&fewer, &points);
            assert!((map.passes(&rest, &above, 0, 1, lane) - held[0]).abs() < 1e-8, "{lambda} {absent:?}");
        }
    }
}
