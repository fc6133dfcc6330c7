"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import findings, injected, measured, write

drawn = {"=early": ("07:29", 7 + 29 / 60), "half \"seven\"": ("07:30", 7.5), "β, noon": ("12:00", 12.0), "last/1": ("11", 11.0),
         "11:01": ("11:01", 11 + 1 / 60), "?": (None, None)}
rows = [dict(id=s, type="study", person=f"P{i}", time="pre", time_of_day=w[0]) for i, (s, w) in enumerate(drawn.items())]
injected(rows, ["time_of_day"])
measured(drawn, ["=1+1"], [[1.0 + i] for i in range(6)])
late = [s for s, (_, h) in drawn.items() if h is not None and not 7.5 <= h <= 11]
write("expected/qc.sample_quality.csv", ["sample_id", "time_of_day", "decision"],
      [[s, h, "flag" if s in late else "keep"] for s, (_, h) in drawn.items()])
findings([("qc", "time_of_day_unknown")] + [("qc", "qc_flagged", s) for s in late])
