"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np

sys.path.insert(0, "..")
from story import expect, findings, measured, study

samples = ["e 1", "nothing, \"β\"", "e/3", "=e4", "e5", "e6"]
analytes = ["a/1", "=b", "γ", "never, x"]
x = np.array([[3.0, 4.0, 9.5], [np.nan] * 3, [6.0, np.nan, 21.0], [2.0, 2.5, 8.0], [4.0, 7.0, 6.0], [5.0, 3.0, 17.0]])
measured(samples, analytes, [r + [None] for r in x.tolist()])
study(samples)
full = [i for i in range(6) if i != 1]
quotients = np.full((6, 1), np.nan)
quotients[full] = np.nanmedian(x[full] / np.nanmedian(x, axis=0), axis=1, keepdims=True)
x = x / quotients
x = np.log2(np.where(np.isnan(x), np.nanmedian(x, axis=0), x))
centre = np.median(x, axis=0)
spread = 1.4826 * np.median(np.abs(x - centre), axis=0)
assert (spread > 0).all()
x = (x - centre) / spread
expect(samples, analytes, [r + [None] for r in x.tolist()])
findings([("normalize", "not_imputed", "never, x")])
