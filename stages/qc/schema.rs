//! What passed quality control (the same kinds of table as ingest's) and how each decision was made.

use crate::schema;

pub use crate::ingest::schema::{Abundances, Assessments, Participants, Samples};

/// The key of the samples' metadata that says how replicates become one after normalization: mean, median or first.
pub const REPLICATES: &str = "replicates";
/// The key of the samples' metadata that names the groups whose replicates are of several batches.
pub const OVER_BATCHES: &str = "replicates_over_batches";

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
        blank_ratio: Option<f64>, "", "median(study)/median(blank), an empty blank counted as zero; missing where that median is zero";
        drift_p: Option<f64>, "", "p of Spearman's rank correlation between injection order and value in pooled QC samples";
        decision: String, "", "keep, exclude or flag";
        reason: String, "", "each rule that failed with its value and its limit, and what was decided by hand; empty where nothing was";
        role: Option<String>, "", "internal_standard for a compound that was added to every sample: it is measured and not judged; else missing";
        worst_batch_missing: Option<f64>, "fraction", "the largest share of study samples without a value in a batch of at least five of them";
        worst_batch_missing_name: Option<String>, "", "that batch, the first by name";
        detection_qc: Option<f64>, "fraction", "pooled QC samples with a value";
        detection_best_group: Option<f64>, "fraction", "the largest share of study samples with a value in a group; missing where no rule names groups";
        detection_best_group_name: Option<String>, "", "that group, the first by name";
        worst_batch_rsd: Option<f64>, "fraction", "the largest RSD of the pooled QC samples of a batch with at least three values";
        worst_batch_rsd_name: Option<String>, "", "that batch, the first by name";
        blank_share: Option<f64>, "fraction", "median(blank)/median(pooled QC), a blank without a value counted as zero";
        dilution_n: i64, "", "dilution samples with a value and a known relative concentration";
        dilution_r: Option<f64>, "", "Pearson's correlation between relative concentration and value over them";
        dilution_r2: Option<f64>, "", "its square, and zero where it is negative";
        carry_over: Option<f64>, "fraction", "median over blanks right after a sample of (blank - m)/(sample - m), m what clean blanks hold";
        carry_over_n: i64, "", "blanks right after a study or pooled QC sample that it is the median of";
        drift: Option<f64>, "fraction", "Theil-Sen slope of the pooled QC samples by injection order, times the span of orders, by their median";
        replicate_rsd: Option<f64>, "fraction", "sd/mean within groups of replicates, pooled: √(Σ (n-1) (sd/mean)² / Σ (n-1)); missing without replicates";
        replicate_groups: i64, "", "groups of replicates with at least two values that it is of";
        chart_n: Option<i64>, "", "pooled QC values on the Levey-Jennings chart; missing where none was asked for";
        chart_mean: Option<f64>, "", "the chart's centre, the mean of its reference values";
        chart_sd: Option<f64>, "", "their standard deviation";
        chart_1_3s: Option<i64>, "", "values beyond 3 sd";
        chart_2_2s: Option<i64>, "", "values that are, with the one before, beyond 2 sd on the same side";
        chart_r_4s: Option<i64>, "", "values that are, with the one before, beyond 2 sd on opposite sides";
        chart_4_1s: Option<i64>, "", "values that are, with the three before, beyond 1 sd on the same side";
        chart_10_x: Option<i64>, "", "values that are, with the nine before, on the same side of the centre";
    }
}

schema! {
    /// How good each sample of the study is, and what was decided.
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
        decision: String, "", "keep, exclude or flag; combined for a replicate that became part of another sample";
        reason: String, "", "each rule that failed with its value and its limit, and what was decided by hand; empty where nothing was";
        combined_into: Option<String>, "", "the sample of which a replicate became part";
        replicates: Option<i64>, "", "how many replicates the sample is made of; missing where it has none";
        total_signal: Option<f64>, "", "sum of the kept analytes, where the rule is on";
        total_signal_z: Option<f64>, "", "(log total - median)/(1.4826 MAD) over the study samples";
        fasting_hours: Option<f64>, "h", "hours since the last meal";
        time_of_day: Option<f64>, "h", "hours after midnight at which it was drawn";
        nearest_own: Option<String>, "", "the participant's other sample that it is most like, where exchanges were looked for";
        nearest_own_r: Option<f64>, "", "the correlation with it";
        nearest_other: Option<String>, "", "the sample of somebody else that it is most like";
        nearest_other_r: Option<f64>, "", "the correlation with it";
        sex_z: Option<f64>, "", "robust standard deviations from the participant's own sex towards the other, by the named analytes";
    }
}

schema! {
    /// How good each analyte's measurement is within each analytical batch; empty where no sample names a batch.
    BatchQuality "batch_quality" BatchQualityRow key [analyte, batch] {
        analyte: String, "", "the analyte";
        batch: String, "", "the batch; empty for samples that name none";
        n: i64, "", "study samples with a value";
        missing_fraction: Option<f64>, "fraction", "study samples without a value";
        study_median: Option<f64>, "", "their median";
        qc_n: i64, "", "pooled QC samples with a value";
        qc_median: Option<f64>, "", "their median";
        qc_rsd: Option<f64>, "fraction", "sd/mean of the pooled QC samples (1.4826 MAD/median when robust)";
        drift: Option<f64>, "fraction", "Theil-Sen slope of the pooled QC samples by injection order, times the span of orders, by their median";
    }
}

schema! {
    /// Every value that breaks a rule of Westgard on a Levey-Jennings chart; empty where no chart was asked for.
    ControlChart "control_chart" ControlChartRow key [analyte, rule, sample_id] {
        analyte: String, "", "the analyte";
        rule: String, "", "1_3s, 2_2s, R_4s, 4_1s or 10_x";
        sample_id: String, "", "the pooled QC sample at which the rule is broken";
        injection_order: i64, "", "its place in the order of injection";
        value: f64, "", "its value";
        z: f64, "", "(value - mean)/sd";
    }
}

schema! {
    /// What was decided about each analyte, sample and assessment: by rule, by hand, and finally.
    Decisions "decisions" DecisionRow key [what, name] {
        what: String, "", "analyte, sample or assessment";
        name: String, "", "its name; of an assessment, the participant and the visit";
        by_rule: String, "", "keep, exclude or flag, as the rules say; combined for a replicate that became part of another sample";
        rule: String, "", "the rules that failed, separated by `; `";
        value: String, "", "what they judged, in the same order; empty where it is no number";
        reason: String, "", "each rule that failed with its value and its limit";
        r#override: Option<String>, "", "keep, exclude or flag, as a person decided; missing where nobody did";
        override_reason: Option<String>, "", "why";
        decision: String, "", "what became of it";
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
