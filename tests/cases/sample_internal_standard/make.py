"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import expect, study, write

samples = ["a 1", "b/2", "c,3"]
n = len(samples)
analytes = ["=1+1", "β-HB, total", "3-HB \"x\"", "d4-β-HB (IS)", "¹³C/IS"]
standard = [None, "d4-β-HB (IS)", "¹³C/IS", None, None]
x = [[5.0, 10.0, 8.0, 2.0, 4.0], [6.0, 30.0, 9.0, 5.0, 1.0], [7.0, 12.0, 3.0, 3.0, None]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "role", "internal_standard"],
      [[a, "internal_standard" if "IS" in a else None, s] for a, s in zip(analytes, standard)])
median = {"d4-β-HB (IS)": 3.0, "¹³C/IS": 2.5}
place = {a: k for k, a in enumerate(analytes)}


def value(row, k):
    if standard[k] is None:
        return row[k]
    by = row[place[standard[k]]]
    return None if by is None else row[k] / by * median[standard[k]]


expect(samples, analytes[:3], [[value(r, k) for k in range(3)] for r in x])

study(samples)
