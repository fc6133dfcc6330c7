//! What the page shows of normalization: pictures of made-up tables, nobody where nobody may be shown, words for nothing.

use serde_json::json;
use stages::normalize::schema as normalize;
use stages::report::Inputs;

use super::study::{self, Dice, ODD, table};
use super::{params, run, text};

const QC: usize = 12;

/// A study whose normalization corrected drift in two batches, left one analyte and dropped another; synthetic.
fn corrected(n: usize, batches: usize) -> Inputs {
    let dice = &mut Dice(7);
    let names = study::analytes(n);
    let mut inputs = study::study(n);
    let step = |position: i64, step: &str, method: &str, detail: &str| normalize::StepRow {
        position,
        step: step.into(),
        method: method.into(),
        values_changed: 100,
        detail: detail.into(),
    };
    inputs.steps = table::<normalize::Steps>(vec![
        step(1, "below_lod", "half_lod", "8 values of 2 analytes lay below the limit of detection"),
        step(2, "drift", "qc_rsc", "10 analytes were corrected"),
        step(3, "filter", "filter", "1 analyte above an RSD of 0.3"),
    ]);
    let (mut quality, mut pooled) = (Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        let before = 0.06 + 0.3 * dice.roll();
        let left = at % 5 == 4;
        let after = if left { before } else { 0.4 * before };
        let dropped = at == 3;
        let row =
            |position, step: &str, method: &str, (first, last), decision: &str, reason: &str| normalize::QualityRow {
                position,
                analyte: name.clone(),
                step: step.into(),
                method: method.into(),
                qc_rsd_before: first,
                qc_rsd_after: last,
                d_ratio_before: first,
                d_ratio_after: last,
                decision: decision.into(),
                reason: reason.into(),
            };
        let (decision, reason) = if left { ("left", "the correction would raise the RSD") } else { ("done", "") };
        quality.push(row(2, "drift", "qc_rsc", (Some(before), Some(after)), decision, reason));
        let last = (Some(after), (!dropped).then_some(after));
        let (decision, reason) = if dropped { ("dropped", "RSD above 0.3") } else { ("none", "") };
        quality.push(row(3, "filter", "filter", last, decision, reason));
        for injection in 0..QC {
            let batch = injection * batches / QC;
            let drift = 1.0 + 0.02 * injection as f64 - 0.3 * (batch % 2) as f64;
            let noise = 1.0 + 0.03 * dice.normal();
            pooled.push(normalize::PooledQcRow {
                analyte: name.clone(),
                sample_id: format!("QC_{injection:02}"),
                batch: Some(format!("batch {batch}")),
                injection_order: Some(injection as i64 * 7 + 1),
                measured: Some(50.0 * drift * noise),
                curve: (!left).then_some(50.0 * drift),
                normalized: (!dropped).then_some(if left { 50.0 * drift * noise } else { 50.0 * noise }),
            });
        }
    }
    inputs.quality = table::<normalize::Quality>(quality);
    inputs.pooled_qc = table::<normalize::PooledQc>(pooled);
    inputs.scores = table::<normalize::Scores>(scores(dice, 60, batches));
    inputs
}

fn scores(dice: &mut Dice, people: usize, batches: usize) -> Vec<normalize::ScoreRow> {
    let mut rows = Vec::new();
    for (state, tight) in [("measured", 1.0), ("normalized", 0.2)] {
        for sample in 0..people + QC {
            let pooled = sample >= people;
            let batch = sample % batches;
            let spread = if pooled { tight } else { 3.0 };
            let shift = if state == "measured" { 4.0 * batch as f64 } else { 0.0 };
            rows.push(normalize::ScoreRow {
                state: state.into(),
                sample_id: if pooled {
                    format!("QC_{:02}", sample - people)
                } else {
                    format!("{}-{sample}", study::id(sample % 30))
                },
                r#type: if pooled { "pooled_qc" } else { "study" }.into(),
                batch: Some(if batch == 0 { ODD.to_owned() } else { format!("batch {batch}") }),
                injection_order: Some(sample as i64),
                timepoint: None,
                pc1: Some(shift + spread * dice.normal()),
                pc2: Some(spread * dice.normal()),
                explained_1: Some(0.41),
                explained_2: Some(0.17),
            });
        }
    }
    rows
}

fn page(settings: serde_json::Value, inputs: Inputs) -> String {
    text(&run(&params(settings), inputs).expect("a report"), "report.html")
}

