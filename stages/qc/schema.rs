//! What passed quality control (the same kinds of table as ingest's) and how each decision was made.

use crate::schema;

pub use crate::ingest::schema::{Abundances, Assessments, Participants, Samples};

schema! {
    /// How good each analyte's measurement is, and what was decided.
    AnalyteQuality "analyte_quality" AnalyteQualityRow key [analyte] {
        analyte: String, "", "the analyte";
        n: i64, "", "study samples with a value";
        missing_fraction: Option<f64>, "fraction", "study samples without a value or below the limit of detection without a number";
        below_lod: i64, "", "study samples below the limit of detection";
        qc_n: i64, "", "pooled QC samples with a value";
        qc_rsd: Option<f64>, "fraction", "sd/mean of the pooled QC samples (1.4826 MAD/median when robust)";
        qc_rsd_robust: Option<f64>, "fraction", "1.4826 MAD/median of the pooled QC samples";
        d_ratio: Option<f64>, "fraction", "sd(pooled QC)/sd(study) (of MADs when robust)";
        blank_ratio: Option<f64>, "", "median(study)/median(blank)";
        drift_p: Option<f64>, "", "two-sided p of Spearman's correlation of pooled QC values with injection order";
        decision: String, "", "keep, exclude or flag";
        reason: String, "", "each rule that failed with its value and its limit; empty where none did";
    }
}

schema! {
    /// How good each study sample is, and what was decided.
    SampleQuality "sample_quality" SampleQualityRow key [sample_id] {
        sample_id: String, "", "the sample";
        participant_id: Option<String>, "", "whose it is";
        timepoint: Option<String>, "", "when it was drawn";
        missing_fraction: Option<f64>, "fraction", "kept analytes without a value";
        outlier_statistic: Option<f64>, "", "robust score distance, squared; compared with chi-squared(components)";
        outlier_limit: Option<f64>, "", "its limit";
        orthogonal_distance: Option<f64>, "", "robust distance to the plane of the components";
        orthogonal_limit: Option<f64>, "", "its limit";
        pc1: Option<f64>, "", "score on the first robust component";
        pc2: Option<f64>, "", "score on the second robust component";
        decision: String, "", "keep, exclude or flag";
        reason: String, "", "each rule that failed with its value and its limit; empty where none did";
    }
}

schema! {
    /// The participant flow: what was there before and after each step.
    Flow "flow" FlowRow key [step, what] {
        step: String, "", "the step, a rule's name";
        what: String, "", "participants, samples, analytes or visits";
        position: i64, "", "the order in which steps were taken, from 1";
        before: i64, "", "how many before the step";
        after: i64, "", "how many after the step";
        excluded: String, "", "what was left out, as a JSON list of names";
        reason: String, "", "why, in words";
    }
}
