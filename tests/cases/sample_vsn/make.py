"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import random, sys

sys.path.insert(0, "..")
from story import expect, study, write

import numpy as np
from scipy.optimize import minimize

draw = np.random.default_rng(5)
n, p = 6, 24
samples = [f"v {i}, x" for i in range(n)]
analytes = [f"{k}-β/{k}" for k in range(p)]
h = draw.uniform(0.5, 5, p) + 0.1 * draw.standard_normal((n, p))
y = np.round((np.sinh(h) + draw.uniform(0, 1, (n, 1))) * np.exp(draw.normal(2, 0.4, (n, 1))), 3)
order = sorted(range(p), key=lambda k: analytes[k])
write("metabolites.csv", ["sample_id"] + analytes, [[s] + list(r) for s, r in zip(samples, y)])
unit = np.median(np.median(y, axis=1))
u0 = y / unit


def slope(t):
    a, lb = t[:n, None], t[n:, None]
    by = np.exp(lb) * u0
    u = a + by
    h = np.arcsinh(u)
    res = h - h.mean(0)
    ss = (res**2).sum()
    f = n * p / 2 * np.log(ss) + 0.5 * np.log(1 + u**2).sum() - p * lb.sum()
    g = n * p / ss * res / np.sqrt(1 + u**2) + u / (1 + u**2)
    return f, np.concatenate([g.sum(1), (g * by).sum(1) - p])


t = minimize(slope, np.concatenate([np.zeros(n), -np.log(np.median(u0, axis=1))]), jac=True, method="BFGS", options={"gtol": 1e-8}).x
for _ in range(10):
    H = np.array([(slope(t + e)[1] - slope(t - e)[1]) / 2e-5 for e in 1e-5 * np.eye(2 * n)])
    t = t - np.linalg.solve((H + H.T) / 2, slope(t)[1])
assert np.abs(slope(t)[1]).max() < 1e-9
out = np.arcsinh(t[:n, None] + np.exp(t[n:, None]) * u0) - np.log(2) - t[n:].mean() + np.log(unit)
expect(samples, analytes, [[float(v) for v in r] for r in out])

study(samples)
