"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import expect, study, write

samples = ["q 1", "q,2", "q/3"]
n = len(samples)
analytes = ["=A", "b,b", "γ", "4d", "e/e"]
x = [[1.0, 5.0, 2.0, 9.0, 4.0], [10.0, 10.0, 3.0, 7.0, 40.0], [8.0, 0.5, 0.25, 6.0, 2.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
target = [sum(col) / n for col in zip(*[sorted(r) for r in x])]


def assigned(r):
    out = []
    for v in r:
        low, equal = sum(w < v for w in r), sum(w == v for w in r)
        out.append(sum(target[low:low + equal]) / equal)
    return out


expect(samples, analytes, [assigned(r) for r in x])

study(samples)
