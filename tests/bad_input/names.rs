//! Odd names, and studies of which quality control or the models leave nothing.

use stages::screen::schema::Associations;

use super::tables::widen;
use super::{MADRS, METABOLITES};
use crate::common::Study;

/// An analyte's name that every format must survive.
const ODD: &str = "=1+1, \"β/3-HB\"<script>";

/// Gives the leading analyte the odd name everywhere, and the highlight with it.
fn rename(study: &Study) {
    let quoted = format!("\"{}\"", ODD.replace('"', "\"\""));
    for file in [METABOLITES, "data/panel.csv"] {
        let text = std::fs::read_to_string(study.path(file)).unwrap();
        study.write(file, &text.replace("3-hydroxybutyrate", &quoted).replace("3-Hydroxybutyrate", &quoted));
    }
    let analyte = format!("analyte: '{ODD}'}}");
    study.edit(|text| {
        let text = text.replace("highlight: [3-hydroxybutyrate]", &format!("highlight: ['{ODD}']"));
        text.replace("analyte: 3-hydroxybutyrate}", &analyte)
    });
}

#[test]
fn an_analyte_of_any_name_goes_through_to_the_page_the_figures_and_the_tables() {
    for wide in [false, true] {
        let study = Study::of_the_repository();
        rename(&study);
        if wide {
            widen(&study, None);
        }
        study.run(&["run", "-q"]).fine();
        let (mut figures, mut tables) = (0, 0);
        for (path, bytes) in study.shown() {
            let text = String::from_utf8_lossy(&bytes);
            if path.ends_with(".html") || path.ends_with(".svg") {
                assert!(!text.contains("HB\"<script>") && !text.contains("HB&quot;<script>"), "{path} is escaped");
                figures += usize::from(path.ends_with(".svg") && text.contains("HB") && text.contains("&lt;script"));
            }
            if path.ends_with("associations.csv") {
                let mut reader = csv::Reader::from_reader(text.as_bytes());
                let safe = format!("'{ODD}");
                tables += reader.records().filter(|row| row.as_ref().unwrap().iter().any(|cell| cell == safe)).count();
            }
        }
        assert!(figures > 0 && tables > 0, "wide {wide}: {figures} figures, {tables} rows");
        let analytes: Vec<String> = study.table::<Associations>("screen").column("analyte");
        assert!(analytes.iter().any(|name| name == ODD));
    }
}

#[test]
fn a_study_that_quality_control_empties_and_one_that_tests_nothing_still_have_a_report() {
    let models = |text: &str| {
        let (start, end) = (text.find("    models:\n").unwrap(), text.find("    confidence: 0.95").unwrap());
        let published = text.rfind("    published:      ").unwrap();
        format!("{}    models: {{}}\n{}", &text[..start], &text[end..published])
    };
    let excluded = |text: &str| text.replace("max_qc_rsd: 0.3", "max_qc_rsd: 0.0001");
    let never =
        |text: &str| text.replace("month_12] ", "month_12, month_13] ").replacen("to: infusion_4}", "to: month_13}", 1);
    let edits: [&dyn Fn(&str) -> String; 3] = [&models, &excluded, &never];
    for edit in edits {
        let study = Study::of_the_repository();
        study.edit(edit);
        study.run(&["check"]).fine();
        study.run(&["run", "-q"]).fine();
        assert!(study.path("outputs/report/report.html").exists());
    }
}

#[test]
fn names_with_dots_spaces_and_signs_work_for_models_and_visits() {
    let study = Study::of_the_repository();
    study.edit(|text| {
        let text = text.replace("      published_t:", "      \"t. of/ü <b>\":");
        text.replace("infusion_1,", "\"ïn.fusion / 1\",")
    });
    let madrs = std::fs::read_to_string(study.path(MADRS)).unwrap();
    study.write(MADRS, &madrs.replace(",infusion_1,", ",ïn.fusion / 1,"));
    study.run(&["run", "-q"]).fine();
    let page = std::fs::read_to_string(study.path("outputs/report/report.html")).unwrap();
    assert!(page.contains("t. of/ü &lt;b&gt;") && !page.contains("ü <b>"));
}
