//! The figures: each file draws one kind, all on the same canvas.
//!
//! The geometry is kuva's. What kuva 0.6 does not give is added in [`canvas`]: a title and a description for screen
//! readers, a viewBox so that a figure scales with the page, element ids that stay unique and equal from run to run,
//! and the mark that says that data are synthetic.

pub mod canvas;
pub mod certainty;
pub mod components;
pub mod drift;
pub mod forest;
mod keys;
pub mod ladder;
pub mod line_fit;
pub mod prediction;
pub mod quality;
pub mod rates;
pub mod repeatability;
pub mod scatter;
pub mod specification_curve;
pub mod texts;
pub mod ticks;
pub mod trajectory;
pub mod volcano;
mod xml;

/// A finished figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file's name without its ending, also the prefix of every id in it.
    pub name: String,
    /// What the figure shows, in words; the caption on the page and the description in the file.
    pub caption: String,
    pub svg: String,
}
