use serde_json::{Value, json};

use super::correct;
use crate::statistics::grid::Grid;
use crate::statistics::normalization::drift::{Injected, QcRsc};
use crate::statistics::normalization::{Normalized, Recipe, Sheet, StepError};

/// Two batches of 31 injections, every fifth a pooled QC sample, with drift and a shift between them; m1 has neither.
fn study() -> Sheet {
    let samples = (0..62).map(|i| format!("s{i:02}")).collect();
    let mut sheet = Sheet::plain(Grid::missing(samples, vec!["m0".into(), "m1".into(), "m2".into()]));
    for row in 0..62 {
        let (batch, place) = (row / 31, (row % 31) as f64);
        let is_qc = row % 31 % 5 == 0;
        let injection = &mut sheet.injections[row];
        (injection.is_qc, injection.order) = (is_qc, Some(row as f64 + 100.0));
        injection.batch = Some(["β, 1", "=2"][batch].to_owned());
        let drift =
            libm::exp(0.012 * place * (1.0 - 0.4 * batch as f64) + 0.5 * batch as f64 + 0.1 * libm::sin(place / 9.0));
        let noise = 1.0 + 0.01 * libm::sin(row as f64 * 7.7);
        let own = if is_qc { 20.0 } else { 20.0 + 4.0 * libm::sin(row as f64 * 1.3) };
        sheet.grid.set(row, 0, own * drift * noise);
        sheet.grid.set(row, 1, own * (1.0 + 0.05 * libm::sin(row as f64 * 12.9)));
        sheet.grid.set(row, 2, own);
    }
    sheet
}

fn fit(step: &Value, sheet: &Sheet) -> Result<Normalized, StepError> {
    let recipe: Recipe = serde_json::from_value(json!({"steps": [step]})).unwrap();
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    Ok(recipe.fit(sheet, &rows, 1)?.apply(sheet))
}

fn run(step: Value, sheet: &Sheet) -> Normalized {
    fit(&json!({"drift": step}), sheet).unwrap()
}

const CURVES: [&str; 2] = ["qc_rsc", "loess"];

fn close(a: &[f64], b: &[f64], tolerance: f64) {
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() <= tolerance * b.abs() || (a.is_nan() && b.is_nan()), "{a} {b}");
    }
}

#[test]
fn drift_and_shift_are_taken_out_and_what_has_none_is_left() {
    let sheet = study();
    for method in CURVES {
        let out = run(json!({"method": method}), &sheet);
        let note = &out.notes[0];
        let decided: Vec<&str> = note.decisions.iter().map(|decision| decision.decision).collect();
        assert_eq!(decided, ["done", "left", "left"], "{method}: {:?}", note.decisions);
        assert_eq!((out.scaled.column(1), out.scaled.column(2)), (sheet.grid.column(1), sheet.grid.column(2)));
        let reference = out.curve.as_ref().unwrap().get(0, 0) / sheet.grid.get(0, 0) * out.scaled.get(0, 0);
        for row in (0..62).filter(|row| row % 31 % 5 == 0) {
            assert!((out.scaled.get(row, 0) / reference - 1.0).abs() < 0.04, "{method} {row}");
        }
        let (rsd, d_ratio) = note.decisions[0].after.unwrap();
        assert!(rsd.unwrap() < 0.05 && d_ratio.unwrap() < 0.2);
        assert!(out.curve.unwrap().get(3, 1).is_nan());
    }
}

#[test]
fn scaling_the_values_scales_the_result_and_the_order_may_run_backwards() {
    let sheet = study();
    let (mut large, mut back) = (sheet.clone(), sheet.clone());
    for row in 0..62 {
        large.grid.set(row, 0, 1e4 * sheet.grid.get(row, 0));
        back.injections[row].order = sheet.injections[row].order.map(|order| 1000.0 - order);
    }
    for method in CURVES {
        let plain = run(json!({"method": method}), &sheet);
        let scaled: Vec<f64> = plain.scaled.column(0).iter().map(|value| 1e4 * value).collect();
        close(run(json!({"method": method}), &large).scaled.column(0), &scaled, 1e-9);
        close(run(json!({"method": method}), &back).scaled.column(0), plain.scaled.column(0), 1e-7);
    }
}

