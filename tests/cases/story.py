"""What the scripts of the stories share: they run in their own folder, python3 make.py. All data are synthetic."""
import csv
import hashlib
import math


def write(file, header, rows):
    with open(file, "w", newline="", encoding="utf-8") as out:
        w = csv.writer(out, lineterminator="\n")
        w.writerow(header)
        w.writerows([[cell(c) for c in r] for r in rows])


def cell(value):
    """A cell as it is written: nothing for what is missing, every digit of a number, true and false as words."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(float(value)) if isinstance(value, float) else value


def expect(samples, analytes, values):
    """Every sample's values on the final scale, as the story must end."""
    rows = [[s, a, v] for s, row in zip(samples, values) for a, v in zip(analytes, row)]
    write("expected/normalize.abundances.csv", ["sample_id", "analyte", "value"], rows)


def study(samples):
    """A participant for each sample, all drawn at one timepoint."""
    owned = [[s, f"P{i + 1}", "pre", "study"] for i, s in enumerate(samples)]
    write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"], owned)
    write("participants.csv", ["participant_id"], [[f"P{i + 1}"] for i in range(len(samples))])


def measured(samples, analytes, values):
    """The table of abundances: a row a sample, a column an analyte."""
    write("metabolites.csv", ["sample_id"] + list(analytes), [[s] + list(r) for s, r in zip(samples, values)])


def panel(analytes, **facts):
    """What the panel says of each analyte; each fact is a list beside the analytes."""
    write("panel.csv", ["analyte"] + list(facts), [[a, *(f[i] for f in facts.values())] for i, a in enumerate(analytes)])


def injected(rows, columns=()):
    """The tables of samples and participants; each row is a dict with its id, its type and, of a study sample, its person
    and time."""
    columns = list(columns)
    of = lambda r: [r["id"], r.get("person"), r.get("time"), r["type"]] + [r.get(c) for c in columns]
    write("samples.csv", ["sample_id", "participant_id", "timepoint", "type"] + columns, [of(r) for r in rows])
    people = sorted({r["person"] for r in rows if r.get("person")})
    write("participants.csv", ["participant_id"], [[p] for p in people])


def findings(lines):
    """Findings that must be there: stage, code and subject."""
    with open("expected/findings.txt", "w", encoding="utf-8", newline="\n") as out:
        out.writelines(" ".join(line) + "\n" for line in lines)


def present(values):
    return [v for v in values if v is not None and not math.isnan(v)]


def uniform(seed, name, draw=0):
    """The first number in (0, 1) of a named stream, written out from the descriptions of SHA-256 and ChaCha with eight
    rounds: the key is the hash of the seed and the name, the nonce the draw."""
    text = name.encode()
    key = hashlib.sha256(b"ketascreen stream 1" + seed.to_bytes(8, "little") + len(text).to_bytes(8, "little") + text).digest()
    words = [int.from_bytes(b, "little") for b in (b"expa", b"nd 3", b"2-by", b"te k")]
    words += [int.from_bytes(key[4 * i:4 * i + 4], "little") for i in range(8)]
    words += [0, 0, draw & 0xFFFFFFFF, draw >> 32]
    block = list(words)

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            block[x] = (block[x] + block[y]) & 0xFFFFFFFF
            mixed = block[z] ^ block[x]
            block[z] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF

    for _ in range(4):
        for places in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                       (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(*places)
    low, high = ((block[i] + words[i]) & 0xFFFFFFFF for i in (0, 1))
    bits = high << 32 | low
    return ((bits >> 12) + 0.5) / 2**52
