"""Computes from the files of this story what the program must say of them: python3 expect.py, in this folder.

openpyxl, numpy and scipy; nothing of ketascreen. The drift's curve is found by penalized least squares in full (dense
matrices), each pooled QC sample is left out by refitting without it,
at a lambda chosen by leaving out the others in turn, and lambda is where the slope of the left-out error vanishes.
"""
import csv
import os
import sys
from statistics import median

import numpy as np
import openpyxl
from scipy.optimize import brentq
from scipy.stats import theilslopes

sys.path.insert(0, "..")
from story import write  # noqa: E402

PANEL = {row["analyte"]: row for row in csv.DictReader(open("panel.csv", encoding="utf-8"))}
CALLED = {"L-Lactic acid": "lactate", "beta-hydroxybutyrate": "3-hydroxybutyrate", "γ-Aminobutyric acid": "GABA",
          "HMDB00161": "alanine", "TMAO": "trimethylamine N-oxide"}
KIND = {"Sample": "study", "Pool": "pooled_qc", "Solvent": "blank", "Dil. series": "dilution", "NIST": "reference"}
FACTOR = {"lactate": 10000 / 90.078, "NA(+)": 1000.0}
sheet = openpyxl.load_workbook("laboratory.xlsx")["Conc, final"]
table = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
names = table[0][3:]
facts = {row[0]: row[3:] for row in table[1:12]}
rows = []
for k, name in enumerate(names):
    r = {fact: cells[k] for fact, cells in facts.items()}
    r |= dict(id=name, kind=KIND[r["Sample type"]], time=r["Visit"], k=k)
    if r["kind"] == "study" and not r["time"]:
        day = r["Study day"]
        r["time"] = "week 1" if 5 <= day <= 9 else "month 1" if 25 <= day <= 33 else None
    rows.append(r)
X, below = {}, {}
for row in table[12:]:
    if row[0] is None:
        continue
    a = CALLED.get(row[0], row[0])
    v = np.full(len(rows), np.nan)
    mark = np.zeros(len(rows), bool)
    for k, cell in enumerate(row[3:]):
        if cell in ("<LOD", "n.d."):
            mark[k] = True
        elif cell is not None and not (a == "Taurine" and cell == 0):
            v[k] = float(str(cell).removesuffix(" H")) * FACTOR.get(a, 1.0)
    lod = PANEL[a]["lod"]
    if lod:
        mark |= v < float(lod)
    X[a], below[a] = v, mark
ANALYTES = sorted(X)
kind = np.array([r["kind"] for r in rows])
plate = np.array([r["Plate"] for r in rows])
order = np.array([float(r["Run order"]) for r in rows])

# Second injections become part of the first: the mean of the values that are there.
second = {}
groups = {}
for r in rows:
    if r["kind"] == "study":
        groups.setdefault((r["Subject"], r["time"]), []).append(r["k"])
groups = [g for g in groups.values() if len(g) > 1]
replicate = {}
injected = {a: X[a].copy() for a in ANALYTES}
for a in ANALYTES:
    squares = []
    for g in groups:
        v = X[a][g][~np.isnan(X[a][g])]
        if len(v) > 1:
            squares.append(((np.std(v, ddof=1) / np.mean(v)) ** 2, len(v) - 1))
        X[a][g[0]] = np.mean(v) if len(v) else np.nan
        lod = PANEL[a]["lod"]
        marks = below[a][g][~np.isnan(injected[a][g])] if len(v) else below[a][g]
        below[a][g[0]] = X[a][g[0]] < float(lod) if len(v) and lod else marks.all()
    replicate[a] = (np.sqrt(sum(r * d for r, d in squares) / sum(d for _, d in squares)) if squares else None, len(squares))
gone = {k for g in groups for k in g[1:]}
study = np.array([r["kind"] == "study" and r["k"] not in gone for r in rows])
qc = kind == "pooled_qc"


# Quality of each analyte.
def follows(run, at):
    """Whether a study or pooled QC sample was injected right before: numbers that are not there were injected too."""
    one = min(np.diff(order[run]))
    return at > 0 and kind[run[at - 1]] in ("study", "pooled_qc") and order[run[at]] - order[run[at - 1]] == one


