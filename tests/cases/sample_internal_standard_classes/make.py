"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import injected, measured, write

people = ["P1", "P2", "P3"]
rows = [dict(id=f"{p} {t}/β", type="study", person=p, time=t) for p in people for t in ("pre", "post")]
rows += [dict(id=f"q{k}", type="pooled_qc") for k in range(4)]
injected(rows, [])
names = ["=a", "b, 2", "d4-a", "d4-b", "d9"]
values = [[10.0 + k, 20.0 + 3 * (k % 4), 5.0 + 2 * (k % 3), [3.0, 9.0, 4.0, 8.0, 5.0][k % 5], 1000.0 * (1 + k % 2)] for k in range(len(rows))]
for k in range(6, 10):  # pooled QC: the analytes repeat, the standards do not
    values[k][:2] = [12.0 + 0.1 * k, 24.0 - 0.1 * k]
measured([r["id"] for r in rows], names, values)
write("panel.csv", ["analyte", "unit", "class", "role", "internal_standard"],
      [["=a", "uM", "A", "", "d4-a"], ["b, 2", "uM", "B, β", "", "d4-b"], ["d4-a", "uM", "S", "internal_standard", ""],
       ["d4-b", "uM", "S", "internal_standard", ""], ["d9", "uM", "S", "internal_standard", ""]])
middle = [median(values[k][j] for k in range(6)) for j in range(5)]
divided = [[v[0] * middle[2] / v[2], v[1] * middle[3] / v[3]] for v in values]
target = median(sum(d) for d in divided[:6])
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[rows[k]["id"], names[j], divided[k][j] * target / sum(divided[k])] for k in range(6) for j in range(2)])
