"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import sys

sys.path.insert(0, "..")
from story import findings, measured, panel, study, write

ways = {"n": lambda v, lod: v, "z, 0": lambda v, lod: 0.0, "=h": lambda v, lod: lod and lod / 2, "√2": lambda v, lod: lod and lod / math.sqrt(2),
        "1/3": lambda v, lod: lod and lod / 3, "c \"x\"": lambda v, lod: 0.125, "NA(+)": lambda v, lod: None}
samples = ["s 1", "s,2", "s/3", "=s4"]
analytes, classes, lods, columns, expected = [], [], [], [], []
for k, (name, way) in enumerate(ways.items()):
    for lod in (2.0 + k, None):
        column = [9.0 + k, 1.0 + k, "<LOD", 20.0] if lod else [9.0, 3.0, "<LOD", 1.0]
        below = [isinstance(v, str) or (lod is not None and v < lod) for v in column]
        number = [None if isinstance(v, str) else v for v in column]
        analytes.append(f"{name} {'with' if lod else 'without'} β")
        classes.append(name)
        lods.append(lod)
        columns.append(column)
        expected.append([(way(v, lod), bool(b and way(v, lod) is not None and name != "n")) if b else (v, False) for v, b in zip(number, below)])
measured(samples, analytes, list(zip(*columns)))
panel(analytes, **{"class": classes, "lod": lods})
study(samples)
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value", "imputed"],
      [[s, a, *expected[k][i]] for i, s in enumerate(samples) for k, a in enumerate(analytes)])
findings([("normalize", "lod_unknown", f"{name} without β") for name in ("=h", "√2", "1/3")])
