//! The methods section that follows from the settings.

use super::Params;
use super::flow::RuleInForce;
use super::params::OnFail;
use super::rules;

/// A paragraph for each kind of rule that is on.
pub fn methods(params: &Params) -> Vec<String> {
    let (analytes, samples) = (rules::analytes(&params.analytes), rules::samples(&params.samples));
    let assessments = rules::assessments(&params.assessments);
    if analytes.is_empty() && samples.is_empty() && assessments.is_empty() {
        return vec![
            "No quality-control rule was configured; everything that was measured entered the analysis.".into(),
        ];
    }
    let by_qc = params.analytes.max_qc_rsd.is_some() || params.analytes.max_d_ratio.is_some();
    let source = if by_qc { " RSD and D-ratio are those of Broadhurst 2018 (10.1007/s11306-018-1367-3)." } else { "" };
    let below =
        "A value below the limit of detection with a number counted as measured, one without a number as missing.";
    let outliers = "Outlying samples were sought by spherical principal components (Locantore 1999, 10.1007/BF02595862) of \
        the log abundances, centred at the median and divided by 1.4826 MAD; components to 80 % of the robust variance, at \
        most 10; a sample fails where its squared score distance exceeds chi-squared's quantile or its orthogonal \
        distance the Wilson-Hilferty limit (Hubert 2005, 10.1198/004017004000000563, with median and MAD in place of the \
        MCD). Missing values stood at their analyte's median in this search only.";
    let mut paragraphs = Vec::new();
    if !analytes.is_empty() {
        paragraphs.push(format!("Analytes were judged by these rules: {}.{source} {below}", list(&analytes)));
    }
    if !samples.is_empty() {
        let more = if params.samples.outlier.is_some() { format!(" {outliers}") } else { String::new() };
        paragraphs.push(format!("Then study samples were judged: {}.{more}", list(&samples)));
    }
    if !assessments.is_empty() {
        paragraphs.push(format!("Assessments were judged: {}.", list(&assessments)));
    }
    if !params.keep.is_empty() {
        paragraphs.push(format!("Kept by name, whatever a rule says: {}.", params.keep.join(", ")));
    }
    paragraphs
}

fn list(rules: &[RuleInForce]) -> String {
    let consequence = |rule: &RuleInForce| match rule.on_fail {
        OnFail::Exclude => "left out",
        OnFail::Flag => "flagged and kept",
        OnFail::Stop => "stops the analysis",
    };
    let items: Vec<String> = rules.iter().map(|rule| format!("{} ({})", rule.words, consequence(rule))).collect();
    items.join("; ")
}
