"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

import numpy as np

sys.path.insert(0, "..")
from story import expect, measured, panel, study

samples = ["o 1", "o,2", "o/3", "=o4", "o\"5\""]
x = np.array([[1.0, 20.0, 7.0], [2.0, np.nan, 9.0], [np.nan, 35.0, 3.0], [5.0, 28.0, 6.0], [3.0, 12.0, 11.0]])
analytes = [f"{c} β{k}" for c in ("A", "=B") for k in range(3)]
panel(analytes, **{"class": ["A, 1"] * 3 + ["=B"] * 3})
measured(samples, analytes, np.hstack([x, x]).tolist())
study(samples)
fill = lambda v: np.where(np.isnan(v), np.nanmin(v, axis=0) / 2, v)
summed = lambda v: v * np.median(np.nansum(v, axis=1)) / np.nansum(v, axis=1, keepdims=True)
scaled = lambda v: (v - v.mean(axis=0)) / v.std(axis=0, ddof=1)
expect(samples, analytes, np.hstack([scaled(np.log2(summed(fill(x)))), np.cbrt(scaled(fill(summed(x))))]).tolist())
