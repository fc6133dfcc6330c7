"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import csv, math, statistics as st, random

def write(file, header, rows):
    with open(file, "w", newline="", encoding="utf-8") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(header)
        w.writerows([["" if c is None else c for c in r] for r in rows])


def expect(samples, analytes, values):
    rows = [[s, a, v] for s, row in zip(samples, values) for a, v in zip(analytes, row)]
    write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], rows)


n = 3
samples = ["c 1", "c,2", "c/3"]
analytes = ["PC 34:1", "TG(52:2)", "=ala", "γ-glu"]
x = [[1.0, 3.0, 5.0, None], [2.0, 6.0, None, 4.0], [10.0, 6.0, 7.0, 2.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "class"], [[a, c] for a, c in zip(analytes, ["lipids, all", "lipids, all", "β", "β"])])
target = st.median([r[0] + r[1] for r in x])
expect(samples, analytes, [[r[0] * target / (r[0] + r[1]), r[1] * target / (r[0] + r[1]), r[2] or 2.5, r[3] or 1.0] for r in x])

write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], [[s, f"P{i + 1}", "pre", "study"] for i, s in enumerate(samples)])

write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(n)])
