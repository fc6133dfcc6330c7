//! Abundances on the scale of the analysis, and each participant's change.

use crate::schema;

schema! {
    /// One row per kept sample and analyte, after every step; the scale is in the table's metadata (`scale`).
    Abundances "abundances" AbundanceRow key [sample_id, analyte] {
        sample_id: String, "", "the sample";
        analyte: String, "", "the analyte";
        value: Option<f64>, "", "the value on the final scale";
        imputed: bool, "", "whether the value was put in by a step (below the limit of detection, or missing)";
    }
}

schema! {
    /// Change of each analyte within each participant between timepoints, or the area under its curve.
    Changes "changes" ChangeRow key [participant_id, analyte, contrast, measure] {
        participant_id: String, "", "the participant";
        analyte: String, "", "the analyte";
        contrast: String, "", "`to - from` or `area(…)`, by the names of the timepoints; or the name that the settings give";
        measure: String, "", "percent, ratio, log2_ratio, ln_ratio, difference or residualized; area, incremental_area or time_average";
        value: Option<f64>, "", "the change; missing where either value is, or where it is undefined (a ratio to zero)";
        from_value: Option<f64>, "", "the earlier value (of several, their mean; of an area, the first), on the scale that the measure uses";
        to_value: Option<f64>, "", "the later value (of several, their mean; of an area, the last), on the same scale";
    }
}

schema! {
    /// What each normalization step did.
    Steps "steps" StepRow key [position] {
        position: i64, "", "the step's place, from 1";
        step: String, "", "filter, below_lod, drift, sample, impute, transform or scale";
        method: String, "", "the step's method";
        values_changed: i64, "", "values that the step replaced or put in (all, for a transform)";
        detail: String, "", "what it learned, in words and numbers";
    }
}

schema! {
    /// How repeatable each analyte is before and after each step that works on values measured from zero.
    Quality "quality" QualityRow key [position, analyte] {
        position: i64, "", "the step's place, from 1";
        analyte: String, "", "the analyte";
        step: String, "", "filter, below_lod, drift, sample or impute";
        method: String, "", "the step's method";
        qc_rsd_before: Option<f64>, "fraction", "1.4826 MAD/median of the measured values of the pooled QC samples before the step";
        qc_rsd_after: Option<f64>, "fraction", "the same after it; of a drift correction, each pooled QC sample by a curve that did not see it";
        d_ratio_before: Option<f64>, "fraction", "MAD(pooled QC)/MAD(study) of the measured values before the step";
        d_ratio_after: Option<f64>, "fraction", "the same after it";
        decision: String, "", "done, left (the step would not have helped, so it was not taken), dropped, or none where the step does not touch the analyte";
        reason: String, "", "why, in words; empty where there is nothing to say";
    }
}

schema! {
    /// Each analyte in each pooled QC sample, before the first step and before the first transform, scale or vsn step.
    PooledQc "pooled_qc" PooledQcRow key [analyte, sample_id] {
        analyte: String, "", "the analyte";
        sample_id: String, "", "the pooled QC sample";
        batch: Option<String>, "", "its batch";
        injection_order: Option<i64>, "", "its place in the order of injection";
        measured: Option<f64>, "", "the value as it came from qc";
        curve: Option<f64>, "", "the drift that was found there, in the unit of the values; missing where none was corrected";
        normalized: Option<f64>, "", "the value before the first transform, scale or vsn step";
    }
}

schema! {
    /// Where each sample lies on the first two principal components of all analytes, before and after normalization.
    Scores "scores" ScoreRow key [state, sample_id] {
        state: String, "", "measured or normalized";
        sample_id: String, "", "the sample";
        r#type: String, "", "study or pooled_qc";
        batch: Option<String>, "", "its batch";
        injection_order: Option<i64>, "", "its place in the order of injection";
        timepoint: Option<String>, "", "when it was drawn";
        pc1: Option<f64>, "", "score on the first component of the log, unit-variance values";
        pc2: Option<f64>, "", "score on the second";
        explained_1: Option<f64>, "fraction", "the share of the variance on the first component";
        explained_2: Option<f64>, "fraction", "the share on the second";
    }
}
