"""Independent maximum likelihood for vsn and a brute-force iterative SVD, on matrix.csv. Synthetic data.

  cd tests/reference/normalization && python3 values.py
"""
import csv
import numpy as np
from scipy.optimize import minimize

rows = list(csv.reader(open("matrix.csv")))
names, matrix = rows[0], np.array([[float(v) if v else np.nan for v in r] for r in rows[1:]])


def save(file, header, values):
    with open(file, "w", newline="") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(header)
        w.writerows([["" if np.isnan(v) else repr(float(v)) for v in r] for r in values])


# vsn: h = arsinh(a + b y), normal with a mean per analyte and one variance; profile likelihood over a and ln b.
# Data from the model itself, with offsets, factors, values below zero and gaps.
draw = np.random.default_rng(20240612)
n, p = 12, 40
h = draw.uniform(-0.5, 6, p) + 0.15 * draw.standard_normal((n, p))
y = (np.sinh(h) - draw.normal(0, 0.5, (n, 1))) / np.exp(draw.normal(-2, 0.4, (n, 1)))
y[draw.random((n, p)) < 0.05] = np.nan
y = np.round(y, 6)
vsn_names = [f"v{j + 1}" for j in range(p)]
save("vsn_data.csv", vsn_names, y)
there = ~np.isnan(y)
unit = np.nanmedian([np.nanmedian(np.abs(r)) for r in y])
u0 = np.where(there, y, 0) / unit
count = there.sum()


def parts(theta):
    a, lb = theta[:n, None], theta[n:, None]
    by = np.exp(lb) * u0
    u = a + by
    h = np.arcsinh(u)
    mu = (h * there).sum(0) / there.sum(0)
    res = np.where(there, h - mu, 0)
    ss = (res**2).sum()
    r2 = 1 + u**2
    f = count / 2 * np.log(ss) + (0.5 * np.log(r2) * there).sum() - (lb * there).sum()
    gu = (count / ss * res / np.sqrt(r2) + u / r2) * there
    return f, np.concatenate([gu.sum(1), (gu * by).sum(1) - there.sum(1)]), mu, ss


start = np.concatenate([np.zeros(n), -np.log(np.nanmedian(np.abs(y / unit), axis=1))])
best = minimize(lambda t: parts(t)[:2], start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
theta = best.x
# Damped Newton steps on numerical second derivatives of the exact gradient.
for _ in range(40):
    f, g = parts(theta)[:2]
    H = np.array([(parts(theta + e)[1] - parts(theta - e)[1]) / 2e-5 for e in 1e-5 * np.eye(2 * n)])
    step = np.linalg.lstsq((H + H.T) / 2, g, rcond=1e-13)[0]
    length = 1.0
    while length > 1e-6 and np.abs(parts(theta - length * step)[1]).max() >= np.abs(g).max():
        length /= 2
    if length <= 1e-6:
        break
    theta = theta - length * step
w = np.linalg.eigvalsh((H + H.T) / 2)
print("curvatures", w[:3], w[-1])
print("largest slope", np.abs(parts(theta)[1]).max())
f, _, mu, ss = parts(theta)
a, lb = theta[:n], theta[n:]
h = np.arcsinh(a[:, None] + np.exp(lb)[:, None] * y / unit) - np.log(2) - lb.mean() + np.log(unit)
save("vsn.csv", vsn_names, h)
save("vsn_fit.csv", ["minus_log_likelihood", "sd"], [[f, np.sqrt(ss / count)]])

# Iterative SVD: fill, decompose, fill again; the analytes' means are taken anew each time.
l = np.log(matrix)[:, [j for j in range(30) if j not in (3, 8)]]
gap = np.isnan(l)
x = np.where(gap, np.nanmean(l, axis=0), l)
for step in range(200000):
    center = x.mean(0)
    U, s, V = np.linalg.svd(x - center, full_matrices=False)
    new = center + (U[:, :2] * s[:2]) @ V[:2]
    moved = np.abs(new[gap] - x[gap]).max()
    x = np.where(gap, new, l)
    if moved < 1e-14:
        break
print("svd steps", step, moved)
save("svd.csv", [names[j] for j in range(30) if j not in (3, 8)], x)
