"""Writes a synthetic mwTab file and what its tables hold, as the `mwtab` package (2.1.1, PyPI) parses the file.

pip install mwtab; python3 make.py
"""
import csv
from pathlib import Path

import mwtab

HERE = Path(__file__).parent
LONG = "x" * 200
ANALYTES = {  # name: pubchem, KEGG, HMDB, ChEBI, RefMet
    "1,5-anhydrosorbitol": ("64960", "C07326", "HMDB0002712", "16070", "1,5-Anhydrosorbitol"),
    "β-hydroxy/3-HB": ("92135", "C01089", "HMDB0000011", "17066", "3-Hydroxybutyric acid"),
    "=1+1": ("", "", "", "", ""),
    'γ-Glu–Leu (iso) "a" b': ("-", "-", "-", "", "-"),
    LONG: ("", "C00001|C00002", "", "", ""),
    "NA(+)": ("923", "C01330", "1234", "29101", ""),
    "O'Brien\\acid": ("", "", "", "", "PC 34:1"),
}
SAMPLES = [  # subject, sample, factors, additional
    ("P-1", "s 1", "timepoint:before | type:study | sex:female", "RAW_FILE_NAME(Raw file name)=s1_pos.raw; batch=b;1; RAW_FILE_NAME(Raw file name)=s1_neg.raw"),
    ("P-1", "s/2", "timepoint:after | type:study | sex:female", "RAW_FILE_NAME(Raw file name)=s2.raw; batch=b;1"),
    ("Pé2", "=S3", "timepoint:before | type:study | sex:male", "batch=b2"),
    ("Pé2", "4,4", "timepoint:after | type:study | sex:male", "batch=b2"),
    ("-", "QC #1", "timepoint:- | type:pooled_qc | sex:-", ""),
]


def value(analyte, sample):
    number = 0.5 + 1.25 * analyte + 0.1 * sample
    if (analyte, sample) == (1, 2):
        return ""
    return f"{number:.3e}" if analyte == 2 else repr(round(number, 6))


def text():
    lines = [
        "#METABOLOMICS WORKBENCH STUDY_ID:ST999999 ANALYSIS_ID:AN999999",
        "VERSION             \t1",
        "CREATED_ON             \t2026-01-01",
        "#PROJECT",
        "PR:PROJECT_TITLE                 \tA synthetic study; nobody's data",
        "#SUBJECT_SAMPLE_FACTORS:         \tSUBJECT(optional)[tab]SAMPLE[tab]FACTORS(NAME:VALUE pairs separated by |)[tab]Additional sample data",
    ]
    for subject, sample, factors, additional in SAMPLES:
        cells = ["SUBJECT_SAMPLE_FACTORS           ", subject, sample, factors]
        lines.append("\t".join(cells + ([additional] if additional else [])))
    lines += [
        "#MS",
        "MS:INSTRUMENT_NAME               \tnone",
        "#MS_METABOLITE_DATA",
        "MS_METABOLITE_DATA:UNITS         \tµmol/L",
        "MS_METABOLITE_DATA_START",
        "\t".join(["Samples"] + [row[1] for row in SAMPLES]),
        "\t".join(["Factors"] + [row[2] for row in SAMPLES]),
    ]
    for a, name in enumerate(ANALYTES):
        lines.append("\t".join([name] + [value(a, s) for s in range(len(SAMPLES))]) + ("\t" if a == 3 else ""))
    lines += ["MS_METABOLITE_DATA_END", "#METABOLITES", "METABOLITES_START"]
    lines.append("metabolite_name\tpubchem_id\tkegg_id\thmdb_id\tchebi_id\trefmet_name\tretention time")
    for name, (pubchem, kegg, hmdb, chebi, refmet) in reversed(ANALYTES.items()):
        lines.append("\t".join([name, pubchem, kegg, hmdb, chebi, refmet, "1.5"]))
    lines += ["METABOLITES_END", "#END", ""]
    return "\n".join(lines)


def parsed(path):
    with open(path, encoding="utf-8") as file:
        study = mwtab.mwtab.MWTabFile(str(path), duplicate_keys=True)
        study.read(file)
    return study


def write(folder, name, header, rows):
    (folder / "expected").mkdir(exist_ok=True)
    with open(folder / "expected" / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def expect(folder, study):
    """The tables of a study that the mwtab package has parsed."""
    data = study["MS_METABOLITE_DATA"]
    rows = []
    for row in data["Data"]:
        name = row["Metabolite"]
        rows += [(sample, name, row[sample], data["Units"]) for sample in row if sample != "Metabolite"]
    write(folder, "ingest.abundances.csv", ["sample_id", "analyte", "value", "unit"], rows)
    samples, people = [], {}
    for entry in study["SUBJECT_SAMPLE_FACTORS"]:
        subject, factors = entry["Subject ID"], entry["Factors"]
        more = entry.get("Additional sample data", {})
        owned = factors["type"] == "study"
        samples.append((entry["Sample ID"], subject if owned else "", factors["timepoint"] if owned else "", factors["type"], more["batch"] if more else ""))
        if owned:
            people[subject] = factors["sex"]
    write(folder, "ingest.samples.csv", ["sample_id", "participant_id", "timepoint", "type", "batch"], samples)
    write(folder, "ingest.participants.csv", ["participant_id", "sex"], people.items())
    panel = []
    for row in data["Metabolites"]:
        clean = {key: "" if value == "-" else value for key, value in row.items()}
        hmdb, chebi, kegg = clean["hmdb_id"], clean["chebi_id"], clean["kegg_id"]
        hmdb = f"HMDB{hmdb:0>7}" if hmdb.isdigit() else hmdb
        panel.append((row["Metabolite"], "µmol/L", hmdb, f"CHEBI:{chebi}" if chebi else "", "" if "|" in kegg else kegg))
    write(folder, "ingest.panel.csv", ["analyte", "unit", "hmdb", "chebi", "kegg"], panel)


if __name__ == "__main__":
    (HERE / "study.mwtab").write_text(text(), encoding="utf-8")
    study = parsed(HERE / "study.mwtab")
    expect(HERE, study)
    beside = HERE.parent / "mwtab_json"
    with open(beside / "study.json", "w", encoding="utf-8") as file:
        file.write(study.writestr("json"))
    expect(beside, parsed(beside / "study.json"))
