"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import injected, measured, write

rows = [dict(id="a, 1", type="study", person="P1", time="pre", replicate="1"), dict(id="a, 2", type="study", person="P1", time="pre", replicate="2"),
        dict(id="=b", type="study", person="P2", time="pre")]
injected(rows, ["replicate"])
limits = {"low/β": 1.0, "high": 1.0, "none": None}
values = {"a, 1": [0.2, 0.4, 0.2], "a, 2": [1.0, 5.0, 1.0], "=b": [0.6, 2.0, 0.6]}
measured(list(values), list(limits), list(values.values()))
write("panel.csv", ["analyte", "unit", "lod"], [[a, "uM", "" if lod is None else lod] for a, lod in limits.items()])
out = []
for k, (a, lod) in enumerate(limits.items()):
    for name, value in [("a, 1", (values["a, 1"][k] + values["a, 2"][k]) / 2), ("=b", values["=b"][k])]:
        out.append([name, a, 7.0 if lod is not None and value < lod else value])
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], out)