def carry_over(a):
    fractions = []
    assert len(set(order)) == len(order)  # one run over all plates
    run, x = list(np.argsort(order)), injected[a]
    for p in sorted(set(plate)):
        blanks = [k for k in run if kind[k] == "blank" and plate[k] == p]
        for k in blanks:
            at = run.index(k)
            if not follows(run, at) or np.isnan(x[run[at - 1]]):
                continue
            found = lambda b: float(np.nan_to_num(x[b]))
            others = [b for b in blanks if b != k]
            clean = [found(b) for b in others if not follows(run, run.index(b))]
            held = min(found(k), median(clean) if clean else min(map(found, others)))
            above = x[run[at - 1]] - held
            if above > 0:
                fractions.append((found(k) - held) / above)
    return (median(fractions) if fractions else None), len(fractions)


def number(v):
    return "" if v is None or np.isnan(v) else repr(float(v))


quality, stays = [], []
for a in ANALYTES:
    x = X[a]
    s, q = (x[w & ~np.isnan(x)] for w in (study, qc))
    b = np.nan_to_num(x[kind == "blank"])  # nothing found is zero
    d = (kind == "dilution") & ~np.isnan(x)
    r = np.corrcoef(np.array([r["Dilution"] or 0 for r in rows], float)[d], x[d])[0, 1] if d.sum() > 2 else None
    r2 = None if r is None else max(r, 0.0) ** 2
    rsd = np.std(q, ddof=1) / np.mean(q)
    share = np.std(q, ddof=1) / np.std(s, ddof=1)
    blank = np.median(s) / np.median(b) if np.median(b) > 0 else None
    drift = theilslopes(q, order[qc & ~np.isnan(x)])[0] * np.ptp(order[qc & ~np.isnan(x)]) / np.median(q)
    carried, times = carry_over(a)
    # As the rules of pipeline.yaml say: what leaves, and what stays with a flag.
    standard = PANEL[a]["role"] == "internal_standard"
    leaves = [r2 is not None and r2 < .8, carried is not None and carried > .02, blank is not None and blank < 3, replicate[a][0] is not None and replicate[a][0] > .3]
    worst = max(np.std(x[qc & (plate == p)], ddof=1) / np.mean(x[qc & (plate == p)]) for p in set(plate))
    flags = [rsd > .3, share > .8, abs(drift) > .2, worst > .3]
    decision = "keep" if standard else "exclude" if any(leaves) else "flag" if any(flags) else "keep"
    if decision != "exclude" and not standard:
        stays.append(a)
    missing = (study & np.isnan(x)).sum() / study.sum()
    quality.append([a, len(s), number(missing), len(q), number(rsd), number(share), number(blank), number(r2), number(carried), times,
                    number(drift), number(replicate[a][0]), replicate[a][1], number(worst), decision])
os.makedirs("expected", exist_ok=True)
write("expected/qc.analyte_quality.csv", "analyte n missing_fraction qc_n qc_rsd d_ratio blank_ratio dilution_r2 carry_over carry_over_n "
      "drift replicate_rsd replicate_groups worst_batch_rsd decision".split(), quality)

# Every decision: a second injection became part of the first; a sample drawn soon after a meal is flagged.
decisions = [["analyte", row[0], row[-1]] for row in quality]
for r in rows:
    if r["kind"] == "study":
        hungry = r["Fasting (h)"] is None or r["Fasting (h)"] >= 8
        decisions.append(["sample", r["id"], "combined" if r["k"] in gone else "keep" if hungry else "flag"])
write("expected/qc.decisions.some.csv", ["what", "name", "decision"], decisions)

# Exchanged samples: correlation of logarithms standardized within the timepoint, over the analytes that stay.
timed = [r["k"] for r in rows if study[r["k"]] and r["time"]]
Z = np.zeros((len(rows), len(stays)))
for j, a in enumerate(stays):
    for t in {r["time"] for r in rows if r["time"]}:
        here = [k for k in timed if rows[k]["time"] == t]
        log = np.log(X[a][here])
        z = (log - np.nanmean(log)) / np.nanstd(log, ddof=1)
        Z[here, j] = np.nan_to_num(z)
R = np.corrcoef(Z[timed])
nearest = []
for i, k in enumerate(timed):
    same = [j for j, m in enumerate(timed) if j != i and rows[m]["Subject"] == rows[k]["Subject"]]
    other = [j for j, m in enumerate(timed) if rows[m]["Subject"] != rows[k]["Subject"]]
    o, f = max(same, key=lambda j: R[i, j]), max(other, key=lambda j: R[i, j])
    nearest.append([rows[k]["id"], rows[timed[o]]["id"], number(R[i, o]), rows[timed[f]]["id"], number(R[i, f])])
