"""Replicates become one: the means and the RSD pooled by degrees of freedom, by hand."""
import csv, math, statistics as st
A = ["=1+1", "a,b"]
data = {"P1 a": [10.0, 100.0], "P1 b": [12.0, None], "P1 c": [14.0, None], "P2 x": [5.0, None], "P2 y": [7.0, None], "P3": [1.0, 2.0]}
group = {"P1": ["P1 b", "P1 a", "P1 c"], "P2": ["P2 y", "P2 x"]}  # in the order of the replicates' numbers
def write(name, head, body):
    with open(name, "w", newline="") as f: w = csv.writer(f, lineterminator="\n"); w.writerow(head); w.writerows(body)
write("metabolites.csv", ["sample_id"] + A, [[s] + ["" if v is None else v for v in row] for s, row in data.items()])
number = {"P1 b": "2", "P1 a": "9", "P1 c": "10", "P2 y": "1", "P2 x": "2", "P3": ""}
write("samples.csv", ["sample_id", "participant_id", "timepoint", "type", "replicate"], [[s, s[:2], "t", "study", number[s]] for s in data])
write("participants.csv", ["participant_id"], [["P1"], ["P2"], ["P3"]])
out = []; squares = {a: [] for a in A}
for p, members in group.items():
    for j, a in enumerate(A):
        v = [data[m][j] for m in members if data[m][j] is not None]
        out.append([members[0], a, st.mean(v) if v else ""])
        if len(v) > 1: squares[a].append(((st.stdev(v) / st.mean(v)) ** 2, len(v) - 1))
out += [["P3", a, data["P3"][j]] for j, a in enumerate(A)]
write("expected/qc.abundances.csv", ["sample_id", "analyte", "value"], out)
def pooled(groups): return math.sqrt(sum(r * d for r, d in groups) / sum(d for _, d in groups))
write("expected/qc.analyte_quality.csv", ["analyte", "n", "replicate_rsd", "replicate_groups", "decision"],
      [[a, sum(1 for r in out if r[1] == a and r[2] != ""), pooled(squares[a]) if squares[a] else "", len(squares[a]),
        "flag" if squares[a] and pooled(squares[a]) > 0.1 else "keep"] for a in A])
write("expected/qc.decisions.some.csv", ["what", "name", "by_rule", "reason", "decision"],
      [["sample", m, "combined", f"became part of `{g[0]}`, with {len(g)} replicates in all", "combined"] for g in group.values() for m in g[1:]])
