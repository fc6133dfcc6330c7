"""What stands beside a regression: Shapiro and Wilk's W, Breusch and Pagan's test, the Bayes factor. From the papers."""

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, ndtri


def shapiro_wilk(x):
    """Royston 1995 (AS R94) for 12 to 2000 values. scipy's takes its normal quantiles from AS 111, exact to 1e-9 only."""
    n = len(x)
    assert 12 <= n <= 2000
    m = ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    u, c = 1 / np.sqrt(n), m / np.sqrt(m @ m)
    last = np.polyval([-2.706056, 4.434685, -2.071190, -0.147981, 0.221157, c[-1]], u)
    second = np.polyval([-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, c[-2]], u)
    rest = (m @ m - 2 * m[-1] ** 2 - 2 * m[-2] ** 2) / (1 - 2 * last**2 - 2 * second**2)
    a = m / np.sqrt(rest)
    a[-1], a[-2], a[0], a[1] = last, second, -last, -second
    away = np.sort(x) - np.mean(x)
    w = (a @ away) ** 2 / (away @ away)
    log_n = np.log(n)
    mean = np.polyval([0.0038915, -0.083751, -0.31082, -1.5861], log_n)
    spread = np.exp(np.polyval([0.0030302, -0.082676, -0.4803], log_n))
    p = stats.norm.sf((np.log1p(-w) - mean) / spread)
    check = stats.shapiro(x)
    assert abs(w - check.statistic) < 1e-8 and abs(p - check.pvalue) < 1e-6
    return w, p


def breusch_pagan(residuals, X):
    """Koenker 1981: n times the R² of the squared residuals on the design."""
    squares = residuals**2
    left = squares - X @ np.linalg.lstsq(X, squares, rcond=None)[0]
    about = squares - squares.mean()
    statistic = len(squares) * (1 - (left @ left) / (about @ about))
    return statistic, stats.chi2.sf(statistic, X.shape[1] - 1)


SCALE = np.sqrt(2) / 4


def log_evidence(r_squared, n, p):
    """Logarithm of the Bayes factor of p predictors over the intercept alone (Liang 2008, Zellner and Siow).

    g has an inverse gamma distribution of shape 1/2 and scale n·SCALE²/2; integrated over u = log g, about the peak.
    """
    if p == 0:
        return 0.0
    scale = n * SCALE**2 / 2

    def height(u):
        g = np.exp(u)
        fit = ((n - 1 - p) * np.log1p(g) - (n - 1) * np.log1p(g * (1 - r_squared))) / 2
        return fit + 0.5 * np.log(scale) - gammaln(0.5) - 1.5 * u - scale / g + u

    peak = minimize_scalar(lambda u: -height(u), bounds=(-20, 40), method="bounded")
    top = -peak.fun
    total = 0.0
    for a, b in [(-40, -12), (-12, -6), (-6, -3), (-3, -1), (-1, 1), (1, 3), (3, 6), (6, 12), (12, 40), (40, 200)]:
        total += quad(lambda t: np.exp(height(peak.x + t) - top), a, b, epsabs=1e-15, epsrel=1e-12, limit=200)[0]
    return top + np.log(total)


def r_squared(y, X):
    left = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    about = y - y.mean()
    return 1 - (left @ left) / (about @ about)
