"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import findings, injected, measured, panel, present, write

rows = [dict(id=f"s/{i}, β", type="study", person=f"P{i}", time="pre") for i in range(6)] + [dict(id="QC", type="pooled_qc")]
injected(rows)
analytes = ["½ a", "½ zero \"x\"", "½ none", "=m a", "=m none"]
panel(analytes, **{"class": ["½"] * 3 + ["=m, 1"] * 2})
columns = [[4.0, None, 3.0, 9.0, None, 7.0, 0.5], [0.0, 2.5, None, 8.0, 1.5, None, 0.1], [None] * 6 + [5.0],
           [4.0, None, 3.0, 9.0, None, 8.0, 0.5], [None] * 6 + [5.0]]
measured([r["id"] for r in rows], analytes, list(zip(*columns)))
out = []
for name, column in zip(analytes, columns):
    there = present(column[:6])
    fill = None if not there else min(v for v in there if v > 0) / 2 if name.startswith("½") else median(there)
    out += [[rows[i]["id"], name, fill if v is None else v, v is None and fill is not None] for i, v in enumerate(column[:6])]
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value", "imputed"], out)
findings([("normalize", "not_imputed", "½ none"), ("normalize", "not_imputed", "=m none")])
