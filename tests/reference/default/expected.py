"""Every number of the default study, computed a second time.

Reads ../../../data/*.csv and nothing else, and knows pipeline.yaml by heart: the settings are written out here, not
parsed, so that a misread setting shows as a difference. Nothing is shared with the program: the regressions are
statsmodels', the predictions scikit-learn's, the intervals scipy's, and what is left out is refitted.

    python -m venv venv && venv/bin/pip install -r versions.txt && venv/bin/python expected.py

writes one CSV per table beside this file: the key first, then the numbers with 17 significant digits, empty where
there is none.
"""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LinearRegression
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.stats.proportion import proportion_confint

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

MODELS = {                  # covariates, covariance, whether the reference is t
    "published": ([], "nonrobust", False),
    "published_t": ([], "nonrobust", True),
    "published_hc3": ([], "HC3", True),
    "adjusted": (["age", "sexmale", "baseline_score"], "HC3", True),
}
OUTCOMES = ["improvement_infusion_4", "improvement_month_12"]


def screen(people, change, outcome):
    tables = {name: [] for name in ("associations", "fits", "coefficients", "influence")}
    for model, (covariates, covariance, use_t) in MODELS.items():
        def fit(y, X):
            return sm.OLS(y, X).fit(cov_type=covariance, use_t=use_t)
        for endpoint in OUTCOMES:
            family = []
            for analyte in change.columns:
                key = dict(model=model, outcome=endpoint, predictor="change: percent", stratum="", analyte=analyte)
                frame = people[covariates].assign(**{analyte: change[analyte], "y": outcome[endpoint]})
                full = frame.dropna()
                X, y = sm.add_constant(full.drop(columns="y")).rename(columns={"const": "(Intercept)"}), full["y"]
                family.append(one_test(tables, key, fit, X, y, sorted(set(frame.index) - set(full.index))))
            adjusted = multipletests([row["p_value"] for row in family], method="fdr_bh")[1]
            for row, p in zip(family, adjusted):
                row.update(p_adjusted=p, tests_in_family=len(family))
    return tables


def one_test(tables, key, fit, X, y, dropped):
    analyte = key["analyte"]
    full, plain = fit(y, X), sm.OLS(y, X).fit()
    low, high = full.conf_int(ALPHA).loc[analyte]
    without = {i: fit(y.drop(i), X.drop(index=i)) for i in y.index}              # every participant left out in turn
    p, loo_p = full.pvalues[analyte], {i: fit.pvalues[analyte] for i, fit in without.items()}
    t = plain.tvalues[analyte]
    row = key | dict(
        n=len(y), df_residual=full.df_resid, estimate=full.params[analyte], std_error=full.bse[analyte],
        statistic=full.tvalues[analyte], p_value=p, conf_low=low, conf_high=high,
        estimate_standardized=full.params[analyte] * X[analyte].std() / y.std(), partial_r2=t**2 / (t**2 + full.df_resid),
        p_adjusted=None, tests_in_family=None,
        loo_min=min(f.params[analyte] for f in without.values()), loo_max=max(f.params[analyte] for f in without.values()),
        loo_p_max=max(loo_p.values()), loo_flips=str(any((q < ALPHA) != (p < ALPHA) for q in loo_p.values())).lower(),
        status="ok", dropped_participants=json.dumps(dropped, separators=(",", ":")))
    tables["associations"].append(row)
    tables["fits"].append(key | dict(
        r_squared=plain.rsquared, log_lik=plain.llf, aic=-2 * plain.llf + 2 * (X.shape[1] + 1),
        deviance=plain.ssr, null_deviance=plain.centered_tss, dispersion=plain.ssr / plain.df_resid,
        condition=np.linalg.cond((X / np.linalg.norm(X, axis=0)).to_numpy())))
    limits = full.conf_int(ALPHA)
    for term in X.columns:
        tables["coefficients"].append(key | dict(
            term=term, estimate=full.params[term], std_error=full.bse[term], statistic=full.tvalues[term],
            p_value=full.pvalues[term], conf_low=limits.loc[term, 0], conf_high=limits.loc[term, 1]))
    of, j = OLSInfluence(plain), X.columns.get_loc(analyte)
    for place, i in enumerate(y.index):
        tables["influence"].append(key | dict(
            participant_id=i, predictor_value=X.loc[i, analyte], outcome_value=y[i], fitted=plain.fittedvalues[i],
            leverage=of.hat_matrix_diag[place], studentized=of.resid_studentized_external.iloc[place],
            cooks_distance=of.cooks_distance[0].iloc[place], dfbeta=full.params[analyte] - without[i].params[analyte],
            dfbetas=of.dfbetas[place, j], loo_estimate=without[i].params[analyte], loo_p_value=loo_p[i]))
    return row


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


def main():
    panel = read("panel").set_index("analyte")
    measured = read("metabolites").merge(read("samples"), on="sample_id")
    people = read("participants").set_index("participant_id")
    scores = read("madrs")
    items = scores[[f"item_{i}" for i in range(1, 11)]].sum(axis=1)
    assert (items == scores.total).all()
    totals = scores.pivot(index="participant_id", columns="visit", values="total")

    people["sexmale"] = (people.sex == "male").astype(float)
    people["baseline_score"] = totals["baseline"].astype(float)
    endpoint_rows, change_rows = endpoints(totals), changes(measured, panel)
    outcome = pd.DataFrame(endpoint_rows).pivot(index="participant_id", columns="endpoint", values="value")[OUTCOMES].astype(float)
    frame = pd.DataFrame(change_rows)
    change = frame[frame.measure == "percent"].pivot(index="participant_id", columns="analyte", values="value")

    write("trajectory", trajectory(totals))
    write("endpoints", endpoint_rows)
    write("rates", rates(endpoint_rows))
    write("analyte_quality", analyte_quality(measured, panel))
    write("changes", change_rows)
    for name, rows in screen(people, change, outcome).items():
        write(name, rows)
    performance, predictions = predict(people, change, outcome[OUTCOMES[0]].dropna())
    write("performance", performance)
    write("predictions", predictions)


if __name__ == "__main__":
    main()
