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
    /// Change of each analyte within each participant between two timepoints.
    Changes "changes" ChangeRow key [participant_id, analyte, contrast, measure] {
        participant_id: String, "", "the participant";
        analyte: String, "", "the analyte";
        contrast: String, "", "`to - from`, by the names of the timepoints";
        measure: String, "", "percent, ratio, log2_ratio, ln_ratio, difference or residualized";
        value: Option<f64>, "", "the change; missing where either value is, or where it is undefined (a ratio to zero)";
        from_value: Option<f64>, "", "the earlier value, on the scale that the measure uses";
        to_value: Option<f64>, "", "the later value, on the same scale";
    }
}

schema! {
    /// What each normalization step did.
    Steps "steps" StepRow key [position] {
        position: i64, "", "the step's place, from 1";
        step: String, "", "below_lod, sample, impute, transform or scale";
        method: String, "", "the step's method";
        values_changed: i64, "", "values that the step replaced or put in (all, for a transform)";
        detail: String, "", "what it learned, in words and numbers";
    }
}
