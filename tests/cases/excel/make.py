"""Writes the workbook of this story and what must be read from it. Synthetic numbers."""
import csv
import datetime
from pathlib import Path

import openpyxl
from openpyxl.workbook.defined_name import DefinedName

HERE = Path(__file__).parent
ANALYTES = ['=1+1', '3-HB', 'β/3-HB, "free"', "NA(+)", "2'-deoxy, adenosine", "x" * 200]
SAMPLES = ["S 1", "S/2", "Sé3", "QC-1"]
PEOPLE = {"P1": (34.5, "female", True), "Pé,2": (61, "male", False)}
values = {(s, a): round(0.1 * (i + 1) + j / 3, 12) for i, s in enumerate(SAMPLES) for j, a in enumerate(ANALYTES)}
values["S/2", "3-HB"] = None
values["Sé3", "NA(+)"] = None  # the error #N/A, declared to mean missing
values["S 1", "=1+1"] = 1e-7
values["S 1", "NA(+)"] = 1234567.25


def plain(cell, text):
    cell.value = text
    cell.data_type = "s"


book = openpyxl.Workbook()
people = book.active
people.title = "Teilnehmer, alle"
people["B2"] = "Export of 2024"  # a title above the table, left out by the range
for column, header in enumerate(["participant_id", "visit date", "age", "sex", "smoker"]):
    people.cell(4, 2 + column).value = header
for row, (who, (age, sex, smoker)) in enumerate(PEOPLE.items()):
    cells = [who, datetime.date(2024, 1, 31), age, sex, smoker]
    for column, value in enumerate(cells):
        people.cell(5 + row, 2 + column).value = value
people["H5"] = "a note beside the table"
samples = book.create_sheet("samples")
samples.append(["sample_id", "participant_id", "timepoint", "type", "batch", "injection_order"])
samples.append(["S 1", "P1", "start", "study", 1, 1])
samples.append([])
samples.append(["S/2", "Pé,2", "start", "study", 1, 2])
samples.append(["Sé3", "P1", "end", "study", 2, 3])
samples.append(["QC-1", None, None, "pooled_qc", 2, 4])
abundances = book.create_sheet("β-block")
for column, name in enumerate(["sample_id"] + ANALYTES):
    plain(abundances.cell(1, 1 + column), name)
for row, sample in enumerate(SAMPLES):
    abundances.cell(2 + row, 1).value = sample
    for column, analyte in enumerate(ANALYTES):
        abundances.cell(2 + row, 2 + column).value = values[sample, analyte]
abundances["E4"] = "#N/A"
abundances["E4"].data_type = "e"
book.defined_names["people"] = DefinedName("people", attr_text="'Teilnehmer, alle'!$B$4:$F$6")
book.save(HERE / "study.xlsx")

out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.abundances.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "analyte", "value"])
    for (sample, analyte), value in values.items():
        writer.writerow([sample, analyte, "" if value is None else repr(value)])
with open(out / "ingest.participants.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["participant_id", "age", "sex", "smoker"])
    for who, (age, sex, smoker) in PEOPLE.items():
        writer.writerow([who, age, sex, str(smoker).lower()])
with open(out / "ingest.samples.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "batch", "injection_order"])
    writer.writerows([["S 1", 1, 1], ["S/2", 1, 2], ["Sé3", 2, 3], ["QC-1", 2, 4]])
whole = (HERE / "study.xlsx").read_bytes()
(HERE.parent / "truncated_excel" / "samples.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
