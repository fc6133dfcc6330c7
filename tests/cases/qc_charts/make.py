"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import sys

import numpy as np
from scipy.stats import spearmanr, theilslopes

sys.path.insert(0, "..")
from story import findings, injected, measured, write

draw = np.random.default_rng(27)
n = 24
order = np.cumsum(draw.integers(2, 9, n))
rows = [dict(id=f"QC/{i:02d}, x", type="pooled_qc", injection_order=int(o)) for i, o in enumerate(order)]
rows += [dict(id="QC ?", type="pooled_qc"), dict(id="=s", type="study", person="P1", time="pre", injection_order=1)]
injected(rows, ["injection_order"])
analytes = ["calm, 1", "=wild", "climbs \"β\"", "NA(±)", "3-moved/γ", "flat"]
place = np.arange(n)
x = np.column_stack([
    20 + draw.normal(0, 1, n), 20 + draw.normal(0, 0.5, n) + 9 * (place == 11), 10 + 0.2 * place + 0.01 * draw.random(n),
    30 + np.where(place % 2, 1.0, -1.0) * np.where((place > 8) & (place < 13), 6.0, 0.4), 15 + 2.2 * (place >= 12) + draw.normal(0, 0.3, n),
    np.full(n, 5.0)])
x = np.round(x, 4)
x[5, 0] = np.nan
measured([r["id"] for r in rows], analytes, x.tolist() + [[500.0] * 6, [20.0] * 6])
quality, chart = [], []
for k, name in enumerate(analytes):
    here = ~np.isnan(x[:, k])
    v, o, ids = x[here, k], order[here], [rows[i]["id"] for i in range(n) if here[i]]
    drift = theilslopes(v, o)[0] * (o[-1] - o[0]) / np.median(v)
    row = [name, drift, "flag" if abs(drift) > 0.25 else "keep"]
    if np.ptp(v) == 0:
        quality.append(row + [None] * 9)
        continue
    p = spearmanr(o, v).pvalue
    row += [max(p, 2 / math.factorial(len(v))), len(v), v.mean(), v.std(ddof=1)]
    z = (v - v.mean()) / v.std(ddof=1)
    windows = lambda length: ((i + length - 1, z[i:i + length]) for i in range(len(z) - length + 1))
    one_side = lambda w, limit: bool((w > limit).all() or (w < -limit).all())
    broken = {
        "1_3s": [i for i, w in windows(1) if abs(w[0]) > 3],
        "2_2s": [i for i, w in windows(2) if one_side(w, 2)],
        "R_4s": [i for i, w in windows(2) if w.max() > 2 and w.min() < -2],
        "4_1s": [i for i, w in windows(4) if one_side(w, 1)],
        "10_x": [i for i, w in windows(10) if one_side(w, 0)],
    }
    quality.append(row + [len(places) for places in broken.values()])
    chart += [[name, rule, ids[i], int(o[i]), v[i], z[i]] for rule, places in broken.items() for i in places]
assert all(any(r[1] == rule for r in chart) for rule in ("1_3s", "R_4s", "4_1s", "10_x")), "each rule is broken somewhere"
write("expected/qc.analyte_quality.csv", ["analyte", "drift", "decision", "drift_p", "chart_n", "chart_mean", "chart_sd",
      "chart_1_3s", "chart_2_2s", "chart_r_4s", "chart_4_1s", "chart_10_x"], quality)
write("expected/qc.control_chart.csv", ["analyte", "rule", "sample_id", "injection_order", "value", "z"], chart)
findings([("qc", "no_chart"), ("qc", "westgard", "1_3s"), ("qc", "westgard", "10_x"), ("qc", "qc_flagged", "climbs \"β\"")])
