"""Six participants, two metabolites, two outcomes, four universes: every one of the 720 orderings, by numpy and scipy.

Run in this folder: python3 make.py. It writes the study's tables and the exact p-values of its specification curves.
All data are synthetic.
"""
import csv
import itertools

import numpy as np
from scipy import stats

PEOPLE = [f"P{i}" for i in range(1, 7)]
ANALYTES = ["=1+1, \"β/3-HB\"", "NA(+)"]
AGE = np.array([31.0, 44, 52, 38, 61, 47])
OUTCOMES = {"first": np.array([12.0, 31, 25, 8, 44, 40]), "second": np.array([3.0, 5, 9, 2, 6, np.nan])}
BEFORE = np.array([[10.0, 12, 9, 14, 11, 13], [100.0, 90, 120, 80, 95, 105]])
AFTER = np.array([[12.0, 15, 12.5, 14.5, 17, 19], [101.0, 97, 112, np.nan, 90, 104]])
CHANGES = 100 * (AFTER - BEFORE) / BEFORE
COVARIATES = {"none": [], "age": [AGE]}
ERRORS = ["model", "hc2"]


def test(x, y, covariates, errors):
    """The standardized effect, and p as a signed z; none where there is no test."""
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    design = np.column_stack([np.ones(len(x))] + [c[known] for c in covariates] + [x])
    df = len(x) - design.shape[1]
    if df < 1:
        return None
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ y
    e = y - design @ b
    if errors == "model":
        variance = (e @ e / df * inverse)[-1, -1]
    else:
        h = np.einsum("ij,jk,ik->i", design, inverse, design)
        variance = (inverse @ (design * (e**2 / (1 - h))[:, None]).T @ design @ inverse)[-1, -1]
    p = 2 * stats.t.sf(abs(b[-1]) / np.sqrt(variance), df)
    return b[-1] * x.std(ddof=1) / y.std(ddof=1), np.sign(b[-1]) * stats.norm.isf(p / 2)


def every(order):
    """What every test of every universe says, by analyte, when participants have the metabolites of `order`."""
    said = []
    for analyte in range(2):
        x = CHANGES[analyte][list(order)]
        said.append([
            test(x, y, covariates, errors)
            for covariates in COVARIATES.values()
            for errors in ERRORS
            for y in OUTCOMES.values()
        ])
    return said


def joint(said):
    said = [one for one in said if one]
    effects, z = np.array([one[0] for one in said]), np.array([one[1] for one in said])
    shares = [np.mean(z > LIMIT), np.mean(z < -LIMIT)]
    positive = np.sum(z > 0)
    share = max(shares) if 2 * positive == len(z) else shares[0] if 2 * positive > len(z) else shares[1]
    return np.array([abs(np.median(effects)), share, abs(z.mean())])


def panel(said):
    return joint([one and (abs(one[0]), abs(one[1])) for one in said])


def statistics(order):
    said = every(order)
    return [panel(said[0] + said[1]), joint(said[0]), joint(said[1])]


LIMIT = stats.norm.isf(0.1)
observed = statistics(range(6))
counts, family, orders = np.zeros((3, 3), int), np.zeros(3, int), 0
for order in itertools.permutations(range(6)):
    drawn = statistics(order)
    largest = max(drawn[1][2], drawn[2][2])
    for curve in range(3):
        counts[curve] += drawn[curve] >= observed[curve] * (1 - 1e-9)
        family[curve] += largest >= observed[curve][2] * (1 - 1e-9)
    orders += 1


def write(name, head, rows):
    with open(name, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(head)
        table.writerows(rows)


rows = []
for curve, analyte in enumerate([""] + ANALYTES):
    p = [f"{count / orders:.17g}" for count in counts[curve]]
    rows.append([analyte, *[f"{value:.17g}" for value in observed[curve]], *p, f"{family[curve] / orders:.17g}" if curve else ""])
write("curves.csv", ["analyte", "median_size", "share", "z_size", "p_median", "p_share", "p_average_z", "p_family"], rows)
write("participants.csv", ["participant_id", "age", *OUTCOMES], [
    [name, int(AGE[i]), *["" if np.isnan(y[i]) else f"{y[i]:g}" for y in OUTCOMES.values()]] for i, name in enumerate(PEOPLE)])
write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], [
    [f"{name}_{when}", name, when, "study"] for name in PEOPLE for when in ("before", "after")])
write("metabolites.csv", ["sample_id", "analyte", "value", "unit"], [
    [f"{name}_{when}", analyte, "" if np.isnan(values[a][i]) else f"{values[a][i]:g}", "µmol/L"]
    for i, name in enumerate(PEOPLE) for when, values in (("before", BEFORE), ("after", AFTER)) for a, analyte in enumerate(ANALYTES)])
