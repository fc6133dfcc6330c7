"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from statistics import median

sys.path.insert(0, "..")
from story import findings, injected, measured, present, write

rows = [dict(id=f"bl/{i}", type="blank") for i in range(4)]
rows += [dict(id=f"QC, {i}", type="pooled_qc") for i in range(3)]
rows += [dict(id=f"=s{i}", type="study", person=f"P{i}", time="pre") for i in range(4)]
injected(rows)
analytes = ["1,5-clean", "β \"everywhere\"", "=some", "NA(+)", "only blanks/x"]
columns = [
    [0.1, 0.3, 0.2, 0.1, 10.0, 11.0, 9.0, 8.0, 12.0, 14.0, 10.5],
    [6.0, 5.0, 4.0, 7.0, 10.0, 10.5, 9.5, 9.0, 12.0, 11.0, 14.0],
    [None, None, None, 5.0, 10.0, 11.0, 12.0, 9.0, 8.0, 14.0, 9.5],
    [None, None, None, None, 2.0, 3.0, 2.5, 2.0, 1.0, 4.0, 2.2],
    [1.0, 1.0, 2.0, 2.0, None, None, None, None, None, None, None],
]
measured([r["id"] for r in rows], analytes, list(zip(*columns)))
out = []
for name, x in zip(analytes, columns):
    blank, pooled, study = x[:4], present(x[4:7]), present(x[7:])
    held = median([0.0 if v is None else v for v in blank])
    ratio = median(study) / held if study and held > 0 else None
    share = held / median(pooled) if pooled else None
    decision = "exclude" if ratio is not None and ratio < 3 else "flag" if share is not None and share > 0.05 else "keep"
    out.append([name, ratio, share, decision])
write("expected/qc.analyte_quality.csv", ["analyte", "blank_ratio", "blank_share", "decision"], out)
findings([("qc", "blank_ratio_undefined"), ("qc", "blank_share_undefined"), ("qc", "qc_excluded", "β \"everywhere\"")])
