"""Makes the story's data: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import injected, measured

rows = [dict(id=f"s \"{i}\", β", type="study", person=f"P{i}", time="pre", fasting_hours=9.0 - 3 * (i == 2)) for i in range(4)]
rows += [dict(id=f"qc{i}", type="pooled_qc") for i in range(3)]
injected(rows, ["fasting_hours"])
measured([r["id"] for r in rows], ["=gaps, 1", "noisy/β", "good", "kept/1"],
         [[None if i in (0, 3) else 2.0, 10.0 * (1 + i % 2), 5.0 + 0.1 * i, None if i % 2 else 3.0] for i in range(7)])
