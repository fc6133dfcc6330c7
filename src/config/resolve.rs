//! From the literal mirror to the plan: defaults filled, paths resolved, names checked, files read.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use stages::contract::{Place, Problem, Vocabulary};

use super::about::about;
use super::file::File;
use super::paths::{Folders, inside};
use super::plan::{Options, Plan};
use super::results::Results;
use super::sources;
use super::yaml::{Origin, Yaml};
use super::{overrides, prune};
use crate::engine::registry::{self, Bound};
use crate::engine::supply::Shelf;
use crate::failure::Failure;
use crate::store::regular::NoFile;
use crate::store::{regular, steady};

/// The code of a number that no setting can hold.
const NOT_FINITE: &str = "not_finite";

/// A plan as far as there is one, every problem, and the text they are about.
pub type Survey = (Option<Plan>, Vec<Problem>, Arc<Yaml>);

/// Reads a configuration and everything it names; all problems at once.
pub fn load(options: &Options) -> Result<Plan, Failure> {
    let (plan, problems, yaml) = survey(options)?;
    match plan {
        Some(plan) if problems.is_empty() => Ok(plan),
        _ => Err(Failure::input(problems, yaml)),
    }
}

/// The outputs folder, whatever else is wrong with the configuration: for what only looks at results.
pub fn outputs(options: &Options) -> Result<PathBuf, Failure> {
    let text = read_text(&options.pipeline)?;
    let (mut yaml, value, mut problems) = Yaml::parse(&options.pipeline.display().to_string(), &text);
    let Some(mut value) = value else { return Err(Failure::input(problems, Arc::new(yaml))) };
    problems = overrides::apply(&options.overrides, &mut yaml, &mut value);
    let (path, root) = (value["study"]["outputs"].as_str().unwrap_or("outputs"), root(options));
    match inside(&root, path, &root, "study.outputs", options.allow_outside) {
        Ok(outputs) if problems.is_empty() => Ok(outputs),
        Ok(_) => Err(Failure::input(problems, Arc::new(yaml))),
        Err(problem) => Err(Failure::input(vec![*problem], Arc::new(yaml))),
    }
}

/// A configuration's text and its values, before any override.
#[derive(Debug, Clone)]
pub struct Parsed {
    yaml: Yaml,
    value: Option<Value>,
    problems: Vec<Problem>,
}

/// Reads the text of a configuration.
pub fn parse(options: &Options) -> Result<Parsed, Failure> {
    let name = options.pipeline.display().to_string();
    let (yaml, value, problems) = Yaml::parse(&name, &read_text(&options.pipeline)?);
    Ok(Parsed { yaml, value, problems })
}

/// Reads a configuration; the plan is there when enough could be read, whatever else is wrong.
pub fn survey(options: &Options) -> Result<Survey, Failure> {
    Ok(survey_of(parse(options)?, options))
}

/// The same of a text that was read already.
pub fn survey_of(parsed: Parsed, options: &Options) -> Survey {
    let Parsed { mut yaml, value, mut problems } = parsed;
    let Some(mut value) = value else { return (None, problems, Arc::new(yaml)) };
    problems.extend(overrides::apply(&options.overrides, &mut yaml, &mut value));
    problems.extend(overrides::set_all(&options.universe, &mut yaml, &mut value));
    if value.is_null() {
        value = serde_json::json!({});
    }
    let (misspelt, names) = super::stages::misspelt(&mut value);
    problems.extend(misspelt);
    let mut reading = prune::read::<File>(value);
    reading.hidden.extend(names);
    let said: BTreeSet<usize> = problems.iter().filter(|p| p.code == NOT_FINITE).map(|p| line(p, &yaml)).collect();
    let again =
        |problem: &Problem| problem.message.starts_with("invalid type: null") && said.contains(&line(problem, &yaml));
    problems.extend(super::stages::taken(reading.problems).into_iter().filter(|problem| !again(problem)));
    let yaml = Arc::new(yaml);
    let plan = reading.value.and_then(|file| {
        let (plan, more) = resolve(file, options, Arc::clone(&yaml));
        problems.extend(more.into_iter().filter(|problem| !follows(problem, &reading.hidden)));
        plan
    });
    problems.sort_by_key(|problem| line(problem, &yaml));
    (plan, problems, yaml)
}

