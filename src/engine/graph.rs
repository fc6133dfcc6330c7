//! The analysis as a drawing: files, stages, the tables between them, and how each stage stands.
//!
//! A state is said by a word and by a colour, so a print without colours says as much.

use std::collections::BTreeMap;
use std::fmt::Write;

use stages::contract::IntoSlots;

use super::reason::Reason;
use super::status::{Standing, State};
use crate::config::Plan;

const SWEEP: &str = stages::sweep::NAME;

/// How a stage looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    Cached,
    Shared,
    Outdated,
    Altered,
    NeverRun,
    Waits,
}

const LOOKS: [Look; 6] = [Look::Cached, Look::Shared, Look::Outdated, Look::Altered, Look::NeverRun, Look::Waits];

impl Look {
    /// What a standing looks like; damage outweighs every other reason.
    pub fn of(standing: &Standing) -> Look {
        match standing.state {
            State::Cached | State::CachedNotShown => Look::Cached,
            State::Shared => Look::Shared,
            State::Outdated if standing.reasons.iter().any(Reason::is_damage) => Look::Altered,
            State::Outdated if standing.reasons.contains(&Reason::NeverRun) => Look::NeverRun,
            State::Outdated => Look::Outdated,
            State::Maybe => Look::Waits,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Look::Cached => "cached",
            Look::Shared => "shared",
            Look::Outdated => "outdated",
            Look::Altered => "altered",
            Look::NeverRun => "never run",
            Look::Waits => "maybe",
        }
    }

    /// The word without its space, as the name of a class.
    fn class(self) -> String {
        self.word().replace(' ', "_")
    }

