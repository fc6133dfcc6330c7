"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np

sys.path.insert(0, "..")
from story import injected, measured, write

draw = np.random.default_rng(44)
levels = ["m \"1\"", "w"]  # in the order of their names
sex = [levels[i % 2] for i in range(21)] + [None]
rows = [dict(id=f"={i:02d}/s", type="study", person=f"P{i:02d}", time="pre") for i in range(22)]
injected(rows)
write("participants.csv", ["participant_id", "sex, β"], [[f"P{i:02d}", s] for i, s in enumerate(sex)])
men = np.array([s == levels[0] for s in sex])
logs = np.column_stack([np.where(men, 3.0, 0.5) + draw.normal(0, 0.3, 22), np.where(men, 2.0, 1.6) + draw.normal(0, 0.2, 22)])
logs[3] = [3.1, 2.05]  # a woman's, as of a man
logs[4] = [5.5, 2.9]  # a man, far on his own side
logs[6] = [2.2, 1.9]  # between
x = np.round(np.exp(logs), 5)
x[8, 1] = np.nan
analytes = ["testosterone, =x", "crea/tinine", "another"]
measured([r["id"] for r in rows], analytes, np.column_stack([x, 5 + np.arange(22.0)]).tolist())
logs = np.log(x)
used = np.array([s is not None and not np.isnan(l).any() for s, l in zip(sex, logs)])
second = ~men


def centres(v):
    low, high = np.median(v[used & ~second]), np.median(v[used & second])
    return low, high, 1.4826 * np.median(np.abs(v - np.where(second, high, low))[used])


score = np.zeros(22)
for k in range(2):
    low, high, s = centres(logs[:, k])
    score += (high - low) / s**2 * logs[:, k]
low, high, s = centres(score)
z = np.where(second, high - score, score - low) / s
beyond = np.where(second, high - score, score - low) > (high - low) / 2
write("expected/qc.sample_quality.csv", ["sample_id", "sex_z", "decision"],
      [[r["id"], z[i] if used[i] else None, "keep"] for i, r in enumerate(rows)])
found = [i for i in range(22) if used[i] and beyond[i] and z[i] > 4]
assert found == [3] and z[4] < -4, (found, z)
write("expected/qc.findings.csv", ["code", "subject"], [["sex_mismatch", rows[i]["id"]] for i in found])
