"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import findings, injected, measured, write

hours = [1.49, 1.5, 2.0, 2.25, None]
rows = [dict(id=f"=a{i}/β", type="study", person=f"P{i}", time="after, 2 h", hours_after_infusion=h) for i, h in enumerate(hours)]
rows += [dict(id="b, 0", type="study", person="P0", time="before", hours_after_infusion=-99.0)]
injected(rows, ["hours_after_infusion"])
measured([r["id"] for r in rows], ["=1+1"], [[1.0 + i] for i in range(6)])
outside = [h is not None and not 1.5 <= h <= 2 for h in hours] + [False]
write("expected/qc.sample_quality.csv", ["sample_id", "decision"],
      [[r["id"], "exclude" if out else "keep"] for r, out in zip(rows, outside)])
findings([("qc", "time_unknown")] + [("qc", "qc_excluded", r["id"]) for r, out in zip(rows, outside) if out])
