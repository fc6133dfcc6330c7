"""Writes an alignment result as MS-DIAL 4 lays it out, and what must be read from it. Synthetic numbers."""
import csv
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from story import write  # noqa: E402

# name: class, file type, injection order
SAMPLES = {"Blank, 1": ("Blank", "Blank", 1), "QC/1": ("QC", "QC", 2), "S 1": ("A", "Sample", 3), "=1+1": ("β", "Sample", 4)}
FEATURES = {"0": ("Unknown", "118.0863"), "1": ("Unknown", "203.0526"), "2": ('w/o MS2: 3-"HB", β', "103.0401")}
COLUMNS = ["Alignment ID", "Average Rt(min)", "Average Mz", "Metabolite name", "Adduct type", "MS/MS spectrum"]
CLASSES = ["Blank", "QC", "A", "β"]
value = {(s, f): 1000 * (i + 1) + 7 * j for i, s in enumerate(SAMPLES) for j, f in enumerate(FEATURES)}

before = [""] * (len(COLUMNS) - 1)
beyond = ["NA"] * (2 * len(CLASSES))
rows = [
    [*before, "Class", *(c for c, _, _ in SAMPLES.values()), *beyond],
    [*before, "File type", *(t for _, t, _ in SAMPLES.values()), *beyond],
    [*before, "Injection order", *(o for _, _, o in SAMPLES.values()), *beyond],
    [*before, "Batch ID", *(1 for _ in SAMPLES), *["Average"] * len(CLASSES), *["Stdev"] * len(CLASSES)],
    [*COLUMNS, *SAMPLES, *CLASSES, *CLASSES],
]
for f, (name, mz) in FEATURES.items():
    heights = [value[s, f] for s in SAMPLES]
    rows.append([f, "1.5", mz, name, "[M+H]+", "", *heights, *heights, *[0] * len(CLASSES)])
with open(HERE / "Height.txt", "w", newline="", encoding="utf-8") as file:
    csv.writer(file, delimiter="\t").writerows(rows)

injected = [s for s, (_, kind, _) in SAMPLES.items() if kind != "Blank"]
write(HERE / "participants.csv", ["participant_id"], [["P1"], ["P2"]])
write(HERE / "samples.csv", ["sample_id", "participant_id", "timepoint", "type"],
      [["S 1", "P1", "start", "study"], ["=1+1", "P2", "start", "study"], ["QC/1", "", "", "pooled_qc"]])
(HERE / "expected").mkdir(exist_ok=True)
write(HERE / "expected/ingest.abundances.csv", ["sample_id", "analyte", "value"],
      [[s, f, float(value[s, f])] for s in injected for f in FEATURES])
write(HERE / "expected/ingest.panel.csv", ["analyte"], [[f] for f in FEATURES])
