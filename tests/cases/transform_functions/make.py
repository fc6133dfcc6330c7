"""Makes the story's data and expected numbers: python3 make.py. Synthetic."""
import sys
from decimal import Decimal, getcontext

sys.path.insert(0, "..")
from story import expect, findings, measured, panel, study

getcontext().prec = 40
ln = lambda v: Decimal(v).ln()
functions = {"2": lambda v: ln(v) / ln(2), "e, e": ln, "=10": lambda v: Decimal(v).log10(), "∛\"x\"": lambda v: Decimal(v) ** (1 / Decimal(3))}
samples = ["s 1", "s,2", "s/3", "=s4"]
analytes = [f"{name} of β{k}" for name in functions for k in range(2)]
panel(analytes, **{"class": [name for name in functions for _ in range(2)]})
x = [[1e-7, 3.0] * 4, [0.0, 8.0] * 4, [1000.0, 12345.678] * 4, [None, 1e12] * 4]
measured(samples, analytes, x)
study(samples)


def of(name, v):
    if v is None or (v == 0 and name != "∛\"x\""):
        return None
    return float(functions[name](v)) if v else 0.0


expect(samples, analytes, [[of(list(functions)[k // 2], v) for k, v in enumerate(r)] for r in x])
findings([("normalize", "not_positive", f"{name} of β0") for name in ("2", "e, e", "=10")])
