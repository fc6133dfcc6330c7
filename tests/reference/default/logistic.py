"""Logistic regression by Newton's method in extended precision, with likelihood-ratio tests and profile limits.

A likelihood ratio is a small difference of large numbers; 64 bits of mantissa (numpy's longdouble on x86) keep the
reference more exact than the tolerance it is compared at. Only for what has a finite maximum: a separated outcome does
not converge and stops the script.
"""

import math
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import brentq

Real = np.longdouble


def solve(A, b):
    """Gauss with partial pivoting: numpy's own solver has doubles only."""
    A, b = A.astype(Real), b.astype(Real)
    k = len(A)
    for i in range(k):
        pivot = i + int(np.argmax(np.abs(A[i:, i])))
        A[[i, pivot]], b[[i, pivot]] = A[[pivot, i]], b[[pivot, i]]
        for row in range(i + 1, k):
            factor = A[row, i] / A[i, i]
            A[row, i:] -= factor * A[i, i:]
            b[row] = b[row] - factor * b[i]
    x = np.zeros_like(b)
    for i in reversed(range(k)):
        x[i] = (b[i] - A[i, i + 1:] @ x[i + 1:]) / A[i, i]
    return x


def deviance(y, eta):
    """-2 log-likelihood of zeros and ones: log(1 + exp(-eta)) for a one, log(1 + exp(eta)) for a zero."""
    return 2 * np.logaddexp(Real(0), np.where(y == 1, -eta, eta)).sum()


def maximize(y, X, offset, start=None):
    """Coefficients and deviance; halves a Newton step that does not lower the deviance."""
    beta = np.zeros(X.shape[1], Real) if start is None else start
    at = deviance(y, offset + X @ beta)
    if X.shape[1] == 0:
        return beta, at
    for _ in range(100):
        mu = 1 / (1 + np.exp(-(offset + X @ beta)))
        step = solve(X.T @ (X * (mu * (1 - mu))[:, None]), X.T @ (y - mu))
        found = deviance(y, offset + X @ (beta + step))
        while found > at + 1e-15 * abs(at):
            step = step / 2
            found = deviance(y, offset + X @ (beta + step))
        beta, at = beta + step, found
        if np.abs(step).max() <= 1e-17 * (1 + np.abs(beta).max()):
            return beta, at
        if np.abs(step).max() <= 1e-12 * np.abs(beta).max():              # converges quadratically: one step more is exact
            mu = 1 / (1 + np.exp(-(offset + X @ beta)))
            beta = beta + solve(X.T @ (X * (mu * (1 - mu))[:, None]), X.T @ (y - mu))
            return beta, deviance(y, offset + X @ beta)
    raise ArithmeticError("no finite maximum")


class Logit:
    """The part of a statsmodels result that the tables need, with likelihood-ratio inference."""

    def __init__(self, y, X):
        self.terms = X.columns
        self.y, self.X = y.to_numpy(Real), X.to_numpy(Real)
        self.nothing = np.zeros(len(y), Real)
        self.beta, self.deviance = maximize(self.y, self.X, self.nothing)
        self.fittedvalues = 1 / (1 + np.exp(-(self.X @ self.beta)))
        self.weights = self.fittedvalues * (1 - self.fittedvalues)
        self.df_resid = float(X.shape[0] - X.shape[1])
        self.params = pd.Series(self.beta, self.terms)

    @cached_property
    def covariance(self):
        """The inverse of the information; for the logit the observed is the expected one."""
        return solve(self.X.T @ (self.X * self.weights[:, None]), np.eye(self.X.shape[1]))

    @cached_property
    def bse(self):
        return pd.Series(np.sqrt(np.diag(self.covariance)), self.terms)

    def without(self, j, value=0.0):
        """Deviance with one coefficient held at a value."""
        others = np.delete(np.arange(self.X.shape[1]), j)
        return maximize(self.y, self.X[:, others], self.X[:, j] * Real(value), self.beta[others])[1]

    def ratio(self, j):
        return self.without(j) - self.deviance

    @cached_property
    def tvalues(self):
        """Signed roots of the likelihood ratios."""
        return pd.Series([np.sign(b) * np.sqrt(self.ratio(j)) for j, b in enumerate(self.beta)], self.terms)

    @cached_property
    def pvalues(self):
        return pd.Series([self.p_value(term) for term in self.terms], self.terms)

    def p_value(self, term):
        return stats.chi2.sf(float(self.ratio(self.terms.get_loc(term))), 1)

    def conf_int(self, alpha):
        """Where the deviance has risen by a quantile of chi-squared."""
        rise, limits = stats.chi2.isf(alpha, 1), []
        for j, term in enumerate(self.terms):
            def beyond(value):
                return float(self.without(j, value) - self.deviance - rise)
            here, row = float(self.beta[j]), []
            for side in (-1.0, 1.0):
                reach = side * float(self.bse[term])
                while beyond(here + reach) < 0:
                    reach *= 2
                row.append(brentq(beyond, here, here + reach, xtol=1e-300, rtol=4 * np.finfo(float).eps))
            limits.append(row)
        return pd.DataFrame(limits, index=self.terms)

    @property
    def null_deviance(self):
        share = self.y.mean()
        return -2 * len(self.y) * (share * np.log(share) + (1 - share) * np.log(1 - share))


def overlaps(y, x):
    """Whether intercept and slope have a finite maximum: the events' values neither all above nor all below the others'."""
    ones, zeros = x[y == 1], x[y == 0]
    return bool(len(ones) and len(zeros) and max(ones) > min(zeros) and min(ones) < max(zeros))


def influence(fit, term):
    """R's hatvalues, rstudent and cooks.distance of a glm with dispersion 1, and the scale of dfbetas."""
    X, mu, w = fit.X, fit.fittedvalues, fit.weights
    hat = w * ((X @ fit.covariance) * X).sum(axis=1)
    pearson = (fit.y - mu) / np.sqrt(w)
    contribution = np.where(fit.y == 1, -2 * np.log(mu), -2 * np.log1p(-mu))
    studentized = np.sign(fit.y - mu) * np.sqrt(contribution + hat * pearson**2 / (1 - hat))
    cook = (pearson / (1 - hat)) ** 2 * hat / X.shape[1]
    return hat, studentized, cook, fit.bse[term]
