"""Invents the export of a laboratory and of a clinic for this story: python3 make.py, in this folder. All data are synthetic.

Four plates of plasma in one workbook, samples in columns; ratings and facts of the people in a REDCap export; a panel.
`expect.py` computes, from the files' numbers alone, what the program must say of them.
"""
import csv
import datetime
import io
import zipfile

import numpy as np
import openpyxl

rng = np.random.default_rng(20310402)
PEOPLE = [f"KET-{i:03}" for i in range(1, 21)]
SEX = {p: "F" if i % 2 else "M" for i, p in enumerate(PEOPLE)}
TIMES = ["screening", "hour 24", "week 1", "month 1"]
PLATES = ["Plate 1", "Plate 2", "Plate 3, rerun", "Plate 4"]
X200 = "Unknown m/z 303.2330 @ 11.42 min; " + "x" * (200 - 34)
# name in the workbook: median, spread between people, within a person, noise; drift over a plate, what is odd about it
ANALYTES = {
    "L-Lactic acid": (12.0, .25, .15, .03, .25, "mg/dL"),
    "beta-hydroxybutyrate": (95.0, .5, .25, .04, -.3, ""),
    "γ-Aminobutyric acid": (0.13, .2, .1, .05, 0, "lod"),
    "HMDB00161": (380.0, .2, .1, .03, .3, "wave"),
    "TMAO": (4.0, .4, .2, .04, 0, "carry"),
    "Serotonin (5-HT)": (0.5, .5, .25, .06, 0, "lod"),
    "testosterone": (1.0, .15, .08, .03, 0, "sex"),
    "Creatinine": (70.0, .15, .04, .02, 0, ""),
    "d4-Alanine": (50.0, 0, 0, .03, .08, "standard"),
    "=1+1": (8.0, .3, .12, .04, -.2, ""),
    "NA(+)": (139.0, .05, .02, .01, 0, "mmol/L"),
    'PC(16:0/18:1), "sum" of isomers': (160.0, .25, .1, .05, .15, ""),
    "5'-Methylthioadenosine": (0.03, .3, .15, .08, 0, "gaps"),
    "1,5-Anhydrosorbitol": (120.0, .3, .05, .03, 0, "text"),
    "Lys/Arg, total": (2.2, .15, .08, .05, 0, ""),
    X200: (4.1e5, .4, .2, .45, 0, ""),
    "Kynurenine": (1.9, .2, .12, .05, .2, ""),
    "Kynurenic acid": (0.045, .3, .15, .06, 0, "falls"),
    "Tryptophan": (58.0, .15, .1, .03, -.15, ""),
    "Tyrosine": (62.0, .2, .1, .03, 0, ""),
    "Glutamine": (600.0, .12, .06, .02, .1, "flag"),
    "Glutamate": (45.0, .35, .15, .04, 0, ""),
    "Citrate": (110.0, .2, .1, .04, .2, "wave"),
    "Uric acid": (300.0, .25, .06, .02, 0, ""),
    "Taurine": (55.0, .3, .12, .05, 0, "zero"),
    "α-Tocopherol": (27.0, .2, .05, .06, -.25, ""),
}
ODD = {a: v[5] for a, v in ANALYTES.items()}


def columns():
    """Every injection in its order: a dictionary of the sample's facts."""
    rows, study = [], 0

    def inject(name, kind, plate, **facts):
        rows.append(dict(name=name, kind=kind, plate=plate, order=len(rows) + 1, **facts))

    for number, plate in enumerate(PLATES):
        mine = [(p, t) for p in PEOPLE[number * 5:number * 5 + 5] for t in range(4)]
        mine = [s for s in mine if s not in [("KET-007", 3), ("KET-018", 3)]]
        mine = [mine[i] for i in rng.permutation(len(mine))]
        tag = number + 1
        inject(f"Blk-{tag}a", "Solvent", plate)
        inject(f"PQC-{tag}.0", "Pool", plate)
        for place, (person, time) in enumerate(mine):
            study += 1
            inject(f"L24/{study:04}", "Sample", plate, person=person, time=time)
            if place in (5, 11):
                inject(f"Blk-{tag}{'bc'[place > 5]}", "Solvent", plate)
            if place % 4 == 3 or place == len(mine) - 1:
                inject(f"PQC-{tag}.{place // 4 + 1}", "Pool", plate)
            if place == 9:
                inject(f"L24/{study:04} r2", "Sample", plate, person=person, time=time, again=True)
        if number == 1:
            for d in (1.0, 0.5, 0.25, 0.125, 0.0625):
                inject(f"Dil {d}", "Dil. series", plate, dilution=d)
        inject(f"Ref-{tag}", "NIST", plate)
    return rows


