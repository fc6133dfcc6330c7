"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import expect, findings, injected, measured, write

samples = ["u1", "u 2", "u/3", "u=4", "\"u5\""]
osmolality = [400.0, 0.0, 500.0, None, 900.0]
rows = [dict(id=s, type="study", person=f"P{i}", time="pre") for i, s in enumerate(samples)]
injected([r | {"osmo, β": o} for r, o in zip(rows, osmolality)], ["osmo, β"])
x = [[3.0, 1.0], [4.0, 2.0], [5.0, None], [6.0, 8.0], [7.0, 9.0]]
analytes = ["1,5-AG", "=γ"]
measured(samples, analytes, x)
middle = median([o for o in osmolality if o])
expect(samples, analytes, [[v / (o / middle) if v is not None and o else None for v in r] for r, o in zip(x, osmolality)])
findings([("normalize", "reference_missing", "u 2"), ("normalize", "reference_missing", "u=4")])
