use super::*;
use crate::contract::Silent;
use crate::statistics::normalization::{Injection, StepNote};

/// Two study samples, then four pooled QC samples; a column per analyte.
fn sheet(columns: &[[f64; 6]]) -> Sheet {
    let samples = ["s1", "s2", "q1", "q2", "q3", "q4"].map(String::from).to_vec();
    let mut grid = Grid::missing(samples, (0..columns.len()).map(|j| format!("=m{j}, \"β\"")).collect());
    for (analyte, column) in columns.iter().enumerate() {
        column.iter().enumerate().for_each(|(row, value)| grid.set(row, analyte, *value));
    }
    let mut sheet = Sheet::plain(grid);
    sheet.injections = (0..6).map(|row| Injection { is_qc: row > 1, ..Injection::default() }).collect();
    sheet
}

fn note(step: &'static str, method: &'static str, decisions: Vec<Decision>) -> StepNote {
    StepNote { step, method, values_changed: 0, detail: String::new(), remarks: Vec::new(), decisions }
}

fn decision(analyte: usize, decision: &'static str, after: Option<(Option<f64>, Option<f64>)>) -> Decision {
    Decision { analyte, decision, reason: format!("because {analyte}"), after }
}

fn moment<'a>(place: usize, note: &'a StepNote, sheet: &'a Sheet, scope: &'a [bool]) -> Moment<'a> {
    Moment { place, note, grid: &sheet.grid, imputed: &[], scope, transformed: &[false; 9] }
}

const NAN: f64 = f64::NAN;
/// Medians 10 and MAD 1, so a robust RSD of 0.14826; the study samples' MAD is 4.
const NOISY: [f64; 6] = [6.0, 14.0, 9.0, 11.0, 9.0, 11.0];
/// MAD 0.5.
const QUIET: [f64; 6] = [6.0, 14.0, 9.5, 10.5, 9.5, 10.5];

#[test]
fn what_a_step_says_of_unseen_samples_stands_until_another_step_touches_the_analyte() {
    let first = sheet(&[NOISY, NOISY, NOISY]);
    let corrected = sheet(&[QUIET, NOISY, [NAN; 6]]);
    let doubled = sheet(&[QUIET.map(|value| 2.0 * value), NOISY, [NAN; 6]]);
    let all = [true; 3];
    let decisions = vec![
        decision(0, "done", Some((Some(0.1), Some(0.2)))),
        decision(1, "left", Some((Some(0.3), None))),
        decision(2, "dropped", None),
    ];
    let drift = note("drift", "qc_rsc", decisions);
    let (fill, sum) = (note("impute", "half_min", Vec::new()), note("sample", "sum", Vec::new()));
    let mut record = Record::new(&first);
    record.note(&moment(0, &drift, &corrected, &all));
    record.note(&moment(1, &fill, &corrected, &all));
    record.note(&moment(2, &note("drift", "none", Vec::new()), &corrected, &all));
    record.note(&moment(3, &sum, &doubled, &all));
    let seen = record.rows.iter().map(|row| {
        let analyte = first.grid.analytes.iter().position(|name| *name == row.analyte).unwrap();
        (row.position, analyte, row.qc_rsd_before.unwrap(), row.qc_rsd_after, row.d_ratio_after, row.decision.as_str())
    });
    let seen = Vec::from_iter(seen);
    let (noisy, quiet) = (1.4826 * 0.1, 1.4826 * 0.05);
    let expected = [
        (1, 0, noisy, Some(0.1), Some(0.2), "done"),
        (1, 1, noisy, Some(0.3), None, "left"),
        (1, 2, noisy, None, None, "dropped"),
        (2, 0, 0.1, Some(0.1), Some(0.2), "none"),
        (2, 1, noisy, Some(noisy), Some(0.25), "none"),
        (4, 0, quiet, Some(quiet), Some(0.125), "done"),
        (4, 1, noisy, Some(noisy), Some(0.25), "none"),
    ];
    assert_eq!(seen.len(), expected.len());
    for (seen, expected) in seen.iter().zip(&expected) {
        assert_eq!((seen.0, seen.1, seen.4, seen.5), (expected.0, expected.1, expected.4, expected.5));
        assert!(
            (seen.2 - expected.2).abs() < 1e-15 && (seen.3.unwrap_or(9.0) - expected.3.unwrap_or(9.0)).abs() < 1e-15
        );
    }
}

