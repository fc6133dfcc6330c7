//! Whether the early change predicts improvement in a participant the model has not seen.

use crate::schema;

schema! {
    /// How well each set of features predicts, out of sample.
    Performance "performance" PerformanceRow key [outcome, features, learner, analyte] {
        outcome: String, "", "the endpoint";
        features: String, "", "covariates, each, best_in_fold or all";
        learner: String, "", "linear, …";
        analyte: String, "", "the metabolite, for `each`; empty otherwise";
        n: i64, "", "participants predicted";
        predictors: Option<i64>, "", "columns the learner sees, without the intercept; missing where nothing could be predicted";
        q2: Option<f64>, "", "1 - PRESS / sum of squares about the mean of the other participants; below zero: worse than that mean";
        auc: Option<f64>, "", "area under the ROC curve, for a yes-or-no endpoint";
        rmse: Option<f64>, "outcome", "root mean squared error of prediction";
        mae: Option<f64>, "outcome", "mean absolute error of prediction";
        rmse_mean_only: Option<f64>, "outcome", "root mean squared error when the mean of the others is the prediction";
        permutation_p: Option<f64>, "", "share of permuted outcomes that are predicted as well, (b + 1)/(draws + 1)";
        conf_low: Option<f64>, "", "lower 95 % limit of q2, where a method gives one";
        conf_high: Option<f64>, "", "upper 95 % limit of q2, where a method gives one";
        status: String, "", "ok, or why there are no numbers";
        detail: String, "", "what happened and what to do; for best_in_fold, which metabolites were chosen and how often";
    }
}

schema! {
    /// The prediction for each participant by a model that has not seen them.
    Predictions "predictions" PredictionRow key [outcome, features, learner, analyte, participant_id] {
        outcome: String, "", "the endpoint";
        features: String, "", "covariates, each, best_in_fold or all";
        learner: String, "", "linear, …";
        analyte: String, "", "the metabolite, for `each`; empty otherwise";
        participant_id: String, "", "the participant";
        observed: f64, "outcome", "what was observed";
        predicted: f64, "outcome", "what the model of the others predicts";
        fold: i64, "", "the fold in which the participant was left out, from 1";
        chosen: String, "", "for best_in_fold, the metabolite chosen without this participant; empty otherwise";
    }
}
