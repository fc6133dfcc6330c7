"""Invents a small run of four batches and computes what quality control must find, with numpy and scipy."""
import csv
from statistics import median
import numpy as np
from scipy.stats import theilslopes

rng = np.random.default_rng(20)
ANALYTES = ["1,5-x", 'β "y"/z', "=1+1", "NA(+)", "std d4"]
BATCHES = ["b 1", "=2", "β,3", "lone"]
rows = []  # id, person, timepoint, type, batch, dilution
person = iter([f"P{i:02d}" for i in range(1, 14) for _ in range(2)])
when = iter(["pre", "post"] * 13)
for batch, n in zip(BATCHES, [8, 8, 9, 1]):
    rows.append([f"blank a {batch}", "", "", "blank", batch, ""])
    for k in range(n):
        if k % 3 == 0 and n > 1:
            rows.append([f"qc{k}/{batch}", "", "", "pooled_qc", batch, ""])
        p, t = next(person), next(when)
        rows.append([f"{p} {t}", p, t, "study", batch, ""])
        if k in (2, 5):
            rows.append([f"blank{k} {batch}", "", "", "blank", batch, ""])
    if n > 1:
        rows.append([f"qc9/{batch}", "", "", "pooled_qc", batch, ""])
for d in [0.1, 0.25, 0.5, 0.75, 1.0]:
    rows.append([f"dil {d}", "", "", "dilution", "β,3", d])
kind = np.array([r[3] for r in rows]); batch = np.array([r[4] for r in rows]); time = np.array([r[2] for r in rows])
order = np.arange(1, len(rows) + 1) * 2  # every other number, as an autosampler may count
n = len(rows)
X = np.full((n, 5), np.nan)
for j in range(5):
    base = 10.0 * (j + 1)
    for i in range(n):
        if kind[i] == "study": X[i, j] = base * np.exp(rng.normal(0, 0.4))
        if kind[i] == "pooled_qc": X[i, j] = base * np.exp(rng.normal(0, 0.05)) * (1 + 0.006 * i * (j == 1))
        if kind[i] == "blank": X[i, j] = base * abs(rng.normal(0.02, 0.01)) + (0.05 * X[i - 1, j] if i and kind[i - 1] == "study" and j == 2 else 0)
        if kind[i] == "dilution": X[i, j] = base * (rows[i][5] if j != 3 else 1.2 - rows[i][5]) * np.exp(rng.normal(0, 0.05))
X = np.round(X, 4)
X[[i for i in range(n) if batch[i] == "=2" and kind[i] == "study"][:5], 0] = np.nan
X[time == "pre", 3] = np.nan
X[[i for i in range(n) if kind[i] == "blank"][1], 2] = np.nan
X[[i for i in range(n) if kind[i] == "pooled_qc"][3:5], 0] = np.nan

def write(name, head, body):
    with open(name, "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n"); w.writerow(head); w.writerows(body)
def cell(v): return "" if v is None or (isinstance(v, float) and np.isnan(v)) else (repr(float(v)) if isinstance(v, (float, np.floating)) else v)
write("metabolites.csv", ["sample_id"] + ANALYTES, [[rows[i][0]] + ["" if np.isnan(v) else repr(float(v)) for v in X[i]] for i in range(n)])
write("samples.csv", "sample_id participant_id timepoint type batch dilution injection_order".split(), [r + [o] for r, o in zip(rows, order)])
write("participants.csv", ["participant_id"], [[f"P{i:02d}"] for i in range(1, 14)])
write("panel.csv", ["analyte", "role"], [[a, "internal_standard" if a == "std d4" else ""] for a in ANALYTES])

def drift(o, v):
    if len(v) < 4 or np.median(v) <= 0: return None
    return theilslopes(v, o)[0] * (max(o) - min(o)) / np.median(v)
