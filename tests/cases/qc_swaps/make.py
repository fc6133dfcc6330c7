"""Ten people at three timepoints, two samples of one timepoint exchanged, one sample of the wrong sex; nearest samples by numpy."""
import csv
import numpy as np
rng = np.random.default_rng(5)
people = [f"P{i}" for i in range(10)]; times = ["t1", "t2", "t3"]; p = 15
base = rng.normal(0, 1, (10, p)); sex = ["f" if i % 2 else "m" for i in range(10)]
ids, L = [], []
for i, who in enumerate(people):
    for k, t in enumerate(times):
        whose = {0: 3, 3: 0}.get(i, i) if t == "t2" else i
        x = 2 + base[whose] + 0.25 * rng.normal(0, 1, p) + 0.5 * k
        x[0] = (3.0 if sex[whose] == "m" else 0.0) + 0.1 * rng.normal()
        ids.append((f"{who}/{t}", who, t)); L.append(x)
L = np.array(L); ids[5 * 3 + 2]; L[5 * 3 + 2, 0] = 3.0  # a woman's sample as of a man
X = np.round(np.exp(L), 6); L = np.log(X)
names = ["testosterone, =x"] + [f"m {j}" for j in range(1, p)]
def write(name, head, body):
    with open(name, "w", newline="") as f: w = csv.writer(f, lineterminator="\n"); w.writerow(head); w.writerows(body)
write("metabolites.csv", ["sample_id"] + names, [[s[0]] + [repr(float(v)) for v in x] for s, x in zip(ids, X)])
write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], [list(s) + ["study"] for s in ids])
write("participants.csv", ["participant_id", "sex"], [[w, s] for w, s in zip(people, sex)])
Z = np.empty_like(L)
for t in times:
    rows = [i for i, s in enumerate(ids) if s[2] == t]
    Z[rows] = (L[rows] - L[rows].mean(0)) / L[rows].std(0, ddof=1)
R = np.corrcoef(Z)
lab = np.array([sex[people.index(s[1])] for s in ids]); x = L[:, 0]
m = {g: np.median(x[lab == g]) for g in "fm"}; s = 1.4826 * np.median([abs(v - m[g]) for v, g in zip(x, lab)])
score = (m["m"] - m["f"]) / s ** 2 * x; c = {g: np.median(score[lab == g]) for g in "fm"}
sigma = 1.4826 * np.median([abs(v - c[g]) for v, g in zip(score, lab)])
z = [(v - c["f"]) / sigma if g == "f" else (c["m"] - v) / sigma for v, g in zip(score, lab)]
out = []
for i, (sample, who, t) in enumerate(ids):
    own = max((k for k in range(30) if k != i and ids[k][1] == who), key=lambda k: R[i, k])
    other = max((k for k in range(30) if ids[k][1] != who), key=lambda k: R[i, k])
    out.append([sample, ids[own][0], repr(R[i, own]), ids[other][0], repr(R[i, other]), repr(z[i]), "keep"])
    if R[i, other] > R[i, own] + 0.2: print(sample, ids[other][0], R[i, own], R[i, other])
    if z[i] > 3: print("sex", sample, z[i])
out = [[str(v).replace("np.float64(", "").rstrip(")") for v in r] for r in out]
write("expected/qc.sample_quality.csv", "sample_id nearest_own nearest_own_r nearest_other nearest_other_r sex_z decision".split(), out)
