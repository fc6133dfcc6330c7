"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy import stats

sys.path.insert(0, "..")
from story import findings, injected, measured, write

draw = np.random.default_rng(8)
n, p = 32, 40
loads = draw.normal(0, 1, (3, p))
scores = draw.normal(0, 1, (n, 3)) * [1.5, 1.1, 0.8]
scores[5] *= 9
noise = draw.normal(0, 0.25, (n, p))
noise[11] *= 9
x = np.round(np.exp(2 + 0.3 * (scores @ loads + noise)), 5)
x[:, 7] = np.where(np.arange(n) < 3, 4.0, 6.0)
x[4, 2] = x[20, 30] = np.nan
x[9, 12] = 0.0
rows = [dict(id=f"{i:02d}, =\"s\"", type="study", person=f"P{i:02d}", time="pre") for i in range(n)]
injected(rows)
measured([r["id"] for r in rows], [f"{k}-β/{k}" for k in range(p)], x.tolist())
to_sd = lambda v: 1.4826 * np.nanmedian(np.abs(v - np.nanmedian(v, axis=0)), axis=0)
logs = np.log(np.where(x > 0, x, np.nan))
logs = logs[:, to_sd(logs) > 0]
z = np.nan_to_num((logs - np.nanmedian(logs, axis=0)) / to_sd(logs))
centre = np.median(z, axis=0)
for _ in range(60):
    away = z - centre
    distance = np.linalg.norm(away, axis=1)
    units = away / distance[:, None]
    bend = (1 / distance).sum() * np.eye(z.shape[1]) - (units / distance[:, None]).T @ units
    centre = centre + np.linalg.solve(bend, units.sum(axis=0))
assert np.linalg.norm(units.sum(axis=0)) < 1e-11
away = z - centre
loadings = np.linalg.svd(away / np.linalg.norm(away, axis=1, keepdims=True), full_matrices=False)[2].T
scores = away @ loadings
variance = to_sd(scores) ** 2
order = np.argsort(-variance)
k = min(10, 1 + int(np.argmax(np.cumsum(variance[order]) / variance.sum() >= 0.8)))
order = order[:k]
standard = (scores[:, order] - np.median(scores[:, order], axis=0)) / to_sd(scores[:, order])
score = (standard**2).sum(axis=1)
off = np.linalg.norm(away - scores[:, order] @ loadings[:, order].T, axis=1)
limit = stats.chi2.isf(0.001, k)
powers = off ** (2 / 3)
off_limit = (np.median(powers) + to_sd(powers) * stats.norm.isf(0.001)) ** 1.5
far = (score > limit) | (off > off_limit)
assert score[5] > limit and off[11] > off_limit and far.sum() < 8, (k, score, limit, off, off_limit)
write("expected/qc.sample_quality.csv", ["sample_id", "outlier_statistic", "outlier_limit", "orthogonal_distance", "orthogonal_limit", "decision"],
      [[r["id"], score[i], limit, off[i], off_limit, "flag" if far[i] else "keep"] for i, r in enumerate(rows)])
findings([("qc", "outlier_imputed")] + [("qc", "qc_flagged", rows[i]["id"]) for i in np.flatnonzero(far)])
