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
samples = ["r 1", "r,2", "r/3"]
analytes = [f"{k}α" for k in range(8)]
x = [[0.1, 9.0, 3.0, 1.0, 2.0, 5.0, None, None], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.5, None, 0.1, 7.0, 9.0, 2.0, 8.0, 1.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
rows = [[s, a, v, "false"] for s, r in zip(samples, x) for a, v in zip(analytes, r) if v is not None]
write("expected/normalize.abundances.some.csv", ["sample_id", "analyte", "value", "imputed"], rows)

write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], [[s, f"P{i + 1}", "pre", "study"] for i, s in enumerate(samples)])

write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(n)])
