//! What a sweep makes: every universe, its associations, and the curves that all of them make together.

use crate::schema;

schema! {
    /// The universes of the sweep. A column for each swept setting holds its alternative in words, and nothing where
    /// the universe leaves it as configured.
    Universes "universes" UniverseRow key [universe] open true {
        universe: i64, "", "its number, in the order of the settings";
        name: String, "", "what it sets";
        status: String, "", "ok, or why there is no screen of its own: same (as an earlier one), refused (its settings), failed (a stage stopped)";
        same_as: Option<i64>, "", "the earlier universe whose screen has the same settings and reads the same tables";
        is_configured: bool, "", "whether its screen is the one that the configuration itself gives";
        reason: String, "", "why it was refused or failed; empty otherwise";
        tests: Option<i64>, "", "rows among the associations";
        tested: Option<i64>, "", "those with a p-value";
    }
}

schema! {
    /// The associations of every universe: a row for each test, with every column of screen/associations and one for
    /// each swept setting. A universe that is the same as an earlier one has its rows as well.
    Associations "associations" AssociationRow key [universe, model, outcome, predictor, stratum, analyte] open true {
        universe: i64, "", "the universe's number";
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        analyte: String, "", "the tested metabolite";
        status: String, "", "of the test, as in screen/associations";
    }
}

schema! {
    /// The specification curve of each analyte, its tests in the order of their effects. Universes that are the same as
    /// an earlier one are not counted again.
    Specifications "specifications" SpecificationRow key [analyte, rank] {
        analyte: String, "", "the metabolite";
        rank: i64, "", "from 1, the smallest effect first; tests without an effect last";
        universe: i64, "", "the universe's number";
        model: String, "", "the model's name";
        outcome: String, "", "the endpoint";
        predictor: String, "", "`change: MEASURE` or `level: TIMEPOINT`";
        stratum: String, "", "the stratum; empty where there is none";
        effect: Option<f64>, "as curves/effect says", "the estimate on the scale of the curve";
        conf_low: Option<f64>, "as effect", "its lower limit";
        conf_high: Option<f64>, "as effect", "its upper limit";
        p_value: Option<f64>, "", "two-sided, not adjusted";
        z: Option<f64>, "", "p as a standard normal number with the sign of the estimate";
        significant: bool, "", "whether p is below the curve's alpha";
        status: String, "", "of the test, as in screen/associations";
    }
}

schema! {
    /// What each curve says as a whole, and how often chance alone says as much; the row without an analyte is the
    /// whole panel, by the size of its effects.
    Curves "curves" CurveRow key [analyte] {
        analyte: String, "", "the metabolite; empty for the whole panel";
        effect: String, "", "the scale: standardized (SD of the outcome per SD of the predictor) or estimate";
        alpha: f64, "", "the level of a single test";
        specifications: i64, "", "tests that were asked for";
        answered: i64, "", "tests that could be made";
        positive: i64, "", "answered tests with a positive estimate";
        dominant_sign: String, "", "positive or negative: the sign of most estimates; empty for the panel";
        significant: i64, "", "answered tests that are significant with the dominant sign; for the panel with any";
        share_significant: f64, "fraction", "significant / answered";
        median_effect: Option<f64>, "as effect says", "median of the effects; of their sizes for the panel";
        average_z: f64, "", "mean of z; of its size for the panel";
        p_median: Option<f64>, "", "permutation p of the median";
        p_share: Option<f64>, "", "permutation p of the share";
        p_average_z: Option<f64>, "", "permutation p of the average z";
        p_family: Option<f64>, "", "permutation p of the average z against the largest of all analytes (single-step max-T)";
        draws: i64, "", "orderings behind the p-values, the observed one not counted unless every one was used";
        enumerated: bool, "", "whether these are all orderings that exist";
    }
}
