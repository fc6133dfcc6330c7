"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import injected, measured, write

# s: study, q: pooled QC, b: blank, d: dilution; a space begins a batch.
run = "bsbqbbsdbsb bsbsbqb sb"
kinds = {"s": "study", "q": "pooled_qc", "b": "blank", "d": "dilution"}
rows, batch = [], 0
for at, letter in enumerate(run):
    if letter == " ":
        batch += 1
        continue
    row = dict(id=f"{letter} {at}/β", type=kinds[letter], batch=["=1", "b, 2", "lone"][batch], injection_order=3 * at + 5)
    if letter == "s":
        row.update(person=f"P{at:02d}", time="pre")
    if letter == "d":
        row.update(dilution=0.5)
    rows.append(row)
injected(rows, ["batch", "injection_order", "dilution"])
analytes = ["clean, 1", "sticky \"δ\"", "=1+1"]


def value(k, at, row):
    before = rows[at - 1] if at else None
    if row["type"] != "blank":
        return [100.0 + 7 * at, 40.0 + at, 5.0 + at % 3][k]
    after_sample = before is not None and before["type"] in ("study", "pooled_qc") and before["batch"] == row["batch"]
    carried = 0.03 * value(1, at - 1, before) if k == 1 and after_sample else 0.0
    return [0.2 + 0.01 * at, 0.5 + 0.02 * at + carried, 6.5 + 0.1 * at][k]


x = [[value(k, at, row) for k in range(3)] for at, row in enumerate(rows)]
blanks = [at for at, row in enumerate(rows) if row["type"] == "blank"]
x[blanks[1]][0] = None
x[blanks[3]][1] = None
measured([r["id"] for r in rows], analytes, x)
out = []
for k, name in enumerate(analytes):
    found = lambda at: 0.0 if x[at][k] is None else x[at][k]
    shares = []
    for at in blanks:
        near = [b for b in blanks if b != at and rows[b]["batch"] == rows[at]["batch"]]
        dirty = lambda b: b and rows[b - 1]["batch"] == rows[b]["batch"] and rows[b - 1]["type"] in ("study", "pooled_qc")
        clean = [found(b) for b in near if not dirty(b)]
        before = rows[at - 1] if at else None
        if not near or before is None or before["batch"] != rows[at]["batch"] or before["type"] not in ("study", "pooled_qc"):
            continue
        held = min(found(at), median(clean) if clean else min(found(b) for b in near))
        above = x[at - 1][k] - held
        if above > 0:
            shares.append((found(at) - held) / above)
    over = median(shares) if shares else None
    out.append([name, over, len(shares), "exclude" if over is not None and over > 0.01 else "keep"])
write("expected/qc.analyte_quality.csv", ["analyte", "carry_over", "carry_over_n", "decision"], out)
