"""Writes the synthetic study and, by plain arithmetic, what ketascreen must make of it."""
import csv, math, random
random.seed(4)
A = ['β-HB/3-OH "raw"', '=1+1,x']
T = {'screening': -48.0, 'baseline': 0.0, 'hour_2': 2.0, 'week_1': 168.0}
P = ['P 1', 'Pé2', 'P3', 'P4', 'P5']
value, time = {}, {}
for p in P:
    for t in T:
        if (p, t) in {('P3', 'screening'), ('P4', 'week_1')}: continue
        time[p, t] = T[t] + (0 if t in ('screening', 'baseline') else round(random.uniform(-.4, .4), 2))
        for a in A:
            value[p, t, a] = None if (p, t, a) == ('P5', 'hour_2', A[1]) else round(random.uniform(1, 50), 3)
def write(path, head, rows):
    with open(path, 'w', newline='', encoding='utf-8') as f:
        w = csv.writer(f, lineterminator='\n'); w.writerow(head); w.writerows(rows)
write('participants.csv', ['participant_id', 'improvement'], [[p, i * 7 - 3] for i, p in enumerate(P)])
write('samples.csv', ['sample_id', 'participant_id', 'timepoint', 'hours_after_infusion'], [[f'{p}/{t}', p, t, time[p, t]] for p, t in time])
write('metabolites.csv', ['sample_id', 'analyte', 'value'], [[f'{p}/{t}', a, '' if v is None else v] for (p, t, a), v in value.items()])
mean = lambda xs: sum(xs) / len(xs) if xs else None
def at(p, ts, a):
    return mean([value[p, t, a] for t in ts if value.get((p, t, a)) is not None])
rows = []
for name, frm, to, measures in [('early', ['screening', 'baseline'], ['hour_2'], ['percent', 'difference']),
                                ('week_1 - baseline', ['baseline'], ['week_1'], ['percent', 'log2_ratio'])]:
    for p in P:
        for a in A:
            x, y = at(p, frm, a), at(p, to, a)
            for m in measures:
                v = None
                if x is not None and y is not None:
                    v = {'percent': 100 * (y - x) / x, 'difference': y - x, 'log2_ratio': math.log2(y / x)}[m]
                rows.append([p, a, name, m, v, x, y])
for p in P:
    for a in A:
        pts = [(time.get((p, t)), value.get((p, t, a))) for t in ('screening', 'baseline', 'hour_2')]
        area = None
        if all(t is not None and v is not None for t, v in pts):
            area = sum((t2 - t1) * (v1 + v2) / 2 for (t1, v1), (t2, v2) in zip(pts, pts[1:]))
            first, span = pts[0][1], pts[-1][0] - pts[0][0]
        for m in ('area', 'incremental_area', 'time_average'):
            v = None if area is None else {'area': area, 'incremental_area': area - first * span, 'time_average': area / span}[m]
            rows.append([p, a, 'first day', m, v, pts[0][1], pts[-1][1]])
show = lambda v: '' if v is None else repr(v) if isinstance(v, float) else v
write('expected/normalize.changes.csv', ['participant_id', 'analyte', 'contrast', 'measure', 'value', 'from_value', 'to_value'], [[show(c) for c in r] for r in rows])
# The slope of improvement on each predictor, by the textbook formula, over those who have both.
def slope(contrast, measure, a):
    y = {p: i * 7 - 3 for i, p in enumerate(P)}
    xy = [(r[4], y[r[0]]) for r in rows if r[1] == a and r[2] == contrast and r[3] == measure and r[4] is not None]
    mx, my = mean([x for x, _ in xy]), mean([v for _, v in xy])
    return len(xy), sum((x - mx) * (v - my) for x, v in xy) / sum((x - mx) ** 2 for x, _ in xy)
out = []
for model, contrast, measure, label in [('early', 'early', 'percent', 'change: percent (early)'), ('late', 'week_1 - baseline', 'percent', 'change: percent (week_1 - baseline)'), ('area', 'first day', 'incremental_area', 'change: incremental_area')]:
    for a in A:
        n, b = slope(contrast, measure, a)
        out.append([model, a, label, n, repr(b)])
write('expected/screen.associations.csv', ['model', 'analyte', 'predictor', 'n', 'estimate'], out)
