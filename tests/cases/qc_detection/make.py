"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import injected, measured, panel, write

sex = ["f", "m/β"] * 5 + [None]
rows = [dict(id=f"s {i}/x", type="study", person=f"P{i:02d}", time="pre") for i in range(11)]
rows += [dict(id=f"=qc{i}", type="pooled_qc") for i in range(4)]
injected(rows)
write("participants.csv", ["participant_id", "sex, as told"], [[f"P{i:02d}", s] for i, s in enumerate(sex)])
analytes = ["everywhere, 1", "women \"γ\"", "=half", "NA(+)", "never seen"]
there = [lambda i: True, lambda i: i > 10 or sex[i] == "f", lambda i: i > 10 or i % 4 < 2, lambda i: i < 13, lambda i: False]
x = [[round(5 + k + 0.37 * i, 2) if there[k](i) else None for k in range(5)] for i in range(15)]
# Below the limit of detection: a word instead of a number.
measured([r["id"] for r in rows], analytes, [[("<LOD" if k == 4 else v) for k, v in enumerate(r)] for r in x])
panel(analytes, lod=[None, None, None, None, 0.5])
out = []
for k, name in enumerate(analytes):
    has = [x[i][k] is not None for i in range(15)]
    share = lambda places: sum(has[i] for i in places) / len(places)
    groups = {s: share([i for i in range(11) if sex[i] == s]) for s in ("f", "m/β")}
    best = max(sorted(groups), key=lambda s: groups[s])
    missing, in_qc = 1 - share(range(11)), share(range(11, 15))
    bad = in_qc < 0.7 or groups[best] < 0.8
    out.append([name, sum(has[:11]), missing, 11 if k == 4 else 0, in_qc, groups[best], best, "exclude" if bad else "flag" if missing > 0.2 else "keep"])
write("expected/qc.analyte_quality.csv", ["analyte", "n", "missing_fraction", "below_lod", "detection_qc", "detection_best_group",
      "detection_best_group_name", "decision"], out)
