//! Which table is which: by its headers, by whether its ids repeat, and by whose ids they are.

use std::collections::BTreeSet;

use super::super::file::Format;
use super::column::Column;
use super::look::{Look, Table};

const PARTICIPANT: [&str; 14] = [
    "participantid",
    "participant",
    "subjectid",
    "subject",
    "patientid",
    "patient",
    "usubjid",
    "subjid",
    "recordid",
    "probandid",
    "proband",
    "sourcename",
    "personid",
    "pid",
];
const SAMPLE: [&str; 9] =
    ["sampleid", "samplename", "sample", "specimenid", "specimen", "tubeid", "injectionid", "injection", "aliquotid"];
const ANALYTE: [&str; 8] =
    ["analyte", "metabolite", "compound", "feature", "analytename", "metabolitename", "compoundname", "biochemical"];
const VALUE: [&str; 8] = ["value", "concentration", "intensity", "abundance", "area", "peakarea", "result", "conc"];
const VISIT: [&str; 8] =
    ["visit", "visitname", "visitid", "week", "avisit", "eventname", "redcapeventname", "zeitpunkt"];
const TIMEPOINT: [&str; 8] =
    ["timepoint", "time", "factorvaluetimepoint", "factorvaluetime", "collectiontime", "draw", "visit", "zeitpunkt"];
const TYPE: [&str; 6] = ["type", "sampletype", "sampleclass", "class", "factorvaluesampletype", "kind"];
const FACTS: [&str; 8] = ["hmdb", "hmdbid", "kegg", "keggid", "chebi", "lod", "displayname", "molarmass"];
/// Variables of participants that are no metabolites, where both stand in one table.
const COVARIATES: [&str; 12] =
    ["age", "sex", "gender", "bmi", "weight", "height", "group", "arm", "treatment", "site", "centre", "center"];

/// What a samples' table says beside, which is no metabolite either.
const OF_SAMPLES: [&str; 18] = [
    "batch",
    "plate",
    "injectionorder",
    "runorder",
    "order",
    "hoursafterinfusion",
    "hafterinfusion",
    "day",
    "studyday",
    "replicate",
    "dilution",
    "volume",
    "fasting",
    "fastinghours",
    "fastingh",
    "timeofday",
    "drawnat",
    "collectiontime",
];

/// Whether a name, without case and signs, is that of a fact of samples.
pub fn says_of_samples(plain: &str) -> bool {
    [&PARTICIPANT[..], &TIMEPOINT, &TYPE, &OF_SAMPLES].iter().any(|names| names.contains(&plain))
}

/// A table that was given a role, with the reason.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    pub table: &'a Table,
    pub why: &'static str,
}

/// The tables by role.
#[derive(Debug, Default)]
pub struct Roles<'a> {
    pub participants: Option<Chosen<'a>>,
    pub assessments: Option<Chosen<'a>>,
    pub samples: Option<Chosen<'a>>,
    pub metabolites: Option<Chosen<'a>>,
    pub panel: Option<Chosen<'a>>,
    /// The study's file of ISA-Tab, where the samples are those of an assay.
    pub study: Option<&'a Table>,
}

impl Table {
    fn find(&self, names: &[&str]) -> Option<&Column> {
        let named = |name: &&str| self.columns.iter().find(|column| column.plain() == **name);
        names.iter().find_map(named)
    }

    pub fn participant(&self) -> Option<&Column> {
        self.find(&PARTICIPANT)
    }
    pub fn sample(&self) -> Option<&Column> {
        self.find(&SAMPLE)
    }
    pub fn analyte(&self) -> Option<&Column> {
        self.find(&ANALYTE)
    }
    pub fn value(&self) -> Option<&Column> {
        self.find(&VALUE).filter(|column| column.is_numeric())
    }
    pub fn visit(&self) -> Option<&Column> {
        self.find(&VISIT)
    }
    pub fn timepoint(&self) -> Option<&Column> {
        self.find(&TIMEPOINT)
    }
    pub fn kind(&self) -> Option<&Column> {
        self.find(&TYPE)
    }

    /// The columns that may be metabolites: numbers that are no id and no variable of participants.
    pub fn measured(&self) -> Vec<&Column> {
        let id = |column: &Column| {
            let plain = column.plain();
            [&PARTICIPANT[..], &SAMPLE, &VISIT, &TIMEPOINT, &TYPE, &COVARIATES, &OF_SAMPLES]
                .iter()
                .any(|names| names.contains(&plain.as_str()))
        };
        self.columns.iter().filter(|column| !column.header.is_empty() && column.is_numeric() && !id(column)).collect()
    }
}

