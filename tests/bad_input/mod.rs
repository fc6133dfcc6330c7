//! What a new user does wrong: each mistake is named with its place, its value and its remedy, and nothing is lost.

mod names;
mod tables;

use crate::common::{Said, Study, assert_same};

const PIPELINE: &str = "pipeline.yaml";
const PEOPLE: &str = "data/participants.csv";
const MADRS: &str = "data/madrs.csv";
const SAMPLES: &str = "data/samples.csv";
const METABOLITES: &str = "data/metabolites.csv";

/// One mistake: the file, what stands there, what is written instead, and what the report must say.
type Mistake = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// Replaces the first occurrence of a text in a file of the study.
#[track_caller]
fn replace(study: &Study, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(study.path(file)).unwrap();
    assert!(text.contains(from), "{file} holds {from}");
    study.write(file, &text.replacen(from, to, 1));
}

/// Words that only a programmer would write.
#[track_caller]
fn assert_plain(said: &Said) {
    for word in ["panicked", "struct ", "enum ", "variant", "Some(", "None", "Error {", "f64", "u64", "unwrap"] {
        assert!(!said.err.contains(word), "{word}: {}", said.err);
    }
    assert!(said.err.contains("help: "), "{}", said.err);
}

/// Makes each mistake in a study of its own and reads what `check` says.
fn refuses(mistakes: &[Mistake]) {
    for (file, from, to, words) in mistakes {
        let study = Study::of_the_repository();
        replace(&study, file, from, to);
        let said = study.run(&["check"]);
        assert_eq!(said.code, Some(2), "{to}: {}{}", said.out, said.err);
        assert_plain(&said);
        for word in *words {
            assert!(said.err.contains(word), "{to}: no {word} in\n{}", said.err);
        }
        assert!(!study.path("outputs").exists(), "{to}: nothing is written");
    }
}