write("expected/qc.sample_quality.some.csv", "sample_id nearest_own nearest_own_r nearest_other nearest_other_r".split(), nearest)

# Normalization: LOD/sqrt 2, drift by pooled QC samples, PQN, half the minimum.
use = [k for k in range(len(rows)) if study[k] or qc[k]]
rows, order, plate = [rows[k] for k in use], order[use], plate[use]
S, Q = study[use], qc[use]
mad = lambda v: np.median(abs(v - np.median(v)))


def measures(v, put_in):
    """Of the values that were measured, and not put in by a step."""
    v = np.where(put_in, np.nan, v)
    s, q = (v[w & ~np.isnan(v)] for w in (S, Q))
    return 1.4826 * mad(q) / np.median(q), mad(q) / mad(s)


def spline(x, y, lam):
    """The cubic smoothing spline on [0, 1]: its values and second derivatives at the knots."""
    u = (x - x[0]) / (x[-1] - x[0])
    h, m = np.diff(u), len(x) - 2
    D, G = np.zeros((m + 2, m)), np.zeros((m, m))
    for j in range(m):
        D[j, j], D[j + 1, j], D[j + 2, j] = 1 / h[j], -1 / h[j] - 1 / h[j + 1], 1 / h[j + 1]
        G[j, j] = (h[j] + h[j + 1]) / 3
        if j + 1 < m:
            G[j, j + 1] = G[j + 1, j] = h[j + 1] / 6
    p, s = 1 / (1 + lam), lam / (1 + lam)  # so that a straight line is within reach
    k = np.linalg.solve(p * G + s * D.T @ D, D.T @ y)
    return u, y - s * D @ k, np.r_[0, p * k, 0]


def curve(x, y, lam, at, held=True):
    u, g, c = spline(x, y, lam)
    t = (np.atleast_1d(at) - x[0]) / (x[-1] - x[0])
    inside = np.clip(t, 0, 1)
    i = np.clip(np.searchsorted(u, inside, side="right") - 1, 0, len(u) - 2)
    h, s = u[i + 1] - u[i], inside - u[i]
    slope = (g[i + 1] - g[i]) / h - h * (2 * c[i] + c[i + 1]) / 6
    out = g[i] + s * (slope + s * (c[i] / 2 + s * (c[i + 1] - c[i]) / (6 * h)))
    if not held:  # a straight line beyond the ends
        first = (g[1] - g[0]) / (u[1] - u[0]) - (u[1] - u[0]) * c[1] / 6
        last = (g[-1] - g[-2]) / (u[-1] - u[-2]) + (u[-1] - u[-2]) * c[-2] / 6
        out += np.where(t < 0, t * first, 0) + np.where(t > 1, (t - 1) * last, 0)
    return out


def without(x, y, lam, i, held):
    there = np.arange(len(x)) != i
    xs, ys = x[there], y[there]
    return curve(xs, ys, lam * ((x[-1] - x[0]) / (xs[-1] - xs[0])) ** 3, x[i], held)[0]


def best(x, y):
    score = lambda lam: np.mean([(y[i] - without(x, y, lam, i, False)) ** 2 for i in range(len(x))])
    # The score is flat at its least value: where its slope (five points) vanishes is sharper.
    near = lambda g, k: score(np.exp(g + k * 4e-3))
    slope = lambda g: near(g, -2) - 8 * near(g, -1) + 8 * near(g, 1) - near(g, 2)
    grid = np.arange(-22, 9, .25)
    s = [score(np.exp(g)) for g in grid]
    found = min((score(lam), lam) for lam in (0.0, 1e12))  # through every point; a straight line
    for k in range(1, len(grid) - 1):
        if s[k] <= s[k - 1] and s[k] <= s[k + 1]:
            at = brentq(lambda g: slope(g), grid[k - 1], grid[k + 1], xtol=1e-13)
            found = min(found, (score(np.exp(at)), np.exp(at)))
    return found[1]


