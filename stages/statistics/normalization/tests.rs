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
    Sheet::plain(grid)
}

fn normalize(steps: serde_json::Value, sheet: &Sheet) -> Normalized {
    let rows: Vec<usize> = (0..sheet.grid.samples.len()).collect();
    let recipe = recipe(steps);
    let once = recipe.normalize(sheet, &rows, 1, &mut |_| {}).unwrap();
    let applied = recipe.fit(sheet, &rows, 1).unwrap().apply(sheet);
    // As text, since a missing value is equal to nothing.
    assert_eq!(format!("{once:?}"), format!("{applied:?}"), "learning on the way is learning first");
    applied
}

const NAN: f64 = f64::NAN;

#[test]
fn settings_read_as_one_key_maps_and_write_their_defaults_out() {
    let steps = recipe(json!([{"below_lod": {"method": "lod_over_sqrt2"}}, {"sample": {"method": "pqn"}}]));
    let written = serde_json::to_value(&steps).unwrap();
    let sample = json!({"sample": {"method": "pqn", "reference": "median_of_all", "classes": []}});
    assert_eq!(written["steps"][1], sample);
    assert_eq!(serde_json::from_value::<Recipe>(written).unwrap(), steps);
    let wrong = json!({"steps": [{"sample": {"method": "sum", "reference": "median_of_qc"}}]});
    assert!(serde_json::from_value::<Recipe>(wrong).is_err());
    assert_eq!(serde_json::from_value::<Recipe>(json!({})).unwrap(), Recipe::default());
}

#[test]
fn values_below_the_limit_become_the_limit_over_root_two_and_are_marked() {
    let mut sheet = sheet(&[&[NAN, 0.5], &[4.0, NAN]]);
    sheet.below_lod = vec![true, false, true, true];
    sheet.facts[0].lod = Some(2.0);
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
    let fitted = recipe(json!([{"sample": {"method": "pqn"}}])).fit(&sheet(&rows), &[0, 1, 2], 1).unwrap();
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
    assert_eq!(steps.fit(&data, &[0, 1, 2], 1).unwrap_err().code, "no_pooled_qc");
    for (row, injection) in data.injections.iter_mut().enumerate() {
        injection.is_qc = row > 0;
    }
    let out = steps.fit(&data, &[0, 1, 2], 1).unwrap().apply(&data);
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
    let fitted = recipe(json!([{"scale": {"method": "auto"}}])).fit(&data, &[0, 1, 2], 1).unwrap();
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
        ChangeFit::fit(measure, &out, &[(vec![0], vec![1])]).value(&out, &(vec![0], vec![1]), 0)
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
    let value = |measure, analyte| ChangeFit::fit(measure, &out, &[]).value(&out, &(vec![0], vec![1]), analyte);
    assert_eq!([value(Measure::Percent, 0), value(Measure::Ratio, 1), value(Measure::LnRatio, 2)], [None; 3]);
    assert_eq!([value(Measure::Percent, 2), value(Measure::Difference, 1)], [Some(-100.0), Some(2.0)]);
    assert_eq!(value(Measure::Difference, 9), None);
}

#[test]
fn residuals_sum_to_zero_and_are_uncorrelated_with_the_earlier_value() {
    let rows: [&[f64]; 8] = [&[1.0], &[2.0], &[4.0], &[3.0], &[2.0], &[5.0], &[7.0], &[4.0]];
    let out = normalize(json!([]), &sheet(&rows));
    let pairs: Vec<Occasions> = (0..4).map(|i| (vec![i], vec![i + 4])).collect();
    let fit = ChangeFit::fit(Measure::Residualized, &out, &pairs);
    let residuals: Vec<f64> = pairs.iter().map(|pair| fit.value(&out, pair, 0).unwrap()).collect();
    assert!(residuals.iter().sum::<f64>().abs() < 1e-14);
    let cross: f64 = pairs.iter().zip(&residuals).map(|((from, _), r)| rows[from[0]][0] * r).sum();
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
    let fit = |rows: &[&[f64]]| recipe(steps.clone()).fit(&sheet(rows), &[0, 1, 2], 1).unwrap();
    assert_eq!(fit(&train), fit(&other));
}

