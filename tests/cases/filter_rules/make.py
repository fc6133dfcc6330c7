"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import mean, median, stdev

sys.path.insert(0, "..")
from story import findings, injected, measured, panel, present, write

rows = [dict(id=f"s {i}, \"x\"", type="study", person=f"P{i}", time="pre") for i in range(6)]
rows += [dict(id=f"=qc{i}", type="pooled_qc") for i in range(4)]
injected(rows)
analytes = ["m good", "m gaps", "r good", "r noisy", "d good", "d narrow"]
panel(analytes, **{"class": ["missing, 1"] * 2 + ["=rsd"] * 2 + ["D/β"] * 2})
dilution = [1, 2, 0.5, 1.5, 3, 0.8, 1, 1.2, 0.9, 2]
base = [[10, None, 8, 9, 14, 20, 11, 10, 9, 12], [10, None, None, 9, None, 20, 11, 10, 9, 12], [5, 9, 3, 8, 6, 7, 5, 5.1, 4.9, 5.2],
        [9, 12, 15, 8, 20, 7, 9, 15, 5, 20], [50, 20, 90, 70, 30, 110, 60, 61, 59, 62], [10, 10.4, 9.8, 10.1, 9.7, 10.3, 7, 13, 9, 12]]
x = [[None if base[k][i] is None else round(base[k][i] * dilution[i], 5) for k in range(6)] for i in range(10)]
measured([r["id"] for r in rows], analytes, x)
middles = [median(present(r)) for r in x]
target = median(middles[:6])
x = [[None if v is None else v * target / m for v in r] for r, m in zip(x, middles)]
dropped, columns = [], list(zip(*x))
for k, name in enumerate(analytes):
    study, pooled = present(columns[k][:6]), present(columns[k][6:])
    value, limit = [(1 - len(study) / 6, 0.3), (stdev(pooled) / mean(pooled), 0.2), (stdev(pooled) / stdev(study), 0.5)]["mrd".index(name[0])]
    print(name, value)
    if value > limit:
        dropped.append(name)
assert len(dropped) >= 3
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[rows[i]["id"], a, x[i][k]] for i in range(6) for k, a in enumerate(analytes) if a not in dropped])
findings([("normalize", "dropped_by_filter", name) for name in dropped])
