"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import expect, study, write

n = 3
samples = ["r 1", "r,2", "r/3"]
analytes = [f"{k}α" for k in range(8)]
x = [[0.1, 9.0, 3.0, 1.0, 2.0, 5.0, None, None], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.5, None, 0.1, 7.0, 9.0, 2.0, 8.0, 1.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
rows = [[s, a, v, "false"] for s, r in zip(samples, x) for a, v in zip(analytes, r) if v is not None]
write("expected/normalize.abundances.some.csv", ["sample_id", "analyte", "value", "imputed"], rows)

study(samples)
