//! A whole study made in code, plausible and deterministic: every table that the report reads.

use serde_json::json;
use stages::contract::finding::{FindingRow, Findings};
use stages::contract::schema::{Cell, Schema};
use stages::contract::{About, AboutSource, AboutStage, Table};
use stages::ingest::schema as ingest;
use stages::normalize::schema as normalize;
use stages::outcomes::schema as outcomes;
use stages::predict::schema as predict;
use stages::qc::schema as qc;
use stages::report::Inputs;

pub const ODD: &str = "=1+1, \"β/3-HB\"<script>";
pub const OUTCOMES: [&str; 2] = ["improvement_infusion_4", "improvement_month_12"];
pub const PEOPLE: usize = 30;

/// A small generator of uniform numbers; the numbers matter only for being the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    /// Near enough to a normal draw.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }
}

pub fn table<S: Schema>(rows: Vec<S::Row>) -> Table<S> {
    Table::from_rows(rows).expect("the rows keep their schema")
}

pub fn id(person: usize) -> String {
    format!("P{:02}", person + 1)
}

pub fn analytes(n: usize) -> Vec<String> {
    let known = ["3-hydroxybutyrate", "betaine", "citrate", "creatinine", "GABA", "tryptophan", "kynurenine"];
    let named = known.iter().map(|name| (*name).to_owned()).chain([ODD.to_owned(), "very ".repeat(40) + "long"]);
    named.chain((0..).map(|i| format!("{i},5-Anhydro/compound"))).take(n).collect()
}

/// No table has a row.
pub fn nothing() -> Inputs {
    Inputs {
        participants: Table::empty(),
        variables: Table::empty(),
        panel: Table::empty(),
        samples: Table::empty(),
        abundances: Table::empty(),
        ingest_findings: Table::empty(),
        analyte_quality: Table::empty(),
        sample_quality: Table::empty(),
        batch_quality: Table::empty(),
        control_chart: Table::empty(),
        decisions: Table::empty(),
        flow: Table::empty(),
        assessments: Table::empty(),
        kept_samples: Table::empty(),
        kept_abundances: Table::empty(),
        qc_findings: Table::empty(),
        changes: Table::empty(),
        quality: Table::empty(),
        pooled_qc: Table::empty(),
        scores: Table::empty(),
        steps: Table::empty(),
        normalize_findings: Table::empty(),
        endpoints: Table::empty(),
        trajectory: Table::empty(),
        rates: Table::empty(),
        outcomes_findings: Table::empty(),
        associations: Table::empty(),
        fits: Table::empty(),
        coefficients: Table::empty(),
        influence: Table::empty(),
        screen_findings: Table::empty(),
        performance: Table::empty(),
        predictions: Table::empty(),
        predict_findings: Table::empty(),
        sweep_universes: None,
        sweep_associations: None,
        sweep_specifications: None,
        sweep_curves: None,
        sweep_findings: None,
        own: Default::default(),
    }
}

/// A study with this many analytes.
pub fn study(n: usize) -> Inputs {
    let dice = &mut Dice(20250715);
    let names = analytes(n);
    let mut inputs = nothing();
    clinic(&mut inputs, dice);
    laboratory(&mut inputs, dice, &names);
    super::screened::screened(&mut inputs, dice, &names);
    predicted(&mut inputs, dice);
    let finding = |code: &str, subject: &str, severity: &str, message: &str| FindingRow {
        stage: "qc".into(),
        code: code.into(),
        subject: subject.into(),
        severity: severity.into(),
        message: message.into(),
        hint: "Look at the injection log.".into(),
    };
    let late = "sample P04-post of P04 was drawn 2.4 h after the infusion, outside 1.5 to 2";
    let odd = format!("the blank ratio of {ODD} is 2.1, below 3");
    inputs.qc_findings = table::<Findings>(vec![
        finding("outside_time_window", "P04-post", "warning", late),
        finding("blank_ratio", ODD, "note", &odd),
    ]);
    inputs
}

