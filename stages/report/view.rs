//! Tables and figures as the template takes them: text that it escapes, and drawings that this stage made itself.

use minijinja::{Value, context};

use super::figures::Figure;
use super::file_names::FileNames;
use super::words;

/// A table on the page.
#[derive(Debug, Clone)]
pub struct View {
    pub caption: String,
    pub head: Vec<Head>,
    pub rows: Vec<Line>,
    /// A sentence below the table.
    pub note: String,
    /// The name of the table's CSV file, without its ending; empty where there is none.
    pub csv: String,
}

#[derive(Debug, Clone)]
pub struct Head {
    pub label: &'static str,
    pub numeric: bool,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub class: &'static str,
    pub cells: Vec<Shown>,
}

/// One cell: what is read, and the number to sort by.
#[derive(Debug, Clone)]
pub struct Shown {
    pub text: String,
    pub sort: Option<f64>,
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Shown { text, sort: None }
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Option<f64>> for Shown {
    fn from(value: Option<f64>) -> Self {
        Shown { text: words::number(value), sort: value }
    }
}

/// A cell that reads one way and sorts by a number.
pub fn sorted(text: String, sort: Option<f64>) -> Shown {
    Shown { text, sort }
}

/// A whole number's cell.
pub fn count(n: i64) -> Shown {
    sorted(n.to_string(), Some(n as f64))
}

/// A p-value's cell.
pub fn p(value: Option<f64>) -> Shown {
    sorted(words::p_value(value), value)
}

impl View {
    /// A table without rows; a column whose label begins with `#` holds numbers.
    pub fn new(caption: impl Into<String>, head: &[&'static str]) -> Self {
        let head =
            head.iter().map(|label| Head { label: label.trim_start_matches('#'), numeric: label.starts_with('#') });
        View {
            caption: caption.into(),
            head: head.collect(),
            rows: Vec::new(),
            note: String::new(),
            csv: String::new(),
        }
    }

    pub fn row(&mut self, class: &'static str, cells: Vec<Shown>) {
        self.rows.push(Line { class, cells });
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub fn csv(mut self, name: &str) -> Self {
        self.csv = name.to_owned();
        self
    }

    /// The table for the template; none without rows.
    pub fn shown(self) -> Option<Value> {
        (!self.rows.is_empty()).then(|| {
            let head: Vec<Value> =
                self.head.iter().map(|head| context! { label => head.label, numeric => head.numeric }).collect();
            let cell = |cell: Shown| context! { text => cell.text, sort => cell.sort };
            let row = |row: Line| context! { class => row.class, cells => row.cells.into_iter().map(cell).collect::<Vec<_>>() };
            let rows: Vec<Value> = self.rows.into_iter().map(row).collect();
            context! { caption => self.caption, head, rows, note => self.note, csv => self.csv }
        })
    }

    /// Keeps the first rows and says how many there are.
    pub fn first(mut self, most: usize, order: &str) -> Self {
        let all = self.rows.len();
        if all > most {
            self.rows.truncate(most);
            self.note = format!("{} The first {most} of {all} rows, {order}; the file has all.", self.note);
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
