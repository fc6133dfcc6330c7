"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.stats import norm

sys.path.insert(0, "..")
from story import findings, measured, study, uniform, write

draw = np.random.default_rng(19)
samples = ["r 1", "r,\"2\"", "=β3", "few"]
analytes = [f"{k}α, x" for k in range(12)]
x = np.round(np.exp(draw.normal(5, 1, (4, 12))), 3)
x[0, [2, 7]] = x[1, [0, 3, 9]] = x[2, 5] = x[3, 4:] = np.nan
measured(samples, analytes, x.tolist())
study(samples)
out = []
for s, row in zip(samples, np.log2(x)):
    there = row[~np.isnan(row)]
    share = 1 - len(there) / 12
    steps = np.linspace(0, 1, 100)
    sd, mean = np.polyfit(norm.ppf(share + 0.001 + (0.99 - share) * steps), np.quantile(there, 0.001 + 0.99 * steps), 1)
    bound = mean + sd * norm.ppf(share + 0.001)
    for a, v in zip(analytes, row):
        fill = None
        if np.isnan(v) and s != "few":
            u = uniform(7, f"normalize/impute/qrilc/{len(s.encode())}:{s}/{a}")
            fill = mean + 0.5 * sd * norm.ppf(u * norm.cdf((bound - mean) / (0.5 * sd)))
            assert fill < bound
        out.append([s, a, fill if np.isnan(v) else v, fill is not None])
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value", "imputed"], out)
findings([("normalize", "not_imputed", "11α, x")])
