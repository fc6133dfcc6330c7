//! The canvas of every figure: sizes, colours, fonts, the words around the plot, and a clean SVG element.
//!
//! Colours are few and each has one meaning, so that the page can exchange them for the dark scheme by their value.

use kuva::backend::svg::SvgBackend;
use kuva::plot::annotations::{ReferenceLine, ShadedRegion};
use kuva::render::layout::Layout;
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;
use kuva::render::theme::Theme;

use super::Figure;
use super::keys::{self, Key};
use super::texts::{self, Frame, Text};
use super::ticks::{powers, ticks};
use super::xml::{escape, inner, own_ids};
use crate::report::words;

pub const INK: &str = "#1c2a33";
pub const SOFT: &str = "#5c6b75";
pub const GRID: &str = "#e6eaed";
pub const PAPER: &str = "#fffffe";
/// The data.
pub const BLUE: &str = "#17607f";
/// What is pointed at.
pub const WARM: &str = "#b4501e";
/// What is behind.
pub const PALE: &str = "#84939e";
/// Data of a second and a third kind.
pub const GREEN: &str = "#4f7a28";
pub const PLUM: &str = "#7f4a92";

const FONT: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
/// Narrow enough to be read on a phone without turning it.
const WIDTH: f64 = 420.0;
/// The most characters of a row's name.
const NAME: usize = 24;

/// The words and the axes of one figure.
#[derive(Debug, Clone)]
pub struct Canvas<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub subtitle: &'a str,
    pub caption: &'a str,
    pub x_label: &'a str,
    pub y_label: &'a str,
    pub x: (f64, f64),
    pub y: (f64, f64),
    /// Names of rows, the first at the top; the plot then counts rows from 1 at the bottom.
    pub rows: Vec<String>,
    /// Names of columns, from 1 at the left.
    pub columns: Vec<String>,
    /// The height of the plot with its axes.
    pub height: f64,
    pub lines: Vec<ReferenceLine>,
    /// Ranges of x behind the data.
    pub shades: Vec<(f64, f64)>,
    /// Words at the rows; a figure that has some keeps a margin for them.
    pub texts: Vec<Text>,
    /// What each mark stands for, above the plot.
    pub keys: Vec<Key>,
    pub percent: bool,
    /// Whether x counts powers of ten.
    pub powers: bool,
    pub synthetic: bool,
}

impl Default for Canvas<'_> {
    fn default() -> Self {
        Canvas {
            name: "",
            title: "",
            subtitle: "",
            caption: "",
            x_label: "",
            y_label: "",
            x: (0.0, 1.0),
            y: (0.0, 1.0),
            rows: Vec::new(),
            columns: Vec::new(),
            height: 320.0,
            lines: Vec::new(),
            shades: Vec::new(),
            texts: Vec::new(),
            keys: Vec::new(),
            percent: false,
            powers: false,
            synthetic: false,
        }
    }
}

