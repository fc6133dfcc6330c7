//! What the commands say that the other rooms do not show word for word.

use super::once;
use crate::common::Study;

#[test]
fn the_program_lists_its_commands() {
    let help = Study::empty().run(&["--help"]).fine().out;
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = rest.split_once("\n\n").unwrap();
    insta::assert_snapshot!(commands, @r"
      run          Bring everything, or these stages and what they need, up to date
      sweep        Run the analysis under every combination of other settings
      status       Say per stage whether it is up to date, and why not
      explain      Show every part that decides whether a stage runs, old and new
      log          List the runs that did something, or show one in full
      diff         Compare two runs: settings, inputs, tables, and which associations moved
      graph        Draw the analysis: files, stages, tables, and how each stage stands
      verify       Hash stored results in full, or make them again and compare
      gc           Remove cached results that the last runs did not use
      export       Describe how the current results were made, for other programs
      check        Look for every problem in the configuration and the data; store nothing
      init         Write a first configuration from what a folder's files look like
      simulate     Write the synthetic study's tables
      schema       Print the JSON schema of pipeline.yaml
      completions  Print what a shell needs to complete commands and options
      man          Write the manual pages
      help         Print this message or the help of the given subcommand(s)
    ");
}

#[test]
fn what_writes_files_names_them() {
    let study = once();
    insta::assert_snapshot!(study.run(&["init", "data", "--output", "other.yaml"]).fine().out, @r"
    madrs.csv: assessments
    metabolites.csv: metabolites
    panel.csv: panel
    participants.csv: participants
    samples.csv: samples
    wrote other.yaml: 30 guesses to read, 2 things to fill in; then `ketascreen check`
    ");
    insta::assert_snapshot!(study.run(&["simulate", "--out", "sim", "--seed", "1"]).fine().out, @r"
    sim/participants.csv
    sim/madrs.csv
    sim/samples.csv
    sim/metabolites.csv
    sim/panel.csv
    ");
    insta::assert_snapshot!(study.run(&["export", "ro-crate", "crate"]).fine().out, @"wrote crate/ro-crate-metadata.json");
    let pages = study.run(&["man", "--out", "man"]).fine().out;
    insta::assert_snapshot!(pages.lines().take(3).collect::<Vec<_>>().join("\n"), @r"
    man/ketascreen.1
    man/ketascreen-run.1
    man/ketascreen-sweep.1
    ");
}

#[test]
fn what_prints_for_other_programs_begins_as_they_expect() {
    let study = Study::empty();
    let first = |words: &[&str]| study.run(words).fine().out.lines().take(4).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(first(&["schema"]), @r#"
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "ketascreen pipeline.yaml",
      "description": "A study's pipeline.yaml: every decision of the analysis in one file.",
    "#);
    insta::assert_snapshot!(first(&["completions", "bash"]), @r#"
    _ketascreen() {
        local i cur prev opts cmd
        COMPREPLY=()
        if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
    "#);
}
