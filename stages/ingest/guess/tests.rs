//! What the first configuration says of folders of several kinds; that it works is tried by the real program.

use proptest::prelude::*;

use super::*;
use crate::ingest::Params;

fn drafted(files: &[(&str, &str)]) -> Draft {
    let files: Vec<_> = files.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect();
    draft(&files, ".", "outputs").unwrap()
}

/// The settings of ingest that a draft means.
#[track_caller]
fn settings(draft: &Draft) -> Params {
    let page: serde_yaml::Value =
        serde_yaml::from_str(&draft.yaml).unwrap_or_else(|why| panic!("{why}\n{}", draft.yaml));
    serde_yaml::from_value(page["stages"]["ingest"].clone()).unwrap_or_else(|why| panic!("{why}\n{}", draft.yaml))
}

const PEOPLE: (&str, &str) = (
    "people.csv",
    "Subject ID;age;weight (kg);sex;smoker;remark;never\nA;30;1,5;f;yes;short;\nB;40;2,5;m;no;tall one;\nC;50;-;f;no;other;\nD;51;3,5;m;no;more;\n",
);

#[test]
fn every_kind_of_column_is_guessed_with_its_reason() {
    let draft = drafted(&[PEOPLE]);
    let people = settings(&draft).participants;
    assert_eq!((people.id.as_str(), people.decimal), ("Subject ID", crate::ingest::file::Decimal::Comma));
    assert_eq!(people.missing, ["-"]);
    let kinds = serde_json::to_value(&people.columns).unwrap();
    assert_eq!(kinds["age"]["unit"], "years");
    assert_eq!((&kinds["weight (kg)"]["kind"], &kinds["weight (kg)"]["unit"]), (&"number".into(), &"kg".into()));
    assert_eq!((&kinds["sex"]["levels"], &kinds["smoker"]["kind"]), (&serde_json::json!(["f", "m"]), &"binary".into()));
    assert_eq!(kinds.as_object().unwrap().len(), 4, "{}", draft.yaml);
    for line in ["remark: words of many kinds", "never: the column is empty", "# guess: numbers are written as 1,5"] {
        assert!(draft.yaml.contains(line), "{line}\n{}", draft.yaml);
    }
}

#[test]
fn no_value_of_a_participant_is_written() {
    let draft = drafted(&[PEOPLE]);
    for value in ["tall one", "51", "2,5", "2.5"] {
        assert!(!draft.yaml.contains(value), "{value}\n{}", draft.yaml);
    }
}

#[test]
fn tables_find_their_roles_by_headers_and_ids() {
    let draft = drafted(&[
        ("a.csv", "patient,sex\nP1,f\nP2,m\nP3,f\nP4,m\n"),
        ("b.csv", "patient,week,PHQ9 total\nP1,week 4,3\nP2,baseline,9\nP2,week 4,2\nP2,week 12,2\nP1,week 12,3\n"),
        ("c.csv", "tube,1,β/3-HB\nS1,5.5,2\nS2,6.5,3\nS3,1.5,<LOD\n"),
        (
            "d.csv",
            "sample,patient,time,sample type,batch\nS1,P1,after,Subject,1\nS2,P1,before,Subject,1\nS3,,,QC pool,1\n",
        ),
        ("e.csv", "compound,KEGG ID\n1,C1\nβ/3-HB,C2\n"),
        ("notes.txt", "nothing of interest\n"),
    ]);
    let roles: Vec<&str> = draft.files.iter().map(|(_, role)| role.as_str()).collect();
    assert_eq!(roles, ["participants", "assessments", "metabolites", "samples", "panel", "not used"]);
    let yaml = &draft.yaml;
    for line in [
        "visits: [baseline, \"week 4\", \"week 12\"]",
        "instrument: phq9",
        "total_range: [0, 27]",
        "headers: {timepoint: time, type: \"sample type\"}",
        "types: {\"QC pool\": pooled_qc, Subject: study}",
        "before: {}",
        "from: before",
        "to: after",
        "layout: wide",
        "sample: tube",
        "# TODO: panel: e.csv names analytes",
        "# TODO: notes.txt: not used",
    ] {
        assert!(yaml.contains(line), "{line}\n{yaml}");
    }
    assert!(yaml.find("before: {}") < yaml.find("after: {}"), "a baseline comes first");
}

#[test]
fn files_of_the_field_are_known_by_what_they_begin_with() {
    let mwtab = include_str!("../../../tests/cases/mwtab_text/study.mwtab");
    let (s, a, m) = (
        include_str!("../../../tests/cases/isatab_maf/s_study.txt"),
        include_str!("../../../tests/cases/isatab_maf/a_assay.txt"),
        include_str!("../../../tests/cases/isatab_maf/m_study_maf.tsv"),
    );
    let of_workbench = settings(&drafted(&[("ST1.txt", mwtab)]));
    assert_eq!(of_workbench.participants.format, Some(crate::ingest::file::Format::Mwtab));
    assert!(of_workbench.samples.is_some() && of_workbench.metabolites.is_some() && of_workbench.panel.is_some());
    let of_isa = settings(&drafted(&[("a_x.txt", a), ("m_x.tsv", m), ("s_x.txt", s)]));
    assert_eq!((of_isa.participants.file.as_str(), of_isa.participants.id.as_str()), ("s_x.txt", "Source Name"));
    let samples = of_isa.samples.unwrap();
    assert_eq!(
        (samples.file.as_str(), samples.study.as_deref(), samples.sample.as_str()),
        ("a_x.txt", Some("s_x.txt"), "Sample Name")
    );
    assert_eq!(of_isa.metabolites.unwrap().format, Some(crate::ingest::file::Format::Maf));
}