impl Canvas<'_> {
    /// Draws the plots and writes the words around them.
    pub fn draw(self, plots: Vec<Plot>) -> Figure {
        let scene = render_multiple(plots, self.layout());
        let drawn = SvgBackend::new().render_scene(&scene);
        self.frame_with(inner(&drawn), &texts::draw(&self.texts, &self.frame_of_texts()))
    }

    /// Writes the words around what was drawn elsewhere, whose height the canvas has.
    pub fn frame(self, inner: &str) -> Figure {
        self.frame_with(inner, "")
    }

    fn frame_with(&self, inner: &str, texts: &str) -> Figure {
        let (name, height) = (self.name, self.height);
        let above = if self.subtitle.is_empty() { 26.0 } else { 44.0 };
        let (keys, lines) = keys::draw(&self.keys, above, WIDTH);
        let (top, bottom) = (above + lines, if self.synthetic { 20.0 } else { 4.0 });
        let whole = top + height + bottom;
        let mark = if self.synthetic { self.mark(whole) } else { String::new() };
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {whole}\" width=\"{WIDTH}\" \
             height=\"{whole}\" role=\"img\" aria-labelledby=\"{name}-title {name}-desc\" font-family=\"{FONT}\" \
             fill=\"{INK}\"><title id=\"{name}-title\">{title}</title><desc id=\"{name}-desc\">{desc}</desc>\
             <rect width=\"100%\" height=\"100%\" fill=\"{PAPER}\"/>\
             <text x=\"12\" y=\"19\" font-size=\"15\" font-weight=\"600\">{shown}</text>\
             <text x=\"12\" y=\"37\" font-size=\"12.5\" fill=\"{SOFT}\">{subtitle}</text>\
             {keys}<g transform=\"translate(0,{top})\">{inner}{texts}</g>{mark}</svg>\n",
            title = escape(self.title),
            desc = escape(self.caption),
            shown = escape(&words::short(self.title, 46)),
            subtitle = escape(&words::short(self.subtitle, 64)),
            inner = own_ids(inner, name),
        );
        Figure { name: name.to_owned(), caption: self.caption.to_owned(), svg }
    }

    fn mark(&self, whole: f64) -> String {
        let (x, y) = (WIDTH - 12.0, whole - 7.0);
        format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"11.5\" text-anchor=\"end\" font-weight=\"600\" fill=\"{WARM}\">\
             Synthetic data</text>"
        )
    }

    fn layout(&self) -> Layout {
        // Beside the names of rows there is less room for numbers.
        let wide_labels = !self.rows.is_empty() && (self.percent || self.x.0.abs().max(self.x.1.abs()) >= 100.0);
        let mut layout = Layout::new(self.x, self.y)
            .with_width(WIDTH)
            .with_height(self.height)
            .with_theme(theme())
            .with_tick_size(13)
            .with_label_size(14)
            .with_body_size(13)
            .with_axis_line_width(1.0)
            .with_tick_length(4.0)
            .with_ticks(if wide_labels {
                3
            } else if self.percent {
                4
            } else {
                5
            })
            .with_x_axis_min(self.x.0)
            .with_x_axis_max(self.x.1)
            .with_y_axis_min(self.y.0)
            .with_y_axis_max(self.y.1)
            .with_x_tick_format(if self.powers { powers() } else { ticks(self.percent && !self.rows.is_empty()) })
            .with_y_tick_format(ticks(self.percent && self.rows.is_empty()));
        if !self.x_label.is_empty() {
            layout = layout.with_x_label(plain(&words::short(self.x_label, 44)));
        }
        if !self.y_label.is_empty() {
            layout = layout.with_y_label(plain(&words::short(self.y_label, 36)));
        }
        if !self.rows.is_empty() {
            layout =
                layout.with_y_categories(self.rows.iter().rev().map(|row| plain(&words::short(row, NAME))).collect());
        }
        if !self.columns.is_empty() {
            let columns = self.columns.iter().map(|column| plain(&words::short(column, 16))).collect();
            layout = layout.with_x_categories(columns).with_x_tick_rotate(-45.0);
        }
        if self.powers {
            layout = layout.with_x_tick_step(((self.x.1 - self.x.0) / 4.0).ceil().max(1.0));
        }
        if !self.texts.is_empty() {
            let frame = self.frame_of_texts();
            layout = layout
                .with_force_margins(frame.left, WIDTH - frame.right)
                .with_force_margins_y(frame.top, self.height - frame.bottom);
        }
        for (low, high) in &self.shades {
            let shade = ShadedRegion::vertical(*low, *high).with_color(BLUE).with_opacity(0.07);
            layout = layout.with_shaded_region(shade);
        }
        self.lines.iter().fold(layout, |layout, line| layout.with_reference_line(line.clone()))
    }

    /// Where the axes of a figure with texts stand: room for the longest row name, a column of numbers, two lines of axis.
    fn frame_of_texts(&self) -> Frame {
        let longest = self.rows.iter().map(|row| row.chars().count().min(NAME)).max().unwrap_or(0);
        let left = 18.0 + 6.7 * longest as f64;
        let (x, y) = (self.x, self.y);
        Frame { left, right: WIDTH - 62.0, top: 20.0, bottom: self.height - 44.0, x, y, edge: WIDTH - 12.0 }
    }
}

/// A thin line of reference.
pub fn quiet(line: ReferenceLine) -> ReferenceLine {
    line.with_color(PALE).with_stroke_width(1.0).with_dasharray("4 4")
}

/// The range of the values, with a margin on both sides; a range around zero or one value is never empty.
pub fn padded(values: impl IntoIterator<Item = f64>, share: f64) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    let span = high - low;
    let margin = if span > 0.0 { share * span } else { low.abs().max(1.0) * 0.1 };
    (low - margin, high + margin)
}

fn theme() -> Theme {
    Theme {
        background: "none".into(),
        axis_color: PALE.into(),
        grid_color: GRID.into(),
        tick_color: PALE.into(),
        text_color: INK.into(),
        legend_bg: "none".into(),
        legend_border: "none".into(),
        ..Theme::light()
    }
}

/// A label that kuva does not read as mathematics between dollar signs.
pub fn plain(text: &str) -> String {
    text.replace('$', "\\$")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kuva::plot::scatter::ScatterPlot;

    #[test]
    fn a_figure_has_equal_bytes_each_time_and_escapes_every_name() {
        let odd = "=1+1, \"β/3-HB\"<script> $\\alpha$ $x$";
        let draw = || {
            let points = ScatterPlot::new().with_data(vec![(0.2, 0.4), (0.9, 0.1)]);
            let canvas =
                Canvas { name: "f", title: odd, caption: odd, x_label: odd, subtitle: odd, ..Canvas::default() };
            Canvas { rows: vec![odd.into()], synthetic: true, ..canvas }.draw(vec![points.into()])
        };
        let figure = draw();
        assert_eq!(figure.svg, draw().svg);
        assert!(!figure.svg.contains("<script") && !figure.svg.contains("kuva-clip"));
        assert!(figure.svg.contains("Synthetic data"));
    }
}