def clock(row):
    """Day since the infusion, hours after it, hours since the last meal, time of day."""
    day = [0, 1, int(rng.integers(5, 9)), int(rng.integers(26, 33))][row["time"]]
    hours = round(float(rng.uniform(21, 27)), 1) if row["time"] == 1 else None
    meal = round(float(rng.uniform(8.2, 13)), 1)
    drawn = datetime.time(int(rng.integers(7, 10)), int(rng.integers(0, 60)))
    return [day, hours, meal, drawn]


def values(rows):
    """What the instrument showed, an array by injection and analyte; NaN where it showed nothing."""
    names = list(ANALYTES)
    own = {(p, a): rng.normal() for p in PEOPLE for a in names}
    within = {(p, t, a): rng.normal() for p in PEOPLE for t in range(4) for a in names}
    swapped = {("KET-005", 1): ("KET-012", 1), ("KET-012", 1): ("KET-005", 1)}
    thick = {(p, t): rng.normal() * .12 for p in PEOPLE for t in range(4)}
    shift = {(b, a): rng.normal() * .1 for b in PLATES for a in names}
    out = np.full((len(rows), len(names)), np.nan)
    for i, r in enumerate(rows):
        start = next(x["order"] for x in rows if x["plate"] == r["plate"])
        place = (r["order"] - start) / 30
        for j, (a, (median, between, inside, noise, drift, odd)) in enumerate(ANALYTES.items()):
            x = np.log(median) + rng.normal() * noise
            if drift:
                x += drift * place + shift[r["plate"], a] + (.12 * np.sin(6 * place) if odd == "wave" else 0)
            if r["kind"] == "Sample":
                who = swapped.get((r["person"], r["time"]), (r["person"], r["time"]))
                x += between * own[who[0], a] + inside * within[(*who, a)] + (0 if odd == "standard" else thick[who])
                x += .12 * who[1] * (a == "beta-hydroxybutyrate") * (own[who[0], "Tyrosine"] > 0)
                x += (1.2 if SEX[who[0]] == "M" else -1.2) * (odd == "sex")
            if r["kind"] == "NIST":
                x += .1
            if r["kind"] == "Dil. series" and odd != "standard":
                x += np.log(r["dilution"] if odd != "falls" else 1.2 - r["dilution"])
            out[i, j] = f"{np.exp(x):.5g}"
            if r["kind"] == "Solvent" and odd != "standard":
                before = out[i - 1, j] if i and rows[i - 1]["kind"] == "Sample" else 0
                out[i, j] = float(f"{median * .004 * np.exp(rng.normal() * .3) + .06 * before * (odd == 'carry'):.5g}")
    return out


def cell(row, analyte, value, place):
    """What stands in the workbook: a number, a mark, nothing."""
    odd, study = ODD[analyte], row["kind"] == "Sample"
    if odd == "lod" and value < {"Serotonin (5-HT)": .24, "γ-Aminobutyric acid": .11}[analyte]:
        return "<LOD" if place % 3 else "n.d."
    if odd == "gaps" and study and place % 9 == 0:
        return None
    if odd == "zero" and study and place in (20, 57):
        return 0
    if odd == "flag" and study and place in (15, 71):
        return f"{value} H"
    if odd == "text":
        return repr(float(value))
    return value


def plain(target, text):
    target.value = text
    if isinstance(text, str):
        target.data_type = "s"


