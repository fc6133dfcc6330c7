"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.stats import norm

sys.path.insert(0, "..")
from story import expect, measured, panel, study, uniform
from tobit import censored_normal

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
    mean, sd = censored_normal(logs, m, limit)
    for i in np.flatnonzero(y[:, k] < lod):
        name = f"normalize/below_lod/censored_ml/{len(samples[i].encode())}:{samples[i]}/{analytes[k]}"
        out[i, k] = np.exp(mean + sd * norm.ppf(uniform(7, name) * norm.cdf((limit - mean) / sd)))
        assert out[i, k] < lod
expect(samples, analytes, out.tolist())
