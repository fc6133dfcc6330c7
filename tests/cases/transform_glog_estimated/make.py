"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import math
import random
import sys

sys.path.insert(0, "..")
from story import injected, measured, write

random.seed(9)
rows = [dict(id=f"QC, {i}", type="pooled_qc") for i in range(9)]
rows += [dict(id=f"=s{i}", type="study", person=f"P{i}", time="pre") for i in range(5)]
injected(rows)
sizes = [2.0, 5.0, 20.0, 80.0, 400.0]
analytes = ["1β", "=2", "c\"3", "NA(+)", "e/5", "flat"]
x = [[round(abs(m * math.exp(random.gauss(0, 0.1 if i < 9 else 0.5)) + random.gauss(0, 1.0)), 4) for m in sizes] + [3.0 if i < 9 else 3.0 + i]
     for i in range(14)]
x[4][2] = None
measured([r["id"] for r in rows], analytes, x)
groups = [[r[k] for r in x[:9] if r[k] is not None] for k in range(5)]
count = sum(map(len, groups))


def slope(log):
    """The derivative, by ln λ, of (N/2) ln Σ(z - z̄)² + Σ ln √(y² + λ)."""
    lam = math.exp(log)
    squares = turned = roots = 0.0
    for group in groups:
        z = [math.asinh(y / math.sqrt(lam)) + log / 2 for y in group]
        # dz/dλ of ln(y + √(y² + λ)) is 1/(2 √(y² + λ) (y + √(y² + λ))).
        dz = [lam / (2 * math.sqrt(y * y + lam) * (y + math.sqrt(y * y + lam))) for y in group]
        mean, dmean = math.fsum(z) / len(z), math.fsum(dz) / len(z)
        squares += math.fsum((a - mean) ** 2 for a in z)
        turned += math.fsum(2 * (a - mean) * (d - dmean) for a, d in zip(z, dz))
        roots += math.fsum(lam / (2 * (y * y + lam)) for y in group)
    return count / 2 * turned / squares + roots


low, high = math.log(1e-3), math.log(1e4)
assert slope(low) < 0 < slope(high)
for _ in range(200):
    middle = (low + high) / 2
    low, high = (middle, high) if slope(middle) < 0 else (low, middle)
lam = math.exp(low)
print("λ =", lam)
# λ is known to about 1e-8 of itself (a summit is flat), a transformed value to 1e-9.
out = [[r["id"], a, math.log(v + math.sqrt(v * v + lam))] for r, values in zip(rows[9:], x[9:]) for a, v in zip(analytes, values)]
write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], out)
