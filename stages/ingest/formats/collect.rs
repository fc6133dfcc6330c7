//! Rows that do not all have the same columns, gathered into one table.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::{Differing, Records};

/// A column: where its values come from (columns of one origin stand together), its name, and which of several it is.
type Key = (u8, String, usize);

/// One value of a row: the origin and the name of its column, and the value.
pub type Item<'a> = (u8, &'a str, &'a str);

/// Gathers rows; a column is there as soon as one row has it, and is empty in the rows that do not.
///
/// Columns of one name but another origin, or that a row has twice, stay apart: the later ones are called `name (2)`.
#[derive(Debug, Default)]
pub struct Collector {
    columns: BTreeMap<Key, usize>,
    order: Vec<Key>,
    rows: Vec<(u64, Vec<(usize, String)>)>,
}

impl Collector {
    /// Adds a row.
    pub fn row<'a>(&mut self, line: u64, items: impl IntoIterator<Item = Item<'a>>) {
        let mut seen: BTreeMap<(u8, &str), usize> = BTreeMap::new();
        let mut cells = Vec::new();
        for (origin, name, value) in items {
            let name = name.trim();
            let nth = seen.entry((origin, name)).or_default();
            cells.push((self.column((origin, name.to_owned(), *nth)), value.trim().to_owned()));
            *nth += 1;
        }
        self.rows.push((line, cells));
    }

    fn column(&mut self, key: Key) -> usize {
        let next = self.order.len();
        *self.columns.entry(key).or_insert_with_key(|key| {
            self.order.push(key.clone());
            next
        })
    }

    /// The table, its columns by origin and then by first appearance.
    pub fn into_records(self, header_line: u64) -> Records {
        let mut places: Vec<usize> = (0..self.order.len()).collect();
        places.sort_by_key(|place| self.order[*place].0);
        let mut taken = BTreeSet::new();
        let headers = places.iter().map(|place| free_name(&self.order[*place].1, &mut taken)).collect();
        let rows = self.rows.into_iter().map(|(line, cells)| {
            let cells: BTreeMap<usize, String> = cells.into_iter().collect();
            let text = |place: &usize| cells.get(place).map_or("", String::as_str);
            (line, places.iter().map(text).collect::<StringRecord>())
        });
        Records { headers, header_line, rows: rows.collect(), ..Records::default() }
    }
}

/// The name itself, or the first of `name (2)`, `name (3)`, … that is free.
pub fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let name = if name.is_empty() { "(no name)" } else { name };
    let candidates = std::iter::once(name.to_owned()).chain((2..).map(|nth| format!("{name} ({nth})")));
    let mut free = candidates.filter(|candidate| !taken.contains(candidate));
    // The numbers go on for longer than there are columns.
    let free = free.next().unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// One row for each owner, with the columns whose values do not differ between the rows of any owner.
///
/// Rows without an owner, and the columns named in `without`, are left out.
pub fn by_owner(records: &Records, owner: usize, without: &[&str]) -> Records {
    let mut rows: Vec<(u64, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differing: Vec<Option<Differing>> = vec![None; records.headers.len()];
    for (line, record) in &records.rows {
        let Some(id) = record.get(owner).filter(|id| !id.is_empty()) else {
            continue;
        };
        let place = *places.entry(id).or_insert(rows.len());
        if place == rows.len() {
            rows.push((*line, record.iter().map(str::to_owned).collect()));
            continue;
        }
        let known = rows[place].1.iter_mut();
        for ((known, cell), differing) in known.zip(record.iter()).zip(&mut differing) {
            if known.is_empty() {
                *known = cell.to_owned();
            }
            if differing.is_none() && !cell.is_empty() && *known != cell {
                let values = [known.clone(), cell.to_owned()];
                *differing = Some(Differing { owner: id.to_owned(), values, line: *line });
            }
        }
    }
    let keep = |(column, header): (usize, &String)| {
        (differing[column].is_none() && !without.contains(&header.as_str())).then_some(column)
    };
    let kept: Vec<usize> = records.headers.iter().enumerate().filter_map(keep).collect();
    let row = |(line, cells): (u64, Vec<String>)| {
        (line, kept.iter().map(|column| cells[*column].as_str()).collect::<StringRecord>())
    };
    Records {
        headers: kept.iter().map(|column| records.headers[*column].clone()).collect(),
        header_line: records.header_line,
        rows: rows.into_iter().map(row).collect(),
        differing: records
            .headers
            .iter()
            .cloned()
            .zip(differing)
            .filter_map(|(header, why)| Some((header, why?)))
            .collect(),
    }
}
