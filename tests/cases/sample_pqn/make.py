"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import random
import sys
from statistics import mean, median

sys.path.insert(0, "..")
from story import injected, measured, panel, present, write

random.seed(3)
kinds = ["all/β", "=median", "mean, qc", "\"t\""]
rows = [dict(id=f"{i}, \"s\"", type="study", person=f"P{i // 2}", time=["start, 0", "end"][i % 2]) for i in range(8)]
rows += [dict(id=f"QC/{i}", type="pooled_qc") for i in range(4)]
injected(rows)
analytes = [f"{kind} {k}" for kind in kinds for k in range(5)]
panel(analytes, **{"class": [kind for kind in kinds for _ in range(5)]})
x = []
for _ in rows:
    dilution = math.exp(random.gauss(0, 0.5))
    x.append([round(dilution * 3 ** (k % 5) * math.exp(random.gauss(0, 0.2)), 4) for k in range(20)])
x[1][2] = x[4][7] = x[9][8] = x[6][13] = None
x[3][15:20] = [None] * 5
for i in range(12):
    x[i][4] = 0.0 if i != 2 else 5.0
measured([r["id"] for r in rows], analytes, x)
study = range(8)
reference = {
    "all/β": lambda k: median(present([x[i][k] for i in study])),
    "=median": lambda k: median(present([x[i][k] for i in range(8, 12)])),
    "mean, qc": lambda k: mean(present([x[i][k] for i in range(8, 12)])),
    "\"t\"": lambda k: median(present([x[i][k] for i in study if i % 2 == 0])),
}
out = []
for i in study:
    for c, kind in enumerate(kinds):
        places = range(5 * c, 5 * c + 5)
        r = {k: reference[kind](k) for k in places}
        quotients = [x[i][k] / r[k] for k in places if x[i][k] is not None and r[k] > 0]
        out += [[rows[i]["id"], analytes[k], x[i][k] / median(quotients) if x[i][k] is not None else None] for k in places]
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], out)
