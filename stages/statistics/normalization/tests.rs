use serde_json::json;

use super::*;
use crate::statistics::descriptive;

fn recipe(steps: serde_json::Value) -> Recipe {
    serde_json::from_value(json!({ "steps": steps })).unwrap()
}

fn sheet(rows: &[&[f64]]) -> Sheet {
    let samples = (0..rows.len()).map(|i| format!("s{i}")).collect();
    let analytes = (0..rows[0].len()).map(|j| format!("m{j}")).collect();
    let mut grid = Grid::missing(samples, analytes);
    for (i, row) in rows.iter().enumerate() {
        row.iter().enumerate().for_each(|(j, value)| grid.set(i, j, *value));
    }
    let (n, p) = (rows.len(), rows[0].len());
    Sheet { grid, below_lod: vec![false; n * p], lod: vec![None; p], is_qc: vec![false; n] }
}

fn normalize(steps: serde_json::Value, sheet: &Sheet) -> Normalized {
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    recipe(steps).fit(sheet, &rows).unwrap().apply(sheet)
}

const NAN: f64 = f64::NAN;

#[test]
fn settings_read_as_one_key_maps_and_write_their_defaults_out() {
    let steps = recipe(json!([{"below_lod": {"method": "lod_over_sqrt2"}}, {"sample": {"method": "pqn"}}]));
    let written = serde_json::to_value(&steps).unwrap();
    assert_eq!(written["steps"][1], json!({"sample": {"method": "pqn", "reference": "median_of_all"}}));
    assert_eq!(serde_json::from_value::<Recipe>(written).unwrap(), steps);
    let wrong = json!({"steps": [{"sample": {"method": "sum", "reference": "median_of_qc"}}]});
    assert!(serde_json::from_value::<Recipe>(wrong).is_err());
    assert_eq!(serde_json::from_value::<Recipe>(json!({})).unwrap(), Recipe::default());
}

#[test]
fn what_is_not_built_is_named_by_step_and_setting() {
    let steps =
        recipe(json!([{"drift": {"method": "qc_rsc"}}, {"drift": {"method": "none"}}, {"impute": {"method": "knn"}}]));
    assert_eq!(steps.not_built(), [(0, "drift.method", "qc_rsc"), (2, "impute.method", "knn")]);
    assert_eq!(steps.fit(&sheet(&[&[1.0]]), &[0]).unwrap_err().code, "not_built");
}

#[test]
fn values_below_the_limit_become_the_limit_over_root_two_and_are_marked() {
    let mut sheet = sheet(&[&[NAN, 0.5], &[4.0, NAN]]);
    sheet.below_lod = vec![true, false, true, true];
    sheet.lod = vec![Some(2.0), None];
    let out = normalize(json!([{"below_lod": {"method": "lod_over_sqrt2"}}]), &sheet);
    assert_eq!(out.scaled.get(0, 0), 2.0 / 2f64.sqrt());
    assert_eq!((out.scaled.get(0, 1), out.imputed.clone()), (0.5, vec![true, false, false, false]));
    assert_eq!((out.notes[0].values_changed, out.notes[0].remarks[0].subject.as_str()), (1, "m1"));
}

#[test]
fn a_logarithm_of_zero_or_less_is_missing_and_counted() {
    let out = normalize(json!([{"transform": {"method": "log2"}}]), &sheet(&[&[8.0, 0.0], &[1.0, -1.0]]));
    assert_eq!(out.scaled.column(0), [3.0, 0.0]);
    assert!(out.scaled.column(1).iter().all(|value| value.is_nan()));
    assert_eq!((out.notes[0].remarks.len(), out.before_transform.get(0, 0)), (1, 8.0));
    assert_eq!(out.scale, "log2");
}

#[test]
fn half_of_the_smallest_positive_value_is_put_in() {
    let rows: [&[f64]; 4] = [&[0.0], &[3.0], &[NAN], &[5.0]];
    let out = normalize(json!([{"impute": {"method": "half_min"}}]), &sheet(&rows));
    assert_eq!(out.scaled.column(0), [0.0, 3.0, 1.5, 5.0]);
    assert_eq!(out.imputed, [false, false, true, false]);
}

