"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np

sys.path.insert(0, "..")
from story import injected, measured, write

draw = np.random.default_rng(31)
people, p = [f"P{i}" for i in range(9)], 14
base = draw.normal(0, 1, (9, p))
rows, logs = [], []
for i, who in enumerate(people):
    for time in ("before", "after"):
        whose = {1: 4, 4: 1}.get(i, i) if time == "after" else i
        if (i, time) == (6, "after"):
            whose = 7  # the wrong tube: a stranger's, twice
        rows.append(dict(id=f"{who}, \"{time}\"/β", type="study", person=who, time=time))
        logs.append(3 + base[whose] + 0.2 * draw.normal(0, 1, p) + (0.7 if time == "after" else 0))
injected(rows)
analytes = [f"{k}=β, {k}" for k in range(p)]
x = np.round(np.exp(np.array(logs)), 6)
x[2, 5] = x[9, 1] = np.nan
measured([r["id"] for r in rows], analytes, x.tolist())
logs = np.log(x)
z = np.empty_like(logs)
for time in ("before", "after"):
    at = [i for i, r in enumerate(rows) if r["time"] == time]
    z[at] = (logs[at] - np.nanmean(logs[at], axis=0)) / np.nanstd(logs[at], axis=0, ddof=1)
r = np.corrcoef(np.nan_to_num(z))
n = len(rows)
out, suspects = [], []
for i in range(n):
    own = max((k for k in range(n) if k != i and rows[k]["person"] == rows[i]["person"]), key=lambda k: r[i, k])
    other = max((k for k in range(n) if rows[k]["person"] != rows[i]["person"]), key=lambda k: r[i, k])
    out.append([rows[i]["id"], rows[own]["id"], r[i, own], rows[other]["id"], r[i, other], "keep"])
    if r[i, other] > r[i, own] + 0.3:
        suspects.append((i, rows[other]["person"]))
write("expected/qc.sample_quality.csv", ["sample_id", "nearest_own", "nearest_own_r", "nearest_other", "nearest_other_r", "decision"], out)
like = dict(suspects)
pairs = [(a, b) for a in like for b in like if a < b and rows[a]["time"] == rows[b]["time"]
         and like[a] == rows[b]["person"] and like[b] == rows[a]["person"]]
paired = {i for pair in pairs for i in pair}
assert len(pairs) == 2 and set(like) - paired, (pairs, suspects)
write("expected/qc.findings.csv", ["code", "subject"], [["sample_swap", rows[a]["id"]] for a, _ in pairs]
      + [["sample_unlike_own", rows[i]["id"]] for i in like if i not in paired])
