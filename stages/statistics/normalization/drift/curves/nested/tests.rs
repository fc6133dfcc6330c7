use super::super::plain::{Injected, correct};
use super::super::plan::{Method, Plan};
use crate::statistics::normalization::drift::QcRsc;
use crate::statistics::random::Stream;
use crate::statistics::smoothing_spline::Knots;

fn noise(purpose: &str, n: usize) -> Vec<f64> {
    let mut random = Stream::new(7, purpose, 0);
    (0..n).map(|_| random.normal()).collect()
}

/// Every point is taken out, λ chosen among the rest by leaving each of these out in turn, all curves drawn anew.
#[test]
fn predictions_are_those_of_curves_that_were_drawn_and_chosen_without_the_point() {
    let x: Vec<f64> = [1.0, 4.0, 5.0, 9.0, 14.0, 15.0, 21.0, 22.0, 30.0].to_vec();
    for draw in 0..20 {
        let y: Vec<f64> =
            noise(&format!("nested {draw}"), 9).iter().zip(&x).map(|(e, x)| e + x * f64::from(draw) / 60.0).collect();
        let method = Method::Spline(Default::default());
        let Ok(Plan::Spline(plan)) = method.plan(&x) else { panic!("nine places carry a spline") };
        let (_, predicted) = plan.draw(&y).unwrap().unwrap();
        let whole = Knots::new(&x).unwrap();
        let all = whole.lambdas();
        let lambdas: Vec<f64> = all.into_iter().rev().step_by(2).collect();
        for i in 0..x.len() {
            let others = |from: &[f64]| (0..9).filter(|j| *j != i).map(|j| from[j]).collect::<Vec<f64>>();
            let (rest, width) = (others(&x), 29.0);
            let knots = Knots::new(&rest).unwrap();
            let scale = (width / (rest[7] - rest[0])).powi(3);
            let points = knots.points(&others(&y));
            let (mut least, mut curve) = (f64::INFINITY, None);
            for lambda in &lambdas {
                let smoother = knots.smoother(lambda * scale);
                let score = smoother.score(&knots, &points);
                if score < least * (1.0 - 1e-9) {
                    (least, curve) = (score, Some(smoother.curve(&knots, &points)));
                }
            }
            let expected = curve.unwrap().held(x[i]);
            assert!((predicted[i] - expected).abs() < 1e-7, "{draw} {i}: {} {expected}", predicted[i]);
        }
    }
}

/// How many of 300 analytes are corrected, each of a batch's pooled QC samples following the drift plus noise of 0.1.
fn corrected(batches: usize, qc: usize, drift: impl Fn(f64) -> f64) -> usize {
    let size = 3 * qc - 2;
    let rows: Vec<Injected> = (0..batches * size)
        .map(|at| Injected {
            batch: format!("b{:02}", at / size),
            order: at as f64,
            is_qc: (at % size).is_multiple_of(3),
        })
        .collect();
    let column = |analyte: usize| {
        let noise = noise(&format!("drift {batches} {qc} {analyte}"), 2 * rows.len());
        let value = |(at, row): (usize, &Injected)| {
            let spread = if row.is_qc { 0.1 } else { 0.5 };
            libm::exp(drift((at % size) as f64 / size as f64) + spread * noise[at])
        };
        rows.iter().enumerate().map(value).collect::<Vec<f64>>()
    };
    let mut columns: Vec<Vec<f64>> = (0..300).map(column).collect();
    correct(&QcRsc::default(), &rows, &mut columns).unwrap().into_iter().filter(|corrected| *corrected).count()
}

/// The shares that docs/qc.md names.
#[test]
fn noise_is_seldom_corrected_and_drift_is() {
    let counts = [
        corrected(1, 10, |_| 0.0),
        corrected(1, 10, |u| 0.4 * u),
        corrected(1, 10, |u| 0.8 * u),
        corrected(20, 25, |_| 0.0),
        corrected(20, 25, |u| 0.2 * u),
    ];
    println!("{counts:?}");
    assert!(counts[0] < 45 && counts[1] > 150 && counts[2] > 270 && counts[3] == 0 && counts[4] > 240, "{counts:?}");
}
