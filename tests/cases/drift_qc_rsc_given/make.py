"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np
from scipy.optimize import brentq

sys.path.insert(0, "..")
from story import findings, injected, measured, panel, write

draw = np.random.default_rng(77)
batches = ["=1", "β \"2\""]
rows, place = [], []
for b, batch in enumerate(batches):
    for at in range(25):
        pooled = at % 4 == 1 and at < 24
        row = dict(id=f"{'QC' if pooled else 's'} {b}/{at:02d}", type="pooled_qc" if pooled else "study", batch=batch,
                   injection_order=int(3 + at + (at > 6) * 2 + 100 * b))
        if not pooled:
            row.update(person=f"P{len(rows):02d}", time="start, β")
        rows.append(row)
        place.append(at)
injected(rows, ["batch", "injection_order"])
kinds = ["λ", "=df", "line, 1", "as \"is\""]
analytes = [f"{kind}/{k}" for kind in kinds for k in range(2)]
panel(analytes, **{"class": [kind for kind in kinds for _ in range(2)]})
n, place = len(rows), np.array(place)
qc = np.array([r["type"] == "pooled_qc" for r in rows])
batch = np.array([r["batch"] for r in rows])
order = np.array([float(r["injection_order"]) for r in rows])
y = np.exp(np.where(qc[:, None], 0, draw.normal(0, 0.3, (n, 8))) + draw.normal(0, 0.03, (n, 8)) + np.sin(place / 5)[:, None] * 0.2
           + 0.3 * (batch == batches[1])[:, None]) * 10.0 ** (np.arange(8) % 4)
y = np.array([[float(f"{v:.6g}") for v in r] for r in y])
measured([r["id"] for r in rows], analytes, y.tolist())


def matrices(u):
    """Green and Silverman's Q and R of the knots u."""
    h, m = np.diff(u), len(u) - 2
    q, r = np.zeros((m + 2, m)), np.zeros((m, m))
    for j in range(m):
        q[j:j + 3, j] = 1 / h[j], -1 / h[j] - 1 / h[j + 1], 1 / h[j + 1]
        r[j, j] = (h[j] + h[j + 1]) / 3
        if j + 1 < m:
            r[j, j + 1] = r[j + 1, j] = h[j + 1] / 6
    return q, r


def smoother(u, lam):
    """The matrix that makes the fitted values, and the one that makes the second derivatives at the inner knots."""
    q, r = matrices(u)
    second = np.linalg.solve(r + lam * q.T @ q, q.T)
    return np.eye(len(u)) - lam * q @ second, second


def curve(x, values, lam, at):
    u, t = (x - x[0]) / (x[-1] - x[0]), np.clip((at - x[0]) / (x[-1] - x[0]), 0, 1)
    fit, second = smoother(u, lam)
    g, bend = fit @ values, np.r_[0, second @ values, 0]
    i = np.clip(np.searchsorted(u, t, side="right") - 1, 0, len(u) - 2)
    h, left, right = u[i + 1] - u[i], t - u[i], u[i + 1] - t
    return (right * g[i] + left * g[i + 1]) / h - left * right / 6 * ((1 + left / h) * bend[i + 1] + (1 + right / h) * bend[i])


def of_trace(x, df):
    u = (x - x[0]) / (x[-1] - x[0])
    return np.exp(brentq(lambda log: np.trace(smoother(u, np.exp(log))[0]) - df, -25, 15, xtol=1e-14, rtol=1e-15))


out = y.copy()
for k in range(8):
    middle = np.median(y[qc, k])
    for b in batches:
        here, points = batch == b, (batch == b) & qc
        x = order[points]
        lam = [lambda: 0.002, lambda: of_trace(x, 4.5), lambda: 1e5, lambda: 0.01][k // 2]()
        values = y[points, k] / middle
        drift = np.exp(curve(x, np.log(values), lam, order[here])) if k < 6 else curve(x, values, lam, order[here])
        out[here, k] = y[here, k] / drift
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[r["id"], a, out[i, k]] for i, r in enumerate(rows) if not qc[i] for k, a in enumerate(analytes)])
