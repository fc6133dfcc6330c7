//! Words inside and beside a plot of rows: kuva gives text neither a colour nor a place outside the axes.

use super::xml::escape;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// Right of the axes, as a column that ends where the figure does.
    Beside,
    /// Within the axes, at the left or right end.
    Start,
    End,
    /// Above the axes, centred at a value.
    Above(f64),
}

/// A text at a row, counted from 1 at the bottom.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub place: Place,
    pub row: f64,
    pub text: String,
    pub color: &'static str,
}

/// The axes in the figure's pixels, and the values at their ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub x: (f64, f64),
    pub y: (f64, f64),
    /// Where the column beside the axes ends.
    pub edge: f64,
}

const SIZE: f64 = 12.0;

/// The texts as SVG elements.
pub fn draw(texts: &[Text], frame: &Frame) -> String {
    texts.iter().map(|text| element(text, frame)).collect()
}

fn element(text: &Text, frame: &Frame) -> String {
    let share = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low);
    let (x, anchor) = match text.place {
        Place::Beside => (frame.edge, "end"),
        Place::Start => (frame.left + 5.0, "start"),
        Place::End => (frame.right - 5.0, "end"),
        Place::Above(value) => (frame.left + share(value, frame.x) * (frame.right - frame.left), "middle"),
    };
    let y = match text.place {
        Place::Above(_) => frame.top - 6.0,
        _ => frame.bottom - share(text.row, frame.y) * (frame.bottom - frame.top) + 0.35 * SIZE,
    };
    format!(
        "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{SIZE}\" text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
        text.color,
        escape(&text.text)
    )
}