#[test]
fn normalization_is_shown_before_and_after_with_every_name_escaped() {
    let settings = json!({"highlight": [ODD, "3-hydroxybutyrate"]});
    let documents = run(&params(settings), corrected(12, 2)).expect("a report");
    let folder = std::env::temp_dir().join("ketascreen-report-repeatability");
    for document in &documents {
        let path = folder.join(&document.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &document.bytes).expect("written");
    }
    let page = text(&documents, "report.html");
    assert_eq!(page.matches("<script").count(), 1);
    for name in ["repeatability", "components-before", "components-after", "drift-1", "drift-6"] {
        let figure = text(&documents, &format!("figures/{name}.svg"));
        assert!(figure.contains("Synthetic data") && !figure.contains("<script"), "{name}");
        assert!(page.contains(&format!("id=\"{name}-title\"")), "{name}");
    }
    assert!(!documents.iter().any(|document| document.path == "figures/drift-7.svg"));
    assert!(text(&documents, "figures/drift-1.svg").contains("drift that was found"));
    assert!(page.contains("the correction would raise the RSD") && page.contains("Normalization dropped 1 analyte."));
    assert!(
        page.contains("<b>Normalization</b> 11 analytes kept") && page.contains("1 left out: creatinine"),
        "the flow"
    );
}

#[test]
fn people_are_not_drawn_where_they_may_not_be_and_pooled_qc_still_is() {
    let hidden = json!({"privacy": {"participant_points": false, "min_cell": 0}});
    let documents = run(&params(hidden), corrected(12, 2)).expect("a report");
    let marks =
        |text: &str| text.matches("<circle").count() + text.matches("<polygon").count() + text.matches("<path").count();
    let shown = text(&run(&params(json!({})), corrected(12, 2)).expect("a report"), "figures/components-after.svg");
    let without = text(&documents, "figures/components-after.svg");
    assert!(marks(&shown) - marks(&without) >= 60, "{} {}", marks(&shown), marks(&without));
    assert!(without.contains("not shown"));
    assert!(!documents.iter().any(|document| document.path == "tables/scores.csv"));
    let mut nobody = corrected(12, 2);
    let kinds: Vec<String> = nobody.scores.column("type");
    nobody.scores = nobody.scores.filter(|row| kinds[row] == "study").expect("a table");
    let hidden = json!({"privacy": {"participant_points": false, "min_cell": 0}});
    let page = page(hidden, nobody);
    assert!(page.contains("no picture of the samples is drawn") && !page.contains("components-before"));
}

#[test]
fn samples_that_did_not_move_are_drawn_once_and_many_are_thinned_out() {
    let mut still = corrected(12, 2);
    let measured: Vec<normalize::ScoreRow> =
        still.scores.rows().into_iter().filter(|row| row.state == "measured").collect();
    let turned = measured.iter().map(|row| normalize::ScoreRow {
        state: "normalized".into(),
        pc2: row.pc2.map(|value| -value),
        ..row.clone()
    });
    still.scores = table::<normalize::Scores>(measured.iter().cloned().chain(turned).collect());
    let once = page(json!({}), still);
    assert!(once.contains("they are drawn once") && !once.contains("components-after"));

    let mut many = corrected(12, 5);
    many.scores = table::<normalize::Scores>(scores(&mut Dice(3), 5000, 5));
    let documents = run(&params(json!({})), many).expect("a report");
    let figure = text(&documents, "figures/components-before.svg");
    assert!(figure.contains("One of every 3 samples is drawn") && figure.contains("5 batches are not told apart"));
    assert!(figure.len() < 400_000, "{}", figure.len());
}

#[test]
fn where_there_is_nothing_to_show_there_is_a_sentence_or_nothing_and_no_empty_figure() {
    let plain = page(json!({}), study::study(12));
    assert!(!plain.contains("What the steps did") && !plain.contains("drift-1"));
    let mut unordered = corrected(12, 2);
    let rows =
        unordered.pooled_qc.rows().into_iter().map(|row| normalize::PooledQcRow { injection_order: None, ..row });
    unordered.pooled_qc = table::<normalize::PooledQc>(rows.collect());
    assert!(page(json!({}), unordered).contains("drift cannot be drawn"));
    let mut unpooled = corrected(12, 2);
    let rows = unpooled.quality.rows().into_iter().map(|row| normalize::QualityRow {
        qc_rsd_before: None,
        qc_rsd_after: None,
        d_ratio_before: None,
        d_ratio_after: None,
        ..row
    });
    unpooled.quality = table::<normalize::Quality>(rows.collect());
    unpooled.pooled_qc = stages::contract::Table::empty();
    let page = page(json!({}), unpooled);
    assert!(page.contains("What each step did") && !page.contains("repeatability-title") && !page.contains("drift-1"));
}

