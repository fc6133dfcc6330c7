"""Writes a sheet as Metabolon lays it out for a client, and what must be read from it. Synthetic numbers."""
import sys
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from story import write  # noqa: E402

LEFT = ["PATHWAY SORTORDER", "BIOCHEMICAL", "SUPER PATHWAY", "COMP ID", "kegg", "Group   HMDB"]
TOP = ["CLIENT IDENTIFIER", "SUBJECT", "VISIT", "PLATE", "VOLUME"]
SAMPLES = {  # id: the facts on top, and the group, which stands in the header
    "S 1": ("P1", "start", "7/A", 100, "case"), "S/2": ("P1", "end", "7/A", 90, "case"),
    "Sé3": ("P2", "start", "7/B", 100, "control"), "MTRX, 1": ("", "", "7/B", 100, "MTRX"),
}
ANALYTES = {"3-hydroxybutyrate (BHBA)": ("C01089", "HMDB0000011"), "=1+1": ("", ""), 'X - 123, "β"': ("", "")}
value = {(s, a): 1e5 * (i + 1) + j / 3 for i, s in enumerate(SAMPLES) for j, a in enumerate(ANALYTES)}
value["S/2", "=1+1"] = None

book = openpyxl.Workbook()
book.active.title = "Explanation"
book.active["A1"] = "Read the next sheet"
sheet = book.create_sheet("OrigScale")


def put(row, column, what):
    if what not in ("", None):
        cell = sheet.cell(row, column)
        cell.value = what
        if isinstance(what, str):
            cell.data_type = "s"


put(1, 1, "Synthetic data, original scale")
for row, fact in enumerate(TOP):
    put(2 + row, len(LEFT), fact)
    for column, (s, facts) in enumerate(SAMPLES.items()):
        put(2 + row, len(LEFT) + 1 + column, s if row == 0 else facts[row - 1])
header = 2 + len(TOP)
for column, name in enumerate([*LEFT, *(facts[-1] for facts in SAMPLES.values())]):
    put(header, 1 + column, name)
for row, (a, (kegg, hmdb)) in enumerate(ANALYTES.items()):
    for column, what in enumerate([row + 1, a, "Lipid", 500 + row, kegg, hmdb, *(value[s, a] for s in SAMPLES)]):
        put(header + 1 + row, 1 + column, what)
book.save(HERE / "client.xlsx")

write(HERE / "participants.csv", ["participant_id"], [["P1"], ["P2"]])
(HERE / "expected").mkdir(exist_ok=True)
write(HERE / "expected/ingest.abundances.csv", ["sample_id", "analyte", "value"],
      [[s, a, None if v is None else repr(v)] for (s, a), v in value.items()])
write(HERE / "expected/ingest.samples.csv", ["sample_id", "participant_id", "timepoint", "type", "batch"],
      [[s, p, v, "pooled_qc" if g == "MTRX" else "study", b] for s, (p, v, b, _, g) in SAMPLES.items()])
write(HERE / "expected/ingest.panel.csv", ["analyte", "kegg"], [[a, k] for a, (k, _) in ANALYTES.items()])
