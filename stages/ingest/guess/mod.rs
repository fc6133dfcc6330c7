//! Guesses what the files of a folder are, and writes a first pipeline.yaml that says so.
//!
//! Every file is opened as what it seems to be (`look`); each table is given the role that its headers and ids speak for
//! (`roles`), and the page is written with every guess marked and its reason beside it (`page`). A guess is never silent:
//! what is written says `# guess:` and why, what could not be found says `# TODO:`. Of the participants' values nothing is
//! written but the levels of categories and the names of visits, timepoints and types of samples; a column of words with
//! many values is not taken for a category, so that no name or remark gets there.

mod assessments;
mod column;
mod events;
mod look;
mod model;
mod order;
mod page;
mod roles;
mod samples;
mod scales;
mod tables;
#[cfg(test)]
mod tests;
mod turned;

use look::Look;
use page::Page;
use roles::Roles;

/// A first pipeline.yaml, and what was made of each file.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub yaml: String,
    /// Each file with what it was taken for.
    pub files: Vec<(String, String)>,
}

/// Whether a file's name is that of a format that can be read.
pub fn is_candidate(name: &str) -> bool {
    super::file::Format::of(name).is_some()
}

/// Drafts the configuration of a study whose files are these, by name, in the folder `data`.
///
/// None where no file holds a table that could be the participants'.
pub fn draft(files: &[(String, Vec<u8>)], data: &str, outputs: &str) -> Result<Draft, Vec<(String, String)>> {
    let looks: Vec<Look> = files.iter().map(|(name, bytes)| Look::at(name, bytes)).collect();
    let roles = Roles::of(&looks);
    let files: Vec<(String, String)> = looks.iter().map(|look| (look.name.clone(), roles.of_file(look))).collect();
    if roles.participants.is_none() {
        return Err(files);
    }
    let mut page = Page::default();
    page.head(data, outputs);
    let found = tables::write(&roles, &mut page);
    model::write(&found, &mut page);
    page.unused(&files);
    Ok(Draft { yaml: page.text(), files })
}
