//! Reads the study's files one after the other: the participants first, since every other table is about them.

use super::assessments::{self, Ratings};
use super::calendar::Calendar;
use super::metabolites::{self, Abundances, Owners};
use super::panel::{self, Analytes};
use super::params::Params;
use super::participants::{self, People};
use super::problems::Problems;
use super::samples::{self, Measured};
use super::scale::Scale;
use super::sheet::{Files, Sheet};
use crate::contract::StageError;

/// The study as read, before it becomes tables.
pub struct Study {
    pub people: People,
    pub ratings: Ratings,
    pub panel: Analytes,
    pub samples: Measured,
    pub abundances: Abundances,
}

/// Reads every declared file; all problems of all files, or the study.
pub fn read(params: &Params, files: Files<'_>) -> Result<Study, StageError> {
    let mut problems = Problems::default();
    let found = &mut problems;
    let people = read_people(params, files, found);
    let ratings = read_ratings(params, files, &people, found);
    let panel = read_panel(params, files, found);
    let mut samples = read_samples(params, files, &people, &ratings.calendar(), found);
    let abundances = read_abundances(params, files, &people, &samples, &panel, found);
    problems.into_result()?;
    if params.samples.is_none() {
        samples.rows = samples::of_participants(abundances.grid.samples.iter().map(String::as_str));
    }
    Ok(Study { people, ratings, panel, samples, abundances })
}

fn read_people(params: &Params, files: Files<'_>, problems: &mut Problems) -> People {
    let settings = &params.participants;
    let sheet = Sheet::open(files, &settings.reading(), problems);
    sheet.map(|sheet| participants::read(settings, &sheet, problems)).unwrap_or_default()
}

fn read_panel(params: &Params, files: Files<'_>, problems: &mut Problems) -> Analytes {
    let Some(settings) = &params.panel else {
        return Analytes::new();
    };
    let sheet = Sheet::open(files, &settings.reading(), problems);
    sheet.map(|sheet| panel::read(settings, &sheet, problems)).unwrap_or_default()
}

fn read_samples(
    params: &Params,
    files: Files<'_>,
    people: &People,
    calendar: &Calendar,
    problems: &mut Problems,
) -> Measured {
    let Some(settings) = &params.samples else {
        return Measured::default();
    };
    let sheet = Sheet::open(files, &settings.reading(), problems);
    sheet.map(|sheet| samples::read(settings, &sheet, &people.known, calendar, problems)).unwrap_or_default()
}

fn read_ratings(params: &Params, files: Files<'_>, people: &People, problems: &mut Problems) -> Ratings {
    let Some(settings) = &params.assessments else {
        return Ratings::default();
    };
    let sheet = Sheet::open(files, &settings.reading(), problems);
    match (Scale::of(settings), sheet) {
        (Ok(scale), Some(sheet)) => assessments::read(settings, &scale, &sheet, &people.known, problems),
        (Ok(_), None) => Ratings::default(),
        (Err(contradictions), _) => {
            contradictions.into_iter().for_each(|problem| problems.push(problem));
            Ratings::default()
        }
    }
}

fn read_abundances(
    params: &Params,
    files: Files<'_>,
    people: &People,
    samples: &Measured,
    panel: &Analytes,
    problems: &mut Problems,
) -> Abundances {
    let Some(settings) = &params.metabolites else {
        return Abundances::default();
    };
    let owners = match &settings.participant {
        Some(header) => Owners { header, what: "participant", known: &people.known },
        None => Owners { header: &settings.sample, what: "sample", known: &samples.known },
    };
    let sheet = Sheet::open(files, &settings.reading(), problems);
    let read = sheet.and_then(|sheet| metabolites::read(settings, &sheet, &owners, panel, problems));
    read.unwrap_or_default()
}