def unseen_by(x_all, x, y):
    """What is predicted of each point by the curve of the others at the lambda that predicts these best from each other."""
    n = len(x_all)
    low, high = 1e-6 / n**3, 1e3 * n
    steps = int(np.ceil(np.log10(high / low) * 2))
    grid = [1e-6 * low, *(low * (high / low) ** (k / steps) for k in range(steps + 1)), 1e12]
    predicted = np.zeros(len(x))
    for i in range(len(x)):
        xs, ys = np.delete(x, i), np.delete(y, i)
        scale = ((x_all[-1] - x_all[0]) / (xs[-1] - xs[0])) ** 3
        score = lambda lam: sum((ys[j] - without(xs, ys, lam * scale, j, False)) ** 2 for j in range(len(xs)))
        lam = min(grid[::-1][::2], key=score)
        predicted[i] = curve(xs, ys, lam * scale, x[i])[0]
    return predicted


def normalize(nudge):
    """Every step's measures, the final values and what was put in; lambda is moved by a share of itself."""
    steps, values, filled = [], {}, {}
    for a in stays:
        v = X[a][use].copy()
        low = below[a][use]
        before = measures(v, False)
        filled[a] = np.isnan(v) | low
        v[low] = float(PANEL[a]["lod"] or 0) / np.sqrt(2)
        after = measures(v, low)
        steps.append([1, a, "below_lod", *before, *after, "done" if low.any() else "none"])
        far = []
        m, c, unseen = np.median(v[Q & ~np.isnan(v) & ~low]), np.zeros(len(v)), np.zeros(len(v))
        for p in sorted(set(plate)):
            here = plate == p
            points = here & Q & ~np.isnan(v) & ~low
            x, y = order[points], np.log(v[points] / m)
            lam = best(x, y) * (1 + nudge)
            c[here] = unseen[here] = curve(x, y, lam, order[here])
            unseen[points] = unseen_by(order[here & Q], x, y)
            far += [[one, one - other] for one, other in zip(y, unseen[points])]
        honest = measures(v / np.exp(unseen), low)
        drawn, errors = np.array(far).T
        nearer = abs(errors).mean() < abs(drawn - np.median(drawn)).mean()
        helps = honest[0] < after[0] and honest[1] < after[1] and nearer
        steps.append([2, a, "drift", *after, *(honest if helps else after), "done" if helps else "left"])
        values[a] = v / np.exp(c) if helps else v
    grid = np.column_stack([values[a] for a in stays])
    factors = np.nanmedian(grid / np.nanmedian(grid[Q], axis=0), axis=1)
    for j, a in enumerate(stays):
        low = below[a][use]
        steps.append([4, a, "sample", *measures(grid[:, j], low), *measures(grid[:, j] / factors, low), "done"])
    grid = grid / factors[:, None]
    for j, a in enumerate(stays):
        empty = np.isnan(grid[:, j])
        grid[empty, j] = np.nanmin(grid[S, j]) / 2
    print(f"samples were divided by {min(factors):.4} to {max(factors):.4}", file=sys.stderr)
    return steps, grid, filled


steps, grid, filled = normalize(0)
moved, _, _ = normalize(1e-7)
write("expected/normalize.quality.some.decisions.csv", "position analyte step decision".split(), [[p, a, s, d] for p, a, s, *_, d in steps])
# The program finds lambda to about eight digits: only numbers that do not hang on the ninth are held to nine.
firm = [one for one, other in zip(steps, moved) if np.allclose(one[3:7], other[3:7], rtol=1e-9, atol=0)]
write("expected/normalize.quality.some.csv", "position analyte step qc_rsd_before d_ratio_before qc_rsd_after d_ratio_after decision".split(),
      [[p, a, s, *map(number, n), d] for p, a, s, *n, d in firm])
print(f"{len(firm)} of {len(steps)} rows of numbers are firm", file=sys.stderr)
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value", "imputed"],
      [[rows[k]["id"], a, number(grid[k, j]), str(bool(filled[a][k])).lower()] for k in range(len(rows)) if S[k] for j, a in enumerate(stays)])

# Changes of each person.
at = {(r["Subject"], r["time"]): k for k, r in enumerate(rows) if S[k]}
changes = []
for name, to in [("early", "hour 24"), ("late", "week 1")]:
    for who in sorted({r["Subject"] for r in rows if r["Subject"]}):
        pair = (at.get((who, "screening")), at.get((who, to)))
        for j, a in enumerate(stays):
            ratio = None if None in pair else grid[pair[1], j] / grid[pair[0], j]
            changes.append([who, a, name, "ratio", number(ratio)])
write("expected/normalize.changes.some.csv", "participant_id analyte contrast measure value".split(), changes)
