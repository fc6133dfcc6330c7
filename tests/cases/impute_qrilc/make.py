"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.stats import norm

sys.path.insert(0, "..")
from story import measured, study, uniform, write

samples = ["r 1", "r,2", "r/3"]
analytes = [f"{k}α" for k in range(8)]
x = [[0.1, 9.0, 3.0, 1.0, 2.0, 5.0, None, None], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.5, None, 0.1, 7.0, 9.0, 2.0, 8.0, 1.0]]
measured(samples, analytes, x)
study(samples)
out = []
for s, row in zip(samples, x):
    there = [v for v in row if v is not None]
    share = 1 - len(there) / len(row)
    steps = np.linspace(0, 1, 100)
    line = np.polyfit(norm.ppf(share + 0.001 + (0.99 - share) * steps), np.quantile(there, 0.001 + 0.99 * steps), 1)
    for a, v in zip(analytes, row):
        if v is None:
            u = uniform(7, f"normalize/impute/qrilc/{len(s.encode())}:{s}/{a}")
            out.append([s, a, line[1] + line[0] * norm.ppf(u * (share + 0.001)), True])
        else:
            out.append([s, a, v, False])
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value", "imputed"], out)
