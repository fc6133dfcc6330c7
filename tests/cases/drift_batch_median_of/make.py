"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np

sys.path.insert(0, "..")
from story import findings, injected, measured, panel, write

draw = np.random.default_rng(5)
rows = []
for batch in ("=1", "b, \"2\"", "γ/3"):
    rows += [dict(id=f"s {batch} {i}", type="study", batch=batch, person=f"P{len(rows) + i:02d}", time="pre") for i in range(5)]
    rows += [dict(id=f"q {batch} {i}", type="pooled_qc", batch=batch) for i in range(3)]
injected(rows, ["batch"])
kinds = ["study, 1", "=all", "ln \"β\""]
analytes = [f"{kind}/{k}" for kind in kinds for k in range(2)] + ["lost"]
panel(analytes, **{"class": [kind for kind in kinds for _ in range(2)] + ["study, 1"]})
batch = np.array([r["batch"] for r in rows])
qc = np.array([r["type"] == "pooled_qc" for r in rows])
shift = np.array([{"=1": 1.0, "b, \"2\"": 1.6, "γ/3": 0.7}[b] for b in batch])
y = np.round(20 * shift[:, None] * np.exp(draw.normal(0, 0.3, (24, 7))), 4)
y[2, 1] = y[9, 3] = y[22, 4] = np.nan
y[(batch == "γ/3") & ~qc, 6] = np.nan
measured([r["id"] for r in rows], analytes, y.tolist())
out = y.copy()
out[:, 4:6] = np.log(y[:, 4:6])
for k in range(6):
    of = [~qc, np.full(24, True), qc][k // 2]
    whole = np.nanmedian(out[of, k])
    for b in set(batch):
        own = np.nanmedian(out[of & (batch == b), k])
        here = batch == b
        out[here, k] = out[here, k] + whole - own if k > 3 else out[here, k] * whole / own
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[r["id"], a, out[i, k]] for i, r in enumerate(rows) if not qc[i] for k, a in enumerate(analytes)])
findings([("normalize", "batches_not_aligned", "lost")])
