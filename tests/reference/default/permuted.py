"""What chance alone would give, by brute force: permutation p of every test of the default study, with draws of its own.

Gaussian models after Freedman and Lane (1983): the residuals of the outcome on the covariates change places, are added to
the fitted values, and the whole model is solved again; the statistic is |t| by the model's own covariance. The logistic
model: the metabolite, adjusted for the covariates (here the intercept alone), changes places; the statistic is the score's.
Beside each p the step-down max T of its family (Westfall and Young 1993, algorithm 2.8: free step-down), over the same
orderings. Writes permuted.csv; the program's p are other draws and agree within the Monte-Carlo error of both.
"""

import numpy as np

import expected

DRAWS = 100_000


def t_statistics(model, X, Y, j):
    """|t| of column j for every column of Y."""
    A = np.linalg.solve(X.T @ X, X.T)
    hat, beta = (X * A.T).sum(axis=1), A @ Y
    residuals = Y - X @ beta
    if model.covariance == "hc3":
        variance = A[j] ** 2 @ (residuals / (1 - hat)[:, None]) ** 2
    else:
        variance = (A[j] @ A[j]) * (residuals**2).sum(axis=0) / (len(X) - X.shape[1])
    return np.abs(beta[j]) / np.sqrt(variance)


def score_statistics(y, Z):
    """|score| / its standard error for every column of Z, with the intercept alone under the null."""
    mu = y.mean()
    Z = Z - Z.mean(axis=0)
    return np.abs((y - mu) @ Z) / np.sqrt(mu * (1 - mu) * (Z**2).sum(axis=0))


def statistics(model, X, y, analyte, orders):
    """The observed statistic, and that of every ordering."""
    j, design, y = X.columns.get_loc(analyte), X.to_numpy(), y.to_numpy()
    if model.family == "binomial":
        assert X.shape[1] == 2
        x = design[:, j]
        return score_statistics(y, x[:, None])[0], score_statistics(y, x[orders].T)
    reduced = np.delete(design, j, axis=1)
    fitted = reduced @ np.linalg.lstsq(reduced, y, rcond=None)[0]
    Y = fitted[:, None] + (y - fitted)[orders].T
    return t_statistics(model, design, y[:, None], j)[0], t_statistics(model, design, Y, j)


def share(count):
    return (count + 1) / (DRAWS + 1)


def step_down(observed, drawn):
    """Adjusted p: each statistic against the largest of those not larger than it, never below the p of a larger one."""
    largest, p, so_far = np.zeros(DRAWS), np.empty(len(observed)), 0.0
    counts = np.empty(len(observed))
    for k in np.argsort(observed):                           # from the smallest up
        largest = np.maximum(largest, drawn[k])
        counts[k] = (largest >= observed[k] * (1 - 1e-9)).sum()
    for k in np.argsort(-observed):
        so_far = max(so_far, share(counts[k]))
        p[k] = so_far
    return p


def main():
    generator, rows = np.random.default_rng(19830101), []
    for model, _, family in expected.questions(expected.load()):
        n = len(family[0][2])
        assert all(y.index.equals(family[0][2].index) for _, _, y, _ in family)      # one ordering serves the family
        orders = np.array([generator.permutation(n) for _ in range(DRAWS)])
        found = [statistics(model, X, y, key["analyte"], orders) for key, X, y, _ in family]
        observed, drawn = np.array([one for one, _ in found]), np.array([many for _, many in found])
        adjusted = step_down(observed, drawn)
        for k, (key, *_) in enumerate(family):
            p = share((drawn[k] >= observed[k] * (1 - 1e-9)).sum())
            rows.append(key | dict(p_permutation=p, p_max_t=adjusted[k], draws=DRAWS))
    expected.write("permuted", rows)


if __name__ == "__main__":
    main()