/// Where a problem stands in the file, to show problems in the order of its lines; overrides come last.
fn line(problem: &Problem, yaml: &Yaml) -> usize {
    match &problem.place {
        Place::Setting(path) => match yaml.origin(path) {
            Origin::File(spot) => spot.line,
            Origin::Override(_) => usize::MAX,
            Origin::Default => 0,
        },
        Place::File { line, .. } => line.map_or(usize::MAX, |line| line as usize),
        Place::Source { .. } | Place::Study => 0,
    }
}

/// Fills what one stage takes of another stage's settings.
fn wire(mut file: File) -> File {
    // predict learns its normalization inside each fold, by the settings of normalize.
    file.stages.predict.normalization = file.stages.normalize.clone();
    file
}

fn resolve(file: File, options: &Options, yaml: Arc<Yaml>) -> (Option<Plan>, Vec<Problem>) {
    let mut file = wire(file);
    let (folders, mut problems) = folders(&file, options);
    let stages = registry::bind(&file.stages);
    problems.extend(registry::check_own(&file.stages));
    problems.extend(check_names(&stages));
    problems.extend(file.sweep.iter().flat_map(::stages::sweep::Params::check));
    let (shared, unusable) = file.cache.resolve(&root(options), options.allow_outside);
    problems.extend(unusable);
    let shared = options.shared.clone().unwrap_or(shared);
    let Some(folders) = folders else { return (None, problems) };
    problems.extend(sources::no_folder(&folders));
    let results = Results::new(&stages, &folders);
    let own = file.stages.own.iter();
    problems.extend(own.flat_map(|(stage, own)| sources::undeclared(stage, own, &folders, &results)));
    let asked_for = results.asked_for(&folders);
    let is_result = |problem: &Problem| asked_for.iter().any(|asked| asked.place == problem.place);
    let mut sources = Vec::new();
    for stage in &stages {
        let (allow, known) = (options.allow_outside, options.files.as_deref());
        let (mut read, unreadable) = sources::read(stage.sources(), &folders, allow, known);
        let (beside, unreadable_beside) = sources::read_beside(stage.files(), &folders, allow, known);
        read.extend(beside);
        // A result that is not there yet is not missing.
        problems.extend(unreadable.into_iter().chain(unreadable_beside).filter(|problem| !is_result(problem)));
        sources.push(read);
    }
    problems.extend(asked_for);
    file.stages.report.about = about(&file, &stages, &sources.concat(), &options.outdated);
    let stages = registry::bind(&file.stages);
    let plan = Plan {
        pipeline: options.pipeline.clone(),
        yaml,
        folders,
        seed: file.study.seed,
        stages,
        sources,
        sweep: file.sweep,
        beside: Shelf::new(),
        shared,
    };
    (Some(plan), problems)
}

/// Every stage says what its settings define, then checks what they mention.
fn check_names(stages: &[Box<dyn Bound>]) -> Vec<Problem> {
    let mut names = Vocabulary::default();
    stages.iter().for_each(|stage| stage.define(&mut names));
    stages.iter().flat_map(|stage| stage.check(&names)).collect()
}

fn folders(file: &File, options: &Options) -> (Option<Folders>, Vec<Problem>) {
    let root = root(options);
    let below = |path: &str, setting: &str| inside(&root, path, &root, setting, options.allow_outside);
    match (below(&file.study.data, "study.data"), below(&file.study.outputs, "study.outputs")) {
        (Ok(data), Ok(outputs)) if same_folder(&data, &outputs) => (None, vec![outputs_are_data(&file.study.outputs)]),
        (Ok(_), Ok(outputs)) if !may_be_folder(&outputs) => (None, vec![outputs_are_no_folder(&file.study.outputs)]),
        (Ok(data), Ok(outputs)) => (Some(Folders { root, data, outputs }), Vec::new()),
        (data, outputs) => (None, [data.err(), outputs.err()].into_iter().flatten().map(|problem| *problem).collect()),
    }
}

