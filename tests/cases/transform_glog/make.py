"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math, sys

sys.path.insert(0, "..")
from story import expect, study, write

n = 3
samples = ["g 1", "g,2", "g/3"]
analytes = ["1β", "=2", "c\"3"]
x = [[0.0, 1.5, 0.0], [3.0, 7.0, 2.0], [1e6, 0.25, 5.0]]
write("metabolites.csv", ["sample_id"] + analytes, [[s] + r for s, r in zip(samples, x)])
write("panel.csv", ["analyte", "class"], [["1β", "Ω, 1"], ["=2", "Ω, 1"], ["c\"3", "other"]])
glog = lambda v: math.log(v + math.sqrt(v * v + 4))
expect(samples, analytes, [[glog(r[0]), glog(r[1]), r[2]] for r in x])

study(samples)
