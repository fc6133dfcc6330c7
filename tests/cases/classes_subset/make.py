"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import statistics as st, sys

sys.path.insert(0, "..")
from story import expect, study, write

n = 3
samples = ["c 1", "c,2", "c/3"]
analytes = ["PC 34:1", "TG(52:2)", "=ala", "γ-glu"]
x = [[1.0, 3.0, 5.0, None], [2.0, 6.0, None, 4.0], [10.0, 6.0, 7.0, 2.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "class"], [[a, c] for a, c in zip(analytes, ["lipids, all", "lipids, all", "β", "β"])])
target = st.median([r[0] + r[1] for r in x])
expect(samples, analytes, [[r[0] * target / (r[0] + r[1]), r[1] * target / (r[0] + r[1]), r[2] or 2.5, r[3] or 1.0] for r in x])

study(samples)