#[test]
fn pqn_takes_a_dilution_away_exactly() {
    let rows: [&[f64]; 3] = [&[1.0, 2.0, 3.0], &[2.0, 1.0, 4.0], &[1.5, 2.5, 9.0]];
    let fitted = recipe(json!([{"sample": {"method": "pqn"}}])).fit(&sheet(&rows), &[0, 1, 2]).unwrap();
    let whole = fitted.apply(&sheet(&[&[1.0, 2.0, 3.0]]));
    let diluted = fitted.apply(&sheet(&[&[0.25, 0.5, 0.75]]));
    assert_eq!(whole.scaled, diluted.scaled);
    // Reference (1.5, 2, 4): quotients 2/3, 1, 3/4; their median is 3/4.
    assert_eq!(whole.scaled.row(0), [1.0 / 0.75, 2.0 / 0.75, 4.0]);
}

#[test]
fn pqn_on_pooled_qc_needs_pooled_qc_and_learns_from_nothing_else() {
    let steps = recipe(json!([{"sample": {"method": "pqn", "reference": "mean_of_qc"}}]));
    let mut data = sheet(&[&[1.0, 7.0], &[2.0, 4.0], &[4.0, 6.0]]);
    assert_eq!(steps.fit(&data, &[0, 1, 2]).unwrap_err().code, "no_pooled_qc");
    data.is_qc = vec![false, true, true];
    let out = steps.fit(&data, &[0, 1, 2]).unwrap().apply(&data);
    // Reference (3, 5): quotients 1/3 and 7/5.
    let factor = (1.0 / 3.0 + 7.0 / 5.0) / 2.0;
    assert!((out.scaled.get(0, 0) - 1.0 / factor).abs() < 1e-15);
}

#[test]
fn sums_and_medians_are_brought_to_the_training_median() {
    let rows: [&[f64]; 3] = [&[1.0, 3.0], &[2.0, 6.0], &[10.0, 6.0]];
    let sums = normalize(json!([{"sample": {"method": "sum"}}]), &sheet(&rows));
    assert_eq!(sums.scaled.row(0), [2.0, 6.0]);
    assert_eq!(sums.scaled.row(2), [5.0, 3.0]);
    let medians = normalize(json!([{"sample": {"method": "median"}}]), &sheet(&rows));
    assert_eq!(medians.scaled.row(0), [2.0, 6.0]);
}