def workbook(rows, grid, clocks):
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime.datetime(2031, 4, 2)
    sheet = book.active
    sheet.title = "Conc, final"
    sheet["A1"] = "Plasma panel, study KET; synthetic"
    beside = ["Compound", "Class", "Unit"]
    facts = {
        "Subject": lambda r, c: r.get("person"),
        "Visit": lambda r, c: TIMES[r["time"]] if r.get("time", 9) < 2 else None,
        "Sample type": lambda r, c: r["kind"],
        "Plate": lambda r, c: r["plate"],
        "Run order": lambda r, c: r["order"],
        "Dilution": lambda r, c: r.get("dilution"),
        "Study day": lambda r, c: c[0] if c else None,
        "h after infusion": lambda r, c: c[1] if c else None,
        "Fasting (h)": lambda r, c: c[2] if c else None,
        "Drawn at": lambda r, c: c[3] if c else None,
        "Injection of": lambda r, c: (2 if r.get("again") else 1) if r["kind"] == "Sample" else None,
    }
    for column, text in enumerate(beside + [r["name"] for r in rows]):
        plain(sheet.cell(3, 1 + column), text)
    for line, (fact, of) in enumerate(facts.items()):
        sheet.cell(4 + line, 1).value = fact
        for column, (r, c) in enumerate(zip(rows, clocks)):
            sheet.cell(4 + line, 4 + column).value = of(r, c)
    for line, (a, about) in enumerate(ANALYTES.items()):
        at = 4 + len(facts) + line
        plain(sheet.cell(at, 1), a)
        sheet.cell(at, 2).value = KIND.get(a, "other")
        sheet.cell(at, 3).value = UNIT.get(a, "µM")
        for column, r in enumerate(rows):
            plain(sheet.cell(at, 4 + column), cell(r, a, grid[column, line], column))
    notes = book.create_sheet("Notes")
    notes["A1"] = "H: the peak was integrated by hand"
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile("laboratory.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            body = old.read(part)
            if part == "docProps/core.xml":
                body = b'<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
            new.writestr(zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)


KIND = {a: "amino acid" for a in ["HMDB00161", "d4-Alanine", "Tryptophan", "Tyrosine", "Glutamine", "Glutamate", "Taurine", "Lys/Arg, total"]}
UNIT = {"L-Lactic acid": "mg/dL", "NA(+)": "mM", X200: "area", "Lys/Arg, total": "", "testosterone": "ng/mL"}


def panel():
    rows = [["analyte", "display_name", "unit", "lod", "hmdb", "class", "molar_mass", "role", "internal_standard", "synonyms"]]
    known = {
        "L-Lactic acid": ["lactate", "Lactate", "µmol/L", "", "HMDB0000190", 90.078, "L-Lactic acid|2-hydroxypropanoate"],
        "beta-hydroxybutyrate": ["3-hydroxybutyrate", "3-Hydroxybutyrate (β-HB)", "µmol/L", "", "HMDB0000357", "", "β-Hydroxybutyrate|BHB"],
        "γ-Aminobutyric acid": ["GABA", "GABA", "µmol/L", .11, "HMDB0000112", "", "gamma-aminobutyric acid"],
        "HMDB00161": ["alanine", "Alanine", "µmol/L", "", "HMDB0000161", "", ""],
        "TMAO": ["trimethylamine N-oxide", "TMAO", "µmol/L", "", "HMDB0000925", "", "TMAO"],
        "Serotonin (5-HT)": ["Serotonin (5-HT)", "Serotonin", "µmol/L", .24, "HMDB0000259", "", ""],
        "NA(+)": ["NA(+)", "Na⁺", "µmol/L", "", "", "", ""],
    }
    for a in ANALYTES:
        name, shown, unit, lod, hmdb, mass, other = known.get(a, [a, a[:30], UNIT.get(a, "µmol/L"), "", "", "", ""])
        role = "internal_standard" if ODD[a] == "standard" else ""
        kind = KIND.get(a, "other")
        rows.append([name, shown, unit, lod, hmdb, kind, mass, role, "", other])
    with open("panel.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def redcap():
    """One event a visit; adverse events repeat; the screening event has the facts of the people."""
    items = [f"madrs_{i}" for i in range(1, 11)]
    head = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "dob_year", "age", "sex", "bmi",
            *items, "madrs_total", "ae_term", "demographics_complete", "madrs_complete"]
    events = ["screening_arm_1", "day_1_arm_1", "week_1_arm_1", "month_1_arm_1"]
    rows = []
    for p in PEOPLE:
        start = rng.integers(2, 5, 10)
        for k, event in enumerate(events):
            if p == "KET-018" and k == 3:
                continue
            now = np.clip(start - rng.integers(0, 1 + min(k, 2) + 1, 10), 0, 6)
            line = dict(record_id=p, redcap_event_name=event, madrs_total=int(now.sum()), madrs_complete=2,
                        **{i: int(v) for i, v in zip(items, now)})
            if k == 0:
                line |= dict(age=int(rng.integers(22, 66)), sex={"F": 2, "M": 1}[SEX[p]], bmi=round(float(rng.uniform(19, 33)), 1), demographics_complete=2)
            rows.append(line)
            if rng.random() < .2:
                rows.append(dict(record_id=p, redcap_event_name=event, redcap_repeat_instrument="adverse_events",
                                 redcap_repeat_instance=1, ae_term='=1+1, "dizzy"'))
    with open("redcap.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, head, restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main():
    rows = columns()
    clocks = [clock(r) if r["kind"] == "Sample" else None for r in rows]
    said = {}
    for i, r in enumerate(rows):  # a second injection is of the same tube
        if r["kind"] == "Sample":
            clocks[i] = said.setdefault((r["person"], r["time"]), clocks[i])
    late = next(i for i, r in enumerate(rows) if r.get("person") == "KET-003" and r["time"] == 2)
    clocks[late][0] = 15  # no window holds this day
    fed = next(i for i, r in enumerate(rows) if r.get("person") == "KET-010" and r["time"] == 0)
    clocks[fed][2] = 3.0
    workbook(rows, values(rows), clocks)
    panel()
    redcap()


if __name__ == "__main__":
    main()
