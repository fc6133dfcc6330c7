"""Writes the Parquet files of this story and what must be read from them. Synthetic numbers."""
import csv
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).parent
ANALYTES = ["=1+1", "3-HB", 'β/3-HB, "free"', "NA(+)"]
SAMPLES = ["S 1", "S/2", "Sé3"]
R_NA = float(np.array([0x7FF00000000007A2], dtype=np.uint64).view(np.float64)[0])
numbers = {a: [round(0.3 * (i + 1) + j / 11, 12) for i in range(3)] for j, a in enumerate(ANALYTES)}
columns = {a: list(v) for a, v in numbers.items()}
columns["3-HB"][1] = float("nan")
columns["NA(+)"][0] = None
frame = pl.DataFrame({"sample_id": SAMPLES, **columns})
bits = np.array(frame["NA(+)"].fill_null(0.5).to_numpy())
bits[2] = R_NA
frame = frame.with_columns(pl.Series("NA(+)", bits).scatter(0, None))
frame = frame.with_columns(pl.col("=1+1").cast(pl.Float32))
frame.write_parquet(HERE / "metabolites.parquet", row_group_size=2)
pl.DataFrame(
    {
        "participant_id": pl.Series(["P1", "Pé,2", "P 3"], dtype=pl.Categorical),
        "age": pl.Series([34, None, 61], dtype=pl.Int32),
        "sex": pl.Series(["female", "male", None], dtype=pl.Enum(["female", "male"])),
        "smoker": [True, False, None],
        "visits": pl.Series([3, 2, 18446744073709551615], dtype=pl.UInt64),
    }
).write_parquet(HERE / "participants.parquet", compression="snappy")
whole = (HERE / "metabolites.parquet").read_bytes()
(HERE.parent / "truncated_parquet" / "metabolites.parquet").write_bytes(whole[: len(whole) // 2])
pl.DataFrame({"participant_id": ["P1"], "born": [1.0]}).with_columns(
    pl.lit("1990-01-01").str.to_date().alias("born")
).write_parquet(HERE.parent / "truncated_parquet" / "participants.parquet")

expected = {("S/2", "3-HB"): "", ("S 1", "NA(+)"): "", ("Sé3", "NA(+)"): ""}
out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.abundances.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sample_id", "analyte", "value"])
    for a, row in numbers.items():
        for s, value in zip(SAMPLES, row):
            shown = str(np.float32(value)) if a == "=1+1" else repr(value)
            writer.writerow([s, a, expected.get((s, a), shown)])
(out / "ingest.participants.csv").write_text(
    'participant_id,age,sex,smoker\nP1,34,female,true\n"Pé,2",,male,false\nP 3,61,,\n'
)
