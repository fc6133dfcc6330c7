"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import injected, measured, panel, present, write

# The story of the median runs this script with its word.
HOW = globals().get("HOW", "first")
analytes = ["=1+1", "a, \"β\"", "low/x"]
limit = 2.0
# Name, person, replicate, values; None is missing, 1.5 lies below the limit of the third.
data = [("m 10", "P1", "10", [10.0, None, 1.5]), ("m/9", "P1", "9", [14.0, 8.0, 3.0]), ("=m2", "P1", "2", [None, 5.0, 4.0]),
        ("m, spoilt", "P1", "1", [900.0, 900.0, 900.0]), ("n a", "P2", "a", [3.0, None, 1.0]), ("n b", "P2", "b", [4.0, None, 1.2]),
        ("n c", "P2", "c", [9.0, None, None]), ("alone", "P3", None, [1.0, 2.0, 5.0])]
injected([dict(id=s, type="study", person=p, time="t", replicate=r) for s, p, r, _ in data], ["replicate"])
measured([d[0] for d in data], analytes, [d[3] for d in data])
panel(analytes, lod=[None, None, limit])
write("decisions.csv", ["what", "name", "decision", "override", "override_reason"], [["sample", "m, spoilt", "keep", "exclude", "spilt"]])
groups = [["=m2", "m/9", "m 10"], ["n a", "n b", "n c"], ["alone"]]
values = {d[0]: d[3] for d in data}
out = []
for members in groups:
    for k, a in enumerate(analytes):
        there = present([values[m][k] for m in members])
        value = None if not there else median(there) if HOW == "median" else there[0]
        out.append([members[0], a, value, k == 2 and bool(there) and all(v < limit for v in there)])
write("expected/qc.abundances.csv", ["sample_id", "analyte", "value", "below_lod"], out)
write("expected/qc.sample_quality.csv", ["sample_id", "combined_into", "replicates", "decision"],
      [["=m2", None, 3, "keep"], ["m/9", "=m2", None, "combined"], ["m 10", "=m2", None, "combined"], ["n a", None, 3, "keep"],
       ["n b", "n a", None, "combined"], ["n c", "n a", None, "combined"], ["alone", None, None, "keep"], ["m, spoilt", None, None, "exclude"]])
