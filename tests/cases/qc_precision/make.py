"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import mean, median, stdev

sys.path.insert(0, "..")
from story import findings, injected, measured, present, write

# The story of the robust measures runs this script with True.
ROBUST = globals().get("ROBUST", False)
rows = [dict(id=f"q/{i}", type="pooled_qc") for i in range(7)]
rows += [dict(id=f"s, {i}", type="study", person=f"P{i}", time="pre") for i in range(8)]
injected(rows)
columns = {
    "1,5-good": [10.0, 10.4, 9.7, 10.1, 9.8, 10.2, 10.3, 5.0, 8.0, 14.0, 19.0, 11.0, 7.0, 16.0, 9.0],
    "=noisy": [4.0, 16.0, 9.0, 21.0, 3.0, 12.0, 7.0, 5.0, 80.0, 14.0, 60.0, 11.0, 90.0, 16.0, 9.0],
    "wild \"β\"": [20.0, 20.4, 19.6, 20.2, 55.0, 20.1, 19.7, 15.0, 38.0, 54.0, 29.0, 11.0, 27.0, 36.0, 19.0],
    "narrow/γ": [30.0, 31.0, 29.0, 30.5, 29.5, 30.2, 29.7, 30.3, 29.1, 30.9, 30.0, 29.6, 30.7, 29.3, 30.1],
    "NA(+)": [3.0, 3.1, 2.9, 3.0, 3.2, 2.8, 3.1] + [4.0] * 8,
    "once": [3.0] + [None] * 6 + [4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 4.5, 5.5],
}
measured([r["id"] for r in rows], columns, list(zip(*columns.values())))
mad = lambda v: median([abs(a - median(v)) for a in v])
out, undefined = [], 0
for name, x in columns.items():
    q, s = present(x[:7]), present(x[7:])
    robust = 1.4826 * mad(q) / median(q) if len(q) > 1 else None
    rsd = robust if ROBUST else stdev(q) / mean(q) if len(q) > 1 else None
    spread = mad if ROBUST else stdev
    ratio = spread(q) / spread(s) if len(q) > 1 and spread(s) > 0 else None
    bad = "exclude" if rsd is not None and rsd > 0.15 else "flag" if ratio is not None and ratio > 0.5 else "keep"
    out.append([name, len(q), rsd, robust, ratio, "keep" if name == "=noisy" else bad])
write("expected/qc.analyte_quality.csv", ["analyte", "qc_n", "qc_rsd", "qc_rsd_robust", "d_ratio", "decision"], out)
findings([("qc", "qc_override", "=noisy"), ("qc", "d_ratio_undefined"), ("qc", "qc_rsd_undefined"), ("qc", "qc_flagged", "narrow/γ")])
