//! A synthetic laboratory study of any size: two samples a participant, pooled QC spread over batches, drift, dilution,
//! and values missing at random.

use std::fmt::Write;
use std::path::Path;

use stages::statistics::grid::Grid;
use stages::statistics::normalization::{Injection, Sheet};
use stages::statistics::random::Stream;

const MISSING: f64 = 0.05;

pub struct Study {
    samples: Vec<Sample>,
    analytes: usize,
    /// Logarithms, analyte after analyte; NaN where missing.
    logs: Vec<f64>,
}

struct Sample {
    id: String,
    is_qc: bool,
    batch: usize,
    order: usize,
}

impl Study {
    /// Draws `samples` samples, `qc` of them pooled QC at equal distances, in `batches` equal batches.
    pub fn draw(samples: usize, qc: usize, batches: usize, analytes: usize) -> Study {
        let (every, size) = (samples / qc, samples / batches);
        let sample = |order: usize| {
            let is_qc = order.is_multiple_of(every);
            let id = format!("{}{order:05}", if is_qc { "QC " } else { "S/" });
            Sample { id, is_qc, batch: order / size, order }
        };
        let list: Vec<Sample> = (0..samples).map(sample).collect();
        let mut random = Stream::new(20250715, "bench/laboratory", 0);
        let dilution: Vec<f64> = list.iter().map(|s| if s.is_qc { 0.0 } else { 0.2 * random.normal() }).collect();
        let shared: Vec<f64> = list.iter().map(|_| random.normal()).collect();
        let mut logs = Vec::with_capacity(samples * analytes);
        for analyte in 0..analytes {
            let mut random = Stream::new(20250715, "bench/laboratory/analyte", analyte as u64 + 1);
            let (level, slope, loading) = (8.0 + random.normal(), 0.3 * random.normal(), 0.3 * random.normal());
            let steps: Vec<f64> = (0..batches).map(|_| 0.2 * random.normal()).collect();
            for (at, sample) in list.iter().enumerate() {
                let within = (sample.order % size) as f64 / size as f64;
                let drift = steps[sample.batch] + slope * within * within;
                let biology = if sample.is_qc { 0.0 } else { 0.5 * random.normal() + loading * shared[at] };
                let value = level + drift + dilution[at] + biology + 0.08 * random.normal();
                logs.push(if random.uniform() < MISSING { f64::NAN } else { value });
            }
        }
        Study { samples: list, analytes, logs }
    }

    fn log(&self, sample: usize, analyte: usize) -> f64 {
        self.logs[analyte * self.samples.len() + sample]
    }

    /// The study as a step sees it, on the measured scale or as logarithms.
    pub fn sheet(&self, as_logs: bool) -> Sheet {
        let names = self.samples.iter().map(|sample| sample.id.clone()).collect();
        let mut grid = Grid::missing(names, (0..self.analytes).map(|at| format!("m{at:04}")).collect());
        for (analyte, column) in grid.columns_mut() {
            for (sample, cell) in column.iter_mut().enumerate() {
                let log = self.log(sample, analyte);
                *cell = if as_logs { log } else { log.exp() };
            }
        }
        let injection = |sample: &Sample| Injection {
            is_qc: sample.is_qc,
            batch: Some(format!("b{:02}", sample.batch)),
            order: Some(sample.order as f64),
            ..Injection::default()
        };
        Sheet { injections: self.samples.iter().map(injection).collect(), ..Sheet::plain(grid) }
    }

    /// Writes the study's files and its pipeline.yaml.
    pub fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).expect("a folder can be made");
        let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("a file can be written");
        let mut wide = String::from("sample_id");
        (0..self.analytes).for_each(|at| write!(wide, ",m{at:04}").expect("text can be written"));
        let mut samples = String::from("sample_id,participant_id,timepoint,type,batch,injection_order\n");
        let (mut people, mut studied) = (String::from("participant_id,age\n"), 0_usize);
        for (at, sample) in self.samples.iter().enumerate() {
            write!(wide, "\n{}", sample.id).expect("text can be written");
            for analyte in 0..self.analytes {
                let log = self.log(at, analyte);
                let cell = if log.is_nan() { String::new() } else { format!("{:.2}", log.exp()) };
                write!(wide, ",{cell}").expect("text can be written");
            }
            let owner = match sample.is_qc {
                true => ",,pooled_qc".to_owned(),
                false => {
                    studied += 1;
                    format!("P{:05},{},study", studied.div_euclid(2), ["pre", "post"][studied % 2])
                }
            };
            writeln!(samples, "{},{owner},b{:02},{}", sample.id, sample.batch, sample.order)
                .expect("text can be written");
        }
        (0..=studied / 2).for_each(|at| writeln!(people, "P{at:05},{}", 20 + at % 60).expect("text can be written"));
        write("wide.csv", wide + "\n");
        write("samples.csv", samples);
        write("participants.csv", people);
        write("pipeline.yaml", PIPELINE.to_owned());
    }

    /// Writes the logarithms as doubles, analyte after analyte, and each sample's order, batch and kind, for R.
    pub fn write_binary(&self, folder: &Path) {
        let bytes: Vec<u8> = self.logs.iter().flat_map(|value| value.to_le_bytes()).collect();
        std::fs::write(folder.join("logs.f64"), bytes).expect("a file can be written");
        let mut text = String::from("order,batch,qc\n");
        for sample in &self.samples {
            writeln!(text, "{},{},{}", sample.order, sample.batch, u8::from(sample.is_qc))
                .expect("text can be written");
        }
        std::fs::write(folder.join("injections.csv"), text).expect("a file can be written");
    }
}

const PIPELINE: &str = r#"study: {title: A laboratory's study, synthetic: true, seed: 1, data: .}
stages:
  ingest:
    participants: {file: participants.csv, columns: {age: {kind: number}}}
    samples: {file: samples.csv, timepoints: {pre: {}, post: {}}}
    metabolites: {file: wide.csv, layout: wide}
  qc:
    analytes: {max_missing: 0.2, max_d_ratio: 0.9}
    samples: {max_missing: 0.2, outlier: {method: robust_pca, alpha: 0.001, on_fail: flag}}
  normalize:
    steps:
      - drift: {method: qc_rsc}
      - sample: {method: pqn}
      - transform: {method: log2}
      - impute: {method: knn}
    change: {from: pre, to: post, measures: [difference]}
"#;
