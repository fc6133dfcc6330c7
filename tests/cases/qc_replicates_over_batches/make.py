"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import sys
from statistics import mean, median

sys.path.insert(0, "..")
from story import injected, measured, write

names, factor = ["x/1", "=y", "β, 3"], {"=b 1": 1.0, "=b, 2": 3.0}
rows, values = [], []
for k in range(6):
    for t, time in enumerate(("pre", "post")):
        twice = (k, t) in ((0, 0), (2, 1), (5, 0))
        for r, batch in enumerate(["=b 1", "=b, 2"] if twice else ["=b 1" if (k + t) % 2 else "=b, 2"]):
            # The name that sorts first is the second replicate of its sample.
            rows.append(dict(id=f"{'z' if twice and not r else 'a'} {k}{time}", type="study", person=f"P{k}", time=time, batch=batch,
                             **({"replicate": str(r + 9)} if twice else {})))
            true = [10.0 + 3 * k + 5 * t, 4.0 + (k * 7) % 5 + t, 100.0 - 8 * k + 20 * t]
            values.append([v * factor[batch] * (1 + 0.02 * r) for v in true])
values[0][1] = None
injected(rows, ["batch", "replicate"])
measured([r["id"] for r in rows], names, values)
aligned = [[None] * 3 for _ in rows]
for j in range(3):
    of = lambda among: median(v[j] for r, v in zip(rows, values) if v[j] is not None and among(r))
    for i, r in enumerate(rows):
        if values[i][j] is not None:
            aligned[i][j] = values[i][j] / of(lambda o: o["batch"] == r["batch"]) * of(lambda o: True)
groups = {}
for i, r in enumerate(rows):
    groups.setdefault((r["person"], r["time"]), []).append(i)
def one(key, j, scale):
    parts = [scale(aligned[i][j]) for i in groups[key] if aligned[i][j] is not None]
    return mean(parts) if parts else None
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"],
      [[rows[g[0]]["id"], names[j], one(key, j, math.log2)] for key, g in groups.items() for j in range(3)])
changes = []
for k in range(6):
    for j in range(3):
        before, after = (one((f"P{k}", t), j, float) for t in ("pre", "post"))
        logs = [one((f"P{k}", t), j, math.log2) for t in ("pre", "post")]
        changes += [[f"P{k}", names[j], "percent", 100 * (after - before) / before], [f"P{k}", names[j], "difference", logs[1] - logs[0]]]
write("expected/normalize.changes.csv", ["participant_id", "analyte", "measure", "value"], changes)
