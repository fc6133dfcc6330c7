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
samples = ["g 1", "g,2", "g/3"]
analytes = ["1β", "=2", "c\"3"]
x = [[0.0, 1.5, 0.0], [3.0, 7.0, 2.0], [1e6, 0.25, 5.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "class"], [["1β", "Ω, 1"], ["=2", "Ω, 1"], ["c\"3", "other"]])
glog = lambda v: math.log(v + math.sqrt(v * v + 4))
expect(samples, analytes, [[glog(r[0]), glog(r[1]), r[2]] for r in x])

write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], [[s, f"P{i + 1}", "pre", "study"] for i, s in enumerate(samples)])

write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(n)])
