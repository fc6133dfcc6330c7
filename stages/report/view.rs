//! Tables and figures as the template takes them: text that it escapes, and drawings that this stage made itself.

use std::borrow::Cow;

use minijinja::{Value, context};

use super::figures::Figure;
use super::file_names::FileNames;
use super::privacy::Count;
use super::words;

/// A table on the page.
#[derive(Debug, Clone)]
pub struct View {
    pub caption: String,
    pub head: Vec<Head>,
    /// The rows, in groups with a heading each; one group without a heading where nothing was grouped.
    pub groups: Vec<Group>,
    /// A sentence below the table.
    pub note: String,
    /// The name of the table's CSV file, without its ending; empty where there is none.
    pub csv: String,
}

/// Rows under one heading.
#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub rows: Vec<Line>,
}

#[derive(Debug, Clone)]
pub struct Head {
    pub label: Cow<'static, str>,
    pub numeric: bool,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub class: &'static str,
    pub cells: Vec<Shown>,
}

/// One cell: what is read, the number to sort by, and the whole of what was shortened.
#[derive(Debug, Clone)]
pub struct Shown {
    pub text: String,
    pub sort: Option<f64>,
    pub whole: Option<String>,
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Shown { text, sort: None, whole: None }
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Option<f64>> for Shown {
    fn from(value: Option<f64>) -> Self {
        Shown { text: words::number(value), sort: value, whole: None }
    }
}

/// A cell that reads one way and sorts by a number.
pub fn sorted(text: String, sort: Option<f64>) -> Shown {
    Shown { text, sort, whole: None }
}

/// A long name's cell: shortened, the whole on pointing at it.
pub fn named(name: String) -> Shown {
    let text = words::short(&name, 60);
    let whole = (text != name).then_some(name);
    Shown { text, sort: None, whole }
}

/// A whole number's cell.
pub fn count(n: i64) -> Shown {
    sorted(n.to_string(), Some(n as f64))
}

/// A count of people's cell; one that is withheld has no number to sort by either.
pub fn people(count: Count) -> Shown {
    let known = match count {
        Count::Shown(n) => Some(n as f64),
        _ => None,
    };
    sorted(count.text(), known)
}

/// A p-value's cell.
pub fn p(value: Option<f64>) -> Shown {
    sorted(words::p_value(value), value)
}

impl View {
    /// A table without rows; a column whose label begins with `#` holds numbers.
    pub fn new(caption: impl Into<String>, head: &[&'static str]) -> Self {
        let head = head
            .iter()
            .map(|label| Head { label: label.trim_start_matches('#').into(), numeric: label.starts_with('#') });
        View {
            caption: caption.into(),
            head: head.collect(),
            groups: Vec::new(),
            note: String::new(),
            csv: String::new(),
        }
    }

    /// Begins a group of rows under a heading.
    pub fn group(&mut self, title: impl Into<String>) {
        self.groups.push(Group { title: title.into(), rows: Vec::new() });
    }

    pub fn row(&mut self, class: &'static str, cells: Vec<Shown>) {
        let line = Line { class, cells };
        match self.groups.last_mut() {
            Some(group) => group.rows.push(line),
            None => self.groups.push(Group { title: String::new(), rows: vec![line] }),
        }
    }

    fn rows(&self) -> impl Iterator<Item = &Line> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    pub fn is_empty(&self) -> bool {
        self.rows().next().is_none()
    }

    /// Which columns say anything in any row; the first always stays.
    fn telling(&self) -> Vec<bool> {
        let says = |at: usize| self.rows().any(|row| !matches!(row.cells[at].text.as_str(), "" | words::MISSING));
        (0..self.head.len()).map(|at| at == 0 || says(at)).collect()
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub fn csv(mut self, name: &str) -> Self {
        self.csv = name.to_owned();
        self
    }

    /// The table for the template, without columns that say nothing; none without rows.
    pub fn shown(self) -> Option<Value> {
        (!self.is_empty()).then(|| {
            let (telling, rows) = (self.telling(), self.rows().count());
            let kept = || telling.iter();
            let head = self.head.iter().zip(kept()).filter(|(_, kept)| **kept);
            let head: Vec<Value> =
                head.map(|(head, _)| context! { label => head.label.as_ref(), numeric => head.numeric }).collect();
            let cell = |cell: Shown| context! { text => cell.text, sort => cell.sort, whole => cell.whole };
            let row = |row: Line| {
                let cells = row.cells.into_iter().zip(kept()).filter(|(_, kept)| **kept);
                context! { class => row.class, cells => cells.map(|(one, _)| cell(one)).collect::<Vec<_>>() }
            };
            let group = |group: Group| {
                context! { title => group.title, rows => group.rows.into_iter().map(row).collect::<Vec<_>>() }
            };
            let groups: Vec<Value> =
                self.groups.into_iter().filter(|group| !group.rows.is_empty()).map(group).collect();
            context! { caption => self.caption, head, groups, rows, note => self.note, csv => self.csv }
        })
    }

    /// Keeps the first rows, of each group alike, and says how many there are.
    pub fn first(mut self, most: usize, order: &str) -> Self {
        let all = self.rows().count();
        if all > most {
            let each = most.div_ceil(self.groups.len().max(1));
            self.groups.iter_mut().for_each(|group| group.rows.truncate(each));
            let left = self.rows().count();
            self.note = format!("{} The first {left} of {all} rows, {order}; the file has all.", self.note);
        }
        self
    }
}

/// The page while it is written: the figures so far and the names they took.
#[derive(Debug, Default)]
pub struct Draft {
    pub names: FileNames,
    pub figures: Vec<Figure>,
}

impl Draft {
    /// Keeps a figure for its file and hands it to the page.
    pub fn show(&mut self, figure: Option<Figure>) -> Option<Value> {
        let figure = figure?;
        let shown = context! {
            // Safe: `Canvas::draw` made it, and it escapes every text.
            svg => Value::from_safe_string(figure.svg.clone()),
            caption => figure.caption.clone(),
            file => format!("figures/{}.svg", figure.name),
        };
        self.figures.push(figure);
        Some(shown)
    }
}
