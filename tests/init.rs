//! `ketascreen init`: the first configuration of a folder works, and nothing is ever overwritten.

use crate::common::{Said, Study};

/// Writes the configuration of the folder `data` of a study.
fn init(study: &Study) -> Said {
    study.run(&["init", &study.path("data").display().to_string(), "--output", &study.pipeline().display().to_string()])
}

/// A study without a configuration, with these files in its data folder.
fn folder(files: &[(&str, &str)]) -> Study {
    let study = Study::empty();
    std::fs::create_dir(study.path("data")).unwrap();
    files.iter().for_each(|(name, text)| study.write(&format!("data/{name}"), text));
    study
}

#[test]
fn the_repositorys_own_data_are_understood_checked_and_run() {
    let study = Study::of_the_repository();
    std::fs::remove_file(study.pipeline()).unwrap();
    let said = init(&study).fine();
    for line in
        ["madrs.csv: assessments", "metabolites.csv: metabolites", "panel.csv: panel", "participants.csv: participants"]
    {
        assert!(said.out.contains(line), "{}", said.out);
    }
    let yaml = std::fs::read_to_string(study.pipeline()).unwrap();
    for line in [
        "visits: [baseline, infusion_1, infusion_2",
        "sex: {kind: category, levels: [female, male]}",
        "instrument: madrs",
        "from: baseline",
        "to: post_infusion_1",
        "max_qc_rsd: 0.3",
    ] {
        assert!(yaml.contains(line), "{line}\n{yaml}");
    }
    assert!(!yaml.contains("# TODO: panel"), "{yaml}");
    study.run(&["check"]).fine();
    study.run(&["run", "-q"]).fine();
    assert!(study.path("outputs/report/report.html").exists());
    let before = std::fs::read(study.pipeline()).unwrap();
    let again = init(&study);
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("is there already"), "{}", again.err);
    assert_eq!(std::fs::read(study.pipeline()).unwrap(), before);
}

#[test]
fn a_wide_table_with_decimal_commas_is_understood() {
    let study = folder(&[(
        "wide.csv",
        "id;age;sex;1,5-AG;=1+1;β/3-HB\nP1;30;f;1,5;2,25;0,5\nP2;41;m;1,75;<LOD;0,75\nP3;52;f;2,5;3,5;0,125\nP4;63;m;2,125;3;1\n",
    )]);
    init(&study).fine();
    let yaml = std::fs::read_to_string(study.pipeline()).unwrap();
    for line in ["decimal: \",\"", "layout: wide", "participant: id", "\"1,5-AG\"", "\"β/3-HB\""] {
        assert!(yaml.contains(line), "{line}\n{yaml}");
    }
    study.run(&["check"]).fine();
    study.run(&["run", "-q"]).fine();
}

#[test]
fn an_mwtab_file_alone_is_a_study() {
    let study = folder(&[("ST000001.txt", include_str!("cases/mwtab_text/study.mwtab"))]);
    let said = init(&study).fine();
    assert!(said.out.contains("ST000001.txt: participants, samples, metabolites, panel"), "{}", said.out);
    study.run(&["check"]).fine();
    study.run(&["run", "-q"]).fine();
}

/// A workbook of several sheets with samples in columns below a title, beside a REDCap export: what is left to do is said.
#[test]
fn a_laboratorys_workbook_and_a_clinics_export_are_understood() {
    let study = folder(&[
        ("panel.csv", include_str!("cases/laboratory/panel.csv")),
        ("redcap.csv", include_str!("cases/laboratory/redcap.csv")),
    ]);
    let workbook = include_bytes!("cases/laboratory/laboratory.xlsx");
    std::fs::write(study.path("data/laboratory.xlsx"), workbook).unwrap();
    let said = init(&study).fine();
    for line in ["laboratory.xlsx: samples, metabolites", "panel.csv: panel", "redcap.csv: participants, assessments"] {
        assert!(said.out.contains(line), "{}", said.out);
    }
    let yaml = std::fs::read_to_string(study.pipeline()).unwrap();
    let windows = "timepoints:\n        week 1: {day: [5, 9]}\n        month 1: {day: [25, 33]}";
    let yaml = yaml.replace("headers: {", "headers: {replicate: \"Injection of\", ");
    let yaml = yaml.replace("timepoints:", windows);
    let yaml = yaml.replace("layout: wide", "layout: wide\n      units: {L-Lactic acid: mg/dL, \"NA(+)\": mM}");
    let yaml = yaml.replace("max_missing: 0.5", "replicates: {combine: mean}\n      max_missing: 0.5");
    study.write("pipeline.yaml", &yaml);
    study.run(&["check"]).fine();
    study.run(&["run", "-q"]).fine();
}

#[test]
fn an_empty_folder_is_said_to_be_empty() {
    let study = folder(&[]);
    let said = init(&study);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("there is no table in") && said.err.contains("nothing was written"), "{}", said.err);
    assert!(!study.pipeline().exists());
    let other = study.run(&["init", "/usr", "--output", &study.pipeline().display().to_string()]);
    assert_eq!(other.code, Some(2));
    assert!(other.err.contains("does not lie below"), "{}", other.err);
}
