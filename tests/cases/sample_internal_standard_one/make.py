"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import expect, findings, measured, study

samples = ["a 1", "b/2", "c,3", "=d", "e"]
analytes = ["=1+1", "d4, β (IS)", "3-HB \"x\""]
x = [[5.0, 2.0, 10.0], [6.0, 0.0, 30.0], [7.0, 4.0, None], [8.0, None, 1.0], [9.0, 3.0, 2.0]]
measured(samples, analytes, x)
study(samples)
middle = median([2.0, 4.0, 3.0])
divide = lambda v, by: v * middle / by if v is not None and by else None
expect(samples, analytes, [[divide(r[0], r[1]), r[1], divide(r[2], r[1])] for r in x])
findings([("normalize", "standard_missing", "b/2"), ("normalize", "standard_missing", "=d")])