#[test]
#[rustfmt::skip]
fn a_mistake_in_a_table_is_named_with_its_file_line_column_value_and_remedy() {
    refuses(&[
        (PEOPLE, ",age,", ",agee,", &["has no column `age`", "participants.csv:1, column age", "did you mean `agee`?"]),
        (PEOPLE, "P02,37", "P02,thirty", &["`thirty` is not a number", "participants.csv:3, column age", "correct it"]),
        (PEOPLE, "P02,37", "P02,370", &["`370` is outside 18 to 90", "participants.csv:3, column age", "columns.age.range`"]),
        (PEOPLE, "female", "femle", &["`femle` is not a level of `sex`", "participants.csv:", "did you mean `female`?"]),
        (PEOPLE, "P02,37", "P02,37,1", &["the row has 5 cells and the header 4", "participants.csv:3", "quotation marks"]),
        (PEOPLE, "P02,37", "P01,37", &["`P01` occurs on line 2 and again on line 3", "participants.csv:3", "keep one"]),
        (MADRS, "4,1,31", "4,1,61", &["`61` is outside 0 to 60", "madrs.csv:2, column total", "correct the value"]),
        (MADRS, "e,2,3", "e,7,3", &["`7` is outside 0 to 6", "madrs.csv:2, column item_1", "correct the value"]),
        (MADRS, "4,1,31", "4,1,30", &["`P01 baseline`: the total 30 is not the sum of its items, 31", "madrs.csv, column total", "correct the data, or set `stages.qc.assessments.total_matches_items.on_fail`", ]),
        (MADRS, "P01,infusion_1", "P01,baseline", &["`P01` has visit `baseline` on line 2 and again on line 3", "madrs.csv:3, column visit", "keep one"]),
        (MADRS, "P01,infusion_1", "P01,infusion1", &["unknown visit `infusion1`", "madrs.csv:3, column visit", "did you mean `infusion_1`?"]),
        (SAMPLES, ",P01,", ",P99,", &["unknown participant `P99`", "samples.csv:25, column participant_id", "add it to the participants' file"]),
        (SAMPLES, "P01,post_infusion_1", "P01,baseline", &["`P01` has two samples at `baseline`", "samples.csv:26, column timepoint", "keep one"]),
        (SAMPLES, ",blank,", ",blnk,", &["unknown type of sample `blnk`", "samples.csv:2, column type", "did you mean `blank`?"]),
        (METABOLITES, ",0.7836", ",-0.7836", &["`-0.7836` is negative", "metabolites.csv:2, column value", "values: transformed"]),
        (METABOLITES, "0.7836,µmol/L", "0.7836,mg/dL", &["`mg/dL` here and `µmol/L` in the panel", "metabolites.csv:2, column unit", "convert"]),
        (METABOLITES, "BLANK_1,betaine", "BLANK_1,3-hydroxybutyrate", &["on line 2 and again on line 3", "metabolites.csv:3, column analyte", "keep one"]),
        (METABOLITES, "BLANK_1,", "BLNK_1,", &["unknown sample `BLNK_1`", "metabolites.csv:2, column sample_id", "did you mean `BLANK_1`?"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_mistake_in_the_configuration_is_named_with_its_line_its_key_and_the_nearest_name() {
    refuses(&[
        (PIPELINE, "max_qc_rsd:", "max_qc_rds:", &["unknown key `max_qc_rds`", "pipeline.yaml:49:7 (stages.qc.analytes.max_qc_rds)", "did you mean `max_qc_rsd`?", ]),
        (PIPELINE, "  data: data", "  seed: 1\n  data: data", &["`seed` is given twice (study.seed), in lines 16 and 17", "pipeline.yaml:17", "keep one"]),
        (PIPELINE, "to: infusion_4}", "to: infusion4}", &["unknown visit `infusion4`", "improvement_infusion_4.to)", "did you mean `infusion_4`?"]),
        (PIPELINE, "[improvement_infusion_4, ", "[improvment_infusion_4, ", &["unknown outcome `improvment_infusion_4`", "models.published.outcomes.0)", "did you mean `improvement_infusion_4`?", ]),
        (PIPELINE, "[age, sex, b", "[age, sexe, b", &["unknown covariate `sexe`", "did you mean `sex`?"]),
        (PIPELINE, "[3-hydroxybutyrate]", "[3-hydroxybutirate]", &["unknown analyte `3-hydroxybutirate`", "(stages.report.highlight[0])", "did you mean `3-hydroxybutyrate`?", ]),
        (PIPELINE, "analyte: 3-hydroxybutyrate}", "analyte: betain}", &["unknown analyte `betain`", "row.analyte)", "did you mean `betaine`?"]),
        (PIPELINE, "keep: []", "keep: [betain]", &["unknown analyte or study sample `betain`", "(stages.qc.keep[0])", "did you mean `betaine`?"]),
        (PIPELINE, "[improvement_infusion_4, improvement_month_12]", "[improvement_infusion_4]", &["unknown outcome of model `published`: `improvement_month_12`", "published.values[16].row.outcome)", "one of: improvement_infusion_4", "4 problems"]),
        (PIPELINE, "row: {visit: infusion_4}", "row: {visit: infusion4}", &["unknown visit `infusion4`", "row.visit)", "did you mean `infusion_4`?"]),
        (PIPELINE, "formats:", "primary: publishd\n    formats:", &["unknown model `publishd`", "did you mean `published`?"]),
        (PIPELINE, "to: post_infusion_1", "to: post_infusion", &["unknown timepoint `post_infusion`", "did you mean `post_infusion_1`?"]),
        (PIPELINE, "visits: [baseline,", "visits: [baseline, baseline,", &["the visit `baseline` is named twice", "visits.1)", "name it once"]),
        (PIPELINE, "visits: [baseline,", "visits: ['', baseline,", &["a visit has no name", "visits.0)"]),
        (PIPELINE, "      published_t:", "      '':", &["a model has no name", "name it"]),
        (PIPELINE, "confidence: 0.95", "confidence: \"0.95\"", &["expected a number", "(stages.screen.confidence)", "without quotation marks: 0.95"]),
        (PIPELINE, "confidence: 0.95", "confidence: .nan", &["`.nan` is not a finite number", "1 problem"]),
        (PIPELINE, "confidence: 0.95", "confidence: 95", &["95 is not a probability"]),
        (PIPELINE, "title: Rep", "title: [Rep]\n  #", &["invalid type: list, expected a string", "(study.title)"]),
        (PIPELINE, "outcomes: [improvement_infusion_4]", "outcomes: improvement_infusion_4", &["expected a list", "write a list: [improvement_infusion_4]"]),
        (PIPELINE, "{model: descriptive, visits: all}", "descriptive", &["expected a map of settings", "(stages.outcomes.trajectory)"]),
        (PIPELINE, "predictor: {change: percent}", "predictor: change", &["expected a map", "models.published.predictor)"]),
        (PIPELINE, "range: [18, 90]", "range: [1, 2, 3]", &["expected a list of two", "columns.age.range)"]),
        (PIPELINE, "  predict:\n", "  predict: null\n  prdict:\n", &["unknown key `prdict`", "did you mean `predict`?"]),
        (PIPELINE, "study:", "study: [", &["not valid YAML", "pipeline.yaml:"]),
        (PIPELINE, "data: data", "data: ../data", &["`../data` leaves the study's folder", "(study.data)", "--allow-outside"]),
        (PIPELINE, "data: data", "data: dta", &["there is no data folder `./dta`", "(study.data)", "1 problem"]),
        (PIPELINE, "outputs: outputs", "outputs: data", &["`data` is the data folder too", "(study.outputs)"]),
        (PIPELINE, "outputs: outputs", "outputs: pipeline.yaml", &["`pipeline.yaml` is not a folder, and results are written into one", "(study.outputs)"]),
        (PIPELINE, "outputs: outputs", "outputs: data/panel.csv/x", &["`data/panel.csv/x` is not a folder", "give the outputs a folder of their own"]),
        (PIPELINE, "file: madrs.csv", "file: madrs.csv/x", &["there is no file `madrs.csv/x` in the data folder"]),
        (PIPELINE, "file: madrs.csv", "file: madr.csv", &["there is no file `madr.csv`", "did you mean `madrs.csv`?"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn settings_of_a_model_that_do_not_fit_together_are_named_with_what_fits() {
    let hc3 = "covariance: hc3  ";
    refuses(&[
        (PIPELINE, hc3, "family: binomial  ", &["`improvement_infusion_4` is not yes or no", "published_hc3.outcomes.0)", "at_most"]),
        (PIPELINE, "family: binomial  ", "family: poisson  ", &["a poisson model has no link `logit`", "remission.link)", "use `log`"]),
        (PIPELINE, hc3, "family: tweedie  ", &["a Tweedie model needs its power", "published_hc3.family)", "power: 1.5"]),
        (PIPELINE, hc3, "power: 1.5  ", &["a gaussian model has no power", "published_hc3.power)"]),
        (PIPELINE, "link: logit\n", "link: logit\n        covariance: hc3\n", &["inference likelihood_ratio belongs to the model's own covariance", "remission.covariance)"]),
        (PIPELINE, hc3, "estimator: firth  ", &["Firth's likelihood is for binomial and Poisson models", "published_hc3.estimator)"]),
        (PIPELINE, hc3, "covariance: {cluster: sit}  ", &["unknown participant column `sit`", "published_hc3.covariance"]),
        (PIPELINE, hc3, "covariance: {clutser: sex}  ", &["clutser", "published_hc3.covariance"]),
        (PIPELINE, hc3, "strata: age  ", &["`age` is a number, and strata need levels", "published_hc3.strata)"]),
        (PIPELINE, hc3, "interactions: [sex]  ", &["`sex` is not among the covariates", "published_hc3.interactions.0)", "add `sex` to covariates"]),
        (PIPELINE, hc3, "robust: true  ", &["`robust` belongs to inference: moderated", "published_hc3.robust)"]),
        (PIPELINE, hc3, "df: satterthwaite  ", &["`df` belongs to inference t with covariance hc2, hc3 or clusters", "published_hc3.df)"]),
        (PIPELINE, hc3, "covariates: [baseline_levle]  ", &["unknown covariate `baseline_levle`", "published_hc3.covariates.0)"]),
        (PIPELINE, hc3, "covariates: [{spline: sex}]  ", &["`sex` is not a number", "published_hc3.covariates.0)"]),
        (PIPELINE, hc3, "covariates: [{spline: age, df: 40}]  ", &["40 degrees of freedom for a spline", "covariates.0.df)", "from 1 to 10"]),
        (PIPELINE, hc3, "covariates: [{splin: age}]  ", &["splin", "published_hc3.covariates.0"]),
        (PIPELINE, hc3, "equivalence: {margin: -1}  ", &["-1 is not a finite number above 0", "published_hc3.equivalence.margin)"]),
        (PIPELINE, "draws: 9999", "draws: 0", &["0 draws", "stages.screen.permutation.draws)", "from 1 to 10000000"]),
        (PIPELINE, "draws: 2000}", "draws: 3}", &["3 draws", "stages.screen.bootstrap.draws)", "from 20 to 1000000"]),
        (PIPELINE, "draws: 2000}", "draws: 2000, strata: centre}", &["unknown participant column `centre`", "stages.screen.bootstrap.strata)"]),
        (PIPELINE, "bayes_factor: jzs", "bayes_factor: jsz", &["jsz", "stages.screen.bayes_factor)"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_is_not_built_yet_is_refused_by_its_name_and_its_place() {
    refuses(&[
        (PIPELINE, "{model: descriptive, visits: all}", "{model: mmrm, visits: all}", &["`mmrm` is part", "(stages.outcomes.trajectory.model)"]),
        (PIPELINE, "formats: [html]", "formats: [html, pdf]", &["`pdf` is part", "(stages.report.formats"]),
        (PIPELINE, "learners: [linear]", "learners: [linear, elastic_net]", &["`elastic_net` is part", "(stages.predict.learners.1)"]),
        (PIPELINE, "{method: leave_one_out, p", "{method: k_fold, p", &["`k_fold` is part", "(stages.predict.validation.method)"]),
    ]);
}

#[test]
fn every_mistake_of_the_configuration_and_the_data_is_in_one_report() {
    let study = Study::of_the_repository();
    replace(&study, PIPELINE, "max_qc_rsd:", "max_qc_rds:");
    replace(&study, PIPELINE, "to: infusion_4}     #", "to: infusion4}  #");
    replace(&study, PEOPLE, "P02,37", "P02,thirty");
    replace(&study, MADRS, "4,1,31", "4,1,61");
    insta::assert_snapshot!(study.run(&["check"]).err, @r#"
    error: unknown key `max_qc_rds`
     --> pipeline.yaml:49:7 (stages.qc.analytes.max_qc_rds)
       |
    49 |       max_qc_rds: 0.3            # sd/mean of the pooled QC samples: the noise of the assay, 0 or more
       |       ^
    help: did you mean `max_qc_rsd`?

    error: unknown visit `infusion4`
     --> pipeline.yaml:81:75 (stages.outcomes.endpoints.improvement_infusion_4.to)
       |
    81 |       improvement_infusion_4: {kind: percent_improvement, from: baseline, to: infusion4}  # 100·(from - to)/from; higher is better
       |                                                                           ^
    help: did you mean `infusion_4`?

    error: `thirty` is not a number
     --> participants.csv:3, column age
    help: correct it, empty the cell if the value is missing, or declare the word in `stages.ingest.participants.missing`

    error: `61` is outside 0 to 60
     --> madrs.csv:2, column total
    help: correct the value

    4 problems; earlier outputs are unchanged
    "#);
}

#[test]
fn settings_that_are_not_built_and_values_of_the_wrong_kind_are_in_one_report() {
    let study = Study::of_the_repository();
    replace(&study, PIPELINE, "{model: descriptive, visits: all}", "{model: mmrm, visits: all}");
    replace(&study, PIPELINE, "{interval: bca, draws: 2000}", "{draws: 3, interval: bca}");
    replace(&study, PIPELINE, "confidence: 0.95  ", "confidence: \"0.95\"  ");
    insta::assert_snapshot!(study.run(&["check"]).err, @r#"
    error: `mmrm` is part of the contract and not built yet
     --> pipeline.yaml:88:18 (stages.outcomes.trajectory.model)
       |
    88 |     trajectory: {model: mmrm, visits: all}    # mean, SD and quartiles of the totals at every visit
       |                  ^
    help: use `model: descriptive`

    error: invalid type: string "0.95", expected a number
     --> pipeline.yaml:121:5 (stages.screen.confidence)
        |
    121 |     confidence: "0.95"             # of every interval, between 0 and 1
        |     ^
    help: write it without quotation marks: 0.95

    error: 3 draws
     --> pipeline.yaml:129:17 (stages.screen.bootstrap.draws)
        |
    129 |     bootstrap: {draws: 3, interval: bca}          # limits from participants drawn with replacement: bca | percentile
        |                 ^
    help: give a whole number from 20 to 1000000

    3 problems; nothing was run
    "#);
}

#[test]
fn a_run_stops_at_bad_data_with_the_whole_report_and_leaves_the_earlier_outputs_as_they_were() {
    let study = Study::of_the_repository();
    study.run(&["run", "-q"]).fine();
    let before = study.shown();
    replace(&study, MADRS, "P01,infusion_2", "P01,infusion_1");
    replace(&study, METABOLITES, ",0.7836", ",-0.7836");
    let said = study.run(&["run", "-q"]);
    assert_eq!(said.code, Some(2));
    insta::assert_snapshot!(said.err, @r#"
    error: participant `P01` has visit `infusion_1` on line 3 and again on line 4
     --> madrs.csv:4, column visit
    help: keep one of the two rows, or correct the visit

    error: `-0.7836` is negative, and a raw concentration is not
     --> metabolites.csv:2, column value
    help: correct it, or say `values: transformed` if these are logs or differences

    2 problems; earlier outputs are unchanged
    "#);
    assert_same(&study.shown(), &before);
    replace(&study, METABOLITES, ",-0.7836", ",0.7836");
    replace(&study, MADRS, "P01,infusion_1,2", "P01,infusion_2,2");
    assert!(study.reruns().is_empty(), "the earlier results are still current");
}

#[test]
fn a_pipeline_that_is_empty_or_something_else_says_what_it_should_be() {
    let study = Study::empty();
    let cases = [
        ("", "the file has no `study`"),
        ("hello", "the file is \"hello\", and not a map of settings"),
        ("- a\n- b\n", "and not a map of settings"),
        ("a: 1\n---\nb: 2\n", "more than one document"),
        ("\u{0}", "not valid YAML"),
    ];
    let none = study.run(&["check"]);
    assert_eq!(none.code, Some(2));
    assert!(none.err.contains("there is no pipeline.yaml here") && none.err.contains("--pipeline"), "{}", none.err);
    for (text, words) in cases {
        study.write(PIPELINE, text);
        let said = study.run(&["check"]);
        assert_eq!(said.code, Some(2), "{text}");
        assert_plain(&said);
        assert!(said.err.contains(words), "{text}: {}", said.err);
    }
}

#[test]
fn a_slip_on_the_command_line_is_named_with_what_was_meant() {
    let study = Study::of_the_repository();
    let cases: [(&[&str], &str); 7] = [
        (&["run", "screnn"], "did you mean `screen`?"),
        (&["chekc"], "did you mean `check`?"),
        (&["check", "-S", "stages.qc.analytes.max_mising=0.3"], "did you mean `max_missing`?"),
        (&["check", "-S", "stages.qc.analytes.max_missing=7"], "7 is not a fraction from 0 to 1"),
        (&["check", "-S", "stages.qc.analytes.max_missing"], "there is no `=`"),
        (&["check", "-S", "study.title.x=1"], "cannot be set below"),
        (
            &["run", "-n", "--only", "screen"],
            "screen reads ingest, qc, normalize and outcomes, which have no results yet",
        ),
    ];
    for (arguments, words) in cases {
        let said = study.run(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}");
        assert_plain(&said);
        assert!(said.err.contains(words), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn a_dry_run_of_one_stage_alone_speaks_of_that_stage_alone() {
    let study = Study::of_the_repository();
    study.run(&["run", "-q"]).fine();
    study.edit(|text| text.replace("max_qc_rsd: 0.3", "max_qc_rsd: 0.25"));
    assert_eq!(study.run(&["run", "-n", "--only", "screen"]).fine().out, "screen     cached\n");
    assert!(study.run(&["run", "-n", "screen"]).fine().out.contains("qc         outdated"));
}
