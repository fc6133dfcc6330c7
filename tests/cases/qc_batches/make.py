"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import mean, median, stdev

sys.path.insert(0, "..")
from story import injected, measured, present, write

sizes = {"=1": (6, 5), "b, \"2\"": (5, 4), "γ/3": (4, 2)}  # study and pooled QC samples
rows = []
for batch, (study, pooled) in sizes.items():
    rows += [dict(id=f"s{batch}{i}", type="study", batch=batch, person=f"P{len(rows) + i:02d}", time="pre") for i in range(study)]
    rows += [dict(id=f"q{batch}{i}", type="pooled_qc", batch=batch) for i in range(pooled)]
injected(rows, ["batch"])
analytes = ["steady/1", "lost, β", "=noisy", "NA(+)"]
x = [[round(10 + (7 * i + 3 * k) % 5 * 0.3, 2) for k in range(4)] for i in range(len(rows))]
of = lambda kind, batch: [i for i, r in enumerate(rows) if r["type"] == kind and r["batch"] == batch]
for i in of("study", "b, \"2\"")[:3]:
    x[i][1] = None
for i, v in zip(of("pooled_qc", "b, \"2\""), (4.0, 16.0, 9.0, 12.0)):
    x[i][2] = v
for i in of("study", "γ/3")[:3]:
    x[i][3] = None
measured([r["id"] for r in rows], analytes, x)
quality, batches = [], []
for k, name in enumerate(analytes):
    values = lambda kind, batch: present([x[i][k] for i in of(kind, batch)])
    lost, spread = {}, {}
    for batch, (study, _) in sizes.items():
        s, q = values("study", batch), values("pooled_qc", batch)
        rsd = stdev(q) / mean(q) if len(q) > 1 else None
        batches.append([name, batch, len(s), 1 - len(s) / study, median(s), len(q), median(q), rsd])
        if study >= 5:
            lost[batch] = 1 - len(s) / study
        if len(q) >= 3:
            spread[batch] = rsd
    worst, noisy = (max(sorted(d), key=lambda b: d[b]) for d in (lost, spread))
    decision = "exclude" if lost[worst] > 0.4 else "flag" if spread[noisy] > 0.25 else "keep"
    quality.append([name, lost[worst], worst, spread[noisy], noisy, decision])
write("expected/qc.analyte_quality.csv", ["analyte", "worst_batch_missing", "worst_batch_missing_name", "worst_batch_rsd",
      "worst_batch_rsd_name", "decision"], quality)
write("expected/qc.batch_quality.csv", ["analyte", "batch", "n", "missing_fraction", "study_median", "qc_n", "qc_median", "qc_rsd"], batches)
