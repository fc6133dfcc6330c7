"""What the scripts of the stories share: they run in their own folder, python3 make.py. All data are synthetic."""
import csv


def write(file, header, rows):
    with open(file, "w", newline="", encoding="utf-8") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(header)
        w.writerows([["" if c is None else c for c in r] for r in rows])


def expect(samples, analytes, values):
    """Every sample's values on the final scale, as the story must end."""
    rows = [[s, a, v] for s, row in zip(samples, values) for a, v in zip(analytes, row)]
    write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], rows)


def study(samples):
    """A participant for each sample, all drawn at one timepoint."""
    owned = [[s, f"P{i + 1}", "pre", "study"] for i, s in enumerate(samples)]
    write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], owned)
    write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(len(samples))])
