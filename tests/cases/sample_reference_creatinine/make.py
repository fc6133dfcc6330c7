"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import statistics as st, sys

sys.path.insert(0, "..")
from story import expect, write

samples = ["u1", "u 2", "u/3", "u=4"]
n = len(samples)
analytes = ["1,5-AG", "creatinine, urine", "γ-Glu"]
x = [[3.0, 2.0, 1.0], [4.0, 8.0, 2.0], [5.0, 4.0, 7.0], [6.0, None, 8.0]]
osmolality = [400.0, 800.0, 500.0, 600.0]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "class"], [["1,5-AG", "ΩA"], ["creatinine, urine", None], ["γ-Glu", "B"]])
creatinine = st.median([2.0, 8.0, 4.0])
dilution = st.median(osmolality)


def row(r, o):
    by = r[1] and r[1] / creatinine
    return [by and r[0] / by / (o / dilution), r[1], by and r[2] / by]


expect(samples, analytes, [row(r, o) for r, o in zip(x, osmolality)])
write("samples.csv", ["sample_id", "participant_id", "timepoint", "type", "osmolality"],
      [[s, f"P{i + 1}", "pre", "study", osmolality[i]] for i, s in enumerate(samples)])

write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(n)])