/// A sheet on its side, as a laboratory may hand it over.
const TURNED: &str = "Compound,Unit,S1,S/2,Q1,\"B,1\"\nSubject,,R1,R1,,\nVisit,,a,,,\nSample type,,Sample,Sample,Pool QC,Blank\n\
    Study day,,0,7,,\n=1+1,µM,1.5,2.5 H,2,0\nNA(+),mM,140,141,139,ND\nβ/3-HB,µM,5,<LOD,6,0\n";

#[test]
fn a_table_on_its_side_is_two_tables_and_what_stands_beside_is_named() {
    let people = ("people.csv", "subject,sex\nR1,1\nR2,2\nR3,2\nR4,1\n");
    let draft = drafted(&[people, ("export.csv", TURNED)]);
    let settings = settings(&draft);
    let (samples, metabolites) = (settings.samples.unwrap(), settings.metabolites.unwrap());
    assert_eq!((samples.analyte.as_str(), samples.participant.as_str()), ("Compound", "Subject"), "{}", draft.yaml);
    assert_eq!(samples.metadata, ["Unit"]);
    assert_eq!(metabolites.metadata, ["Unit", "Subject", "Visit", "Sample type", "Study day"]);
    for line in [
        "headers: {timepoint: Visit, type: \"Sample type\", day: \"Study day\"}",
        "flags: {H: keep}",
        "# TODO: 1 samples have no timepoint",
        "sex: {kind: category, levels: [\"1\", \"2\"]}",
    ] {
        assert!(draft.yaml.contains(line), "{line}\n{}", draft.yaml);
    }
    // A single known name is not enough to turn a table.
    let upright = drafted(&[people, ("x.csv", "sample,subject,=1+1,b,c\nbatch,R1,1,2,3\nS2,R2,4,5,6\n")]);
    assert!(!upright.yaml.contains("samples: columns"), "{}", upright.yaml);
}

#[test]
fn participants_of_a_redcap_export_are_the_rows_of_its_first_event() {
    let text = "record_id,redcap_event_name,redcap_repeat_instrument,age,madrs_total,ae_term\n\
        1,base_arm_1,,30,20,\n1,base_arm_1,adverse_events,,,x\n1,end_arm_1,,,10,\n2,base_arm_1,,41,22,\n2,end_arm_1,,,9,\n";
    let draft = drafted(&[("redcap.csv", text)]);
    let people = settings(&draft).participants;
    assert_eq!(people.id, "record_id");
    assert_eq!(people.columns.keys().collect::<Vec<_>>(), ["age"], "{}", draft.yaml);
    for line in
        ["where: {redcap_event_name: base_arm_1, redcap_repeat_instrument: \"\"}", "visits: [base_arm_1, end_arm_1]"]
    {
        assert!(draft.yaml.contains(line), "{line}\n{}", draft.yaml);
    }
}

#[test]
fn a_folder_without_participants_has_no_draft() {
    let files = [("x.csv".to_owned(), b"a,b\n1,2\n1,2\n".to_vec()), ("y.mztab".to_owned(), b"MTD\t".to_vec())];
    let told = draft(&files, ".", "outputs").unwrap_err();
    assert_eq!(told[0].1, "not used");
    assert!(told[1].1.starts_with("not read: "), "{told:?}");
}

proptest! {
    #[test]
    fn any_table_gives_a_page_that_can_be_read(
        headers in proptest::collection::vec("[^\"\r\n]{0,12}", 1..5),
        cells in proptest::collection::vec("[^\"\r\n]{0,6}", 4..24), mark in prop::sample::select(vec![',', ';', '\t']),
    ) {
        let width = headers.len();
        let mark = mark.to_string();
        let mut text = format!("participant_id{mark}{}\n", headers.join(&mark));
        for (nth, row) in cells.chunks(width).enumerate() {
            text.push_str(&format!("P{nth}{mark}{}\n", row.join(&mark)));
        }
        if let Ok(draft) = draft(&[("x.csv".to_owned(), text.into_bytes())], ".", "outputs") {
            let page: Result<serde_yaml::Value, _> = serde_yaml::from_str(&draft.yaml);
            prop_assert!(page.is_ok(), "{page:?}\n{}", draft.yaml);
        }
    }

    #[test]
    fn any_bytes_under_any_name_are_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..6) {
        let name = ["x.csv", "x.tsv", "x.txt", "x.mwtab", "x.json", "x.mztab"][at];
        let _ = draft(&[(name.to_owned(), bytes)], ".", "outputs");
    }
}
