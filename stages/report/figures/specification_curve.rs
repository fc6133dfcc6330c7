//! A specification curve: the effect of every analysis, the smallest first, and below each the choices that made it.
//!
//! The geometry is drawn here, since both halves share one axis and the lower one is no plot of numbers.

use std::fmt::Write;

use super::Figure;
use super::canvas::{BLUE, Canvas, GRID, INK, PALE, SOFT, WARM, padded};
use super::keys::{Key, Mark};
use super::ticks;
use super::xml::escape;
use crate::report::words;

/// Beyond this many analyses only some are drawn, evenly spaced by rank.
const DRAWN: usize = 260;
/// Rows of one choice beyond which the rest share one.
const ROWS: usize = 12;
/// Where the analyses begin and end, and the heights of the curve and of a row.
const LEFT: f64 = 148.0;
const RIGHT: f64 = 410.0;
const CURVE: f64 = 190.0;
const ROW: f64 = 16.0;
/// The most characters of a row's name.
const NAME: usize = 19;

/// One analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    pub effect: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub significant: bool,
    /// Whether it is of the configuration itself.
    pub configured: bool,
    /// The alternative of each choice, by its place; none where there is none.
    pub choices: Vec<Option<usize>>,
}

/// A choice and its alternatives in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub name: String,
    pub alternatives: Vec<String>,
}

/// The words around the curve.
pub struct Words<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub subtitle: &'a str,
    pub caption: &'a str,
    /// What the effects are, along their axis.
    pub effect: &'a str,
    pub alpha: f64,
    pub synthetic: bool,
}

/// Draws the analyses, which come in the order of their effects; none with fewer than two.
pub fn draw(words: &Words<'_>, analyses: &[Analysis], choices: &[Choice]) -> Option<Figure> {
    if analyses.len() < 2 {
        return None;
    }
    let drawn = thinned(analyses);
    let caption = match drawn.len() < analyses.len() {
        true => format!("{} Of {} tests {} are drawn, evenly spaced.", words.caption, analyses.len(), drawn.len()),
        false => words.caption.to_owned(),
    };
    let ends = drawn.iter().flat_map(|one| [Some(one.effect), one.low, one.high]).flatten();
    let plot = Plot { y: padded(ends.chain([0.0]), 0.04), count: drawn.len() };
    let mut svg = plot.axis(words.effect);
    drawn.iter().enumerate().for_each(|(rank, one)| plot.analysis(&mut svg, rank, one));
    let height = plot.choices(&mut svg, &drawn, choices);
    let level = words::level(words.alpha);
    let key = |color, text: String| Key { mark: Mark::Bar, color, text };
    let mut keys = vec![key(BLUE, format!("p below {level}")), key(PALE, "not below".to_owned())];
    keys.extend(drawn.iter().any(|one| one.configured).then(|| key(WARM, "as configured".to_owned())));
    let canvas = Canvas {
        name: words.name,
        title: words.title,
        subtitle: words.subtitle,
        caption: &caption,
        height,
        keys,
        synthetic: words.synthetic,
        ..Canvas::default()
    };
    Some(canvas.frame(&svg))
}

/// All analyses, or as many as can be told apart; those of the configuration always.
fn thinned(analyses: &[Analysis]) -> Vec<&Analysis> {
    let step = analyses.len().div_ceil(DRAWN).max(1);
    let last = analyses.len() - 1;
    let kept = |(at, one): &(usize, &Analysis)| at.is_multiple_of(step) || *at == last || one.configured;
    analyses.iter().enumerate().filter(kept).map(|(_, one)| one).collect()
}

/// The axes of both halves.
struct Plot {
    y: (f64, f64),
    count: usize,
}

impl Plot {
    fn x(&self, rank: usize) -> f64 {
        LEFT + (RIGHT - LEFT) * (rank as f64 + 0.5) / self.count as f64
    }

    fn height(&self, effect: f64) -> f64 {
        8.0 + (CURVE - 16.0) * (self.y.1 - effect) / (self.y.1 - self.y.0)
    }

    /// Half the width of a mark: it narrows as the analyses get more.
    fn half(&self) -> f64 {
        (0.36 * (RIGHT - LEFT) / self.count as f64).clamp(0.4, 3.0)
    }

