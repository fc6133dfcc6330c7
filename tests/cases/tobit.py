"""The normal distribution of logarithms of which some are only known to lie below a limit, for the stories that need it."""
import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm


def censored_normal(logs, m, limit):
    """Mean and SD of the greatest likelihood, `logs` being measured and `m` more below `limit`."""

    def slope(t):
        d, g = t
        r = g * logs - d
        mills = np.exp(norm.logpdf(g * limit - d) - norm.logcdf(g * limit - d))
        f = -(len(logs) * np.log(g) - 0.5 * (r**2).sum() + m * norm.logcdf(g * limit - d))
        return f, -np.array([r.sum() - m * mills, len(logs) / g - (r * logs).sum() + m * mills * limit])

    t = minimize(slope, [logs.mean() / logs.std(), 1 / logs.std()], jac=True, method="BFGS", options={"gtol": 1e-8}).x
    for _ in range(6):
        H = np.array([(slope(t + e)[1] - slope(t - e)[1]) / 2e-6 for e in 1e-6 * np.eye(2)])
        t = t - np.linalg.solve(H, slope(t)[1])
    return t[0] / t[1], 1 / t[1]
