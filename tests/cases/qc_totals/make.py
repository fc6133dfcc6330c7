"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys

sys.path.insert(0, "..")
from story import findings, write

people = ["=P1", "P, \"2\""]
visits = [("=P1", "start", [2, 3, 4, 5, 1, 0, 6, 2, 3, 4], 0), ("=P1", "day 1, β", [1, 1, 2, 2, 0, 0, 3, 1, 1, 1], -2),
          ("P, \"2\"", "start", None, 31)]
# A participant's name with a space in it stands between quotation marks, so that it is told from the visit.
quoted = lambda p: '"' + p.replace('"', '""') + '"' if " " in p or p.startswith('"') else p
items = [f"item_{i}" for i in range(1, 11)]
write("participants.csv", ["participant_id"], [[p] for p in people])
write("madrs.csv", ["participant_id", "visit", *items, "total"],
      [[p, v, *(s or [None] * 10), (sum(s) if s else 0) + off] for p, v, s, off in visits])
write("expected/qc.decisions.csv", ["what", "name", "rule", "decision"],
      [["assessment", f"{quoted(p)} {v}", "total_matches_items" if s and off else None, "flag" if s and off else "keep"] for p, v, s, off in visits])
findings([("qc", "qc_flagged", "=P1 day 1, β")])
