"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import expect, study, write
from tobit import censored_normal

import numpy as np
from scipy.stats import norm

draw = np.random.default_rng(4)
n = 14
samples = [f"t {i}" for i in range(n)]
analytes = ["=lod", "β, low"]
lods = [2.0, 1.5]
y = np.round(np.exp(draw.normal([1.0, 0.4], [0.8, 0.5], (n, 2))), 4)
write("metabolites.csv", ["sample_id"] + analytes, [[s] + list(r) for s, r in zip(samples, y)])
write("panel.csv", ["analyte", "lod"], [[a, l] for a, l in zip(analytes, lods)])
out = y.copy()
for k, lod in enumerate(lods):
    logs, m, limit = np.log(y[y[:, k] >= lod, k]), (y[:, k] < lod).sum(), np.log(lod)
    assert m > 1
    mean, sd = censored_normal(logs, m, limit)
    z = (limit - mean) / sd
    out[y[:, k] < lod, k] = np.exp(mean + sd**2 / 2) * norm.cdf(z - sd) / norm.cdf(z)
expect(samples, analytes, [[float(v) for v in r] for r in out])

study(samples)
