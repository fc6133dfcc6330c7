"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import findings, injected, measured, write

hours = {"=s1": 8.0, "s \"2\"": 7.99, "β3": None, "s/4, kept": 1.0, "5": 14.25, "qc": None}
rows = [dict(id=s, type="pooled_qc" if s == "qc" else "study", fasting_hours=h) for s, h in hours.items()]
for i, row in enumerate(rows[:5]):
    row.update(person=f"P{i}", time="pre")
injected(rows, ["fasting_hours"])
measured(hours, ["=1+1", "β, x"], [[1.0 + i, 2.0] for i in range(6)])
decision = {"s \"2\"": "exclude"}
write("expected/qc.sample_quality.csv", ["sample_id", "fasting_hours", "decision"],
      [[s, h, decision.get(s, "keep")] for s, h in hours.items() if s != "qc"])
write("expected/qc.decisions.csv", ["what", "name", "rule", "value", "reason", "decision"],
      [["analyte", a, None, None, None, "keep"] for a in ("=1+1", "β, x")]
      + [["sample", "s \"2\"", "fasting", 7.99, "fasting: drawn 7.99 h after the last meal, less than 8", "exclude"],
         ["sample", "s/4, kept", "fasting", 1, "kept by name: fasting: drawn 1 h after the last meal, less than 8", "keep"]]
      + [["sample", s, None, None, None, "keep"] for s in ("=s1", "β3", "5", "qc")])
findings([("qc", "fasting_unknown"), ("qc", "qc_override", "s/4, kept"), ("qc", "qc_excluded", "s \"2\"")])
