"""Conversions between laboratory units, for stages/ingest/units/factor.rs.

`exact`: rational arithmetic on the double that the value is, rounded to a double once (fractions.Fraction).
`pint`: the same by pint (pip install pint), which multiplies floats. Written by: python3 make.py > conversions.csv
"""
import csv
import itertools
import sys
from fractions import Fraction

import pint

ureg = pint.UnitRegistry()
# Written unit -> (dimension, size in mol, g, L or their ratio, exactly, and what pint calls it).
AMOUNT = {
    "mol/L": (Fraction(1), "mol/L"), "mmol/L": (Fraction(1, 10**3), "mmol/L"), "µmol/L": (Fraction(1, 10**6), "umol/L"),
    "nmol/l": (Fraction(1, 10**9), "nmol/L"), "pmol/L": (Fraction(1, 10**12), "pmol/L"), "mM": (Fraction(1, 10**3), "mmol/L"),
    "μM": (Fraction(1, 10**6), "umol/L"), "nmol/mL": (Fraction(1, 10**6), "nmol/mL"), "pmol/dL": (Fraction(1, 10**11), "pmol/dL"),
}
MASS = {
    "g/L": (Fraction(1), "g/L"), "mg/L": (Fraction(1, 10**3), "mg/L"), "mg/dL": (Fraction(1, 10**2), "mg/dL"),
    "g/dL": (Fraction(10), "g/dL"), "µg/mL": (Fraction(1, 10**3), "ug/mL"), "ng/mL": (Fraction(1, 10**6), "ng/mL"),
    "pg/mL": (Fraction(1, 10**9), "pg/mL"), "mcg/dL": (Fraction(1, 10**5), "ug/dL"),
}
PER_MASS = {"µmol/g": (Fraction(1, 10**6), "umol/g"), "nmol/mg": (Fraction(1, 10**6), "nmol/mg"), "pmol/mg": (Fraction(1, 10**9), "pmol/mg")}
NUMBER = {"%": (Fraction(1, 100), "percent"), "fraction": (Fraction(1), "dimensionless")}
# Per creatinine: the size in mol or g, exactly, per mol or g of creatinine.
PER_CREATININE = {
    "µmol/mmol creatinine": (Fraction(1, 10**3), "umol/mmol", "mol"), "mmol/mol crea": (Fraction(1, 10**3), "mmol/mol", "mol"),
    "nmol/mg creatinine": (Fraction(1, 10**6), "nmol/mg", "g"), "µmol/g Cr": (Fraction(1, 10**6), "umol/g", "g"),
}
MASS_PER_CREATININE = {
    "mg/mmol creatinine": (Fraction(1), "mg/mmol", "mol"), "µg/mg creat": (Fraction(1, 10**3), "ug/mg", "g"),
    "mg/g creatinine": (Fraction(1, 10**3), "mg/g", "g"),
}
CREATININE = 113.12  # g/mol
VALUES = [1.2, 0.1, 3.7, 123.456, 5e-324 * 2**700, 7.0]
MASSES = ["90.08", "104.1045", "180.156"]


def pint_of(value, a, b, mass=None, divide=True):
    quantity = value * ureg(a)
    if mass is not None:
        molar = float(mass) * ureg("g/mol")
        quantity = quantity / molar if divide else quantity * molar
    return quantity.to(b).magnitude


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["value", "from", "to", "molar_mass", "exact", "pint"])
for group in (AMOUNT, MASS, PER_MASS, NUMBER):
    for i, ((a, (size_a, pint_a)), (b, (size_b, pint_b))) in enumerate(itertools.product(group.items(), group.items())):
        value = VALUES[i % len(VALUES)]
        out.writerow([repr(value), a, b, "", repr(float(Fraction(value) * size_a / size_b)), repr(float(pint_of(value, pint_a, pint_b)))])
for i, ((a, (size_a, pint_a)), (b, (size_b, pint_b))) in enumerate(itertools.product(MASS.items(), AMOUNT.items())):
    value, mass = VALUES[i % len(VALUES)], MASSES[i % len(MASSES)]
    exact = Fraction(value) * size_a / Fraction(float(mass)) / size_b
    out.writerow([repr(value), a, b, mass, repr(float(exact)), repr(float(pint_of(value, pint_a, pint_b, mass)))])
    exact = Fraction(value) * size_b * Fraction(float(mass)) / size_a
    out.writerow([repr(value), b, a, mass, repr(float(exact)), repr(float(pint_of(value, pint_b, pint_a, mass, divide=False)))])


def creatinine(value, a, b):
    """The value per mol of creatinine as per g, or back, in exact fractions."""
    return {("mol", "g"): value / Fraction(CREATININE), ("g", "mol"): value * Fraction(CREATININE)}.get((a, b), value)


def pint_per_creatinine(value, a, b, mass, per_a, per_b):
    quantity = value * ureg(a)
    quantity = quantity if mass is None else quantity / (float(mass) * ureg("g/mol"))
    molar = CREATININE * ureg("g/mol")
    quantity = {("mol", "g"): quantity / molar, ("g", "mol"): quantity * molar}.get((per_a, per_b), quantity)
    return quantity.to(b).magnitude


sources = [(PER_CREATININE, None), (MASS_PER_CREATININE, "90.08")]
for group, mass in sources:
    for i, ((a, (size_a, pint_a, per_a)), (b, (size_b, pint_b, per_b))) in enumerate(itertools.product(group.items(), PER_CREATININE.items())):
        value = VALUES[i % len(VALUES)]
        exact = creatinine(Fraction(value) * size_a / (1 if mass is None else Fraction(float(mass))), per_a, per_b) / size_b
        by_pint = pint_per_creatinine(value, pint_a, pint_b, mass, per_a, per_b)
        out.writerow([repr(value), a, b, mass or "", repr(float(exact)), repr(float(by_pint))])