#[test]
fn equal_pooled_qc_values_change_nothing_even_where_every_analyte_is_corrected() {
    let sheet = study();
    for method in CURVES {
        let out = run(json!({"method": method, "keep": "always"}), &sheet);
        close(out.scaled.column(2), sheet.grid.column(2), 1e-14);
    }
}

#[test]
fn a_difference_after_a_logarithm_is_the_logarithm_of_the_ratio() {
    let sheet = study();
    for method in CURVES {
        let step = json!({"method": method, "keep": "always"});
        let before: Recipe =
            serde_json::from_value(json!({"steps": [{"drift": step}, {"transform": {"method": "ln"}}]})).unwrap();
        let after: Recipe =
            serde_json::from_value(json!({"steps": [{"transform": {"method": "ln"}}, {"drift": step}]})).unwrap();
        let rows: Vec<usize> = (0..62).collect();
        let of = |recipe: &Recipe| recipe.fit(&sheet, &rows, 1).unwrap().apply(&sheet);
        let (before, after) = (of(&before), of(&after));
        // The medians of 14 values are means of two, and the mean of logarithms is not the logarithm of the mean.
        let shift = before.scaled.get(0, 0) - after.scaled.get(0, 0);
        let moved: Vec<f64> = after.scaled.column(0).iter().map(|value| value + shift).collect();
        close(before.scaled.column(0), &moved, 1e-7);
        assert!(shift.abs() < 0.05);
    }
}

#[test]
fn every_batch_with_too_few_pooled_qc_and_every_sample_without_its_place_is_named() {
    let sheet = study();
    for method in CURVES {
        let step = json!({"drift": {"method": method}});
        let mut few = sheet.clone();
        (0..62).filter(|row| row % 10 == 0).for_each(|row| few.injections[row].is_qc = false);
        few.injections[3].batch = Some("alone".into());
        let error = fit(&step, &few).unwrap_err();
        assert_eq!((error.code, error.setting), ("too_few_qc", "drift.min_qc"));
        assert!(
            error.message.contains("batch `alone` has 0") && error.message.contains("batch `β, 1` has 3"),
            "{error}"
        );
        let mut lost = sheet.clone();
        (lost.injections[1].order, lost.injections[6].order) = (None, None);
        let error = fit(&step, &lost).unwrap_err();
        assert!(error.code == "injection_order_missing" && error.message.contains("(s01, s06)"), "{error}");
        let mut lost = sheet.clone();
        lost.injections[8].batch = None;
        assert_eq!(fit(&step, &lost).unwrap_err().code, "batch_missing");
    }
}

#[test]
fn an_analyte_with_too_few_values_in_a_batch_is_left_and_zeros_do_not_shape_the_curve() {
    let mut sheet = study();
    for (row, value) in [(0, f64::NAN), (5, 0.0), (10, -1.0)] {
        sheet.grid.set(row, 0, value);
    }
    for method in CURVES {
        let out = run(json!({"method": method}), &sheet);
        assert_eq!(out.notes[0].decisions[0].decision, "left");
        assert!(out.notes[0].decisions[0].reason.contains("4 usable pooled QC values in batch `β, 1`"));
        assert_eq!(out.notes[0].remarks[0].code, "drift_not_corrected");
    }
    let mut sheet = study();
    sheet.grid.set(5, 0, 0.0);
    let with_zero = run(json!({"method": "qc_rsc", "keep": "always"}), &sheet);
    sheet.grid.set(5, 0, f64::NAN);
    let without = run(json!({"method": "qc_rsc", "keep": "always"}), &sheet);
    assert_eq!(with_zero.scaled.get(5, 0), 0.0);
    close(&with_zero.scaled.column(0)[6..], &without.scaled.column(0)[6..], 0.0);
}