#[test]
fn auto_scaling_gives_the_training_samples_mean_zero_and_sd_one_and_others_their_place() {
    let rows: [&[f64]; 4] = [&[1.0, 2.0], &[2.0, 2.0], &[4.0, 2.0], &[100.0, 2.0]];
    let data = sheet(&rows);
    let fitted = recipe(json!([{"scale": {"method": "auto"}}])).fit(&data, &[0, 1, 2]).unwrap();
    let out = fitted.apply(&data);
    let train = &out.scaled.column(0)[..3];
    assert!(descriptive::mean(train).unwrap().abs() < 1e-15);
    assert!((descriptive::sd(train).unwrap() - 1.0).abs() < 1e-15);
    let mean: f64 = 7.0 / 3.0;
    assert!((out.scaled.get(3, 0) - (100.0 - mean) / (7.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    assert!(out.scaled.get(0, 1).is_nan());
    assert_eq!(out.notes[0].remarks[0].code, "no_scale");
}

#[test]
fn each_scaling_has_its_hand_value() {
    let rows: [&[f64]; 3] = [&[1.0], &[2.0], &[6.0]];
    let first = |method: &str| normalize(json!([{"scale": {"method": method}}]), &sheet(&rows)).scaled.get(0, 0);
    let sd = 7f64.sqrt();
    let close = |method: &str, value: f64| assert!((first(method) - value).abs() < 1e-14, "{method}");
    close("auto", -2.0 / sd);
    close("pareto", -2.0 / sd.sqrt());
    close("range", -2.0 / 5.0);
    close("vast", -2.0 / sd * (3.0 / sd));
    close("level", -2.0 / 3.0);
}

#[test]
fn a_percent_change_does_not_depend_on_a_later_logarithm_and_a_difference_does() {
    let rows: [&[f64]; 2] = [&[2.0], &[8.0]];
    let change = |steps, measure| {
        let out = normalize(steps, &sheet(&rows));
        ChangeFit::fit(measure, &out, &[(0, 1)]).value(&out, 0, 1, 0)
    };
    assert_eq!(change(json!([]), Measure::Percent), Some(300.0));
    assert_eq!(change(json!([{"transform": {"method": "log2"}}]), Measure::Percent), Some(300.0));
    assert_eq!(change(json!([{"transform": {"method": "log2"}}]), Measure::Difference), Some(2.0));
    assert_eq!(change(json!([]), Measure::Log2Ratio), Some(2.0));
    assert_eq!(change(json!([]), Measure::Residualized), None);
}

#[test]
fn a_change_from_zero_or_below_is_undefined_and_never_infinite() {
    let out = normalize(json!([]), &sheet(&[&[0.0, -1.0, 2.0], &[3.0, 1.0, 0.0]]));
    let value = |measure, analyte| ChangeFit::fit(measure, &out, &[]).value(&out, 0, 1, analyte);
    assert_eq!([value(Measure::Percent, 0), value(Measure::Ratio, 1), value(Measure::LnRatio, 2)], [None; 3]);
    assert_eq!([value(Measure::Percent, 2), value(Measure::Difference, 1)], [Some(-100.0), Some(2.0)]);
    assert_eq!(value(Measure::Difference, 9), None);
}

#[test]
fn residuals_sum_to_zero_and_are_uncorrelated_with_the_earlier_value() {
    let rows: [&[f64]; 8] = [&[1.0], &[2.0], &[4.0], &[3.0], &[2.0], &[5.0], &[7.0], &[4.0]];
    let out = normalize(json!([]), &sheet(&rows));
    let pairs: Vec<(usize, usize)> = (0..4).map(|i| (i, i + 4)).collect();
    let fit = ChangeFit::fit(Measure::Residualized, &out, &pairs);
    let residuals: Vec<f64> = pairs.iter().map(|&(a, b)| fit.value(&out, a, b, 0).unwrap()).collect();
    assert!(residuals.iter().sum::<f64>().abs() < 1e-14);
    let cross: f64 = pairs.iter().zip(&residuals).map(|((from, _), r)| rows[*from][0] * r).sum();
    assert!(cross.abs() < 1e-14);
    // Sxy = 7, Sxx = 5.
    assert!((fit.line(0).unwrap().slope - 1.4).abs() < 1e-15);
}

#[test]
fn what_is_learned_never_depends_on_rows_outside_the_training() {
    let steps = json!([{"impute": {"method": "median"}}, {"sample": {"method": "pqn"}},
        {"transform": {"method": "ln"}}, {"scale": {"method": "pareto"}}]);
    let train: [&[f64]; 4] = [&[1.0, 5.0], &[2.0, NAN], &[4.0, 3.0], &[9.0, 9.0]];
    let other: [&[f64]; 4] = [&[1.0, 5.0], &[2.0, NAN], &[4.0, 3.0], &[500.0, NAN]];
    let fit = |rows: &[&[f64]]| recipe(steps.clone()).fit(&sheet(rows), &[0, 1, 2]).unwrap();
    assert_eq!(fit(&train), fit(&other));
}

#[test]
fn an_empty_sheet_passes_through() {
    let data = Sheet { grid: Grid::missing(vec![], vec![]), below_lod: vec![], lod: vec![], is_qc: vec![] };
    let out = normalize(json!([{"sample": {"method": "sum"}}, {"scale": {"method": "auto"}}]), &data);
    assert!(out.scaled.samples.is_empty() && out.imputed.is_empty());
}

#[test]
fn no_order_of_steps_makes_an_infinite_value() {
    let rows: [&[f64]; 5] = [
        &[0.0, -3.0, 1e-300, NAN, 5.0],
        &[2.0, 4.0, 1e300, NAN, 5.0],
        &[0.0, NAN, 3.0, NAN, 5.0],
        &[NAN; 5],
        &[1.0, 2.0, 3.0, 4.0, 5.0],
    ];
    let mut data = sheet(&rows);
    data.below_lod[2] = true;
    for below in ["none", "zero", "missing"] {
        for sample in ["none", "pqn", "sum", "median"] {
            for impute in ["none", "half_min", "median"] {
                for transform in ["none", "ln", "cube_root"] {
                    for scale in ["auto", "pareto", "range", "vast", "level"] {
                        let steps = json!([{"below_lod": {"method": below}}, {"sample": {"method": sample}},
                            {"impute": {"method": impute}}, {"transform": {"method": transform}},
                            {"scale": {"method": scale}}]);
                        let out = normalize(steps.clone(), &data);
                        let finite = |grid: &Grid| (0..5).all(|a| grid.column(a).iter().all(|v| !v.is_infinite()));
                        assert!(finite(&out.scaled) && finite(&out.before_transform), "{steps}");
                    }
                }
            }
        }
    }
}