#[test]
fn past_a_transformation_only_what_was_decided_is_recorded_and_without_pooled_qc_there_are_no_numbers() {
    let first = sheet(&[NOISY, NOISY]);
    let dropped = sheet(&[NOISY, [NAN; 6]]);
    let filter = note("filter", "filter", vec![decision(1, "dropped", None)]);
    let mut record = Record::new(&first);
    let late = Moment { transformed: &[true; 9], ..moment(1, &filter, &dropped, &[true; 2]) };
    record.note(&late);
    assert_eq!(record.rows.len(), 1);
    assert_eq!((record.rows[0].decision.as_str(), record.rows[0].qc_rsd_before), ("dropped", None));

    let mut none = first.clone();
    none.injections.iter_mut().for_each(|injection| injection.is_qc = false);
    let mut record = Record::new(&none);
    record.note(&moment(0, &note("sample", "sum", Vec::new()), &sheet(&[QUIET, NOISY]), &[true, false]));
    let decisions: Vec<(&str, Option<f64>, bool)> =
        record.rows.iter().map(|row| (row.decision.as_str(), row.qc_rsd_after, row.reason.is_empty())).collect();
    assert_eq!(decisions, [("done", None, true), ("none", None, false)]);
}

#[test]
fn a_step_that_makes_pooled_qc_less_equal_is_noted() {
    let (quiet, noisy) = (sheet(&[QUIET, QUIET]), sheet(&[NOISY, NOISY]));
    let step = note("sample", "sum", Vec::new());
    let find = |from: &Sheet, to: &Sheet| {
        let mut record = Record::new(from);
        record.note(&moment(2, &step, to, &[true; 2]));
        let mut context = StageContext::new(1, &Silent);
        record.report(&mut context);
        context.into_findings()
    };
    let worse = find(&quiet, &noisy);
    assert_eq!((worse[0].code, worse[0].subject.as_str()), ("less_repeatable", "steps.2.sample"));
    assert!(worse[0].message.contains("from 7.4 % to 14.8 %; it rose for 2 of 2 analytes"), "{}", worse[0].message);
    assert!(find(&noisy, &quiet).is_empty());
}

#[test]
fn pooled_qc_that_a_curve_was_drawn_through_is_nothing_for_a_later_step_to_be_compared_with() {
    let (quiet, noisy) = (sheet(&[QUIET, QUIET]), sheet(&[NOISY, QUIET]));
    for (decided, found) in [("done", 0), ("left", 1)] {
        let decisions = [0, 1].map(|analyte| decision(analyte, decided, Some((Some(0.1), None)))).to_vec();
        let mut record = Record::new(&noisy);
        record.note(&moment(0, &note("drift", "loess", decisions), &quiet, &[true; 2]));
        record.note(&moment(1, &note("sample", "sum", Vec::new()), &sheet(&[NOISY, NOISY]), &[true; 2]));
        let mut context = StageContext::new(1, &Silent);
        record.report(&mut context);
        let worse = context.into_findings().iter().filter(|finding| finding.subject == "steps.1.sample").count();
        assert_eq!(worse, found, "{decided}");
    }
}

#[test]
fn values_that_a_step_put_in_do_not_make_an_analyte_more_repeatable() {
    let first = sheet(&[[6.0, 14.0, 9.0, 11.0, NAN, NAN]]);
    let filled = sheet(&[[6.0, 14.0, 9.0, 11.0, 10.0, 10.0]]);
    let fill = note("impute", "median", Vec::new());
    let mut record = Record::new(&first);
    let imputed = [false, false, false, false, true, true];
    record.note(&Moment { imputed: &imputed, ..moment(0, &fill, &filled, &[true]) });
    let row = &record.rows[0];
    assert_eq!((row.decision.as_str(), row.qc_rsd_after), ("done", Some(1.4826 * 0.1)));
    assert_eq!((row.qc_rsd_before, row.d_ratio_before), (row.qc_rsd_after, row.d_ratio_after));
}