quality, batches, chart = [], [], []
for j, a in enumerate(ANALYTES):
    x = X[:, j]; has = ~np.isnan(x)
    def of(k, b=None): return (kind == k) & (True if b is None else batch == b)
    per = {}
    for b in BATCHES:
        s, q = of("study", b), of("pooled_qc", b)
        qv, sv = x[q & has], x[s & has]
        rsd = np.std(qv, ddof=1) / np.mean(qv) if len(qv) > 1 else None
        per[b] = (s.sum(), 1 - len(sv) / s.sum(), len(qv), rsd)
        batches.append([a, b, len(sv), (s.sum() - len(sv)) / s.sum(), np.median(sv) if len(sv) else None, len(qv), np.median(qv) if len(qv) else None, rsd, drift(order[q & has], qv)])
    miss = [(per[b][1], b) for b in sorted(BATCHES) if per[b][0] >= 5]
    worst = max(miss, key=lambda m: m[0])
    rsds = [(per[b][3], b) for b in sorted(BATCHES) if per[b][2] >= 3]
    worst_rsd = max(rsds, key=lambda m: m[0])
    groups = {t: has[of("study") & (time == t)].mean() for t in ("post", "pre")}
    best = max(groups.items(), key=lambda g: g[1])
    q = of("pooled_qc"); qv = x[q & has]
    blanks = np.nan_to_num(x[of("blank")])
    d = of("dilution"); dv = np.array([float(rows[i][5]) for i in range(n) if d[i] and has[i]])
    r = np.corrcoef(dv, x[d & has])[0, 1]
    fractions = []
    run = [int(i) for i in np.argsort(order)]  # one run over all batches
    assert len(set(order)) == n
    dirty = lambda i: run.index(i) > 0 and kind[run[run.index(i) - 1]] in ("study", "pooled_qc") and order[i] - order[run[run.index(i) - 1]] == 2
    found = lambda i: 0.0 if np.isnan(x[i]) else x[i]
    for i in [i for i in run if kind[i] == "blank"]:
        before, others = run[run.index(i) - 1], [k for k in run if kind[k] == "blank" and batch[k] == batch[i] and k != i]
        if dirty(i) and has[before] and others:
            clean = [found(k) for k in others if not dirty(k)]
            m = min(found(i), median(clean) if clean else min(found(k) for k in others))
            if x[before] > m: fractions.append((found(i) - m) / (x[before] - m))
    ref = qv[:6]; z = (qv - ref.mean()) / ref.std(ddof=1); ids = [rows[i][0] for i in range(n) if q[i] and has[i]]; orders = order[q & has]
    broken = {"1_3s": [], "2_2s": [], "R_4s": [], "4_1s": [], "10_x": []}
    for i in range(len(z)):
        if abs(z[i]) > 3: broken["1_3s"].append(i)
        for sign in (1, -1):
            if i >= 1 and all(sign * z[k] > 2 for k in (i - 1, i)): broken["2_2s"].append(i)
            if i >= 1 and sign * z[i - 1] > 2 and sign * z[i] < -2: broken["R_4s"].append(i)
            if i >= 3 and all(sign * z[k] > 1 for k in range(i - 3, i + 1)): broken["4_1s"].append(i)
            if i >= 9 and all(sign * z[k] > 0 for k in range(i - 9, i + 1)): broken["10_x"].append(i)
    for rule, places in broken.items():
        chart += [[a, rule, ids[i], orders[i], qv[i], z[i]] for i in places]
    fails = []
    if a != "std d4":
        checks = [("max_missing_in_batch", worst[0] > 0.5), ("min_detection_qc", len(qv) / q.sum() < 0.9), ("min_detection_group", best[1] < 0.8),
                  ("max_qc_rsd_in_batch", worst_rsd[0] > 0.2), ("max_drift", abs(drift(orders, qv)) > 0.2), ("min_dilution_r2", max(r, 0) ** 2 < 0.8),
                  ("max_carry_over", median(fractions) > 0.03)]
        fails = [c for c, f in checks if f]
    quality.append([a, worst[0], worst[1], len(qv) / q.sum(), best[1], best[0], worst_rsd[0], worst_rsd[1],
                    np.median(blanks) / np.median(qv), len(dv), r, max(r, 0) ** 2, median(fractions), len(fractions), drift(orders, qv), len(qv), ref.mean(), ref.std(ddof=1)]
                   + [len(broken[k]) for k in broken] + ["exclude" if fails else "keep"])
    print(a, fails)
head = ("analyte worst_batch_missing worst_batch_missing_name detection_qc detection_best_group detection_best_group_name worst_batch_rsd worst_batch_rsd_name "
        "blank_share dilution_n dilution_r dilution_r2 carry_over carry_over_n drift chart_n chart_mean chart_sd chart_1_3s chart_2_2s chart_r_4s chart_4_1s chart_10_x decision").split()
write("expected/qc.analyte_quality.csv", head, [[cell(c) for c in r] for r in quality])
write("expected/qc.batch_quality.csv", "analyte batch n missing_fraction study_median qc_n qc_median qc_rsd drift".split(), [[cell(c) for c in r] for r in batches])
write("expected/qc.control_chart.csv", "analyte rule sample_id injection_order value z".split(), [[cell(c) for c in r] for r in chart])
