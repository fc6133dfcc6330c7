//! The methods section that follows from the settings.

use super::Params;
use super::flow::RuleInForce;
use super::params::OnFail;
use super::rules;
use crate::statistics::descriptive::show;

/// A paragraph for each kind of rule that is on.
pub fn methods(params: &Params) -> Vec<String> {
    let analytes = rules::analytes(&params.analytes, params.samples.replicates.as_ref());
    let analytes: Vec<&RuleInForce> = analytes.iter().map(|rule| &rule.force).collect();
    let (samples, assessments) = (rules::samples(&params.samples), rules::assessments(&params.assessments));
    let by_hand = by_hand(params);
    if analytes.is_empty() && samples.is_empty() && assessments.is_empty() {
        let none = "No quality-control rule was configured; everything that was measured entered the analysis.";
        return [none.to_owned()].into_iter().chain(replicates(params)).chain(charts(params)).chain(by_hand).collect();
    }
    let mut paragraphs: Vec<String> = replicates(params).into_iter().collect();
    if !analytes.is_empty() {
        let more = notes(params);
        paragraphs.push(format!("Analytes were judged by these rules: {}.{more} {BELOW}", list(&analytes)));
    }
    paragraphs.extend(charts(params));
    if !samples.is_empty() {
        let outliers = if params.samples.outlier.is_some() { OUTLIERS } else { "" };
        let samples: Vec<&RuleInForce> = samples.iter().collect();
        paragraphs.push(format!("Then study samples were judged: {}.{outliers}", list(&samples)));
    }
    paragraphs.extend(swaps(params));
    if !assessments.is_empty() {
        let assessments: Vec<&RuleInForce> = assessments.iter().collect();
        paragraphs.push(format!("Assessments were judged: {}.", list(&assessments)));
    }
    paragraphs.extend(by_hand);
    paragraphs
}

const BELOW: &str =
    "A value below the limit of detection with a number counted as measured, one without a number as missing.";

const OUTLIERS: &str = " Outlying samples were sought by spherical principal components (Locantore 1999, \
    10.1007/BF02595862) of the log abundances, centred at the median and divided by 1.4826 MAD; components to 80 % of the \
    robust variance, at most 10; a sample fails where its squared score distance exceeds chi-squared's quantile or its \
    orthogonal distance the Wilson-Hilferty limit (Hubert 2005, 10.1198/004017004000000563, with median and MAD in place of \
    the MCD). Missing values stood at their analyte's median in this search only.";

/// What a reader must know of the rules on analytes that are on.
fn notes(params: &Params) -> String {
    let rules = &params.analytes;
    let by_qc = rules.max_qc_rsd.is_some() || rules.max_d_ratio.is_some();
    let in_batch = rules.max_missing_in_batch.is_some() || rules.max_qc_rsd_in_batch.is_some();
    let blanks = rules.max_carry_over.is_some() || rules.max_blank_share.is_some();
    let notes = [
        (by_qc, "RSD and D-ratio are those of Broadhurst 2018 (10.1007/s11306-018-1367-3)."),
        (
            in_batch,
            "Within batches the worst decided, among those with at least five study samples, for missing values, or three \
             pooled QC values, for the RSD.",
        ),
        (
            rules.min_detection_group.is_some(),
            "Detection within groups is the modified 80 % rule (after Bijlsma 2006, 10.1021/ac051495j).",
        ),
        (
            rules.min_dilution_r2.is_some(),
            "The squared correlation with the dilution series is Pearson's, on the scale of the file; a falling line fails.",
        ),
        (
            rules.max_carry_over.is_some(),
            "Carry-over is the median, over blanks injected right after a study or pooled QC sample, of (blank - \
             m)/(sample - m), with m the median of the batch's other blanks that follow no sample (the smallest of the \
             others where each follows one), at most the blank itself.",
        ),
        (blanks, "For these a blank without a value counted as zero."),
        (
            rules.max_drift.is_some(),
            "Drift is the Theil-Sen slope of pooled QC values by injection order (Sen 1968, 10.1080/01621459.1968.10480934) \
             times the span of orders, by their median.",
        ),
        (true, "Internal standards were measured and not judged."),
    ];
    notes.into_iter().filter(|(on, _)| *on).map(|(_, note)| format!(" {note}")).collect()
}

fn replicates(params: &Params) -> Option<String> {
    let rule = params.samples.replicates?;
    let how = rule.combine.phrase();
    let when = if rule.after_normalize { "after the steps of normalization" } else { "on the scale of the file" };
    Some(format!(
        "Replicates of the same participant and timepoint became one sample, {how} of their values {when}; a value was \
         missing only if all of them were."
    ))
}

fn charts(params: &Params) -> Option<String> {
    let chart = params.analytes.levey_jennings?;
    let from = chart.first.map_or_else(|| "all of them".to_owned(), |n| format!("the first {n} values"));
    Some(format!(
        "Pooled QC samples were charted by injection order (Levey & Jennings 1950, 10.1093/ajcp/20.11_ts.1059) around the \
         mean and sd of {from}, and values that break the rules 1_3s, 2_2s, R_4s, 4_1s or 10_x (Westgard 1981, \
         10.1093/clinchem/27.3.493; R_4s between neighbours) were counted; nothing was left out by them."
    ))
}

fn swaps(params: &Params) -> Option<String> {
    let swaps = params.samples.swaps.as_ref()?;
    let within = swaps.within_participant.then(|| {
        format!(
            "a sample was suspected where its correlation with somebody else's, over log analytes standardized within the \
             timepoint, exceeded that with every other sample of its participant by more than {}",
            show(swaps.margin.get())
        )
    });
    let sex = swaps.sex.as_ref().map(|sex| {
        format!(
            "a sample contradicted `{}` where the diagonal linear discriminant of {} (medians and MADs of log values, after \
             Bickel & Levina 2004, 10.3150/bj/1106314847) put it beyond the midpoint and more than {} robust standard \
             deviations from its own level",
            sex.column,
            sex.analytes.join(", "),
            show(sex.limit.get())
        )
    });
    let said: Vec<String> = within.into_iter().chain(sex).collect();
    (!said.is_empty()).then(|| format!("Exchanged samples were sought and only reported: {}.", said.join("; ")))
}

fn by_hand(params: &Params) -> Vec<String> {
    let kept =
        (!params.keep.is_empty()).then(|| format!("Kept by name, whatever a rule says: {}.", params.keep.join(", ")));
    let reviewed = params.decisions.as_ref().map(|file| {
        format!(
            "Decisions were reviewed by hand, each with a reason, and win over the rules (`{file}`); samples that were left \
             out so took no part in any measure."
        )
    });
    kept.into_iter().chain(reviewed).collect()
}

fn list(rules: &[&RuleInForce]) -> String {
    let consequence = |rule: &&RuleInForce| match rule.on_fail {
        OnFail::Exclude => "left out",
        OnFail::Flag => "flagged and kept",
        OnFail::Stop => "stops the analysis",
    };
    let items: Vec<String> = rules.iter().map(|rule| format!("{} ({})", rule.words, consequence(rule))).collect();
    items.join("; ")
}
