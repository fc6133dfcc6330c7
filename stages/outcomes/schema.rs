//! The clinical outcomes: endpoints per participant, the course over visits, rates with limits.

use crate::schema;

schema! {
    /// Each endpoint of each participant.
    Endpoints "endpoints" EndpointRow key [participant_id, endpoint] {
        participant_id: String, "", "the participant";
        endpoint: String, "", "the endpoint's name";
        value: Option<f64>, "", "the value; 1 and 0 for yes and no; missing where it could not be known";
        kind: String, "", "percent_improvement, difference, at_most, improvement_at_least or column";
        imputed: bool, "", "whether a missing visit was filled by the endpoint's rule";
        how: String, "", "how the value came about: observed, missing, non_responder, or locf with the visit used";
        baseline: Option<f64>, "points", "the total at the endpoint's `from` visit, else at the first visit: the covariate baseline_score";
    }
}

schema! {
    /// The course of the totals over the visits.
    Trajectory "trajectory" TrajectoryRow key [visit] {
        visit: String, "", "the visit's name";
        visit_index: i64, "", "the visit's place in the declared order, from 0";
        n: i64, "", "participants with a total";
        mean: Option<f64>, "points", "arithmetic mean";
        sd: Option<f64>, "points", "standard deviation, n - 1";
        median: Option<f64>, "points", "median";
        q1: Option<f64>, "points", "first quartile (R's type 7)";
        q3: Option<f64>, "points", "third quartile (R's type 7)";
        model_mean: Option<f64>, "points", "model mean; missing unless a model was asked for";
        model_std_error: Option<f64>, "points", "its standard error";
        model_df: Option<f64>, "", "its degrees of freedom";
        model_low: Option<f64>, "points", "its lower limit";
        model_high: Option<f64>, "points", "its upper limit";
        change: Option<f64>, "points", "mean change from the first visit, of participants with both";
        change_std_error: Option<f64>, "points", "its standard error";
        change_df: Option<f64>, "", "its degrees of freedom";
        change_low: Option<f64>, "points", "its lower 95 % limit (t)";
        change_high: Option<f64>, "points", "its upper 95 % limit (t)";
        change_p: Option<f64>, "", "its two-sided p (paired t)";
    }
}

schema! {
    /// How many reached each yes-or-no endpoint.
    Rates "rates" RateRow key [endpoint] {
        endpoint: String, "", "the endpoint's name";
        events: i64, "", "participants who reached it";
        n: i64, "", "participants with a value";
        rate: Option<f64>, "fraction", "events / n";
        wilson_low: Option<f64>, "fraction", "lower 95 % limit, Wilson's score interval";
        wilson_high: Option<f64>, "fraction", "upper 95 % limit, Wilson's score interval";
        exact_low: Option<f64>, "fraction", "lower 95 % limit, Clopper-Pearson";
        exact_high: Option<f64>, "fraction", "upper 95 % limit, Clopper-Pearson";
    }
}
