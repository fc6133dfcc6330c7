"""Bootstrap limits of every test of the default study, with draws of its own, and how far 2000 draws may be from them.

Participants are drawn with replacement and the model is fitted again; the limits are BCa (Efron 1987): z0 from the share
of estimates below the observed one, the acceleration from the jackknife. A resample in which there is no estimate is
counted and left out: a design without full rank, or a separated outcome, where the likelihood has no finite maximum.
Writes resampled.csv: the limits of 20 000 draws; the standard deviation of a limit from 2000 draws (BCa again of 2000
drawn out of the 20 000, 400 times), which takes in the error of z0, of the quantile and of the tail it lies in; and the
number of resamples without an estimate. The program's limits, from 2000 draws, differ from these with a variance of that
standard deviation squared, times 1 + 2000/20 000.
"""

import numpy as np
from scipy import stats

import expected
import logistic

DRAWS, THEIRS, REPEATS = 20_000, 2_000, 400
LEVELS = np.array([0.025, 0.975])


def bca(observed, drawn, acceleration):
    below = ((drawn < observed).sum() + (drawn == observed).sum() / 2) / len(drawn)
    z0, z = stats.norm.ppf(below), stats.norm.ppf(LEVELS)
    return np.quantile(drawn, stats.norm.cdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z))))


def acceleration(jackknife):
    away = jackknife.mean() - jackknife
    return (away**3).sum() / (6 * (away**2).sum() ** 1.5)


def linear(X, y, counts, j):
    """Coefficient j of every resample; none where a column is constant or the rank is not full."""
    moments = np.einsum("bn,ni,nj->bij", counts, X, X, optimize=True)
    scale = np.sqrt(np.einsum("bii->bi", moments))
    scale[scale == 0] = 1
    moments /= scale[:, :, None] * scale[:, None, :]
    right = (counts @ (X * y[:, None])) / scale
    fine = np.linalg.eigvalsh(moments)[:, 0] > 1e-12
    beta = np.full(len(counts), np.nan)
    beta[fine] = np.linalg.solve(moments[fine], right[fine][:, :, None])[:, j, 0] / scale[fine, j]
    return beta


def logit(x, y, counts):
    """The slope of every resample by damped Newton; none where the outcome is separated."""
    present = counts > 0
    def extreme(of, sign):
        return sign * np.where(present & (y == of), sign * x, -np.inf).max(axis=1)
    fine = (extreme(1, 1) > extreme(0, -1)) & (extreme(1, -1) < extreme(0, 1))
    fine &= (present & (y == 1)).any(axis=1) & (present & (y == 0)).any(axis=1)
    w, z = counts[fine], (x - x.mean()) / x.std()
    a, b = np.zeros(len(w)), np.zeros(len(w))
    def deviance(a, b):
        eta = a[:, None] + b[:, None] * z
        return (w * np.logaddexp(0, np.where(y == 1, -eta, eta))).sum(axis=1)
    at = deviance(a, b)
    for _ in range(500):
        mu = 1 / (1 + np.exp(-(a[:, None] + b[:, None] * z)))
        r, v = w * (y - mu), w * mu * (1 - mu)
        g0, g1 = r.sum(axis=1), r @ z
        h00, h01, h11 = v.sum(axis=1), v @ z, v @ z**2
        d = h00 * h11 - h01**2
        da, db, step = (h11 * g0 - h01 * g1) / d, (h00 * g1 - h01 * g0) / d, np.ones(len(w))
        found = deviance(a + da, b + db)
        while (worse := found > at + 1e-12).any():
            step[worse] /= 2
            found = deviance(a + step * da, b + step * db)
        a, b, at = a + step * da, b + step * db, found
        if (np.abs(db) <= 1e-9 * (1 + np.abs(b))).all():
            break
    else:
        raise ArithmeticError("no finite maximum")
    slopes = np.full(len(counts), np.nan)
    slopes[fine] = b / x.std()
    return slopes


def limits(model, X, y, analyte, generator):
    n, j = len(y), X.columns.get_loc(analyte)
    counts = generator.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(float)
    everyone, without = np.ones((1, n)), 1 - np.eye(n)
    if model.family == "binomial":
        assert X.shape[1] == 2 and all(logistic.overlaps(y.drop(i), X[analyte].drop(i)) for i in y.index)
        def fit(counts):
            return logit(X[analyte].to_numpy(), y.to_numpy(), counts)
    else:
        def fit(counts):
            return linear(X.to_numpy(), y.to_numpy(), counts, j)
    observed, drawn, a = fit(everyone)[0], fit(counts), acceleration(fit(without))
    drawn, failed = drawn[~np.isnan(drawn)], int(np.isnan(drawn).sum())
    low, high = bca(observed, drawn, a)
    fewer = THEIRS * len(drawn) // DRAWS
    again = np.array([bca(observed, generator.choice(drawn, fewer), a) for _ in range(REPEATS)])
    return dict(boot_low=low, boot_high=high, low_deviation=again[:, 0].std(ddof=1), high_deviation=again[:, 1].std(ddof=1),
                boot_failed=failed, draws=DRAWS)


def main():
    generator, rows, known = np.random.default_rng(19870301), [], {}
    for model, outcome, family in expected.questions(expected.load()):
        for key, X, y, _ in family:
            same = (outcome, key["predictor"], tuple(X.columns))       # models that differ in their inference alone
            if same not in known:
                known[same] = limits(model, X, y, key["analyte"], generator)
            rows.append(key | known[same])
    expected.write("resampled", rows)


if __name__ == "__main__":
    main()