#[test]
fn no_setting_makes_an_infinite_value() {
    let mut sheet = study();
    sheet.grid.set(15, 0, 1e-300);
    sheet.grid.set(16, 0, 1e300);
    sheet.grid.set(20, 1, -5.0);
    for step in [
        json!({"method": "qc_rsc", "keep": "always", "log": false}),
        json!({"method": "qc_rsc", "keep": "always", "smoothing": {"lambda": 0}}),
        json!({"method": "qc_rsc", "keep": "always", "smoothing": {"df": 3.5}}),
        json!({"method": "loess", "keep": "always", "degree": 1, "smoothing": {"span": 0.9}}),
        json!({"method": "loess", "keep": "always", "log": false}),
        json!({"method": "batch_median"}),
        json!({"method": "batch_median", "of": "all"}),
        json!({"method": "combat"}),
        json!({"method": "combat", "log": false, "mean_only": true}),
    ] {
        let out = run(step.clone(), &sheet);
        for analyte in 0..3 {
            assert!(out.scaled.column(analyte).iter().all(|value| !value.is_infinite()), "{step}");
        }
    }
}

#[test]
fn batch_medians_are_brought_to_the_overall_one_by_hand() {
    let mut sheet = study();
    for (row, value) in [1.0, 2.0, 3.0, 10.0, 20.0, 60.0].into_iter().enumerate() {
        sheet.grid.set(row, 0, value);
        sheet.injections[row].batch = Some(["x", "y"][row / 3].into());
        sheet.injections[row].is_qc = false;
    }
    let sheet = sheet.select_rows(&[0, 1, 2, 3, 4, 5]);
    let out = run(json!({"method": "batch_median", "of": "study"}), &sheet);
    // Medians 2 and 20, 6.5 over both.
    close(out.scaled.column(0), &[3.25, 6.5, 9.75, 3.25, 6.5, 19.5], 1e-15);
    assert_eq!(out.curve.unwrap().column(0), [2.0, 2.0, 2.0, 20.0, 20.0, 20.0]);
    assert_eq!(fit(&json!({"drift": {"method": "batch_median"}}), &sheet).unwrap_err().code, "too_few_qc");
}

#[test]
fn a_filter_judges_what_stands_when_its_turn_comes() {
    let sheet = study();
    let steps = |first: Value| json!({"steps": [first, {"filter": {"max_qc_rsd": 0.04}}]});
    let kept = |first: Value| {
        let recipe: Recipe = serde_json::from_value(steps(first)).unwrap();
        let rows: Vec<usize> = (0..62).collect();
        recipe.fit(&sheet, &rows, 1).unwrap().apply(&sheet)
    };
    assert_eq!(kept(json!({"drift": {"method": "none"}})).kept, [false, true, true]);
    let out = kept(json!({"drift": {"method": "qc_rsc"}}));
    assert_eq!(out.kept, [true, true, true]);
    let gone = kept(json!({"drift": {"method": "none"}}));
    assert!(gone.scaled.column(0).iter().all(|value| value.is_nan()));
    assert_eq!((gone.notes[1].decisions[0].decision, gone.notes[1].remarks[0].code), ("dropped", "dropped_by_filter"));
    let no_qc = sheet.select_rows(&[1, 2, 3, 4]);
    assert_eq!(fit(&json!({"filter": {"max_d_ratio": 0.5}}), &no_qc).unwrap_err().code, "no_pooled_qc");
}

#[test]
fn the_plain_function_is_the_step() {
    let sheet = study();
    let rows: Vec<Injected> = sheet
        .injections
        .iter()
        .map(|injection| Injected {
            batch: injection.batch.clone().unwrap(),
            order: injection.order.unwrap(),
            is_qc: injection.is_qc,
        })
        .collect();
    let mut columns: Vec<Vec<f64>> = (0..3).map(|analyte| sheet.grid.column(analyte).to_vec()).collect();
    assert_eq!(correct(&QcRsc::default(), &rows, &mut columns), Some(vec![true, false, false]));
    assert_eq!(run(json!({"method": "qc_rsc"}), &sheet).scaled.column(0), columns[0]);
}