    fn colour(self) -> &'static str {
        match self {
            Look::Cached => "#d9ead3",
            Look::Shared => "#cfe2f3",
            Look::Outdated => "#fce5cd",
            Look::Altered => "#f4cccc",
            Look::NeverRun => "#eeeeee",
            Look::Waits => "#fff2cc",
        }
    }
}

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// Files of the study, each with the stage that reads it.
    files: Vec<(String, &'static str)>,
    /// Stages, with what they make.
    stages: Vec<(&'static str, Option<Look>, Vec<String>)>,
    /// From stage to stage, with the tables that pass.
    edges: Vec<(&'static str, &'static str, Vec<&'static str>)>,
}

impl Drawing {
    /// Draws a plan. What a stage makes beside its tables is known where it has been made.
    pub fn of(plan: &Plan, standings: &[Standing]) -> Drawing {
        let mut drawing = Drawing::default();
        for (stage, sources) in plan.stages.iter().zip(&plan.sources) {
            let name = stage.name();
            drawing.files.extend(sources.iter().map(|source| (source.slot(), name)));
            let standing = standings.iter().find(|standing| standing.stage == name);
            let stored = standing.and_then(|standing| standing.stored.as_ref());
            let outputs = stored.map(|s| s.record.outputs.iter().map(|output| output.path.clone()).collect());
            let tables = || stage.tables().iter().map(|table| format!("{table}.parquet")).collect();
            drawing.stages.push((name, standing.map(Look::of), gathered(outputs.unwrap_or_else(tables))));
            let mut reads: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
            let lent = stage.optional().into_iter().filter(|slot| plan.beside.contains_key(slot.stage));
            stage
                .slots()
                .into_iter()
                .chain(lent)
                .for_each(|slot| reads.entry(slot.stage).or_default().push(slot.table));
            drawing.edges.extend(reads.into_iter().map(|(from, tables)| (from, name, tables)));
        }
        drawing.sweep(plan, standings);
        drawing
    }

    /// The sweep beside the stages: it is made of universes, each a configuration of its own, and not of what the stages
    /// show.
    fn sweep(&mut self, plan: &Plan, standings: &[Standing]) {
        let Some(params) = &plan.sweep else { return };
        let standing = standings.iter().find(|standing| standing.stage == SWEEP);
        let universes = params.count().map_or("universes".to_owned(), |count| match count {
            1 => "1 universe".to_owned(),
            count => format!("{count} universes"),
        });
        self.files.push((format!("{universes} (sweep)"), SWEEP));
        let tables = stages::sweep::Outputs::tables().iter().map(|table| format!("{table}.parquet")).collect();
        self.stages.push((SWEEP, standing.map(Look::of), tables));
    }

    /// A Mermaid flowchart.
    pub fn mermaid(&self) -> String {
        let mut text = "flowchart LR\n".to_owned();
        for (n, (file, stage)) in self.files.iter().enumerate() {
            let _ = writeln!(text, "  file{n}[/\"{}\"/] --> {stage}", entities(file));
        }
        for (stage, look, outputs) in &self.stages {
            let class = look.map(|look| format!(":::{}", look.class())).unwrap_or_default();
            let _ = writeln!(text, "  {stage}[\"{}\"]{class}", label(stage, *look, "<br/>"));
            if outputs.is_empty() {
                continue;
            }
            let files: Vec<String> = outputs.iter().map(|output| entities(output)).collect();
            let _ = writeln!(text, "  {stage} -.-> {stage}_files[(\"{}\")]", files.join("<br/>"));
        }
        for (from, to, tables) in &self.edges {
            let _ = writeln!(text, "  {from} -->|\"{}\"| {to}", tables.join("<br/>"));
        }
        for look in LOOKS {
            let _ = writeln!(text, "  classDef {} fill:{},stroke:#444444,color:#000000", look.class(), look.colour());
        }
        text
    }

    /// A Graphviz graph.
    pub fn dot(&self) -> String {
        let mut text =
            "digraph ketascreen {\n  rankdir=LR;\n  node [shape=box, style=filled, fillcolor=white];\n".to_owned();
        for (file, stage) in &self.files {
            let file = quoted(file);
            let _ = writeln!(text, "  {file} [shape=note];\n  {file} -> {stage};");
        }
        for (stage, look, outputs) in &self.stages {
            let colour = look.map_or("white", Look::colour);
            let _ = writeln!(text, "  {stage} [label={}, fillcolor=\"{colour}\"];", quoted(&label(stage, *look, "\n")));
            if outputs.is_empty() {
                continue;
            }
            let _ = writeln!(text, "  {stage}_files [shape=folder, label={}];", quoted(&outputs.join("\n")));
            let _ = writeln!(text, "  {stage} -> {stage}_files [style=dashed];");
        }
        for (from, to, tables) in &self.edges {
            let _ = writeln!(text, "  {from} -> {to} [label={}];", quoted(&tables.join("\n")));
        }
        text + "}\n"
    }
}

fn label(stage: &str, look: Option<Look>, newline: &str) -> String {
    look.map_or(stage.to_owned(), |look| format!("{stage}{newline}{}", look.word()))
}

/// Files of one subfolder as one line: `figures/ (15 files)`.
fn gathered(outputs: Vec<String>) -> Vec<String> {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for path in outputs {
        match path.split_once('/') {
            Some((folder, _)) => *folders.entry(folder.to_owned()).or_default() += 1,
            None => files.push(path),
        }
    }
    files.extend(folders.into_iter().map(|(folder, n)| format!("{folder}/ ({n} files)")));
    files
}

/// A text within quotes of Mermaid.
fn entities(text: &str) -> String {
    let letter = |c: char| match c {
        '"' | '#' | '<' | '>' | '&' | '`' | ';' => format!("#{};", u32::from(c)),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(letter).collect()
}

/// A text in quotes of Graphviz.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::toy::Study;

    fn drawing() -> Drawing {
        let study = Study::new();
        let mut drawing = Drawing::of(&study.plan(), &[]);
        drawing.stages.truncate(2);
        drawing.stages[0].1 = Some(Look::Cached);
        drawing.stages[1].1 = Some(Look::NeverRun);
        drawing.edges.truncate(1);
        drawing.files[0].0 = "\"3-HB\"; <β>\\ (metabolites)".to_owned();
        drawing
    }

    #[test]
    fn a_drawing_shows_files_stages_tables_and_states_and_takes_odd_names() {
        insta::assert_snapshot!(drawing().mermaid(), @r##"
        flowchart LR
          file0[/"#34;3-HB#34;#59; #60;β#62;\ (metabolites)"/] --> numbers
          numbers["numbers<br/>cached"]:::cached
          numbers -.-> numbers_files[("values.parquet")]
          double["double<br/>never run"]:::never_run
          double -.-> double_files[("values.parquet")]
          numbers -->|"values"| double
          classDef cached fill:#d9ead3,stroke:#444444,color:#000000
          classDef shared fill:#cfe2f3,stroke:#444444,color:#000000
          classDef outdated fill:#fce5cd,stroke:#444444,color:#000000
          classDef altered fill:#f4cccc,stroke:#444444,color:#000000
          classDef never_run fill:#eeeeee,stroke:#444444,color:#000000
          classDef maybe fill:#fff2cc,stroke:#444444,color:#000000
        "##);
        insta::assert_snapshot!(drawing().dot(), @r##"
        digraph ketascreen {
          rankdir=LR;
          node [shape=box, style=filled, fillcolor=white];
          "\"3-HB\"; <β>\\ (metabolites)" [shape=note];
          "\"3-HB\"; <β>\\ (metabolites)" -> numbers;
          numbers [label="numbers\ncached", fillcolor="#d9ead3"];
          numbers_files [shape=folder, label="values.parquet"];
          numbers -> numbers_files [style=dashed];
          double [label="double\nnever run", fillcolor="#eeeeee"];
          double_files [shape=folder, label="values.parquet"];
          double -> double_files [style=dashed];
          numbers -> double [label="values"];
        }
        "##);
    }

    #[test]
    fn files_of_a_subfolder_share_a_line() {
        let files = ["report.html", "figures/a.svg", "figures/b.svg"].map(str::to_owned).to_vec();
        assert_eq!(gathered(files), ["report.html", "figures/ (2 files)"]);
    }
}
