"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import expect, findings, measured, panel, present, study

samples = ["a 1", "b,2", "=c", "d \"0\"", "empty/β"]
analytes = ["x/1", "y, 2", "z3", "NA(+)", "u=1", "w"]
panel(analytes, **{"class": ["Σ, 1"] * 3 + ["=M"] * 3})
x = [[1.0, 2.0, 3.0, 4.0, 8.0, 6.0], [10.0, None, 5.0, 1.0, 2.0, None], [4.0, 4.0, 1.0, 9.0, 3.0, 5.0],
     [2.0, 7.0, 9.0, 0.0, 0.0, 0.0], [None] * 6]
measured(samples, analytes, x)
study(samples)


def brought(places, amount):
    amounts = [amount(present([r[k] for k in places])) if present([r[k] for k in places]) else None for r in x]
    target = median(a for a in present(amounts) if a > 0)
    return [[None if r[k] is None or not a else r[k] * target / a for k in places] for r, a in zip(x, amounts)]


expect(samples, analytes, [a + b for a, b in zip(brought(range(3), sum), brought(range(3, 6), median))])
findings([("normalize", "sample_not_normalized", "d \"0\"")])