    /// The effect's axis, the line of no effect, and what the effect is.
    fn axis(&self, label: &str) -> String {
        let mut svg = String::new();
        for tick in ticks::within(self.y) {
            let (y, dash) = (self.height(tick), if tick == 0.0 { " stroke-dasharray=\"4 4\"" } else { "" });
            let color = if tick == 0.0 { SOFT } else { GRID };
            let _ = write!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\" stroke=\"{color}\"{dash}/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12.5\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.5,
                ticks::number(tick)
            );
        }
        for (line, text) in wrapped(label).into_iter().enumerate() {
            let y = 18.0 + 15.0 * line as f64;
            let _ = write!(svg, "<text x=\"12\" y=\"{y}\" font-size=\"12.5\" fill=\"{SOFT}\">{}</text>", escape(&text));
        }
        svg
    }

    /// One analysis: its limits as a line, its effect as a mark.
    fn analysis(&self, svg: &mut String, rank: usize, one: &Analysis) {
        let (x, color, half) = (self.x(rank), color(one), self.half());
        let (low, high) = (one.low.unwrap_or(self.y.0), one.high.unwrap_or(self.y.1));
        if one.low.is_some() || one.high.is_some() {
            let _ = write!(
                svg,
                "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"{color}\" stroke-width=\"{:.2}\" \
                 opacity=\"0.4\"/>",
                self.height(low),
                self.height(high),
                half.min(1.2)
            );
        }
        let radius = if one.configured { 3.6 } else { half.clamp(1.3, 2.6) };
        let _ = write!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{color}\"/>",
            self.height(one.effect)
        );
    }

    /// The matrix of choices; the height of the whole.
    fn choices(&self, svg: &mut String, drawn: &[&Analysis], choices: &[Choice]) -> f64 {
        let mut y = CURVE + 6.0;
        for (place, choice) in choices.iter().enumerate() {
            y += ROW + 4.0;
            let name = escape(&words::short(&choice.name, 56));
            let _ = write!(svg, "<text x=\"12\" y=\"{y:.1}\" font-size=\"12.5\" font-weight=\"600\">{name}</text>");
            let more = choice.alternatives.len() > ROWS;
            let rows = if more { ROWS } else { choice.alternatives.len() };
            for row in 0..rows {
                y += ROW;
                let rest = more && row + 1 == rows;
                let name = match rest {
                    true => format!("{} others", choice.alternatives.len() + 1 - rows),
                    false => words::short(&choice.alternatives[row], NAME),
                };
                let here = |one: &Analysis| one.choices[place].is_some_and(|at| at == row || rest && at > row);
                self.row(svg, y, &name, drawn, here);
            }
        }
        y + 10.0
    }

    fn row(&self, svg: &mut String, y: f64, name: &str, drawn: &[&Analysis], here: impl Fn(&Analysis) -> bool) {
        let middle = y - 4.0;
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-size=\"12\" text-anchor=\"end\" fill=\"{INK}\">{}</text>\
             <line x1=\"{LEFT}\" y1=\"{middle:.1}\" x2=\"{RIGHT}\" y2=\"{middle:.1}\" stroke=\"{GRID}\"/>",
            LEFT - 6.0,
            escape(name)
        );
        for (rank, one) in drawn.iter().enumerate().filter(|(_, one)| here(one)) {
            let (x, half, color) = (self.x(rank), self.half(), color(one));
            let _ = write!(
                svg,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.2}\" height=\"10\" fill=\"{color}\"/>",
                x - half,
                middle - 5.0,
                2.0 * half
            );
        }
    }
}

fn color(one: &Analysis) -> &'static str {
    match (one.configured, one.significant) {
        (true, _) => WARM,
        (false, true) => BLUE,
        (false, false) => PALE,
    }
}

/// A few words in lines that fit beside the axis.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 13 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(words::short(word, 14)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(title: &str) -> Words<'_> {
        Words { name: "f", title, subtitle: "s", caption: "c", effect: "SD per SD", alpha: 0.05, synthetic: true }
    }

    fn analyses(n: usize) -> Vec<Analysis> {
        let one = |at: usize| Analysis {
            effect: at as f64 / n as f64 - 0.3,
            low: Some(at as f64 / n as f64 - 0.6),
            high: None,
            significant: at * 2 > n,
            configured: at == 7,
            choices: vec![Some(at % 14), (!at.is_multiple_of(3)).then_some(0)],
        };
        (0..n).map(one).collect()
    }

    #[test]
    fn every_analysis_has_its_mark_and_every_choice_its_row() {
        let odd = "=1+1, \"β/3-HB\"<script> $x$";
        let choices = [
            Choice { name: odd.into(), alternatives: (0..14).map(|at| format!("{odd} {at}")).collect() },
            Choice { name: "model".into(), alternatives: vec!["adjusted".into()] },
        ];
        let figure = draw(&words(odd), &analyses(30), &choices).expect("a figure");
        assert_eq!(figure.svg.matches("<circle").count(), 30);
        assert_eq!(figure.svg.matches("height=\"10\"").count(), 30 + 20);
        assert!(figure.svg.contains("3 others") && figure.svg.contains("as configured"));
        assert!(!figure.svg.contains("<script") && figure.svg.contains("Synthetic data"));
        assert!(draw(&words("t"), &analyses(1), &choices).is_none());
    }

    #[test]
    fn of_very_many_some_are_drawn_and_the_caption_says_so() {
        let choices = [Choice { name: "a".into(), alternatives: (0..14).map(|at| at.to_string()).collect() }];
        let figure = draw(&words("t"), &analyses(5000), &choices).expect("a figure");
        assert!(figure.svg.matches("<circle").count() <= DRAWN + 2);
        assert!(figure.caption.contains("Of 5000 tests 25"), "{}", figure.caption);
    }
}
