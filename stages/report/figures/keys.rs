//! What each mark of a figure stands for: a mark and a few words each, in lines above the plot.

use kuva::plot::scatter::MarkerShape;

use super::xml::escape;
use crate::report::words;

/// A mark and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    pub mark: Mark,
    pub color: &'static str,
    pub text: String,
}

/// How a mark looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    Shape(MarkerShape),
    Line,
    Bar,
}

/// The height of a line of keys.
const LINE: f64 = 18.0;
/// About the width of a character of 12 pixels.
const CHARACTER: f64 = 6.4;

/// The keys as SVG below `top`, in as many lines as they need, and the height of these.
pub fn draw(keys: &[Key], top: f64, width: f64) -> (String, f64) {
    let (mut x, mut line, mut svg) = (12.0, 0.0, String::new());
    for key in keys {
        let text = words::short(&key.text, 40);
        let wide = 18.0 + CHARACTER * text.chars().count() as f64;
        if x > 12.0 && x + wide > width - 12.0 {
            (x, line) = (12.0, line + LINE);
        }
        let middle = top + line + 8.0;
        svg.push_str(&mark(key, x + 6.0, middle));
        svg.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\">{}</text>",
            x + 16.0,
            middle + 4.0,
            escape(&text)
        ));
        x += wide + 12.0;
    }
    (svg, if keys.is_empty() { 0.0 } else { line + LINE + 2.0 })
}

fn mark(key: &Key, x: f64, y: f64) -> String {
    let color = key.color;
    let polygon = |points: &[(f64, f64)]| {
        let points: Vec<String> = points.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy)).collect();
        format!("<polygon points=\"{}\" fill=\"{color}\"/>", points.join(" "))
    };
    match key.mark {
        Mark::Line => format!(
            "<line x1=\"{:.1}\" y1=\"{y}\" x2=\"{:.1}\" y2=\"{y}\" stroke=\"{color}\" stroke-width=\"2.2\"/>",
            x - 6.0,
            x + 6.0
        ),
        Mark::Bar => polygon(&[(-4.0, 5.0), (4.0, 5.0), (4.0, -5.0), (-4.0, -5.0)]),
        Mark::Shape(MarkerShape::Triangle) => polygon(&[(-5.0, 4.0), (5.0, 4.0), (0.0, -5.0)]),
        Mark::Shape(MarkerShape::TriangleDown) => polygon(&[(-5.0, -4.0), (5.0, -4.0), (0.0, 5.0)]),
        Mark::Shape(MarkerShape::Square) => polygon(&[(-4.0, 4.0), (4.0, 4.0), (4.0, -4.0), (-4.0, -4.0)]),
        Mark::Shape(MarkerShape::Diamond) => polygon(&[(-5.0, 0.0), (0.0, 5.0), (5.0, 0.0), (0.0, -5.0)]),
        Mark::Shape(_) => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\" fill=\"{color}\"/>"),
    }
}
