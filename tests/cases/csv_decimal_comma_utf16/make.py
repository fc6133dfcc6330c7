"""Writes the text files of this story and what must be read from them. Synthetic numbers."""
import csv
from pathlib import Path

HERE = Path(__file__).parent
ANALYTES = ["=1+1", "3-HB", 'β/3-HB; "free"', "NA(+)", "1,5-anhydrosorbitol"]
SAMPLES = ["S 1", "S/2", "Sé3"]
values = {(s, a): round(1234.5 * (i + 1) ** 6 + j / 8, 3) for i, s in enumerate(SAMPLES) for j, a in enumerate(ANALYTES)}
values["S/2", "3-HB"] = None


def german(value, space):
    """1 234 567,125 with the given space between thousands."""
    return "" if value is None else f"{value:,.3f}".replace(",", space).replace(".", ",")


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


lines = ["Messung; Export, 3. Lauf", "erstellt: von Hand", ";".join(["sample_id"] + [quoted(a) for a in ANALYTES])]
for sample, space in zip(SAMPLES, [" ", "\u00a0", "\u202f"]):
    lines.append(";".join([sample] + [german(values[sample, a], space) for a in ANALYTES]))
    lines.append('# a remark with a "mark; and\ta tab')
text = "\r\n".join(lines) + "\r\n"
(HERE / "metabolites.csv").write_bytes(text.encode("utf-16-be"))  # without a byte-order mark
people = "participant_id;größe;income\nPé1;1,75;12'345,5\nP,2;;1'000'000\n"
(HERE / "participants.txt").write_bytes(people.encode("windows-1252"))
(HERE / "samples.csv").write_bytes(
    '\ufeff"sample_id"\t"participant_id"\t"timepoint"\r"S 1"\t"Pé1"\t"start"\r"S/2"\t"P,2"\t"start"\r"Sé3"\t"P,2"\t"end"\r'
    .encode("utf-16-le")
)
out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.abundances.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "analyte", "value"])
    for (sample, analyte), value in values.items():
        writer.writerow([sample, analyte, "" if value is None else repr(value)])
(out / "ingest.participants.csv").write_text('participant_id,height,income\nPé1,1.75,12345.5\n"P,2",,1000000\n')
(out / "ingest.samples.csv").write_text('sample_id,participant_id\nS 1,Pé1\nS/2,"P,2"\nSé3,"P,2"\n')
