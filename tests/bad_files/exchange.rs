//! The same mistakes in the field's own formats and in REDCap's, made in the files of their stories.

use super::Trial;
use crate::common::{Study, repository};

/// The study of a story under tests/cases.
fn story(name: &str) -> Study {
    let study = Study::empty();
    let folder = repository().join("tests/cases").join(name);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).for_each(|path| study.copy(&path));
    study
}

/// One mistake: what stands there, what is written instead, and what is said; the place follows the file's name.
type Mistake = (&'static str, &'static str, &'static str, &'static [&'static str]);

fn refuse_each(name: &str, file: &str, mistakes: &[Mistake]) {
    let mut trial = Trial::of(story(name));
    let text = std::fs::read_to_string(trial.study.path(file)).unwrap();
    for (from, to, place, words) in mistakes {
        assert!(text.contains(from), "{file} holds {from}");
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        words.push(format!("{file}{place}"));
        trial.refuses(&format!("{from} → {to}"), file, Some(text.replacen(from, to, 1).as_bytes()), &words);
    }
    bad_bytes(&mut trial, file, &text);
    trial.end();
}

/// What is refused in any file of text.
fn bad_bytes(trial: &mut Trial, file: &str, text: &str) {
    trial.refuses("no file", file, None, &[format!("there is no file `{file}`")]);
    let at = text.len() / 2;
    let at = (at..).find(|at| text.is_char_boundary(*at)).unwrap();
    let with = |bytes: &[u8]| [&text.as_bytes()[..at], bytes, &text.as_bytes()[at..]].concat();
    let line = 1 + text[..at].matches('\n').count();
    let place = format!("{file}:{line}");
    trial.refuses("no UTF-8", file, Some(&with(&[0xE9])), &[place.clone(), "0xE9".into()]);
    trial.refuses("a NUL", file, Some(&with(&[0])), &[place, "NUL".into()]);
    let name = [file.to_owned()];
    for bytes in
        [&b""[..], b" \r\n", b"\x89PNG\r\n\x1a\n\0", b"a,b\n1,2\n", b"{", b"[]", b"{\"METABOLOMICS WORKBENCH\": 1}"]
    {
        trial.refuses(&format!("{bytes:?}"), file, Some(bytes), &name);
    }
}

#[test]
#[rustfmt::skip]
fn mwtab_as_text() {
    refuse_each("mwtab_text", "study.mwtab", &[
        ("1,5-anhydrosorbitol\t0.5\t0.6", "1,5-anhydrosorbitol\t0.5\to.6", ":19", &["`o.6` is not a number"]),
        ("1,5-anhydrosorbitol\t0.5\t0.6", "1,5-anhydrosorbitol\t0.5\t-0.6", ":19", &["`-0.6` is negative"]),
        ("1,5-anhydrosorbitol\t0.5\t0.6", "1,5-anhydrosorbitol\t0.5\t0,6", ":19", &["decimal comma"]),
        ("1,5-anhydrosorbitol\t0.5\t0.6", "1,5-anhydrosorbitol\t0.5\tinf", ":19", &["not a finite number"]),
        ("1,5-anhydrosorbitol\t0.5\t0.6", "1,5-anhydrosorbitol\t0.6", ":19", &["cells"]),
        ("Samples\ts 1\ts/2", "Samples\ts 1\ts 1", ":17", &["`s 1`"]),
        ("P-1\ts/2\t", "P-1\ts 1\t", ":8", &["`s 1`"]),
        ("#END\n", "", "", &["#END"]),
        ("MS_METABOLITE_DATA_END\n", "", "", &["MS_METABOLITE_DATA"]),
        ("sex:female\tRAW", "sex:femal\tRAW", ":18", &["the factors of sample `s 1`", "others on line 7"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn mwtab_as_json() {
    refuse_each("mwtab_json", "study.json", &[
        ("\"Sample ID\": \"s/2\"", "\"Sample ID\": \"s 1\"", "", &["`s 1`"]),
        ("\"0.6\"", "\"o.6\"", "", &["`o.6` is not a number"]),
        ("\"0.6\"", "\"-0.6\"", "", &["`-0.6` is negative"]),
        ("\"0.6\"", "\"1e999\"", "", &["`1e999`"]),
        ("\"SUBJECT_SAMPLE_FACTORS\"", "\"SUBJECTS\"", "", &["SUBJECT_SAMPLE_FACTORS"]),
        ("\"sex\": \"female\"", "\"sex\": \"femal\"", ":26, column sex", &["`sex` of `P-1` is `femal` and `female`"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn mztab_m() {
    refuse_each("mztab_m", "study.mztab", &[
        ("0.142857", "o.142857", ":60", &["`o.142857` is not a number"]),
        ("0.142857", "-0.142857", ":60", &["is negative"]),
        ("0.142857", "0,142857", ":60", &["decimal comma"]),
        ("0.142857", "inf", ":60", &["not a finite number"]),
        ("\t0.142857\t", "\t", ":60", &["cells"]),
        ("assay[2]\trun/2", "assay[2]\trun, 1", "", &["`run, 1`"]),
        ("SML\t2\t", "SML\t1\t", ":61, column SML_ID", &["the SML_ID `1` stands on line 60 and again on line 61"]),
        ("2.0.0-M", "1.0.0", ":2", &["1.0.0"]),
        ("[, , participant_id, P-1]", "[, , participant_id, P-9]", "", &["unknown participant `P-9`"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn isa_tab_and_maf() {
    refuse_each("isatab_maf", "m_study_maf.tsv", &[
        ("0.47142857", "o.47142857", ":2", &["`o.47142857` is not a number"]),
        ("0.47142857", "-0.47142857", ":2", &["is negative"]),
        ("0.47142857", "0,47142857", ":2", &["decimal comma"]),
        ("0.47142857", "inf", ":2", &["not a finite number"]),
        ("\t\"0.47142857\"", "", ":2", &["cells"]),
        ("\"s 1\"", "\"s/2\"", ":1", &["`s/2`"]),
        ("\"metabolite_identification\"", "\"metabolite\"", "", &["metabolite_identification"]),
    ]);
    refuse_each("isatab_maf", "a_assay.txt", &[
        ("\"Sample Name\"", "\"Sample\"", ":1", &["Sample Name"]),
        ("\"s/2\"", "\"s 1\"", ":3", &["`s 1`"]),
        ("\"before\"", "\"befor\"", ":2", &["befor"]),
        ("\t\"0.raw\"", "", ":2", &["cells"]),
    ]);
    refuse_each("isatab_maf", "s_study.txt", &[
        ("\"Source Name\"", "\"Source\"", ":1", &["Source Name"]),
        ("\"male\"", "\"mal\"", ":3, column Characteristics[Sex]", &["of `Pé2` is `mal` and `male`"]),
        ("\"51\"", "\"fifty\"", ":3, column Characteristics[Age]", &["of `Pé2` is `fifty` and `51`"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn redcap() {
    refuse_each("redcap", "export.csv", &[
        ("1-α,baseline_arm_1,,,34,1", "1-α,baseline_arm_1,,,thirty,1", ":2, column age", &["`thirty` is not a number"]),
        ("1-α,baseline_arm_1,,,34,1", "1-α,baseline_arm_1,,,34,7", ":2, column sex", &["`7` is not a level of `sex`"]),
        ("1-α,baseline_arm_1,,,34,1", "1-α,baselin_arm_1,,,34,1", ":2, column redcap_event_name", &["baselin_arm_1"]),
        ("1-α,baseline_arm_1,,,34,1", "1-α,baseline_arm_1,,34,1", ":2", &["cells"]),
        ("1-α,week_4_arm_1", "1-α,baseline_arm_1", ":", &["`1-α`", "again on line 5"]),
        ("record_id,", "record,", ":1, column record_id", &["has no column `record_id`"]),
        ("madrs_10,", "madrs_9,", ":1", &["`madrs_9` occurs 2 times"]),
    ]);
}