/// The study's folder: where the configuration lies.
fn root(options: &Options) -> PathBuf {
    let parent = options.pipeline.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

fn same_folder(a: &Path, b: &Path) -> bool {
    a == b || a.canonicalize().ok().is_some_and(|a| b.canonicalize().ok() == Some(a))
}

/// Whether a folder is there or can be made: no part of the path is something else.
fn may_be_folder(path: &Path) -> bool {
    path.ancestors().find(|part| part.symlink_metadata().is_ok()).is_none_or(Path::is_dir)
}

fn outputs_are_no_folder(path: &str) -> Problem {
    let message = format!("`{path}` is not a folder, and results are written into one");
    Problem::new(
        "outputs_are_no_folder",
        Place::setting("study.outputs"),
        message,
        "give the outputs a folder of their own",
    )
}

fn outputs_are_data(folder: &str) -> Problem {
    let message = format!("`{folder}` is the data folder too: results would be written among the study's files");
    Problem::new("outputs_are_data", Place::setting("study.outputs"), message, "give the outputs a folder of their own")
}

/// Whether a complaint of an unknown name only follows from an error that took that name out.
fn follows(problem: &Problem, hidden: &BTreeSet<String>) -> bool {
    problem.code.starts_with("unknown") && hidden.iter().any(|name| problem.message.contains(&format!("`{name}`")))
}

fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = steady::read(path).map_err(|error| match (regular::no_file(&error), error.kind()) {
        (Some(kind), _) => Failure::Usage {
            message: format!("{} is {kind}, not a file", path.display()),
            remedy: match kind {
                NoFile::Folder => format!("name the file: --pipeline {}", path.join("pipeline.yaml").display()),
                other => other.remedy().to_owned(),
            },
        },
        (_, ErrorKind::NotFound | ErrorKind::NotADirectory) => Failure::Usage {
            message: format!("there is no {} here", path.display()),
            remedy: "run ketascreen in the study's folder, or name the file with --pipeline".to_owned(),
        },
        _ => Failure::io("read", path, error),
    })?;
    String::from_utf8(bytes.to_vec()).map(|text| text.trim_start_matches('\u{feff}').to_owned()).map_err(|error| {
        Failure::Usage {
            message: format!("{} is not UTF-8 text (byte {})", path.display(), error.utf8_error().valid_up_to()),
            remedy: "save the file as UTF-8".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey_of(text: &str, overrides: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = folder.path().join("pipeline.yaml");
        std::fs::write(&pipeline, text).unwrap();
        let overrides = overrides.iter().map(|text| (*text).to_owned()).collect();
        let options = Options { pipeline, overrides, ..Options::default() };
        survey(&options).unwrap().1.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn problems_come_in_the_order_of_their_lines_and_duplicates_do_not_hide_the_rest() {
        let text = "study:\n  titel: t\n  title: t\n  seed: -1\n  seed: x\n  data: ..\nstages: 3\n";
        let problems = survey_of(text, &["study.note=[1]"]);
        let starts =
            ["unknown key `titel`", "invalid type: string \"x\"", "`seed` is given twice", "invalid type: integer `3`"];
        for start in starts {
            assert!(problems.iter().any(|problem| problem.starts_with(start)), "{start}: {problems:?}");
        }
        assert!(problems[0].starts_with("unknown key"), "{problems:?}");
        assert!(problems.last().unwrap().contains("expected a string"), "overrides come last: {problems:?}");
    }

    #[test]
    fn a_name_that_was_taken_out_with_an_error_is_not_called_unknown_as_well() {
        let hidden = BTreeSet::from(["remission".to_owned()]);
        let problem =
            |name: &str| Problem::new("unknown_outcome", Place::Study, format!("unknown outcome `{name}`"), "");
        assert!(follows(&problem("remission"), &hidden));
        assert!(!follows(&problem("remision"), &hidden));
    }
}