#[test]
fn batches_that_count_their_injections_anew_are_drawn_one_after_the_other() {
    let mut anew = corrected(12, 2);
    let rows = anew.pooled_qc.rows().into_iter().map(|row| {
        let injection_order = row.injection_order.map(|order| order % 42);
        normalize::PooledQcRow { injection_order, ..row }
    });
    anew.pooled_qc = table::<normalize::PooledQc>(rows.collect());
    let documents = run(&params(json!({})), anew).expect("a report");
    assert!(text(&documents, "figures/drift-1.svg").contains("pooled QC, batch after batch"));
}

#[test]
fn what_a_curve_did_is_told_by_samples_that_it_did_not_see_whatever_step_follows() {
    let mut flattered = corrected(12, 2);
    let mut rows = flattered.quality.rows();
    let later = rows.iter().filter(|row| row.position == 3 && row.decision != "dropped").map(|row| {
        let flattering = if row.qc_rsd_before > Some(0.0) { Some(1e-6) } else { None };
        let (step, method) = ("sample".to_owned(), "pqn".to_owned());
        normalize::QualityRow {
            position: 4,
            step,
            method,
            qc_rsd_after: flattering,
            decision: "done".into(),
            ..row.clone()
        }
    });
    let later: Vec<normalize::QualityRow> = later.collect();
    // Analytes whose drift was left are told by the last step, as no curve saw their pooled QC samples.
    let left: Vec<&str> = rows.iter().filter(|row| row.decision == "left").map(|row| row.analyte.as_str()).collect();
    let only = |row: &&normalize::QualityRow| !left.contains(&row.analyte.as_str());
    let later: Vec<normalize::QualityRow> = later.iter().filter(only).cloned().collect();
    let plain = page(json!({}), corrected(12, 2));
    rows.extend(later);
    flattered.quality = table::<normalize::Quality>(rows);
    let flattered = page(json!({}), flattered);
    let sentence = |page: &str| {
        let at = page.find("The median robust RSD").expect("a sentence");
        page[at..at + page[at..].find("</p>").expect("its end")].to_owned()
    };
    assert_eq!(sentence(&flattered), sentence(&plain));
    assert!(plain.contains("of pooled QC samples that the curve did not see"));
}

#[test]
fn in_the_chapter_of_quality_figures_come_before_tables_and_long_tables_are_folded() {
    let page = page(json!({}), corrected(20, 2));
    let start = page.find("id=\"quality\"").expect("the chapter");
    let chapter = &page[start..start + page[start..].find("id=\"findings\"").expect("the next")];
    let first = |what: &str| chapter.find(what).unwrap_or_else(|| panic!("{what}"));
    let last_figure = chapter.rfind("<figure>").expect("a figure");
    assert!(first("components-before-title") < first("drift-1-title") && last_figure < first("<table>"));
    assert!(chapter.contains("<summary>Each analyte’s measurement <span class=\"soft\">(20 rows)</span></summary>"));
}

#[test]
fn a_replicate_that_became_part_of_another_sample_is_counted_apart_and_failed_nothing() {
    let mut inputs = study::study(12);
    let mut rows = inputs.sample_quality.rows();
    let judged = rows.len();
    let mut twin = rows[0].clone();
    twin.sample_id = "zz second injection".into();
    twin.decision = "combined".into();
    rows.push(twin);
    inputs.sample_quality = table(rows);
    let page = page(json!({}), inputs);
    assert!(page.contains(&format!("Of {judged} samples judged")));
    assert!(
        page.contains("Replicates that became part of another sample: 1.") && !page.contains("zz second injection")
    );
}

#[test]
fn standards_that_take_no_part_stand_in_the_flow_and_replicates_are_not_lost() {
    let mut inputs = study::study(12);
    let mut rows = inputs.analyte_quality.rows();
    let standard = rows.iter().position(|row| row.decision == "keep").expect("a kept analyte");
    rows[standard].role = Some("internal_standard".into());
    inputs.analyte_quality = table(rows);
    let mut flow = inputs.flow.rows();
    let mut row = flow.iter().find(|row| row.what == "samples").expect("a step of samples").clone();
    row.step = "replicates".into();
    flow.push(row);
    inputs.flow = table(flow);
    assert!(!page(json!({}), inputs.clone()).contains("<b>Normalization</b>"));
    let finding = stages::contract::finding::FindingRow {
        stage: "normalize".into(),
        code: "standards_left_out".into(),
        subject: String::new(),
        severity: "note".into(),
        message: "take no part".into(),
        hint: String::new(),
    };
    inputs.normalize_findings = table(vec![finding]);
    let page = page(json!({}), inputs);
    assert!(page.contains("internal standards that no step divides by)") && page.contains("1 combined with others"));
}
