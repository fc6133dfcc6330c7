"""Writes a synthetic study as ISA-Tab with a MAF, and what its tables hold, as pandas reads the files.

pip install pandas; python3 make.py
"""
import csv
from pathlib import Path

import pandas

HERE = Path(__file__).parent
LONG = "z" * 200
METABOLITES = [  # identifier, identification, mass, time
    ("CHEBI:16070", "1,5-anhydrosorbitol", "164.07", "1.2"),
    ("HMDB0000011|CHEBI:17066", "β-hydroxy/3-HB", "", ""),
    ("", "=1+1", "", ""),
    ("", "hexose", "179.05", "2.0"),
    ("C00031", "hexose", "179.05", "2.4"),
    ("CHEBI:29101", "", "", ""),
    ("", "", "301.2", "5.5"),
    ("", LONG, "", ""),
    ("unknown", 'a "b" c', "", ""),
]
SAMPLES = [  # sample, source, sex, age, timepoint, dose
    ("s 1", "P-1", "female", 40, "before", 0.5), ("s/2", "P-1", "female", 40, "after", 0.5),
    ("=S3", "Pé2", "male", 51, "before", 1), ("4,4", "Pé2", "male", 51, "after", 1),
]
FIXED = ["database_identifier", "chemical_formula", "smiles", "inchi", "metabolite_identification", "mass_to_charge", "fragmentation",
         "modifications", "charge", "retention_time", "taxid", "species", "database", "database_version", "reliability", "uri",
         "search_engine", "search_engine_score", "smallmolecule_abundance_sub", "smallmolecule_abundance_stdev_sub",
         "smallmolecule_abundance_std_error_sub"]


def save(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


def write(name, header, rows):
    with open(HERE / "expected" / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def value(metabolite, sample):
    return "" if (metabolite, sample) == (1, 2) else f"{(metabolite + 1) * 3.3 / (sample + 7):.8g}"


def files():
    save("s_study.txt",
         ["Source Name", "Characteristics[Sex]", "Term Source REF", "Term Accession Number", "Characteristics[Age]", "Unit", "Term Source REF",
          "Term Accession Number", "Protocol REF", "Sample Name", "Factor Value[timepoint]", "Term Source REF", "Term Accession Number",
          "Factor Value [Dose]", "Unit", "Term Source REF", "Term Accession Number"],
         [(source, sex, "PATO", "", age, "year", "UO", "", "Sample collection", sample, when, "", "", dose, "mg/kg", "UO", "")
          for sample, source, sex, age, when, dose in reversed(SAMPLES)])
    save("a_assay.txt",
         ["Sample Name", "Protocol REF", "Parameter Value[Batch]", "Term Source REF", "Protocol REF", "timepoint", "batch", "Raw Spectral Data File"],
         [(sample, "Extraction", "b", "", "Mass spectrometry", when, f"b{n % 2}", f"{n}.raw") for n, (sample, _, _, _, when, _) in enumerate(SAMPLES)])
    rows = []
    for m, (identifier, name, mass, time) in enumerate(METABOLITES):
        known = {"database_identifier": identifier, "metabolite_identification": name, "mass_to_charge": mass, "retention_time": time}
        rows.append([known.get(column, "") for column in FIXED] + ["a remark", *(value(m, s) for s in range(len(SAMPLES))), ""])
    save("m_study_maf.tsv", FIXED + ["Comment", *(row[0] for row in SAMPLES), ""], rows)


if __name__ == "__main__":
    files()
    maf = pandas.read_csv(HERE / "m_study_maf.tsv", sep="\t", dtype=str, keep_default_na=False)
    samples = [column for column in maf.columns if column not in FIXED + ["Comment"] and not column.startswith("Unnamed")]
    names = []
    for _, row in maf.iterrows():
        feature = f"m/z {row['mass_to_charge']} at {row['retention_time']}"
        names.append(row["metabolite_identification"] or row["database_identifier"] or feature)
    names = [f"{name} [row {n}]" if names.count(name) > 1 else name for n, name in enumerate(names, 2)]
    write("ingest.abundances.csv", ["sample_id", "analyte", "value"],
          [(sample, name, row[sample]) for (_, row), name in zip(maf.iterrows(), names) for sample in samples])
    panel = []
    for (_, row), name in zip(maf.iterrows(), names):
        ids = row["database_identifier"].split("|")
        of = lambda start: ([one for one in ids if one.startswith(start)] + [""])[0]
        panel.append((name, of("HMDB"), of("CHEBI:"), of("C0")))
    write("ingest.panel.csv", ["analyte", "hmdb", "chebi", "kegg"], panel)
    study = pandas.read_csv(HERE / "s_study.txt", sep="\t", dtype=str, keep_default_na=False)
    assay = pandas.read_csv(HERE / "a_assay.txt", sep="\t", dtype=str, keep_default_na=False)
    joined = assay.merge(study, on="Sample Name")
    write("ingest.samples.csv", ["sample_id", "participant_id", "timepoint", "batch"],
          joined[["Sample Name", "Source Name", "timepoint", "batch"]].values.tolist())
    people = study.drop_duplicates("Source Name")
    write("ingest.participants.csv", ["participant_id", "sex", "age"],
          [(a, b, float(c)) for a, b, c in people[["Source Name", "Characteristics[Sex]", "Characteristics[Age]"]].values.tolist()])
