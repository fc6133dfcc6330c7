"""Every number of the default study, computed a second time.

Reads ../../../data/*.csv and nothing else, and knows pipeline.yaml by heart: the settings are written out here, not
parsed, so that a misread setting shows as a difference. Nothing is shared with the program: the linear regressions are
statsmodels', the logistic ones are in logistic.py, what stands beside them in diagnostics.py, the predictions are
scikit-learn's, the intervals scipy's, and what is left out is refitted.

    python -m venv venv && venv/bin/pip install -r versions.txt && venv/bin/python expected.py

writes one CSV per table beside this file: the key first, then the numbers with 17 significant digits, empty where
there is none. robust_pca.py, permuted.py and resampled.py write the rest, from the same study.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LinearRegression
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.stats.proportion import proportion_confint

import diagnostics
import logistic

HERE = Path(__file__).parent
DATA = HERE / "../../../data"
VISITS = ["baseline"] + [f"infusion_{i}" for i in range(1, 5)] + [f"month_{i}" for i in range(1, 13)]
ALPHA = 0.05


def write(name, rows):
    """Writes rows with 17 significant digits; a number that is not there is an empty cell."""
    def cell(value):
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return ""
        return f"{value:.17g}" if isinstance(value, (float, np.floating)) else value
    frame = pd.DataFrame([{key: cell(value) for key, value in row.items()} for row in rows])
    frame.to_csv(HERE / f"{name}.csv", index=False, lineterminator="\n")


def read(name):
    return pd.read_csv(DATA / f"{name}.csv", dtype={"participant_id": str}, keep_default_na=True)


# ---------------------------------------------------------------------------------------------------------- outcomes


def trajectory(totals):
    rows = []
    for visit in VISITS:
        x = totals[visit].dropna().to_numpy(float)
        row = dict(visit=visit, n=len(x), mean=x.mean(), sd=x.std(ddof=1), median=np.median(x),
                   q1=np.quantile(x, 0.25), q3=np.quantile(x, 0.75))              # numpy's default is R's type 7
        names = ["change", "change_std_error", "change_df", "change_low", "change_high", "change_p"]
        row |= dict.fromkeys(names)
        if visit != "baseline":
            both = totals[["baseline", visit]].dropna()
            paired = stats.ttest_rel(both[visit], both["baseline"])
            limits = paired.confidence_interval(1 - ALPHA)
            change = both[visit] - both["baseline"]
            row |= zip(names, [change.mean(), stats.sem(change), float(paired.df), limits.low, limits.high, paired.pvalue])
        rows.append(row)
    return rows


def endpoints(totals):
    """Whole numbers decide every yes or no: 100·(from - to) >= 50·from has no rounding."""
    rows = []
    for participant, total in totals.iterrows():
        start = total["baseline"]
        def seen(visit):
            return not math.isnan(total[visit])
        def add(endpoint, kind, visit, value, non_responder=False):
            how = "observed" if seen(visit) else "non_responder" if non_responder else "missing"
            value = float(value) if seen(visit) else 0.0 if non_responder else None
            rows.append(dict(participant_id=participant, endpoint=endpoint, value=value, kind=kind,
                             imputed=str(how == "non_responder").lower(), how=how, baseline=float(start)))
        for visit, rule in [("infusion_4", False), ("month_12", True)]:
            end = total[visit]
            add(f"improvement_{visit}", "percent_improvement", visit, 100 * (start - end) / start)
            add(f"remission_{visit}", "at_most", visit, end <= 10, rule)
            add(f"response_{visit}", "improvement_at_least", visit, 100 * (start - end) >= 50 * start, rule)
    return rows


def rates(endpoint_rows):
    frame = pd.DataFrame(endpoint_rows)
    rows = []
    for endpoint, of in frame[~frame.kind.eq("percent_improvement")].groupby("endpoint"):
        values = of["value"].dropna()
        k, n = int(values.sum()), len(values)
        wilson, exact = (proportion_confint(k, n, ALPHA, method) for method in ("wilson", "beta"))
        rows.append(dict(endpoint=endpoint, events=k, n=n, rate=k / n, wilson_low=wilson[0], wilson_high=wilson[1],
                         exact_low=exact[0], exact_high=exact[1]))
    return rows


# ------------------------------------------------------------------------------------------------------- metabolites


def mad_to_sd(x):
    return 1.4826 * np.median(np.abs(x - np.median(x)))


def analyte_quality(measured, panel):
    rows = []
    for analyte, of in measured.groupby("analyte"):
        study, qc, blank = (of[of.type == kind] for kind in ("study", "pooled_qc", "blank"))
        x, q = study.value.dropna().to_numpy(), qc.value.dropna().to_numpy()
        rows.append(dict(
            analyte=analyte, n=len(x), missing_fraction=float(study.value.isna().mean()),
            below_lod=int((study.value < panel.lod[analyte]).sum()), qc_n=len(q),
            qc_rsd=q.std(ddof=1) / q.mean(), qc_rsd_robust=mad_to_sd(q) / np.median(q),
            d_ratio=q.std(ddof=1) / x.std(ddof=1), blank_ratio=np.median(x) / np.median(blank.value),
            drift_p=stats.spearmanr(qc.injection_order, qc.value).pvalue))        # t with n - 2 degrees of freedom
    return rows


def changes(measured, panel):
    """Below the limit of detection stands limit/√2; then three measures of the change."""
    study = measured[measured.type == "study"].copy()
    lod = study.analyte.map(panel.lod)
    study["value"] = np.where(study.value < lod, lod / math.sqrt(2), study.value)
    wide = study.pivot(index=["participant_id", "analyte"], columns="timepoint", values="value")
    rows = []
    for (participant, analyte), pair in wide.iterrows():
        a, b = pair["baseline"], pair["post_infusion_1"]
        for measure, value in [("percent", 100 * (b - a) / a), ("log2_ratio", math.log2(b) - math.log2(a)), ("difference", b - a)]:
            rows.append(dict(participant_id=participant, analyte=analyte, contrast="post_infusion_1 - baseline",
                             measure=measure, value=value, from_value=a, to_value=b))
    return rows


# ------------------------------------------------------------------------------------------------------------ screen

@dataclass(frozen=True)
class Model:
    """A model of the screen, as pipeline.yaml has it."""
    outcomes: list
    measure: str = "percent"
    covariates: tuple = ()
    covariance: str = "model"
    inference: str = "t"
    family: str = "gaussian"

    def fit(self, y, X):
        if self.family == "binomial":
            return logistic.Logit(y, X)
        kind = {"model": "nonrobust", "hc3": "HC3"}[self.covariance]
        return sm.OLS(y, X).fit(cov_type=kind, use_t=self.inference == "t")


OUTCOMES = ["improvement_infusion_4", "improvement_month_12"]
BASE = ("age", "sexmale", "baseline_score")
MODELS = {
    "published": Model(OUTCOMES, inference="wald"),
    "published_t": Model(OUTCOMES),
    "published_hc3": Model(OUTCOMES, covariance="hc3"),
    "adjusted": Model(OUTCOMES, covariates=BASE, covariance="hc3"),
    "remission": Model(["remission_infusion_4", "remission_month_12"], measure="log2_ratio", family="binomial",
                       inference="likelihood_ratio"),
}
PERMUTATION = {"gaussian": "freedman_lane", "binomial": "score"}


def questions(study):
    """Every family of tests: the model, the outcome, and for each analyte its key, its design and its response."""
    for name, model in MODELS.items():
        change = study.changes[model.measure]
        for endpoint in model.outcomes:
            family = []
            for analyte in change.columns:
                key = dict(model=name, outcome=endpoint, predictor=f"change: {model.measure}", stratum="", analyte=analyte)
                frame = study.people[list(model.covariates)].assign(**{analyte: change[analyte], "y": study.outcomes[endpoint]})
                full = frame.dropna()
                X = sm.add_constant(full.drop(columns="y")).rename(columns={"const": "(Intercept)"})
                family.append((key, X, full["y"], sorted(set(frame.index) - set(full.index))))
            yield model, endpoint, family


def screen(study):
    tables = {name: [] for name in ("associations", "fits", "coefficients", "influence")}
    for model, _, family in questions(study):
        rows = [one_test(tables, study, model, *question) for question in family]
        adjusted = multipletests([row["p_value"] for row in rows], method="fdr_bh")[1]
        for row, p in zip(rows, adjusted):
            row.update(p_adjusted=p, tests_in_family=len(rows))
    return tables


def p_of(fit, term):
    return fit.p_value(term) if isinstance(fit, logistic.Logit) else fit.pvalues[term]


def names(values):
    return json.dumps(list(values), separators=(",", ":"))


def one_test(tables, study, model, key, X, y, dropped):
    analyte, gaussian = key["analyte"], model.family == "gaussian"
    if not gaussian:                                         # nobody's absence separates, so every refit has a maximum
        assert all(logistic.overlaps(y.drop(i), X[analyte].drop(i)) for i in y.index)
    full, x = model.fit(y, X), X[analyte]
    without = {i: model.fit(y.drop(i), X.drop(index=i)) for i in y.index}        # every participant left out in turn
    p, loo_p = full.pvalues[analyte], {i: p_of(fit, analyte) for i, fit in without.items()}
    loo = {i: fit.params[analyte] for i, fit in without.items()}
    flips = [i for i, q in loo_p.items() if (q < ALPHA) != (p < ALPHA)]
    limits = full.conf_int(ALPHA)
    noise = math.sqrt(2) * study.qc_rsd[analyte] * {"percent": 100, "log2_ratio": 1 / math.log(2)}[model.measure]
    row = key | dict(
        term=analyte, response="outcome", covariates=names("sex" if c == "sexmale" else c for c in model.covariates),
        family=model.family, link="identity" if gaussian else "logit", estimator="ml", covariance=model.covariance,
        inference=model.inference, confidence=1 - ALPHA, n=len(y), events=None if gaussian else int(y.sum()),
        df_residual=full.df_resid, df_reference=full.df_resid if model.inference == "t" else None,
        estimate=full.params[analyte], std_error=full.bse[analyte], statistic=full.tvalues[analyte], p_value=p,
        conf_low=limits.loc[analyte, 0], conf_high=limits.loc[analyte, 1],
        **(of_least_squares(full, X, y, analyte) if gaussian else dict.fromkeys(OF_LEAST_SQUARES)),
        p_adjusted=None, adjustment="bh", tests_in_family=None, pi0=None,
        permutation=PERMUTATION[model.family], orderings=9999, boot_interval="bca", boot_draws=2000,
        loo_min=min(loo.values()), loo_max=max(loo.values()), loo_p_max=max(loo_p.values()),
        loo_flips=str(bool(flips)).lower(), loo_flips_by=names(flips), loo_failed=0,
        **ancova(study, model, key, X), noise_ratio=noise / x.std(ddof=1), margin=None, p_equivalence=None,
        status="ok", detail="", dropped_participants=names(dropped))
    tables["associations"].append(row)
    square = X.assign(square=(x - x.mean()) ** 2)
    others = X.drop(columns=analyte)
    tables["fits"].append(key | (fit_of_least_squares if gaussian else fit_of_likelihood)(full, X, y) | dict(
        theta=None, condition=np.linalg.cond((X / np.linalg.norm(X, axis=0)).to_numpy()),
        vif=1 / (1 - diagnostics.r_squared(x.to_numpy(), others.to_numpy())),
        nonlinearity_p=p_of(model.fit(y, square), "square")))
    for term in X.columns:
        tables["coefficients"].append(key | dict(
            term=term, estimate=full.params[term], std_error=full.bse[term], statistic=full.tvalues[term],
            p_value=full.pvalues[term], conf_low=limits.loc[term, 0], conf_high=limits.loc[term, 1]))
    hat, studentized, cook, dfbetas = (influence_of_least_squares if gaussian else influence_of_likelihood)(
        full, X, y, analyte, loo)
    for place, i in enumerate(y.index):
        tables["influence"].append(key | dict(
            participant_id=i, predictor_value=x[i], outcome_value=y[i], fitted=np.asarray(full.fittedvalues)[place],
            leverage=hat[place], studentized=studentized[place], cooks_distance=cook[place],
            dfbeta=full.params[analyte] - loo[i], dfbetas=dfbetas[place], loo_estimate=loo[i], loo_p_value=loo_p[i]))
    return row


OF_LEAST_SQUARES = ["estimate_standardized", "partial_r2", "bayes_factor", "log10_bayes_factor", "bayes_prior"]


def of_least_squares(full, X, y, analyte):
    """What is defined for a Gaussian model only."""
    t = sm.OLS(y, X).fit().tvalues[analyte]
    def evidence(design):
        return diagnostics.log_evidence(diagnostics.r_squared(y.to_numpy(), design.to_numpy()), len(y), design.shape[1] - 1)
    log_factor = evidence(X) - evidence(X.drop(columns=analyte))
    return dict(zip(OF_LEAST_SQUARES, [full.params[analyte] * X[analyte].std() / y.std(), t**2 / (t**2 + full.df_resid),
                                       math.exp(log_factor), log_factor / math.log(10), "jzs"]))


def ancova(study, model, key, X):
    """The follow-up total on the predictor, the baseline total and the covariates, for outcomes that are change scores."""
    columns = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]
    values = [None] * 5
    if model.outcomes is OUTCOMES:
        analyte, visit = key["analyte"], key["outcome"].removeprefix("improvement_")
        beside = X.assign(baseline_score=study.totals["baseline"].astype(float))
        fit = model.fit(study.totals.loc[X.index, visit].astype(float), beside)
        low, high = fit.conf_int(ALPHA).loc[analyte]
        values = [fit.params[analyte], fit.bse[analyte], fit.pvalues[analyte], low, high]
    return {f"ancova_{column}": value for column, value in zip(columns, values)}


def fit_of_least_squares(full, X, y):
    plain = sm.OLS(y, X).fit()
    residuals = plain.resid.to_numpy()
    pagan, shapiro = diagnostics.breusch_pagan(residuals, X.to_numpy()), diagnostics.shapiro_wilk(residuals)
    return dict(
        r_squared=plain.rsquared, log_lik=plain.llf, aic=-2 * plain.llf + 2 * (X.shape[1] + 1), deviance=plain.ssr,
        null_deviance=plain.centered_tss, dispersion=plain.ssr / plain.df_resid, breusch_pagan=pagan[0],
        breusch_pagan_p=pagan[1], shapiro_wilk=shapiro[0], shapiro_wilk_p=shapiro[1])


def fit_of_likelihood(full, X, y):
    return dict(
        r_squared=1 - full.deviance / full.null_deviance, log_lik=-full.deviance / 2, aic=full.deviance + 2 * X.shape[1],
        deviance=full.deviance, null_deviance=full.null_deviance, dispersion=1.0, breusch_pagan=None,
        breusch_pagan_p=None, shapiro_wilk=None, shapiro_wilk_p=None)


def influence_of_least_squares(full, X, y, analyte, loo):
    of, j = OLSInfluence(sm.OLS(y, X).fit()), X.columns.get_loc(analyte)
    return of.hat_matrix_diag, of.resid_studentized_external.to_numpy(), of.cooks_distance[0].to_numpy(), of.dfbetas[:, j]


def influence_of_likelihood(full, X, y, analyte, loo):
    hat, studentized, cook, scale = logistic.influence(full, analyte)
    return hat, studentized, cook, [(full.params[analyte] - loo[i]) / scale for i in y.index]


# ----------------------------------------------------------------------------------------------------------- predict

PERMUTATIONS = 9999


def predict(people, change, y):
    """Leave-one-out; the outcome's own permutations are refitted with the outcome, fold by fold."""
    ids, y = list(y.index), y.to_numpy()
    base = people.loc[ids, ["age", "sexmale", "baseline_score"]].to_numpy(float)
    metabolites = {analyte: change.loc[ids, [analyte]].to_numpy() for analyte in change.columns}
    one = {analyte: np.hstack([base, column]) for analyte, column in metabolites.items()}
    sets = [("covariates", "", {"": base}), ("best_in_fold", "", one),
            ("all", "", {"": np.hstack([base, *metabolites.values()])})]
    sets += [("each", analyte, {analyte: X}) for analyte, X in one.items()]
    generator = np.random.default_rng(1)
    permuted = np.column_stack([generator.permutation(y) for _ in range(PERMUTATIONS)])
    performance, predictions = [], []
    others = np.array([np.delete(y, i).mean() for i in range(len(y))])
    about_others = ((y - others) ** 2).sum()                                      # the same for every permutation
    for features, analyte, candidates in sets:
        found, chosen = leave_one_out(candidates, y)
        press = ((y - found) ** 2).sum()
        by_chance = ((permuted - refit_permuted(candidates, permuted)) ** 2).sum(axis=0)
        performance.append(dict(
            outcome=OUTCOMES[0], features=features, learner="linear", analyte=analyte, n=len(y),
            predictors=next(iter(candidates.values())).shape[1], q2=1 - press / about_others,
            rmse=math.sqrt(press / len(y)), mae=np.abs(y - found).mean(), rmse_mean_only=math.sqrt(about_others / len(y)),
            permutation_p=((by_chance <= press).sum() + 1) / (PERMUTATIONS + 1)))
        for i, participant in enumerate(ids):
            predictions.append(dict(
                outcome=OUTCOMES[0], features=features, learner="linear", analyte=analyte, participant_id=participant,
                observed=y[i], predicted=found[i], chosen=chosen[i] if features == "best_in_fold" else ""))
    return performance, predictions


