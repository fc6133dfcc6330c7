"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import random, sys

sys.path.insert(0, "..")
from story import expect, study, write

import numpy as np

draw = np.random.default_rng(8)
n, p = 10, 8
samples = [f"s, {i}" for i in range(n)]
analytes = [f"{k} \"μ\"" for k in range(p)]
y = np.round(np.exp(2 + draw.normal(0, 1, (n, 1)) * draw.normal(0, 1, (1, p)) + draw.normal(0, 0.2, (n, p))), 4)
y[draw.random((n, p)) < 0.1] = np.nan
write("metabolites.csv", ["sample_id"] + analytes, [[s] + [None if np.isnan(v) else v for v in r] for s, r in zip(samples, y)])
l = np.log(y)
gap = np.isnan(l)
x = np.where(gap, np.nanmean(l, axis=0), l)
for _ in range(100000):
    c = x.mean(0)
    U, s, V = np.linalg.svd(x - c, full_matrices=False)
    new = c + s[0] * np.outer(U[:, 0], V[0])
    moved = np.abs(new[gap] - x[gap]).max()
    x = np.where(gap, new, l)
    if moved < 1e-15:
        break
expect(samples, analytes, [[float(v) for v in r] for r in x])

study(samples)
