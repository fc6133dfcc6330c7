"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import injected, measured, write

# Name, kind, participant, replicate, value of "x, 1/β" and of "NA(+)".
run = [("k 0", "blank", None, None, 1.0, 0.0), ("s0", "study", "P2", None, 100.0, 50.0), ("k 1", "blank", None, None, 6.0, 0.5),
       ("r1", "study", "P1", "1", 100.0, 40.0), ("k 2", "blank", None, None, 7.0, None), ("r2", "study", "P1", "2", 80.0, 60.0),
       ("k 3", "blank", None, None, 6.5, 0.2), ("=gone", "study", "P3", None, 90.0, 55.0), ("k 4", "blank", None, None, 9.0, 3.0)]
rows = []
for at, (name, kind, person, replicate, *_) in enumerate(run):
    row = dict(id=name, type=kind, batch="b, 1", injection_order=at + 1)
    if person:
        row.update(person=person, time="pre")
    if replicate:
        row.update(replicate=replicate)
    rows.append(row)
injected(rows, ["batch", "injection_order", "replicate"])
names = ["x, 1/β", "NA(+)"]
measured([r[0] for r in run], names, [[r[4], r[5]] for r in run])
out = []
for k, name in enumerate(names):
    found = lambda at: run[at][4 + k] or 0.0
    blanks = [at for at, r in enumerate(run) if r[1] == "blank"]
    dirty = lambda at: at > 0 and run[at - 1][1] == "study"
    shares = []
    for at in blanks:
        if not dirty(at) or run[at - 1][0] == "=gone":
            continue
        clean = [found(b) for b in blanks if b != at and not dirty(b)]
        held = min(found(at), median(clean))
        shares.append((found(at) - held) / (found(at - 1) - held))
    out.append([name, median(shares), len(shares), "exclude" if median(shares) > 0.03 else "keep"])
write("expected/qc.analyte_quality.csv", ["analyte", "carry_over", "carry_over_n", "decision"], out)
