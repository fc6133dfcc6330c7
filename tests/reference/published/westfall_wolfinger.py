"""Writes westfall_wolfinger_expected.csv: exact permutation p-values of the five responses against the treatment group.

The counts in westfall_wolfinger.csv are Table 4 of Westfall and Wolfinger 1997, The American Statistician 51:3-8,
as the regression tests of R's coin quote it (tests/regtest_MTP.R). Given both margins, the 111 participants' groups
are exchangeable, so every table of the same margins has its multivariate hypergeometric probability; all of them are
listed here, in integers. The statistic of a response is the squared standardized difference between the groups
(the squared correlation of the two indicators), which orders tables as its t statistic does. Adjusted: step-down max-T,
Westfall and Young 1993, algorithm 4.1. `published` are the step-down permutation values of coin (100,000 draws;
tests/regtest_MTP.Rout.save, which marks them as agreeing with the last column of Table 5), `published_p_value` the
unadjusted ones of the same run. Needs Python alone."""
import csv
from fractions import Fraction
from itertools import product
from math import comb

with open("westfall_wolfinger.csv") as source:
    rows = list(csv.DictReader(source))
names = [r["response"] for r in rows]
placebo = [int(r["placebo"]) for r in rows]
totals = [p + int(r["active"]) for r, p in zip(rows, placebo)]
n, size, m = sum(totals), sum(placebo), len(rows)


def statistic(k, count):
    """n times the count minus its expectation, squared, over the response's variance: exact, without constants."""
    return Fraction((n * count - size * totals[k]) ** 2, totals[k] * (n - totals[k]))


values = [[statistic(k, count) for count in range(totals[k] + 1)] for k in range(m)]
observed = [values[k][placebo[k]] for k in range(m)]
order = sorted(range(m), key=lambda k: (-observed[k], k))
alone, maximum = [0] * m, [0] * m
for counts in product(*(range(t + 1) for t in totals[:-1])):
    last = size - sum(counts)
    if not 0 <= last <= totals[-1]:
        continue
    counts += (last,)
    weight = 1
    for t, c in zip(totals, counts):
        weight *= comb(t, c)
    running = Fraction(0)
    for k in reversed(order):
        value = values[k][counts[k]]
        alone[k] += weight * (value >= observed[k])
        running = max(running, value)
        maximum[k] += weight * (running >= observed[k])
total = comb(n, size)
adjusted, highest = [0.0] * m, 0
for k in order:
    highest = max(highest, maximum[k])
    adjusted[k] = highest / total
published_p_value = [0.00229, 0.11624, 0.39398, 1, 0.07899]
published = [0.00689, 0.24334, 0.56908, 1, 0.21351]
with open("westfall_wolfinger_expected.csv", "w") as out:
    out.write("response,p_value,p_max_t,published_p_value,published\n")
    for k in range(m):
        p = alone[k] / total
        out.write(f"{names[k]},{p!r},{adjusted[k]!r},{published_p_value[k]},{published[k]}\n")