def leave_one_out(candidates, y):
    found, chosen = np.empty(len(y)), []
    for i in range(len(y)):
        train = np.arange(len(y)) != i
        fits = {name: LinearRegression().fit(X[train], y[train]) for name, X in candidates.items()}
        rss = {name: ((y[train] - fits[name].predict(X[train])) ** 2).sum() for name, X in candidates.items()}
        best = min(rss, key=rss.get)
        found[i] = fits[best].predict(candidates[best][[i]])[0]
        chosen.append(best)
    return found, chosen


def refit_permuted(candidates, Y):
    """Leave-one-out predictions of every column of Y: in each fold every candidate is solved again for every column."""
    predicted = np.empty_like(Y)
    for i in range(len(Y)):
        train = np.arange(len(Y)) != i
        best = np.full(Y.shape[1], np.inf)
        for X in candidates.values():
            A = np.column_stack([np.ones(len(X)), X])
            beta = np.linalg.lstsq(A[train], Y[train], rcond=None)[0]
            rss = ((Y[train] - A[train] @ beta) ** 2).sum(axis=0)
            predicted[i] = np.where(rss < best, A[i] @ beta, predicted[i])
            best = np.minimum(best, rss)
    return predicted


def load():
    """The study: participants, totals, outcomes and changes in wide form, and the noise of each assay."""
    panel = read("panel").set_index("analyte")
    measured = read("metabolites").merge(read("samples"), on="sample_id")
    people = read("participants").set_index("participant_id")
    scores = read("madrs")
    items = scores[[f"item_{i}" for i in range(1, 11)]].sum(axis=1)
    assert (items == scores.total).all()
    totals = scores.pivot(index="participant_id", columns="visit", values="total")
    people["sexmale"] = (people.sex == "male").astype(float)
    people["baseline_score"] = totals["baseline"].astype(float)
    study = SimpleNamespace(people=people, totals=totals, endpoint_rows=endpoints(totals),
                            change_rows=changes(measured, panel), quality_rows=analyte_quality(measured, panel))
    study.outcomes = pd.DataFrame(study.endpoint_rows).pivot(
        index="participant_id", columns="endpoint", values="value").astype(float)
    study.changes = {measure: of.pivot(index="participant_id", columns="analyte", values="value")
                     for measure, of in pd.DataFrame(study.change_rows).groupby("measure")}
    study.qc_rsd = {row["analyte"]: row["qc_rsd"] for row in study.quality_rows}
    return study


def main():
    study = load()
    write("trajectory", trajectory(study.totals))
    write("endpoints", study.endpoint_rows)
    write("rates", rates(study.endpoint_rows))
    write("analyte_quality", study.quality_rows)
    write("changes", study.change_rows)
    for name, rows in screen(study).items():
        write(name, rows)
    performance, predictions = predict(study.people, study.changes["percent"], study.outcomes[OUTCOMES[0]].dropna())
    write("performance", performance)
    write("predictions", predictions)


if __name__ == "__main__":
    main()
