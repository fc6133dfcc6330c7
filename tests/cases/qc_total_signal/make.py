"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import random
import sys
from statistics import median

sys.path.insert(0, "..")
from story import findings, injected, measured, present, write

random.seed(10)
n = 13
rows = [dict(id=f"s{i} = \"{i}\"", type="study", person=f"P{i:02d}", time="pre") for i in range(n)]
injected(rows)
analytes = ["1,5-a", "β/b", "=c", "NA(+)", "absent, mostly"]
amount = [1.0] * n
amount[3], amount[8] = 0.1, 4.0
x = [[round(amount[i] * 10 ** (k / 2) * math.exp(random.gauss(0, 0.15)), 3) for k in range(4)] + [None if i else 900.0] for i in range(n)]
x[5][2] = x[5][3] = None
x[11] = [None] * 5
measured([r["id"] for r in rows], analytes, x)
totals = [sum(present(r[:4])) for r in x]
logs = [math.log(t) for t in totals if t > 0]
centre = median(logs)
spread = 1.4826 * median([abs(v - centre) for v in logs])
out = []
for row, total, values in zip(rows, totals, x):
    z = (math.log(total) - centre) / spread if total > 0 else None
    missing = values[:4].count(None) / 4
    out.append([row["id"], missing, total, z, "exclude" if missing > 0.9 else "flag" if z is not None and abs(z) > 3 else "keep"])
assert [r[4] for r in out].count("flag") >= 2
write("expected/qc.sample_quality.csv", ["sample_id", "missing_fraction", "total_signal", "total_signal_z", "decision"], out)
findings([("qc", "total_signal_undefined"), ("qc", "qc_excluded", rows[11]["id"]), ("qc", "qc_flagged", rows[3]["id"])])
