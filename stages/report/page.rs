//! The page: the template filled with the chapters.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Value, context};

use super::chapters::{
    agreement, answer, asked, certainty, found, improvement, multiverse, own, people, prediction, provenance, quality,
    reviewed,
};
use super::study::Study;
use super::view::Draft;
use super::words;
use crate::contract::StageError;

const PAGE: &str = include_str!("page.html");
const PARTS: &str = include_str!("parts.html");
const STYLE: &str = include_str!("style.css");
const SORT: &str = include_str!("sort.js");

/// Writes the page; the figures it shows are left in `draft`.
pub fn write(study: &Study, draft: &mut Draft) -> Result<String, StageError> {
    let about = &study.params.about;
    let context = context! {
        title => if about.title.is_empty() { "A study of metabolites and outcomes" } else { &about.title },
        note => &about.note,
        synthetic => about.synthetic,
        outdated => words::list(&about.outdated),
        outdated_one => about.outdated.len() == 1,
        points => study.guard.points,
        min_cell => study.guard.min_cell(),
        answer => answer::sentences(study),
        asked => asked::chapter(study),
        people => people::chapter(study),
        improvement => improvement::chapter(study, draft),
        found => found::chapter(study, draft),
        certainty => certainty::chapter(study, draft),
        prediction => prediction::chapter(study, draft),
        multiverse => multiverse::chapter(study, draft),
        own => own::chapter(study),
        agreement => agreement::chapter(study)?,
        quality => quality::chapter(study, draft),
        reviewed => reviewed::chapter(study),
        findings => provenance::findings(study),
        methods => provenance::methods(study),
        provenance => provenance::chapter(study),
        // Safe: both are files of this stage, without anything of the study.
        style => Value::from_safe_string(STYLE.to_owned()),
        sort => Value::from_safe_string(SORT.to_owned()),
    };
    render(context).map_err(|error| StageError::Failed { code: "page", message: format!("{error:#}") })
}

fn render(context: Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("parts.html", PARTS)?;
    environment.add_template("page.html", PAGE)?;
    environment.get_template("page.html")?.render(context)
}