#[test]
fn an_empty_sheet_passes_through() {
    let data = Sheet::plain(Grid::missing(vec![], vec![]));
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
        for sample in ["none", "pqn", "sum", "median", "quantile"] {
            for impute in ["none", "half_min", "median", "qrilc"] {
                for transform in ["none", "ln", "cube_root"] {
                    for scale in ["auto", "pareto", "range", "vast", "level", "center", "robust"] {
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

/// A table of positive numbers with gaps, the same at every run.
fn drawn(samples: usize, analytes: usize, gaps: f64) -> Vec<Vec<f64>> {
    let mut stream = crate::statistics::random::Stream::new(4, "normalization/tests", 0);
    let center: Vec<f64> = (0..analytes).map(|_| 2.0 + stream.normal()).collect();
    let cell = |stream: &mut crate::statistics::random::Stream, center: f64| {
        let value = libm::exp(center + 0.5 * stream.normal());
        if stream.uniform() < gaps { NAN } else { value }
    };
    (0..samples).map(|_| center.iter().map(|c| cell(&mut stream, *c)).collect()).collect()
}

fn named(rows: &[Vec<f64>], sample_order: &[usize], analyte_order: &[usize]) -> Sheet {
    let picked: Vec<Vec<f64>> =
        sample_order.iter().map(|&i| analyte_order.iter().map(|&j| rows[i][j]).collect()).collect();
    let mut data = sheet(&picked.iter().map(Vec::as_slice).collect::<Vec<_>>());
    data.grid.samples = sample_order.iter().map(|i| format!("s{i}")).collect();
    data.grid.analytes = analyte_order.iter().map(|j| format!("m{j}")).collect();
    data
}

const EVERY_STEP: [&str; 10] = [
    r#"{"sample": {"method": "pqn"}}"#,
    r#"{"sample": {"method": "quantile"}}"#,
    r#"{"sample": {"method": "vsn"}}"#,
    r#"{"sample": {"method": "reference", "by": "m3"}}"#,
    r#"{"impute": {"method": "knn", "k": 3}}"#,
    r#"{"impute": {"method": "knn", "k": 3, "neighbours": "samples"}}"#,
    r#"{"impute": {"method": "qrilc"}}"#,
    r#"{"impute": {"method": "svd", "components": 1}}"#,
    r#"{"transform": {"method": "glog", "lambda": 0.5}}"#,
    r#"{"scale": {"method": "robust"}}"#,
];

#[test]
fn samples_and_analytes_in_another_order_give_the_same_values_in_that_order() {
    let rows = drawn(14, 11, 0.08);
    let plain = (0..14).collect::<Vec<_>>();
    let (samples, analytes): (Vec<usize>, Vec<usize>) =
        ((0..14).rev().collect(), (0..11).map(|j| j * 4 % 11).collect());
    for step in EVERY_STEP {
        // A likelihood with a summit: values whose arsinh is normal.
        let rows: Vec<Vec<f64>> = match step.contains("vsn") {
            true => rows.iter().map(|row| row.iter().map(|v| libm::sinh(libm::log(*v) - 1.0)).collect()).collect(),
            false => rows.clone(),
        };
        let step: serde_json::Value = serde_json::from_str(step).unwrap();
        let one = normalize(json!([step]), &named(&rows, &plain, &plain[..11]));
        let other = normalize(json!([step]), &named(&rows, &samples, &analytes));
        for (i, &sample) in samples.iter().enumerate() {
            for (j, &analyte) in analytes.iter().enumerate() {
                let (a, b) = (one.scaled.get(sample, analyte), other.scaled.get(i, j));
                assert!((a - b).abs() <= 1e-7 * a.abs().max(1e-2) || (a.is_nan() && b.is_nan()), "{step}: {a} {b}");
            }
        }
        if step.get("impute").is_some() {
            let was_missing = |cell: usize| rows[cell % 14][cell / 14].is_nan();
            assert!(one.imputed.iter().enumerate().all(|(cell, put)| *put == was_missing(cell)), "{step}");
        }
    }
}

#[test]
fn what_is_done_to_a_row_depends_on_the_training_and_on_the_row_alone() {
    let rows = drawn(14, 11, 0.05);
    let mut changed = rows.clone();
    changed[13].iter_mut().for_each(|value| *value *= 7.0);
    let order: Vec<usize> = (0..14).collect();
    for step in EVERY_STEP {
        let step: serde_json::Value = serde_json::from_str(step).unwrap();
        let of = |rows: &[Vec<f64>]| {
            let data = named(rows, &order, &order[..11]);
            recipe(json!([step])).fit(&data, &order[..12], 1).unwrap().apply(&data).scaled
        };
        let (one, other) = (of(&rows), of(&changed));
        for row in 0..13 {
            let bits = |grid: &Grid| grid.row(row).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&one), bits(&other), "{step}");
        }
    }
}

#[test]
fn quantile_normalized_samples_share_one_distribution() {
    let rows = drawn(9, 30, 0.0);
    let order: Vec<usize> = (0..30).collect();
    let out = normalize(json!([{"sample": {"method": "quantile"}}]), &named(&rows, &order[..9], &order));
    let sorted = |row| {
        let mut values: Vec<f64> = out.scaled.row(row);
        values.sort_by(f64::total_cmp);
        values
    };
    (1..9).for_each(|row| assert_eq!(sorted(0), sorted(row)));
}

#[test]
fn qrilc_draws_lie_below_the_cut_and_change_with_the_seed_alone() {
    use super::impute::qrilc::Censored;
    let values: Vec<f64> = (0..60).map(|i| f64::from(i) * 0.1).collect();
    let law = Censored::fit(&values, 20).unwrap();
    let draws: Vec<f64> = (1..1000).map(|i| law.below(f64::from(i) / 1000.0, 1.0)).collect();
    assert!(draws.windows(2).all(|pair| pair[0] < pair[1]) && draws.iter().all(|draw| *draw <= law.bound()));
    let rows = drawn(6, 12, 0.2);
    let order: Vec<usize> = (0..12).collect();
    let data = named(&rows, &order[..6], &order);
    let of = |seed| {
        let steps = recipe(json!([{"transform": {"method": "ln"}}, {"impute": {"method": "qrilc"}}]));
        steps.fit(&data, &order[..6], seed).unwrap().apply(&data).scaled
    };
    let bits = |grid: Grid| (0..12).flat_map(|a| grid.column(a).to_vec()).map(f64::to_bits).collect::<Vec<_>>();
    assert!(bits(of(1)) == bits(of(1)) && bits(of(1)) != bits(of(2)));
}

#[test]
fn a_value_expected_below_the_limit_is_the_integral_of_its_density() {
    let law = super::below_lod::censored::LogNormal { mean: 0.3, sd: 0.8 };
    let limit = 0.1;
    let (mut mass, mut moment, step) = (0.0, 0.0, 1e-4);
    for i in 0..200_000 {
        let log = limit - (f64::from(i) + 0.5) * step;
        let density = libm::exp(-0.5 * ((log - law.mean) / law.sd) * ((log - law.mean) / law.sd));
        (mass, moment) = (mass + density, moment + density * libm::exp(log));
    }
    assert!((law.mean_below(limit) / (moment / mass) - 1.0).abs() < 1e-8);
    assert!((law.below(limit, 1.0 - 1e-15) / libm::exp(limit) - 1.0).abs() < 1e-9);
}

#[test]
fn a_sample_beyond_colmax_is_an_error_that_names_it() {
    let mut rows = drawn(6, 10, 0.0);
    rows[2][..9].fill(NAN);
    let order: Vec<usize> = (0..10).collect();
    let data = named(&rows, &order[..6], &order);
    let steps = recipe(json!([{"impute": {"method": "knn"}}]));
    let error = steps.fit(&data, &order[..6], 1).unwrap_err();
    assert_eq!((error.code, error.setting), ("too_many_missing", "impute.colmax"));
    assert!(error.message.contains("`s2`"), "{error}");
    // A sample that does not teach is left as it is and named.
    let out = steps.fit(&data, &[0, 1, 3, 4, 5], 1).unwrap().apply(&data);
    assert!(out.scaled.get(2, 0).is_nan() && out.notes[0].remarks.iter().any(|remark| remark.subject == "s2"));
}

#[test]
fn standards_divide_their_analytes_and_leave_the_result() {
    let rows: [&[f64]; 3] = [&[4.0, 6.0, 2.0, 1.0], &[9.0, 6.0, 3.0, 1.0], &[8.0, 6.0, NAN, 1.0]];
    let mut data = sheet(&rows);
    data.facts[0].standard = Some("m2".into());
    data.facts[2].is_standard = true;
    let out = normalize(json!([{"sample": {"method": "internal_standard"}}]), &data);
    assert_eq!((out.scaled.get(0, 0), out.scaled.get(1, 0)), (5.0, 7.5));
    assert!(out.scaled.get(2, 0).is_nan());
    assert_eq!(out.kept, [true, true, false, true]);
    assert_eq!(out.scaled.get(0, 1), 6.0);
    let keep = json!([{"sample": {"method": "internal_standard", "standard": "m3", "keep_standards": true}}]);
    let out = normalize(keep, &data);
    assert_eq!((out.kept, out.scaled.row(0)), (vec![true; 4], vec![4.0, 6.0, 2.0, 1.0]));
    let unknown = recipe(json!([{"sample": {"method": "internal_standard", "standard": "m9"}}]));
    assert_eq!(unknown.fit(&data, &[0, 1, 2], 1).unwrap_err().code, "unknown_analyte");
}

#[test]
fn lambda_is_a_word_or_a_number_above_zero() {
    let of = |text: &str| serde_json::from_str::<Recipe>(text);
    let given = of(r#"{"steps": [{"transform": {"method": "glog", "lambda": 2.5}}]}"#).unwrap();
    let written = serde_json::to_value(&given).unwrap();
    assert_eq!(written["steps"][0]["transform"]["lambda"], json!(2.5));
    let estimated = of(r#"{"steps": [{"transform": {"method": "glog"}}]}"#).unwrap();
    assert_eq!(serde_json::to_value(&estimated).unwrap()["steps"][0]["transform"]["lambda"], json!("estimated"));
    assert!(estimated.learns_from_qc() && !given.learns_from_qc());
    assert!(of(r#"{"steps": [{"transform": {"method": "glog", "lambda": 0}}]}"#).is_err());
    assert!(of(r#"{"steps": [{"transform": {"method": "glog", "lambda": "guess"}}]}"#).is_err());
}

/// Three of four values of m0 are missing; the one pooled QC sample that lacks it receives the median.
#[test]
fn a_filter_does_not_take_values_that_a_step_put_in_for_measured_ones() {
    let data = sheet(&[&[NAN, 1.0], &[NAN, 2.0], &[NAN, 3.0], &[5.0, 4.0]]);
    let drops = |steps: serde_json::Value| normalize(steps, &data).kept;
    let rule = json!({"filter": {"max_missing": 0.5}});
    assert_eq!(drops(json!([rule])), [false, true]);
    assert_eq!(drops(json!([{"impute": {"method": "median"}}, rule])), [false, true]);
    // Pooled QC 10, 14 and a gap: RSD sd/mean = √8/12 = 0.236, and with the study's median of 12 put in 2/12 = 0.167.
    let mut pooled = sheet(&[&[11.0], &[13.0], &[10.0], &[14.0], &[NAN]]);
    pooled.injections.iter_mut().skip(2).for_each(|injection| injection.is_qc = true);
    for (limit, kept) in [(0.2, false), (0.24, true)] {
        let steps = json!([{"impute": {"method": "median"}}, {"filter": {"max_qc_rsd": limit}}]);
        assert_eq!(normalize(steps, &pooled).kept, [kept], "{limit}");
    }
}

#[test]
fn sums_over_gaps_are_noticed_with_the_analyte_that_is_the_largest_part_of_them() {
    let codes = |data: &Sheet, method: &str| {
        let notes = normalize(json!([{"sample": {"method": method}}]), data).notes;
        notes[0].remarks.iter().map(|remark| (remark.code, remark.subject.clone())).collect::<Vec<_>>()
    };
    let whole = sheet(&[&[80.0, 10.0, 10.0], &[80.0, 10.0, 10.0]]);
    let gaps = sheet(&[&[80.0, 10.0, 10.0], &[NAN, 10.0, 10.0], &[80.0, NAN, 10.0], &[80.0, 10.0, 10.0]]);
    let empty = sheet(&[&[80.0, 10.0, 10.0], &[NAN, NAN, NAN]]);
    assert!(codes(&whole, "sum").is_empty() && codes(&empty, "sum").is_empty() && codes(&gaps, "median").is_empty());
    assert_eq!(codes(&gaps, "sum"), [("sum_with_gaps", "m0".to_owned())]);
}

/// m0 lies about 1 and the others about 200 to 900, all of one course: neighbours give its gap their own level, as they
/// are and as logarithms, and its own once all are centred.
#[test]
fn neighbours_of_another_level_are_noticed_until_analytes_are_centred() {
    let course = [0.9, 1.0, 1.1, 1.05, 0.95, 1.02];
    let rows: Vec<Vec<f64>> =
        (0..6).map(|i| [1.0, 200.0, 400.0, 900.0].map(|level| level * course[i]).to_vec()).collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let mut data = sheet(&rows);
    data.grid.set(5, 0, NAN);
    let (log, auto) = (json!({"transform": {"method": "log2"}}), json!({"scale": {"method": "auto"}}));
    let knn = json!({"impute": {"method": "knn", "k": 2}});
    let found = |steps: Vec<serde_json::Value>| {
        let notes = normalize(json!(steps), &data).notes;
        let remarks = notes.last().unwrap().remarks.iter();
        remarks.map(|remark| (remark.code, remark.subject.clone())).collect::<Vec<_>>()
    };
    let far = [("imputed_far_off", "m0".to_owned())];
    assert_eq!(found(vec![knn.clone()]), far);
    assert_eq!(found(vec![log.clone(), knn.clone()]), far);
    assert!(found(vec![log, auto, knn]).is_empty());
}

#[test]
fn more_neighbours_than_there_are_are_all_of_them() {
    let rows: [&[f64]; 4] = [&[NAN, 2.0, 3.0], &[2.0, 3.0, 4.0], &[3.0, 4.0, 5.0], &[4.0, 5.0, 7.0]];
    for neighbours in ["analytes", "samples"] {
        let of = |k: u32| {
            normalize(json!([{"impute": {"method": "knn", "k": k, "neighbours": neighbours}}]), &sheet(&rows)).scaled
        };
        assert_eq!(format!("{:?}", of(u32::MAX)), format!("{:?}", of(4)));
    }
}

/// Every analyte is a multiple of the first, so there is one component, whatever is asked for.
#[test]
fn components_that_analytes_do_not_have_are_not_looked_for() {
    let course = [1.0, 2.0, 4.0, 7.0, 3.0, 5.0, 6.0];
    let mut rows: Vec<Vec<f64>> =
        course.iter().map(|level| [1.0, 2.0, 4.0, 8.0, 3.0].map(|factor| level * factor).to_vec()).collect();
    (rows[1][2], rows[5][4]) = (NAN, NAN);
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    for components in [1, 2, 3] {
        let steps = json!([{"impute": {"method": "svd", "components": components}}]);
        let filled = normalize(steps, &sheet(&rows)).scaled;
        for (row, analyte, truth) in [(1, 2, 8.0), (5, 4, 15.0)] {
            let value = filled.get(row, analyte);
            assert!((value - truth).abs() < 1e-6, "{components}: {value} for {truth}");
        }
    }
}

#[test]
fn a_glog_of_values_that_cannot_be_squared_says_so() {
    for (values, code) in [([1e-310, 2e-310, 3e-310], "extreme_values"), ([5.0, 5.0, 5.0], "no_pooled_qc")] {
        let mut sheet = sheet(&values.each_ref().map(std::slice::from_ref));
        sheet.injections.iter_mut().for_each(|injection| injection.is_qc = true);
        let steps = recipe(json!([{"transform": {"method": "glog"}}]));
        assert_eq!(steps.fit(&sheet, &[0, 1, 2], 1).unwrap_err().code, code);
    }
}

/// Class x becomes logarithms, class y stays as it was: each is measured by its own values.
#[test]
fn a_transform_for_one_class_leaves_the_others_on_their_scale() {
    let rows: Vec<[f64; 4]> = (0..8)
        .map(|i| [1.0, 2.0, 3.0, 5.0].map(|level| level * (1.0 + f64::from(i) / 10.0 + f64::from(i / 4))))
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(<[f64; 4]>::as_slice).collect();
    let mut data = sheet(&rows);
    for (analyte, class) in ["x", "x", "y", "y"].into_iter().enumerate() {
        data.facts[analyte].class = Some(class.to_owned());
    }
    for (row, injection) in data.injections.iter_mut().enumerate() {
        injection.batch = Some(if row < 4 { "a" } else { "b" }.to_owned());
    }
    let log = json!({"transform": {"method": "log2", "classes": ["x"]}});
    let drift = |classes: &[&str]| json!({"drift": {"method": "batch_median", "of": "study", "classes": classes}});
    let out = normalize(json!([log, drift(&["x"]), drift(&["y"])]), &data);
    let apart = normalize(json!([drift(&["y"])]), &data).scaled;
    let logs = normalize(json!([{"transform": {"method": "log2"}}, drift(&["x"])]), &data).scaled;
    assert_eq!((out.scaled.column(0), out.scaled.column(1)), (logs.column(0), logs.column(1)));
    assert_eq!((out.scaled.column(2), out.scaled.column(3)), (apart.column(2), apart.column(3)));
    // Percent and ratios are of the values before the transform, where there was one, and else of the last.
    assert_eq!(out.before_transform.column(0), data.grid.column(0));
    assert_eq!(out.before_transform.column(2), apart.column(2));
    let mixed = recipe(json!([log, drift(&[])])).fit(&data, &[0, 1, 2, 3, 4, 5, 6, 7], 1).unwrap_err();
    assert_eq!((mixed.code, mixed.step), ("mixed_scales", 1));
}

/// A pooled QC value that a step put in is no measurement for a correction to be learned from.
#[test]
fn batches_are_not_aligned_by_values_that_a_step_put_in() {
    let mut data = sheet(&[&[10.0], &[12.0], &[20.0], &[NAN], &[NAN]]);
    for (row, injection) in data.injections.iter_mut().enumerate() {
        injection.batch = Some(if row < 2 { "a" } else { "b" }.to_owned());
    }
    let drift = json!({"drift": {"method": "batch_median", "of": "study", "min_samples": 1}});
    let filled = normalize(json!([{"impute": {"method": "median"}}, drift]), &data).scaled;
    let gaps = normalize(json!([drift]), &data).scaled;
    assert_eq!(filled.column(0)[..3], gaps.column(0)[..3]);
}

#[test]
fn a_mean_or_a_spread_that_is_rounding_is_no_scale() {
    let data = sheet(&[&[1.0, 0.1], &[2.0, 0.1], &[4.0, (0.1 + 0.1 + 0.1) / 3.0]]);
    for methods in [["auto", "level"], ["center", "level"], ["center", "vast"]] {
        let steps = methods.map(|method| json!({"scale": {"method": method}}));
        let out = normalize(json!(steps), &data);
        assert!(out.scaled.column(0).iter().all(|value| value.is_nan()), "{methods:?} {:?}", out.scaled.column(0));
        assert!(out.notes[1].remarks.iter().any(|remark| remark.code == "no_scale" && remark.subject == "m0"));
    }
    let auto = normalize(json!([{"scale": {"method": "auto"}}]), &data);
    assert!(auto.scaled.column(1).iter().all(|value| value.is_nan()), "{:?}", auto.scaled.column(1));
}

#[test]
fn samples_without_anything_say_nothing_of_what_a_typical_sample_holds() {
    let data = sheet(&[&[1.0, 3.0], &[2.0, 6.0], &[0.0, 0.0], &[0.0, 0.0], &[0.0, 0.0]]);
    let out = normalize(json!([{"sample": {"method": "sum"}}]), &data).scaled;
    // The sums of the others are 4 and 8, so every sample with a sum is brought to 6.
    assert_eq!((out.get(0, 0), out.get(0, 1), out.get(1, 0), out.get(1, 1)), (1.5, 4.5, 1.5, 4.5));
    assert!(out.get(2, 0).is_nan());
}
