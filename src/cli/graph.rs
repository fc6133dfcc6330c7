//! `ketascreen graph`: the analysis as a drawing, coloured by how each stage stands. Writes nothing, takes no lock.

use std::collections::BTreeSet;

use super::{OK, Study, targets};
use crate::engine::graph::Drawing;
use crate::engine::status::survey;
use crate::failure::Failure;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct Args {
    /// The language of the drawing
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

/// The languages of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For Markdown pages and mermaid.live
    Mermaid,
    /// For Graphviz: `ketascreen graph --format dot | dot -Tsvg`
    Dot,
}

pub fn exec(study: &Study, args: &Args) -> Result<i32, Failure> {
    let (plan, sweep) = study.load()?;
    let store = Store::new(&plan.folders.outputs);
    let mut standings = survey(&plan, &store, &targets::stages(&plan, &[])?, &BTreeSet::new())?;
    standings.extend(sweep.standing(&plan));
    let drawing = Drawing::of(&plan, &standings);
    let text = match args.format {
        Format::Mermaid => drawing.mermaid(),
        Format::Dot => drawing.dot(),
    };
    super::out(text.trim_end());
    Ok(OK)
}