impl<'a> Roles<'a> {
    /// Gives each table its role.
    pub fn of(looks: &'a [Look]) -> Roles<'a> {
        let mut roles = Roles::default();
        let plain: Vec<&Table> =
            looks.iter().flat_map(|look| &look.tables).filter(|table| table.role.is_none()).collect();
        for table in &plain {
            roles.take_by_headers(table);
        }
        roles.take_formats(looks);
        let left = |roles: &Roles<'_>| plain.iter().copied().filter(|table| !roles.has(table)).collect::<Vec<_>>();
        if roles.participants.is_none() {
            let first = left(&roles).into_iter().find(|table| table.columns.first().is_some_and(Column::is_unique));
            roles.participants = first.map(|table| Chosen { table, why: "its first column names every row once" });
        }
        if roles.metabolites.is_none() {
            roles.metabolites = roles.wide(&left(&roles));
        }
        roles
    }

    fn has(&self, table: &Table) -> bool {
        self.all().iter().any(|(_, chosen)| std::ptr::eq(chosen.table, table))
    }

    fn all(&self) -> Vec<(&'static str, Chosen<'a>)> {
        let study = self.study.map(|table| Chosen { table, why: "" });
        let roles = [
            ("participants", self.participants),
            ("assessments", self.assessments),
            ("samples", self.samples),
            ("metabolites", self.metabolites),
            ("panel", self.panel),
            ("samples (joined)", study),
        ];
        roles.into_iter().filter_map(|(role, chosen)| Some((role, chosen?))).collect()
    }

    /// What a file was taken for, in words.
    pub fn of_file(&self, look: &Look) -> String {
        let of = |(role, chosen): &(&'static str, Chosen<'_>)| {
            look.tables.iter().any(|table| std::ptr::eq(table, chosen.table)).then_some(*role)
        };
        let roles: Vec<&str> = self.all().iter().filter_map(of).collect();
        match (&look.unread, roles.is_empty()) {
            (Some(why), _) => format!("not read: {why}"),
            (None, true) => "not used".to_owned(),
            (None, false) => roles.join(", "),
        }
    }

    fn take_by_headers(&mut self, table: &'a Table) {
        let (participant, sample, analyte) = (table.participant(), table.sample(), table.analyte());
        let unique = |column: Option<&Column>| column.is_some_and(Column::is_unique);
        let set = |slot: &mut Option<Chosen<'a>>, why| {
            slot.get_or_insert(Chosen { table, why });
        };
        if analyte.is_some() && table.value().is_some() && (sample.is_some() || participant.is_some()) {
            set(&mut self.metabolites, "it has columns for whose, which analyte, and the value");
        } else if unique(analyte) && (table.find(&FACTS).is_some() || table.measured().len() < 3) {
            set(&mut self.panel, "it names every analyte once");
        } else if unique(sample) && (participant.is_some() || table.timepoint().is_some()) {
            set(&mut self.samples, "it names every sample once, and whose it is");
        } else if participant.is_some() && table.visit().is_some() && !unique(participant) {
            set(&mut self.assessments, "participants repeat, by visit");
        } else if unique(participant) && sample.is_none() {
            set(&mut self.participants, "it names every participant once");
        }
    }

    /// Tables of the field's own formats, for the roles that no ordinary table has.
    fn take_formats(&mut self, looks: &'a [Look]) {
        let tables = |role: &'static str, format: Format| {
            let looks = looks.iter().filter(move |look| look.format == Some(format));
            looks.flat_map(|look| &look.tables).filter(move |table| table.role == Some(role))
        };
        let why = "the format has such a table";
        for format in [Format::Mwtab, Format::Mztab, Format::Isatab, Format::Maf] {
            let first = |role, slot: &mut Option<Chosen<'a>>| {
                if let (None, Some(table)) = (&slot, tables(role, format).next()) {
                    *slot = Some(Chosen { table, why });
                }
            };
            first("participants", &mut self.participants);
            first("metabolites", &mut self.metabolites);
            first("panel", &mut self.panel);
            if format != Format::Isatab {
                first("samples", &mut self.samples);
            }
        }
        if self.samples.is_none() {
            let of_assay = |table: &&Table| table.participant().is_none();
            let assay = tables("samples", Format::Isatab).find(of_assay);
            let study = tables("samples", Format::Isatab).find(|table| !of_assay(table));
            self.study = assay.and(study);
            self.samples = assay.or(study).map(|table| Chosen { table, why });
        }
    }

    /// A table with a column an analyte: its ids are those of samples or of participants.
    fn wide(&self, left: &[&'a Table]) -> Option<Chosen<'a>> {
        let ids = |chosen: Option<Chosen<'a>>, column: fn(&Table) -> Option<&Column>| -> BTreeSet<&'a str> {
            let column = chosen.and_then(|chosen| column(chosen.table).or(chosen.table.columns.first()));
            column.map(Column::distinct).unwrap_or_default()
        };
        let (samples, people) = (ids(self.samples, Table::sample), ids(self.participants, Table::participant));
        let owned = |table: &&&Table| {
            let first = table.columns.iter().find(|column| column.is_unique());
            let share = |known: &BTreeSet<&str>| first.map_or(0.0, |column| column.share_in(known));
            table.measured().len() >= 2 && share(&samples).max(share(&people)) > 0.5
        };
        let widest = left.iter().filter(owned).max_by_key(|table| table.measured().len());
        let wide = widest.map(|table| Chosen { table, why: "its ids are known, and most of its columns are numbers" });
        // One table may be all there is.
        let with_numbers = |chosen: &Chosen<'_>| chosen.table.role.is_none() && chosen.table.measured().len() >= 3;
        let alone = self.samples.filter(with_numbers).or(self.participants.filter(with_numbers));
        wide.or(alone.map(|chosen| Chosen { why: "no other table has numbers of analytes", ..chosen }))
    }
}
