"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

sys.path.insert(0, "..")
from story import expect, measured, panel, study, uniform

draw = np.random.default_rng(12)
n = 16
samples = [f"t {i}, \"x\"" for i in range(n)]
analytes = ["=lod", "β/low"]
lods = [2.0, 1.25]
y = np.round(np.exp(draw.normal([1.0, 0.4], [0.8, 0.5], (n, 2))), 4)
measured(samples, analytes, y.tolist())
panel(analytes, lod=lods)
study(samples)
out = y.copy()
for k, lod in enumerate(lods):
    logs, m, limit = np.log(y[y[:, k] >= lod, k]), (y[:, k] < lod).sum(), np.log(lod)
    assert m > 2

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
    sd, mean = 1 / t[1], t[0] / t[1]
    for i in np.flatnonzero(y[:, k] < lod):
        name = f"normalize/below_lod/censored_ml/{len(samples[i].encode())}:{samples[i]}/{analytes[k]}"
        out[i, k] = np.exp(mean + sd * norm.ppf(uniform(7, name) * norm.cdf((limit - mean) / sd)))
        assert out[i, k] < lod
expect(samples, analytes, out.tolist())
