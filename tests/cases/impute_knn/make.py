"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import random, sys

sys.path.insert(0, "..")
from story import expect, study, write

random.seed(3)
n, p = 8, 7
samples = [f"k/{i}" for i in range(n)]
analytes = ["=a", "b, b", "γ", "4\"d\"", "e e", "NA(+)", "ζ"]
x = [[round(10 + 3 * k % 7 + random.gauss(0, 2), 3) for k in range(p)] for i in range(n)]
for i, k in [(0, 0), (3, 0), (0, 1), (5, 2), (7, 4), (0, 4)] + [(i, 5) for i in range(6)]:
    x[i][k] = None
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
good = [k for k in range(p) if sum(r[k] is None for r in x) <= n // 2]


def mean(values):
    return sum(values) / len(values) if values else None


def distance(k, m):
    return mean([(r[k] - r[m]) ** 2 for r in x if r[k] is not None and r[m] is not None])


def filled(i, k):
    if x[i][k] is not None:
        return x[i][k]
    near = sorted((distance(k, m), m) for m in good if m != k)[:2] if k in good else []
    value = mean([x[i][m] for _, m in near if x[i][m] is not None])
    return value if value is not None else mean([x[i][m] for m in good if x[i][m] is not None])


expect(samples, analytes, [[filled(i, k) for k in range(p)] for i in range(n)])

study(samples)
