"""Writes the spreadsheets of this story and what must be read from them. Synthetic numbers."""
import csv
from pathlib import Path

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, NamedExpressions, NamedRange, Table, TableCell, TableRow
from odf.text import P

HERE = Path(__file__).parent
ANALYTES = ["=1+1", "3-HB", 'β/3-HB, "free"', "NA(+)", "1,5-anhydro; sorbitol"]
SAMPLES = ["S 1", "S/2", "Sé3"]
values = {(s, a): round(0.7 * (i + 1) + j / 7, 12) for i, s in enumerate(SAMPLES) for j, a in enumerate(ANALYTES)}
values["S/2", "3-HB"] = None


def cell(value, **more):
    if value is None:
        return TableCell(**more)
    if isinstance(value, (int, float)):
        made = TableCell(valuetype="float", value=repr(value), **more)
        made.addElement(P(text=f"{value:.2f}"))  # what is shown is not what is read
        return made
    made = TableCell(valuetype="string", **more)
    made.addElement(P(text=value))
    return made


def row(values, **more):
    made = TableRow(**more)
    for value in values:
        made.addElement(cell(value))
    return made


book = OpenDocumentSpreadsheet()
sheet = Table(name="It's, odd")
sheet.addElement(row(["Title"]))
sheet.addElement(TableRow(numberrowsrepeated=3))
sheet.addElement(row(["sample_id"] + ANALYTES))
for sample in SAMPLES:
    sheet.addElement(row([sample] + [values[sample, a] for a in ANALYTES]))
tail = TableRow(numberrowsrepeated=1048000)
tail.addElement(TableCell(numbercolumnsrepeated=16384))
sheet.addElement(tail)
book.spreadsheet.addElement(sheet)
people = Table(name="people")
people.addElement(row(["participant_id", "age"]))
people.addElement(row(["P1", 34.25]))
people.addElement(row(["Pé,2", 61]))
people.addElement(row(["P 3", "70,5"]))  # a number that was typed as text, with a decimal comma
book.spreadsheet.addElement(people)
names = NamedExpressions()
names.addElement(NamedRange(name="block", cellrangeaddress="$'It''s, odd'.$A$5:.$F$8", basecelladdress="$people.$A$1"))
book.spreadsheet.addElement(names)
book.save(HERE / "study.ods")

out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.abundances.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "analyte", "value"])
    for (sample, analyte), value in values.items():
        writer.writerow([sample, analyte, "" if value is None else repr(value)])
(out / "ingest.participants.csv").write_text('participant_id,age\nP1,34.25\n"Pé,2",61\nP 3,70.5\n')
