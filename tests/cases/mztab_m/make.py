"""Writes a synthetic mzTab-M file and what its tables hold, as pyteomics (PyPI) parses the file.

pip install pyteomics pandas; python3 make.py
"""
import csv
import re
from pathlib import Path

from pyteomics import mztab

HERE = Path(__file__).parent
LONG = "y" * 200
MOLECULES = [  # name, database identifiers
    ("1,5-anhydrosorbitol", "CHEBI:16070|HMDB:HMDB0002712"),
    ("β-hydroxy/3-HB", "KEGG:C01089"),
    ("=1+1", "null"),
    ('hexose "a"', "CHEBI:1|CHEBI:2"),
    ("hexose", "HMDB0000122"),
    ("hexose", "HMDB0000143"),
    ("null", "CHEBI:29101"),
    ("null", "null"),
    (LONG, "LIPIDMAPS:LMFA01010001"),
]
ASSAYS = [  # name, sample, study variable
    ("run, 1", 1, 1), ("run/2", 2, 2), ("=run3", 3, 1), ("4,4", 4, 2), ("QC #1", 5, None),
]
SAMPLES = [("P-1", "before"), ("P-1", "after"), ("Pé2", "before"), ("Pé2", "after"), (None, None)]


def value(molecule, assay):
    if (molecule, assay) == (1, 2):
        return "null"
    return f"{10 ** molecule / 7 + assay:.6g}"


def text():
    lines = [
        "COM\tsynthetic: nobody's data",
        "MTD\tmzTab-version\t2.0.0-M",
        "MTD\tmzTab-ID\tsynthetic",
        "MTD\tsoftware[1]\t[MS, MS:1001582, xcms, 4.0.0]",
        "MTD\tquantification_method\t[MS, MS:1001834, LC-MS label-free quantitation analysis, ]",
        'MTD\tsmall_molecule-quantification_unit\t[, , "µmol/L", ]',
        "MTD\tsmall_molecule_feature-quantification_unit\t[PRIDE, PRIDE:0000330, Arbitrary quantification unit, ]",
        "MTD\tstudy_variable[1]\tfirst, before",
        "MTD\tstudy_variable[1]-assay_refs\tassay[1]|assay[3]",
        'MTD\tstudy_variable[1]-factors\t[, , timepoint, before]|[, , "dose, mg", 0]',
        "MTD\tstudy_variable[2]\tthen, after",
        "MTD\tstudy_variable[2]-assay_refs\tassay[2]| assay[4]",
        'MTD\tstudy_variable[2]-factors\t[, , timepoint, after]|[, , "dose, mg", 40]',
    ]
    for n, (person, _) in enumerate(SAMPLES, 1):
        lines.append(f"MTD\tsample[{n}]\ttube {n}")
        lines.append(f"MTD\tsample[{n}]-species[1]\t[NCBITaxon, NCBITaxon:9606, Homo sapiens, ]")
        kind = "study" if person else "pooled_qc"
        lines.append(f"MTD\tsample[{n}]-custom[1]\t[, , type, {kind}]")
        if person:
            lines.append(f"MTD\tsample[{n}]-custom[2]\t[, , participant_id, {person}]")
    for n, (name, sample, _) in enumerate(ASSAYS, 1):
        lines += [
            f"MTD\tms_run[{n}]-location\tfile:///run{n}.mzML",
            f"MTD\tassay[{n}]\t{name}",
            f"MTD\tassay[{n}]-custom[1]\t[, , injection_order, {n * 3}]",
            f"MTD\tassay[{n}]-sample_ref\tsample[{sample}]",
            f"MTD\tassay[{n}]-ms_run_ref\tms_run[{n}]",
        ]
    lines.append("")
    header = ["SMH", "SML_ID", "SMF_ID_REFS", "database_identifier", "chemical_formula", "smiles", "inchi", "chemical_name", "uri",
              "theoretical_neutral_mass", "adduct_ions", "reliability", "best_id_confidence_measure", "best_id_confidence_value"]
    header += [f"abundance_assay[{n}]" for n in range(1, len(ASSAYS) + 1)]
    header += ["abundance_study_variable[1]", "abundance_variation_study_variable[1]", "opt_global_note"]
    lines.append("\t".join(header))
    for m, (name, identifier) in enumerate(MOLECULES):
        row = ["SML", str(m + 1), str(m + 1), identifier, "null", "null", "null", name, "null", "null", "null", "2", "null", "null"]
        row += [value(m, a) for a in range(len(ASSAYS))] + ["1e9", "null", "a note"]
        lines.append("\t".join(row))
    lines += ["", "\t".join(["SFH", "SMF_ID", "SME_ID_REFS", "exp_mass_to_charge", "abundance_assay[1]"]),
              "\t".join(["SMF", "1", "null", "181.07", "99"]), ""]
    return "\n".join(lines)


def write(name, header, rows):
    with open(HERE / "expected" / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    (HERE / "study.mztab").write_text(text(), encoding="utf-8")
    parsed = mztab.MzTab(str(HERE / "study.mztab"))
    table = parsed.small_molecule_table
    assays = {n: parsed.metadata[f"assay[{n}]"] for n in range(1, len(ASSAYS) + 1)}
    names = []
    for _, row in table.iterrows():
        filled = [row[key] for key in ("chemical_name", "database_identifier") if row[key] not in (None, "null") and row[key] == row[key]]
        names.append(filled[0] if filled else f"SML {row['SML_ID']}")
    names = [f"{name} [SML {row}]" if names.count(name) > 1 else name for row, name in zip(table["SML_ID"], names)]
    abundances = []
    for (_, row), name in zip(table.iterrows(), names):
        for n, assay in assays.items():
            cell = row[f"abundance_assay[{n}]"]
            abundances.append((assay, name, "" if cell is None or cell != cell else repr(float(cell)), "µmol/L"))
    write("ingest.abundances.csv", ["sample_id", "analyte", "value", "unit"], abundances)
    samples = []
    for n, assay in assays.items():
        person, when = SAMPLES[ASSAYS[n - 1][1] - 1]
        samples.append((assay, person or "", when or "", "study" if person else "pooled_qc", 3 * n))
    write("ingest.samples.csv", ["sample_id", "participant_id", "timepoint", "type", "injection_order"], samples)
    panel = []
    for (_, row), name in zip(table.iterrows(), names):
        ids = str(row["database_identifier"]).split("|")
        of = lambda pattern: [m.group(1) for m in (re.fullmatch(pattern, one) for one in ids) if m]
        only = lambda found: found[0] if len(found) == 1 else ""
        panel.append((name, only(of(r"(?:HMDB:)?(HMDB\d+)")), only(of(r"(CHEBI:\d+)")), only(of(r"(?:KEGG:)(C\d+)"))))
    write("ingest.panel.csv", ["analyte", "hmdb", "chebi", "kegg"], panel)
