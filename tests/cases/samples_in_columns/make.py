"""Writes the file of this story, read three times, and what must be read from it. Synthetic numbers."""
import csv
from pathlib import Path

HERE = Path(__file__).parent
ANALYTES = ["=1+1", "3-HB", 'β/3-HB, "free"', "NA(+)"]
SAMPLES = {"S 1": ("P1", "start", "study", "B,1", 2), "S/2": ("P1", "end", "study", "B,1", 3),
           "Sé3": ("Pé,2", "start", "study", "B/2", 5), "QC-1": ("", "", "pooled_qc", "B,1", 1),
           "QC 2": ("", "", "pooled_qc", "B/2", 4)}
FACTS = ["participant_id", "timepoint", "type", "batch", "injection_order"]
PANEL = {a: (f"HMDB{i:07}", "mmol/L", "" if i == 2 else repr(0.25 * i)) for i, a in enumerate(ANALYTES)}
values = {(s, a): round(0.5 * (i + 1) + j / 3, 12) for i, s in enumerate(SAMPLES) for j, a in enumerate(ANALYTES)}
values["S/2", "3-HB"] = None

with open(HERE / "export.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["hmdb", "Metabolite", "unit", "lod", *SAMPLES])
    for place, fact in enumerate(FACTS):
        # The last of the rows of facts has its name in another column of facts, as some programs write it.
        names = ["", "", fact, ""] if fact == "injection_order" else ["", fact, "", ""]
        writer.writerow([*names, *(facts[place] for facts in SAMPLES.values())])
    for analyte in ANALYTES:
        hmdb, unit, lod = PANEL[analyte]
        cells = ("" if values[s, analyte] is None else repr(values[s, analyte]) for s in SAMPLES)
        writer.writerow([hmdb, analyte, unit, lod, *cells])

out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.abundances.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "analyte", "value", "unit"])
    for (s, a), value in values.items():
        writer.writerow([s, a, "" if value is None else repr(value), "mmol/L"])
with open(out / "ingest.samples.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", *FACTS])
    writer.writerows([s, *facts] for s, facts in SAMPLES.items())
with open(out / "ingest.panel.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["analyte", "hmdb", "unit", "lod"])
    writer.writerows([a, *PANEL[a]] for a in ANALYTES)
