//! The files of the study, as bytes.

use super::course::{Course, VISITS};
use super::injections::{Injection, Sample};
use super::items::{profile, spread};
use super::panel::{PANEL, UNIT};
use super::participants::Participant;
use super::plasma::text;
use crate::statistics::random::Stream;

/// A table as CSV: commas, line feeds, quotes only where they are needed.
fn csv<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has the header's length by its type.
    writer.write_record(header).expect("a vector takes every byte");
    for row in rows {
        writer.write_record(row).expect("a vector takes every byte");
    }
    writer.into_inner().expect("a vector takes every byte")
}

pub fn participants(people: &[Participant]) -> Vec<u8> {
    let row = |person: &Participant| {
        let sex = if person.male { "male" } else { "female" };
        [person.id.clone(), person.age.to_string(), sex.into(), format!("{:.1}", person.bmi)]
    };
    csv(["participant_id", "age", "sex", "bmi"], people.iter().map(row))
}

/// A row per visit that took place; a visit that was missed has none.
pub fn madrs(people: &[Participant], course: &Course, stream: &mut Stream) -> Vec<u8> {
    let items: [String; 10] = std::array::from_fn(|item| format!("item_{}", item + 1));
    let mut header = ["participant_id", "visit", "", "", "", "", "", "", "", "", "", "", "total"];
    for (place, item) in header[2..12].iter_mut().zip(&items) {
        *place = item;
    }
    let mut rows = Vec::new();
    for (person, totals) in people.iter().zip(&course.totals) {
        let weights = profile(stream);
        for (visit, total) in VISITS.iter().zip(totals) {
            if let Some(total) = *total {
                let mut row: [String; 13] = Default::default();
                row[0] = person.id.clone();
                row[1] = (*visit).to_owned();
                for (cell, item) in row[2..12].iter_mut().zip(spread(total, &weights, stream)) {
                    *cell = item.to_string();
                }
                row[12] = total.to_string();
                rows.push(row);
            }
        }
    }
    csv(header, rows)
}

pub fn samples(people: &[Participant], injections: &[Injection]) -> Vec<u8> {
    let row = |(order, injection): (usize, &Injection)| {
        let (person, timepoint, kind, hours) = match injection.sample {
            Sample::Blank => (None, "", "blank", String::new()),
            Sample::PooledQc => (None, "", "pooled_qc", String::new()),
            Sample::Before(person) => (people.get(person), "baseline", "study", String::new()),
            Sample::After(person, hours) => (people.get(person), "post_infusion_1", "study", format!("{hours:.2}")),
        };
        let person = person.map(|person| person.id.clone()).unwrap_or_default();
        let batch = format!("batch_{}", injection.batch + 1);
        [sample_id(people, injection), person, timepoint.into(), kind.into(), batch, order.to_string(), hours]
    };
    let header =
        ["sample_id", "participant_id", "timepoint", "type", "batch", "injection_order", "hours_after_infusion"];
    csv(header, (1..).zip(injections).map(row))
}

pub fn metabolites(people: &[Participant], injections: &[Injection], plasma: &[Vec<f64>]) -> Vec<u8> {
    let rows = injections.iter().enumerate().flat_map(|(at, injection)| {
        PANEL.iter().zip(plasma).map(move |(analyte, values)| {
            [sample_id(people, injection), analyte.name.to_owned(), text(values[at]), UNIT.to_owned()]
        })
    });
    csv(["sample_id", "analyte", "value", "unit"], rows)
}

pub fn panel() -> Vec<u8> {
    let header = ["analyte", "display_name", "unit", "lod", "hmdb", "chebi", "kegg", "plausible_low", "plausible_high"];
    let rows = PANEL.iter().map(|analyte| {
        let [low, high] = analyte.plausible;
        let identifiers = [analyte.hmdb, analyte.chebi, analyte.kegg].map(str::to_owned);
        let [hmdb, chebi, kegg] = identifiers;
        let names = [analyte.name, analyte.display_name, UNIT].map(str::to_owned);
        let [name, display_name, unit] = names;
        [name, display_name, unit, analyte.lod.to_string(), hmdb, chebi, kegg, low.to_string(), high.to_string()]
    });
    csv(header, rows)
}

fn sample_id(people: &[Participant], injection: &Injection) -> String {
    let of = |person: usize, when: &str| people.get(person).map(|p| format!("{}_{when}", p.id)).unwrap_or_default();
    match injection.sample {
        Sample::Blank => format!("BLANK_{}", injection.number),
        Sample::PooledQc => format!("QC_{:02}", injection.number),
        Sample::Before(person) => of(person, "pre"),
        Sample::After(person, _) => of(person, "post"),
    }
}
