"""What the filter must leave of the synthetic study: robust RSD of the pooled QC, before and after drift_qc_rsc's curves.

The pooled QC after the correction is fitted here as in drift_qc_rsc/make.py, whose functions are used.
"""
import io, os, runpy, contextlib, sys, csv
here = os.path.dirname(os.path.abspath(__file__)); work = os.getcwd()
os.chdir(os.path.join(here, "..", "drift_qc_rsc"))
with contextlib.redirect_stderr(io.StringIO()): made = runpy.run_path("make.py")
os.chdir(here)
np, mad, Y, out, qc, A, rows = (made[k] for k in ["np", "mad", "Y", "out", "qc", "A", "rows"])
rsd = lambda v: 1.4826 * mad(v) / np.median(v)
for a, name in enumerate(A): print(name, rsd(Y[qc, a]), rsd(out[qc, a]), file=sys.stderr)
kept = [a for a in range(3) if rsd(out[qc, a]) <= 0.018]
with open("expected/normalize.abundances.csv", "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n"); w.writerow(["sample_id", "analyte", "value"])
    w.writerows([r["sample"], A[a], repr(float(out[i, a]))] for i, r in enumerate(rows) if not r["qc"] for a in kept)
with open("expected/findings.txt", "w") as f:
    f.writelines(f"normalize dropped_by_filter {A[a]}\n" for a in range(3) if a not in kept)
