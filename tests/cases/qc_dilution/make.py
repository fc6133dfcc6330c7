"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.stats import pearsonr

sys.path.insert(0, "..")
from story import findings, injected, measured, write

draw = np.random.default_rng(16)
steps = np.repeat([0.1, 0.2, 0.4, 0.6, 0.8, 1.0], 2)
rows = [dict(id=f"dil {i}/{d}", type="dilution", dilution=float(d)) for i, d in enumerate(steps)]
rows += [dict(id="s,1", type="study", person="P1", time="pre")]
injected(rows, ["dilution"])
analytes = ["follows, 1", "saturated/β", "=falls", "noise \"x\"", "NA(+)", "flat"]
n = len(steps)
noise = lambda: np.exp(draw.normal(0, 0.05, n))
x = np.column_stack([50 * steps * noise(), 40 * steps / (0.12 + steps) * noise(), 30 * (1.1 - steps) * noise(),
                     20 * np.exp(draw.normal(0, 0.6, n)), np.where(np.arange(n) < 2, 4.0 + np.arange(n), np.nan), np.full(n, 7.0)])
x = np.round(x, 4)
measured([r["id"] for r in rows], analytes, x.tolist() + [[10.0] * 6])
out = []
for k, name in enumerate(analytes):
    here = ~np.isnan(x[:, k])
    r = pearsonr(steps[here], x[here, k]).statistic if here.sum() > 2 and np.ptp(x[here, k]) > 0 else None
    square = None if r is None else max(r, 0.0) ** 2
    out.append([name, int(here.sum()), r, square, "exclude" if square is not None and square < 0.9 else "keep"])
write("expected/qc.analyte_quality.csv", ["analyte", "dilution_n", "dilution_r", "dilution_r2", "decision"], out)
findings([("qc", "dilution_undefined")])
