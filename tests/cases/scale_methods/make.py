"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import random
import sys
from statistics import mean, median, stdev

sys.path.insert(0, "..")
from story import expect, findings, measured, panel, present, study

random.seed(14)
mad = lambda v: median([abs(a - median(v)) for a in v])
scalings = {
    "none": lambda v: (0.0, 1.0), "auto, 1": lambda v: (mean(v), stdev(v)), "=pareto": lambda v: (mean(v), math.sqrt(stdev(v))),
    "range/β": lambda v: (mean(v), max(v) - min(v)), "\"vast\"": lambda v: (mean(v), stdev(v) ** 2 / mean(v)),
    "NA(+)": lambda v: (mean(v), mean(v) if stdev(v) > 0 else 0.0), "0-center": lambda v: (mean(v), 1.0),
    "1.4826 MAD": lambda v: (median(v), 1.4826 * mad(v)),
}
samples = [f"s {i}, \"x\"" for i in range(7)]
analytes = [f"{name}: {what}" for name in scalings for what in ("varies", "has gaps", "flat")]
panel(analytes, **{"class": [name for name in scalings for _ in range(3)]})
x = [[round(math.exp(random.gauss(2, 0.6)), 4) if k % 3 < 2 else 4.0 for k in range(24)] for _ in samples]
for k in range(1, 24, 3):
    x[k % 7][k] = None
measured(samples, analytes, x)
study(samples)
columns = []
for k, column in enumerate(zip(*x)):
    centre, divisor = scalings[list(scalings)[k // 3]](present(column))
    columns.append([None if v is None or divisor == 0 else (v - centre) / divisor for v in column])
expect(samples, analytes, list(zip(*columns)))
findings([("normalize", "no_scale", f"{name}: flat") for name in scalings if name not in ("none", "0-center")])
