//! How far each kind of inference agrees: a row per kind, its p-value on a log scale against the level.
//!
//! A reader asks of each row one thing, on which side of the line its mark stands; colour says it again, and the number
//! stands at the end of the row. A kind without a p-value (limits, a Bayes factor) says it in words.

use kuva::plot::annotations::ReferenceLine;
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::render::plots::Plot;

use super::Figure;
use super::canvas::{BLUE, Canvas, INK, PALE, SOFT, quiet};
use super::texts::{Place, Text};
use crate::report::how;
use crate::report::kinds::{Group, Kind, Says};
use crate::report::question::Case;
use crate::report::study::Study;
use crate::report::words;

/// Below this power of ten a p-value is drawn at the edge.
const SMALLEST: f64 = -8.0;
/// The height of a row.
const ROW: f64 = 25.0;

/// The ladder of these kinds; none with fewer than two p-values.
pub fn draw(study: &Study, name: &str, case: &Case, kinds: &[Kind]) -> Option<Figure> {
    let ps: Vec<f64> = kinds.iter().filter_map(p_of).collect();
    if ps.len() < 2 {
        return None;
    }
    let alpha = 1.0 - case.lead.confidence;
    let smallest = ps.iter().map(|p| libm::log10(*p)).fold(-3.0, f64::min).max(SMALLEST);
    let ladder = Ladder { left: smallest.floor(), alpha, n: kinds.len() };
    let (plots, texts) = ladder.rows(kinds);
    let title = format!("{} and {}", study.name(&case.lead.analyte), words::outcome_within(case.lead));
    let caption = caption(study, case, kinds, alpha);
    let canvas = Canvas {
        name,
        title: &title,
        subtitle: &format!("how far each kind of inference agrees; blue: p below {}", words::level(alpha)),
        caption: &caption,
        x_label: "p, log scale",
        x: (ladder.left, 0.0),
        y: (0.4, kinds.len() as f64 + 0.6),
        rows: kinds.iter().map(|kind| kind.label.clone()).collect(),
        height: 64.0 + ROW * (kinds.len() as f64 + 0.2),
        lines: ladder.lines(kinds),
        shades: vec![(ladder.left, libm::log10(alpha))],
        texts,
        powers: true,
        synthetic: study.synthetic(),
        ..Canvas::default()
    };
    Some(canvas.draw(plots))
}

fn p_of(kind: &Kind) -> Option<f64> {
    match kind.says {
        Says::P { p, .. } => Some(p),
        _ => None,
    }
}

struct Ladder {
    left: f64,
    alpha: f64,
    n: usize,
}

impl Ladder {
    fn at(&self, p: f64) -> f64 {
        libm::log10(p.max(1e-300)).clamp(self.left, 0.0)
    }

    fn height(&self, index: usize) -> f64 {
        (self.n - index) as f64
    }

    fn color(&self, kind: &Kind) -> &'static str {
        if kind.holds(self.alpha) { BLUE } else { PALE }
    }

    /// The level, and a thin line between groups of kinds.
    fn lines(&self, kinds: &[Kind]) -> Vec<ReferenceLine> {
        let mut lines = vec![quiet(ReferenceLine::vertical(libm::log10(self.alpha))).with_color(SOFT)];
        let between = (1..self.n).filter(|index| kinds[*index].group != kinds[index - 1].group);
        lines.extend(
            between.map(|index| quiet(ReferenceLine::horizontal(self.height(index) + 0.5)).with_dasharray("1 3")),
        );
        lines
    }

    /// A mark or a word for each kind, and the number at the end of its row.
    fn rows(&self, kinds: &[Kind]) -> (Vec<Plot>, Vec<Text>) {
        let level = Place::Above(libm::log10(self.alpha));
        let mut texts = vec![self.text(level, 0, format!("p = {}", words::level(self.alpha)), SOFT)];
        let mut plots = Vec::new();
        for (index, kind) in kinds.iter().enumerate() {
            match kind.says {
                Says::P { p, error } => {
                    plots.extend(self.mark(index, kind, p, error));
                    texts.push(self.text(Place::Beside, index, words::p_value(Some(p)), INK));
                }
                Says::Limits { .. } => {
                    let zero = if kind.holds(self.alpha) { "0 outside limits" } else { "0 inside" };
                    texts.push(self.word(index, kind, zero.to_owned()));
                }
                Says::Evidence { log10 } => {
                    let (odds, strength) = how::evidence(log10);
                    let side = match (kind.holds(self.alpha), log10 < -libm::log10(3.0)) {
                        (true, _) => strength.to_owned(),
                        (false, true) => "against".to_owned(),
                        (false, false) => strength.to_owned(),
                    };
                    texts.push(self.word(index, kind, side));
                    texts.push(self.text(Place::Beside, index, odds, INK));
                }
            }
        }
        (plots, texts)
    }

    /// A stem from the level to the p-value, the mark at its end, and two Monte-Carlo errors to each side.
    fn mark(&self, index: usize, kind: &Kind, p: f64, error: f64) -> Vec<Plot> {
        let (x, y, color) = (self.at(p), self.height(index), self.color(kind));
        let line = |from: f64, to: f64| LinePlot::new().with_data([(from, y), (to, y)]).with_color(color);
        let stem = line(self.at(self.alpha), x).with_stroke_width(1.2);
        let dot = ScatterPlot::new().with_data([(x, y)]).with_color(color).with_size(5.0);
        let mut plots: Vec<Plot> = vec![stem.into()];
        if error > 0.0 {
            plots.push(line(self.at(p - 2.0 * error), self.at(p + 2.0 * error)).with_stroke_width(4.0).into());
        }
        plots.push(dot.into());
        plots
    }

    /// Words on the side of the line on which a mark would stand.
    fn word(&self, index: usize, kind: &Kind, text: String) -> Text {
        let place = if kind.holds(self.alpha) { Place::Start } else { Place::End };
        let color = if kind.holds(self.alpha) { BLUE } else { SOFT };
        self.text(place, index, text, color)
    }

    fn text(&self, place: Place, index: usize, text: String, color: &'static str) -> Text {
        Text { place, row: self.height(index), text, color }
    }
}

fn caption(study: &Study, case: &Case, kinds: &[Kind], alpha: f64) -> String {
    let has = |wanted: fn(&Says) -> bool| kinds.iter().any(|kind| wanted(&kind.says));
    let whisker = if has(|says| matches!(says, Says::P { error, .. } if *error > 0.0)) {
        " A thick bar is two Monte-Carlo errors to each side of a permutation p."
    } else {
        ""
    };
    let words_only = if has(|says| !matches!(says, Says::P { .. })) {
        " Where there is no p, words say the side: whether zero lies inside the limits, how strong the evidence is."
    } else {
        ""
    };
    let rest = if kinds.iter().any(|kind| kind.group == Group::Otherwise) {
        ", the last rows other scales or outcomes of the same visit"
    } else {
        ""
    };
    format!(
        "{} and {}: the p-value of each kind of inference; blue and left of the dashed line it is below {}. Each model \
         stands by its own errors and reference; below them is more of the model “{}”{rest}.{whisker}{words_only}",
        study.name(&case.lead.analyte),
        words::spaced(&case.lead.outcome),
        words::level(alpha),
        words::spaced(&case.lead.model)
    )
}