fn clinic(inputs: &mut Inputs, dice: &mut Dice) {
    let people: Vec<ingest::ParticipantRow> =
        (0..PEOPLE).map(|person| ingest::ParticipantRow { participant_id: id(person) }).collect();
    let mut columns = ingest::Participants::write(people);
    let ages: Vec<Option<f64>> = (0..PEOPLE).map(|_| Some((44.0 + 12.0 * dice.normal()).round())).collect();
    let sexes = (0..PEOPLE).map(|person| Some(if person % 5 < 3 { "female" } else { "male" }.to_owned()));
    columns.push(Option::<f64>::column("age", ages));
    columns.push(Option::<String>::column("sex", sexes.collect()));
    inputs.participants = Table::from_columns(PEOPLE, columns).expect("an open table");
    let variable = |name: &str, kind: &str, unit: Option<&str>, levels: Option<&str>| ingest::VariableRow {
        variable: name.into(),
        kind: kind.into(),
        unit: unit.map(String::from),
        low: None,
        high: None,
        levels: levels.map(String::from),
    };
    inputs.variables = table::<ingest::Variables>(vec![
        variable("age", "number", Some("years"), None),
        variable("sex", "category", None, Some(r#"["female","male"]"#)),
    ]);
    let visits: Vec<String> = ["baseline", "infusion_1", "infusion_2", "infusion_3", "infusion_4"]
        .into_iter()
        .map(String::from)
        .chain((1..=12).map(|month| format!("month_{month}")))
        .collect();
    let (mut assessments, mut trajectory) = (Vec::new(), Vec::new());
    let starts: Vec<f64> = (0..PEOPLE).map(|_| 30.6 + 6.1 * dice.normal()).collect();
    for (index, visit) in visits.iter().enumerate() {
        let fall = if index < 5 { 2.6 * index as f64 } else { 10.3 - 0.35 * (index as f64 - 4.0) };
        let mut totals = Vec::new();
        for (person, start) in starts.iter().enumerate() {
            let missed = index > 8 && person % 7 == 0;
            let total = (start - fall + 1.1 * index.min(5) as f64 * dice.normal()).round().clamp(0.0, 60.0);
            totals.extend((!missed).then_some(total));
            assessments.push(ingest::AssessmentRow {
                participant_id: id(person),
                instrument: "madrs".into(),
                visit: visit.clone(),
                visit_index: index as i64,
                total: (!missed).then_some(total),
                items_total: None,
                hours_after_infusion: None,
                day: None,
            });
        }
        trajectory.push(visit_row(visit, index, &totals, fall));
    }
    inputs.assessments = table::<ingest::Assessments>(assessments);
    inputs.trajectory = table::<outcomes::Trajectory>(trajectory);
    let rate = |endpoint: &str, events: i64, low: f64, high: f64| outcomes::RateRow {
        endpoint: endpoint.into(),
        events,
        n: 30,
        rate: Some(events as f64 / 30.0),
        wilson_low: Some(low),
        wilson_high: Some(high),
        exact_low: Some(low - 0.02),
        exact_high: Some(high + 0.02),
    };
    inputs.rates = table::<outcomes::Rates>(vec![
        rate("remission_infusion_4", 8, 0.1418, 0.4445),
        rate("remission_month_12", 4, 0.0531, 0.2968),
        rate("response_infusion_4", 11, 0.2187, 0.5449),
    ]);
    let endpoint = |person: usize, value: f64| outcomes::EndpointRow {
        participant_id: id(person),
        endpoint: OUTCOMES[0].into(),
        value: Some(value),
        kind: "percent_improvement".into(),
        imputed: false,
        how: "observed".into(),
        baseline: Some(starts[person]),
    };
    inputs.endpoints = table::<outcomes::Endpoints>((0..PEOPLE).map(|p| endpoint(p, 33.0 + 2.0 * p as f64)).collect());
}

fn visit_row(visit: &str, index: usize, totals: &[f64], fall: f64) -> outcomes::TrajectoryRow {
    let n = totals.len() as f64;
    let mean = totals.iter().sum::<f64>() / n;
    let sd = (totals.iter().map(|t| (t - mean) * (t - mean)).sum::<f64>() / (n - 1.0)).sqrt();
    let later = |value: f64| (index > 0).then_some(value);
    outcomes::TrajectoryRow {
        visit: visit.into(),
        visit_index: index as i64,
        n: totals.len() as i64,
        mean: Some(mean),
        sd: Some(sd),
        median: Some(mean.round()),
        q1: Some(mean - 0.7 * sd),
        q3: Some(mean + 0.7 * sd),
        model_mean: None,
        model_std_error: None,
        model_df: None,
        model_low: None,
        model_high: None,
        change: later(-fall),
        change_std_error: later(1.9),
        change_df: later(n - 1.0),
        change_low: later(-fall - 3.9),
        change_high: later(-fall + 3.9),
        change_p: later(1e-5),
    }
}

fn laboratory(inputs: &mut Inputs, dice: &mut Dice, names: &[String]) {
    let (mut samples, mut judged, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (person, timepoint) in (0..PEOPLE).flat_map(|p| [(p, "baseline"), (p, "post")]) {
        let sample_id = format!("{}-{timepoint}", id(person));
        let late = sample_id == "P04-post";
        samples.push(ingest::SampleRow {
            sample_id: sample_id.clone(),
            participant_id: Some(id(person)),
            timepoint: Some(timepoint.into()),
            r#type: "study".into(),
            batch: Some("1".into()),
            injection_order: Some(samples.len() as i64),
            hours_after_infusion: None,
            window_low: None,
            window_high: None,
            ..Default::default()
        });
        judged.push(qc::SampleQualityRow {
            sample_id,
            participant_id: Some(id(person)),
            timepoint: Some(timepoint.into()),
            missing_fraction: Some(0.0),
            outlier_statistic: Some(2.0 + 2.5 * dice.normal().abs()),
            outlier_limit: Some(13.8),
            orthogonal_distance: Some(1.0 + dice.roll()),
            orthogonal_limit: Some(2.4),
            pc1: Some(dice.normal()),
            pc2: Some(dice.normal()),
            decision: if late { "flag" } else { "keep" }.into(),
            reason: if late { "time_window: 2.4 h, limit 1.5 to 2" } else { "" }.into(),
            ..Default::default()
        });
    }
    let quality = names.iter().map(|analyte| {
        let rsd = 0.04 + 0.3 * dice.roll() * dice.roll();
        qc::AnalyteQualityRow {
            analyte: analyte.clone(),
            n: 60,
            missing_fraction: Some(0.0),
            below_lod: 0,
            qc_n: 12,
            qc_rsd: Some(rsd),
            qc_rsd_robust: Some(0.9 * rsd),
            d_ratio: Some(0.2 + rsd),
            blank_ratio: Some(20.0),
            drift_p: Some(dice.roll()),
            decision: if rsd > 0.2 { "flag" } else { "keep" }.into(),
            reason: if rsd > 0.2 { "max_qc_rsd" } else { "" }.into(),
            ..Default::default()
        }
    });
    inputs.analyte_quality = table::<qc::AnalyteQuality>(quality.collect());
    for (person, analyte) in (0..PEOPLE).flat_map(|p| names.iter().take(3).map(move |name| (p, name))) {
        changes.push(normalize::ChangeRow {
            participant_id: id(person),
            analyte: analyte.clone(),
            contrast: "post - baseline".into(),
            measure: "percent".into(),
            value: Some(10.0 * dice.normal()),
            from_value: Some(100.0),
            to_value: Some(110.0),
        });
    }
    let by_hand = |what: &str, name: &str, word: &str, why: &str| qc::DecisionRow {
        what: what.into(),
        name: name.into(),
        by_rule: "flag".into(),
        r#override: Some(word.into()),
        override_reason: Some(why.into()),
        decision: word.into(),
        ..Default::default()
    };
    inputs.decisions = table::<qc::Decisions>(vec![
        by_hand("analyte", ODD, "keep", "the peak of P04 was integrated again"),
        by_hand("sample", "P04-post", "exclude", "haemolysed, says the laboratory"),
    ]);
    inputs.batch_quality = table::<qc::BatchQuality>(vec![qc::BatchQualityRow {
        analyte: ODD.into(),
        batch: "plate <1>".into(),
        n: 3,
        study_median: Some(17.25),
        qc_n: 4,
        qc_rsd: Some(0.125),
        ..Default::default()
    }]);
    inputs.changes = table::<normalize::Changes>(changes);
    inputs.samples = table::<ingest::Samples>(samples);
    inputs.sample_quality = table::<qc::SampleQuality>(judged);
    let step = |position, step: &str, what: &str, before, after, excluded: &str, reason: &str| qc::FlowRow {
        step: step.into(),
        what: what.into(),
        position,
        before,
        after,
        excluded: excluded.into(),
        reason: reason.into(),
    };
    let all = names.len() as i64;
    inputs.flow = table::<qc::Flow>(vec![
        step(1, "max_missing", "analytes", all, all, "[]", "at most 20 % missing"),
        step(2, "time_window", "samples", 60, 59, r#"["P04-post"]"#, "drawn outside 1.5 to 2 h"),
        step(3, "complete", "participants", 30, 29, r#"["P04"]"#, "no sample after the infusion"),
    ]);
    inputs.steps = table::<normalize::Steps>(vec![normalize::StepRow {
        position: 1,
        step: "below_lod".into(),
        method: "lod_over_sqrt2".into(),
        values_changed: 4,
        detail: "limit / √2, of 1 analyte".into(),
    }]);
}

fn predicted(inputs: &mut Inputs, dice: &mut Dice) {
    let set = |features: &str, q2: f64, p: f64, detail: &str| predict::PerformanceRow {
        outcome: OUTCOMES[0].into(),
        features: features.into(),
        learner: "linear".into(),
        analyte: String::new(),
        n: 29,
        predictors: Some(4),
        q2: Some(q2),
        auc: None,
        rmse: Some(30.0 * (1.0 - q2).sqrt()),
        mae: Some(24.0),
        rmse_mean_only: Some(30.0),
        permutation_p: Some(p),
        conf_low: None,
        conf_high: None,
        status: "ok".into(),
        detail: detail.into(),
    };
    inputs.performance = table::<predict::Performance>(vec![
        set("covariates", -0.12, 0.71, ""),
        set("best_in_fold", 0.08, 0.041, "3-hydroxybutyrate in 28 of 29 folds"),
        set("all", -0.61, 0.55, ""),
    ]);
    let prediction = |person: usize, observed: f64, noise: f64| predict::PredictionRow {
        outcome: OUTCOMES[0].into(),
        features: "best_in_fold".into(),
        learner: "linear".into(),
        analyte: String::new(),
        participant_id: id(person),
        observed,
        predicted: 25.0 + 0.3 * observed + noise,
        fold: person as i64 + 1,
        chosen: "3-hydroxybutyrate".into(),
    };
    let rows = (0..PEOPLE).map(|person| prediction(person, 35.0 + 28.0 * dice.normal(), 8.0 * dice.normal()));
    inputs.predictions = table::<predict::Predictions>(rows.collect());
}

/// What the runner would say.
pub fn about() -> About {
    let stage = |name: &str, text: &str| AboutStage { name: name.into(), version: 1, methods: vec![text.into()] };
    let setting = |path: &str, value: serde_json::Value| (path.to_owned(), value);
    About {
        title: "Repeated ketamine infusions in treatment-resistant depression".into(),
        note: "Synthetic cohort, calibrated to the published summary statistics. No patient data.".into(),
        synthetic: true,
        seed: 20250715,
        version: "0.1.0".into(),
        sweep: Vec::new(),
        outdated: Vec::new(),
        own: Vec::new(),
        stages: vec![
            stage(
                "qc",
                "Analytes were judged by missing values (at most 20 %) and by their relative standard deviation over pooled QC samples (at most 30 %).",
            ),
            stage(
                "screen",
                "Each metabolite’s percent change was set against `improvement_month_12`, `<b>` and improvement_infusion_4 by least squares, with Wald limits.",
            ),
        ],
        sources: vec![AboutSource {
            role: "metabolites".into(),
            name: "metabolites.csv".into(),
            bytes: 23811,
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        }],
        settings: vec![
            setting("stages.qc.analytes.max_qc_rsd", json!(0.3)),
            setting("stages.outcomes.endpoints.improvement_infusion_4.kind", json!("percent_improvement")),
            setting("stages.outcomes.endpoints.improvement_infusion_4.to", json!("infusion_4")),
            setting("stages.outcomes.endpoints.remission_infusion_4.visit", json!("infusion_4")),
            setting("stages.screen.models.adjusted.covariance.cluster", json!("site")),
            setting("stages.screen.models.published.outcomes", json!(OUTCOMES)),
        ],
    }
}
