"""Makes the synthetic study of this story and what it must give, with numpy and scipy alone.

The curve is found by penalized least squares in full (dense matrices), each pooled QC sample is left out by refitting
without it, and lambda is sought by golden sections from a grid; nothing of ketascreen is used.
"""
import csv, sys
import numpy as np
from scipy.optimize import minimize_scalar

rng = np.random.default_rng(20250715)
A = ['drifts, "β/3-HB"', "=1+1", "NA(+)"]          # drifts; is noise alone; drifts and lies about a shift
B = ["β, 1", "2"]
rows = []
for b in range(2):
    for place in range(31):
        order = 1 + place + 100 * b
        qc = place % 5 == 0
        k = len([r for r in rows if not r["qc"]])
        rows.append(dict(sample=f"QC {b}/{place}" if qc else f"s,{b}/{place:02d}", qc=qc, batch=B[b], order=order, place=place, k=k))
participants = [f"P{i:02d}" for i in range(24)]
for r in rows:
    if not r["qc"]:
        r["participant"] = participants[r["k"] // 2]
        r["timepoint"] = ["before", "after"][r["k"] % 2]
n = len(rows)
qc = np.array([r["qc"] for r in rows]); order = np.array([float(r["order"]) for r in rows])
place = np.array([float(r["place"]) for r in rows]); batch = np.array([r["batch"] for r in rows])
own = lambda spread: np.where(qc, 1.0, np.exp(rng.normal(0, spread, n)))
Y = np.column_stack([
    30 * own(.25) * np.exp(.02 * place + .1 * np.sin(place / 8) + rng.normal(0, .02, n)),
    12 * own(.3) * np.exp(rng.normal(0, .05, n)),
    500 * own(.2) * np.exp(np.where(batch == "2", .6, 0) - .01 * place + rng.normal(0, .03, n))])
Y = np.array([[float(f"{v:.6g}") for v in line] for line in Y])

def hat(x, lam, scale=None):
    u = (x - x[0]) / (x[-1] - x[0]); h = np.diff(u); m = len(x) - 2
    Q = np.zeros((m + 2, m)); R = np.zeros((m, m))
    for j in range(m):
        Q[j, j], Q[j + 1, j], Q[j + 2, j] = 1 / h[j], -1 / h[j] - 1 / h[j + 1], 1 / h[j + 1]
        R[j, j] = (h[j] + h[j + 1]) / 3
        if j + 1 < m: R[j, j + 1] = R[j + 1, j] = h[j + 1] / 6
    # through lambda/(1 + lambda), so that a straight line is within reach
    a, b = 1 / (1 + lam), lam / (1 + lam)
    M = a * R + b * Q.T @ Q
    return u, Q, a, b, np.linalg.inv(M)

def curve(x, y, lam, at):
    u, Q, a, b, inv = hat(x, lam); k = inv @ (Q.T @ y); g = y - b * Q @ k; gamma = np.r_[0, a * k, 0]
    t = np.clip((at - x[0]) / (x[-1] - x[0]), 0, 1)
    i = np.clip(np.searchsorted(u, t, side="right") - 1, 0, len(u) - 2); h = u[i + 1] - u[i]; s = t - u[i]
    slope = (g[i + 1] - g[i]) / h - h * (2 * gamma[i] + gamma[i + 1]) / 6
    return g[i] + s * (slope + s * (gamma[i] / 2 + s * (gamma[i + 1] - gamma[i]) / (6 * h)))

def draw_on(x, y, lam, at):                       # linear beyond the ends
    u, Q, a, b, inv = hat(x, lam); k = inv @ (Q.T @ y); g = y - b * Q @ k; gamma = np.r_[0, a * k, 0]
    t = (at - x[0]) / (x[-1] - x[0])
    if t < 0: return g[0] + t * ((g[1] - g[0]) / (u[1] - u[0]) - (u[1] - u[0]) * gamma[1] / 6)
    h = u[-1] - u[-2]
    return g[-1] + (t - 1) * ((g[-1] - g[-2]) / h + h * gamma[-2] / 6)

def without(x, y, lam, i, held):
    keep = np.arange(len(x)) != i; xs, ys = x[keep], y[keep]
    same = lam * ((x[-1] - x[0]) / (xs[-1] - xs[0])) ** 3          # lambda belongs to the range of x
    if held or xs[0] < x[i] < xs[-1]: return curve(xs, ys, same, np.array([x[i]]))[0]
    return draw_on(xs, ys, same, x[i])

def score(x, y, lam): return np.mean([(y[i] - without(x, y, lam, i, False)) ** 2 for i in range(len(x))])

def best(x, y):
    grid = np.arange(-22, 9, .25); s = [score(x, y, np.exp(l)) for l in grid]
    found = min((score(x, y, lam), lam) for lam in (0.0, 1e12))      # through every point; a straight line
    for k in range(1, len(grid) - 1):
        if s[k] <= s[k - 1] and s[k] <= s[k + 1]:
            r = minimize_scalar(lambda l: score(x, y, np.exp(l)), bracket=(grid[k - 1], grid[k], grid[k + 1]), method="brent", options=dict(xtol=1e-9))
            if r.fun < found[0]: found = (r.fun, np.exp(r.x))
    return found[1]

mad = lambda v: np.median(abs(v - np.median(v)))
out = Y.copy(); decision = []; numbers = []
for a in range(3):
    v = Y[:, a]; m = np.median(v[qc]); c = np.zeros(n); u = np.zeros(n)
    for b in B:
        here = batch == b; points = here & qc; x, y = order[points], np.log(v[points] / m); lam = best(x, y)
        c[here] = curve(x, y, lam, order[here]); u[here] = c[here]
        u[points] = [without(x, y, lam, i, True) for i in range(len(x))]
    w = v / np.exp(u); study = ~qc
    before = (1.4826 * mad(v[qc]) / np.median(v[qc]), mad(v[qc]) / mad(v[study]))
    after = (1.4826 * mad(w[qc]) / np.median(w[qc]), mad(w[qc]) / mad(w[study]))
    helps = after[0] < before[0] and after[1] < before[1]
    decision.append("done" if helps else "left"); numbers.append((before, after))
    if helps: out[:, a] = v / np.exp(c)
print(decision, numbers, file=sys.stderr)

def write(name, header, lines):
    with open(name, "w", newline="") as f: w = csv.writer(f, lineterminator="\n"); w.writerow(header); w.writerows(lines)
write("participants.csv", ["participant_id"], [[p] for p in participants])
write("samples.csv", ["sample_id", "participant_id", "timepoint", "type", "batch", "injection_order"],
      [[r["sample"], r.get("participant", ""), r.get("timepoint", ""), "pooled_qc" if r["qc"] else "study", r["batch"], r["order"]] for r in rows if not (not r["qc"] and r["k"] // 2 >= 24)])
used = [i for i, r in enumerate(rows) if r["qc"] or r["k"] // 2 < 24]
write("metabolites.csv", ["sample_id"] + A, [[rows[i]["sample"]] + [repr(float(v)) for v in Y[i]] for i in used])
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[rows[i]["sample"], A[a], repr(float(out[i, a]))] for i in used if not rows[i]["qc"] for a in range(3)])
