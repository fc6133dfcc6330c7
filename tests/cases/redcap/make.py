"""Writes a longitudinal REDCap export and what must be read from it. Synthetic numbers."""
import csv
from pathlib import Path

HERE = Path(__file__).parent
ITEMS = [f"madrs_{i}" for i in range(1, 11)]
HEADER = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "age", "sex",
          *ITEMS, "madrs_total", "ae_term", "demographics_complete"]
PEOPLE = {"1-α": ("34", "1"), "2, b": ("61", "2"), "3/c": ("", "1")}
rows, ratings = [], []


def add(record, event, repeat="", instance="", **cells):
    base = {"record_id": record, "redcap_event_name": event, "redcap_repeat_instrument": repeat,
            "redcap_repeat_instance": instance}
    rows.append([({**base, **cells}).get(header, "") for header in HEADER])


for number, (who, (age, sex)) in enumerate(PEOPLE.items()):
    add(who, "baseline_arm_1", age=age, sex=sex, demographics_complete="2",
        **{item: str((number + i) % 7) for i, item in enumerate(ITEMS)})
    items = [(number + i) % 7 for i in range(10)]
    ratings.append([who, "baseline", sum(items), *items])
    for instance in (1, 2):
        add(who, "baseline_arm_1", "adverse_events", instance, ae_term="=1+1, \"headache\"")
    if number == 0:
        add(who, "week_4_arm_1", madrs_total="12")
        ratings.append([who, "week_4", 12, *[""] * 10])
    elif number == 1:
        add(who, "week_4_arm_1")  # the visit was missed: a blank row of the event
        ratings.append([who, "week_4", "", *[""] * 10])
    add(who, "unscheduled_arm_1", "adverse_events", 3, ae_term="nausea")
    add(who, "end_of_study_arm_1", demographics_complete="0")

with open(HERE / "export.csv", "w", newline="") as file:
    csv.writer(file).writerows([HEADER, *rows])
out = HERE / "expected"
out.mkdir(exist_ok=True)
with open(out / "ingest.participants.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["participant_id", "age", "sex"])
    writer.writerows([who, *cells] for who, cells in PEOPLE.items())
with open(out / "ingest.assessments.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["participant_id", "visit", "total", *[f"item_{i}" for i in range(1, 11)]])
    writer.writerows(ratings)
