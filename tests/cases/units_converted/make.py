"""Writes the files of this synthetic study and, in exact fractions rounded once, what the values are in the panel's units."""
import csv
from fractions import Fraction as F

ROWS = [  # sample, analyte, value, unit, factor to the panel's unit
    ("S1", "lactate, total", "9.008", "mg/dL", F(10) / F(90.08)),
    ("S2", "lactate, total", "1200", "µM", F(1, 1000)),
    ("S3", "lactate, total", "1350", "μM", F(1, 1000)),
    ("S1", "3-HB", "123.4", "umol/l", F(1, 1000)),
    ("S2", "3-HB", "<50", "µmol/L", F(1, 1000)),
    ("S3", "3-HB", "0.07", "mmol/L", F(1)),
    ("S1", "urea/creatinine", "310.5", "", F(1)),
    ("S2", "urea/creatinine", "0.25", "", F(1)),
    ("S3", "urea/creatinine", "12", "", F(1)),
]
PANEL = {"lactate, total": ("mmol/L", "90.08", ""), "3-HB": ("mM", "", ""), "urea/creatinine": ("mmol/mol crea", "", "")}


def write(name, header, rows):
    with open(name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


write("participants.csv", ["participant_id"], [["P1"], ["P2"], ["P3"]])
write("samples.csv", ["sample_id", "participant_id", "timepoint"], [[f"S{i}", f"P{i}", "start"] for i in (1, 2, 3)])
write("metabolites.csv", ["sample_id", "analyte", "value", "unit"], [row[:4] for row in ROWS])
write("panel.csv", ["analyte", "unit", "molar_mass", "lod"], [[name, *rest] for name, rest in PANEL.items()])
expected = []
for sample, analyte, value, _, factor in ROWS:
    below = value.startswith("<")
    number = "" if below else repr(float(F(float(value)) * factor))
    expected.append([sample, analyte, number, PANEL[analyte][0], str(below).lower()])
write("expected/ingest.abundances.csv", ["sample_id", "analyte", "value", "unit", "below_lod"], expected)
write("expected/ingest.panel.csv", ["analyte", "unit", "lod"],
      [[name, unit, repr(float(F(50, 1000))) if name == "3-HB" else ""] for name, (unit, _, _) in PANEL.items()])
with open("expected/findings.txt", "w") as file:
    file.write("ingest unit_converted lactate, total\ningest unit_converted 3-HB\ningest lod_from_cells 3-HB\n")
