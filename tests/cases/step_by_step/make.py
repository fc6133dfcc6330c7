"""Draws the synthetic study and computes the expected tables with numpy. Run in this folder: python3 make.py"""
import csv
import numpy as np

rng = np.random.default_rng(20250715)
ANALYTES = sorted(['=1+1', '3-HB, "β"', 'NA(+)', "O'Brien/acid", 'x' * 200, 'γ-Glu–Leu'], key=lambda s: s.encode())
LOD = {'NA(+)': 2.0}
samples = []
for person in range(1, 4):
    for timepoint in ('start', 'end'):
        samples.append((f's {person}/{timepoint}', f'P{person}', timepoint, 'study'))
samples += [(f'QC_{i}', '', '', 'pooled_qc') for i in range(1, 7)]
order = rng.permutation(len(samples)) + 1
samples = [(*s, 'a' if o <= 6 else 'b', int(o)) for s, o in zip(samples, order)]

base = np.array([5.0, 40.0, 3.0, 12.0, 100.0, 0.4])
values = np.empty((len(samples), len(ANALYTES)))
for i, (_, _, _, kind, batch, _) in enumerate(samples):
    spread = 0.4 if kind == 'study' else 0.05
    dilution = np.exp(0.15 * rng.normal())
    values[i] = base * dilution * np.exp(spread * rng.normal(size=6)) * (1.2 if batch == 'b' else 1.0)
values = np.array([[float(f'{v:.4g}') for v in row] for row in values])
na = ANALYTES.index('NA(+)')
values[2, na], values[4, na] = 1.5, 0.7
values[1, ANALYTES.index('=1+1')] = np.nan
below = np.zeros(values.shape, bool)
below[:, na] = values[:, na] < LOD['NA(+)']


def write(name, header, rows):
    with open(name, 'w', newline='') as f:
        w = csv.writer(f, lineterminator='\n')
        w.writerow(header)
        w.writerows(rows)


def shown(v):
    return '' if v is None or not np.isfinite(v) else repr(float(v))


write('participants.csv', ['participant_id'], [[f'P{p}'] for p in range(1, 4)])
write('samples.csv', ['sample_id', 'participant_id', 'timepoint', 'type', 'batch', 'injection_order'], samples)
write('metabolites.csv', ['sample_id', *ANALYTES],
      [[s[0], *(shown(v) for v in row)] for s, row in zip(samples, values)])
write('panel.csv', ['analyte', 'unit', 'lod'], [[a, '', LOD.get(a, '')] for a in ANALYTES])

qc = np.array([s[3] == 'pooled_qc' for s in samples])


def mad(x):
    return np.median(np.abs(x - np.median(x)))


def measures(grid, j):
    q, s = (grid[rows, j][np.isfinite(grid[rows, j])] for rows in (qc, ~qc))
    return 1.4826 * mad(q) / np.median(q), mad(q) / mad(s)


def measured(grid):
    """What below_lod put in was not measured."""
    return np.where(below, np.nan, grid)


replaced = np.where(below, np.array([LOD.get(a, np.nan) for a in ANALYTES]) / 2, values)
reference = np.median(replaced[qc], axis=0)
pqn = replaced / np.nanmedian(replaced / reference, axis=1, keepdims=True)
rows = []
for position, step, method, before, after in [
        (1, 'below_lod', 'half_lod', values, replaced), (3, 'sample', 'pqn', replaced, pqn)]:
    for j, analyte in enumerate(ANALYTES):
        changed = not np.array_equal(before[:, j], after[:, j], equal_nan=True)
        first = before if position == 1 else measured(before)
        (r0, d0), (r1, d1) = measures(first, j), measures(measured(after), j)
        rows.append([position, analyte, step, method, *map(shown, (r0, r1, d0, d1)), 'done' if changed else 'none', ''])
write('expected/normalize.quality.csv', ['position', 'analyte', 'step', 'method', 'qc_rsd_before', 'qc_rsd_after',
      'd_ratio_before', 'd_ratio_after', 'decision', 'reason'], rows)

write('expected/normalize.pooled_qc.csv',
      ['analyte', 'sample_id', 'batch', 'injection_order', 'measured', 'curve', 'normalized'],
      [[a, s[0], s[4], s[5], shown(values[i, j]), '', shown(pqn[i, j])]
       for j, a in enumerate(ANALYTES) for i, s in enumerate(samples) if qc[i]])


def scores(grid):
    logged = np.log(grid)
    standard = (logged - np.nanmean(logged, axis=0)) / np.nanstd(logged, axis=0, ddof=1)
    standard[~np.isfinite(standard)] = 0.0
    u, d, vt = np.linalg.svd(standard, full_matrices=False)
    sign = [np.sign(v[np.argmax(np.abs(v))]) for v in vt[:2]]
    return u[:, :2] * d[:2] * sign, (d ** 2 / np.sum(d ** 2))[:2]


rows = []
for state, grid in (('measured', values), ('normalized', pqn)):
    points, share = scores(grid)
    for s, point in zip(samples, points):
        rows.append([state, s[0], s[3], s[4], s[5], s[2], *map(shown, point), *map(shown, share)])
write('expected/normalize.scores.csv', ['state', 'sample_id', 'type', 'batch', 'injection_order', 'timepoint', 'pc1',
      'pc2', 'explained_1', 'explained_2'], rows)
