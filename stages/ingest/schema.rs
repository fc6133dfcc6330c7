//! The study's tables, typed: what ingest makes of the files.

use crate::schema;

/// The abundances' metadata that says what kind of values they are, where they are not raw.
pub const VALUES: &str = "values";
/// What it says of values that were transformed before they were read.
pub const TRANSFORMED: &str = "transformed";

schema! {
    /// One row per participant, with the declared columns beside the key: numbers as real, counts as integer, binary
    /// as flag, categories as text.
    Participants "participants" ParticipantRow key [participant_id] open true {
        participant_id: String, "", "the participant";
    }
}

schema! {
    /// What each declared participant column means.
    Variables "variables" VariableRow key [variable] {
        variable: String, "", "the column's name";
        kind: String, "", "number, count, binary or category";
        unit: Option<String>, "", "the unit of a number";
        low: Option<f64>, "", "the smallest value allowed";
        high: Option<f64>, "", "the largest value allowed";
        levels: Option<String>, "", "the levels of a category as a JSON list, the reference first";
    }
}

schema! {
    /// One row per participant and visit; items beside it as item_1 … item_n where given.
    Assessments "assessments" AssessmentRow key [participant_id, instrument, visit] open true {
        participant_id: String, "", "the participant";
        instrument: String, "", "the rating scale";
        visit: String, "", "the visit's name";
        visit_index: i64, "", "the visit's place in the declared order, from 0";
        total: Option<f64>, "points", "the scale's total; missing where the visit was missed";
        items_total: Option<f64>, "points", "the sum of the items, where all of them are given";
        hours_after_infusion: Option<f64>, "h", "hours after the infusion, where given";
        day: Option<f64>, "d", "days since baseline, where given";
    }
}

schema! {
    /// One row per measured sample: of a participant, a pooled QC, a dilution of it, a reference material, or a blank;
    /// the declared columns beside it as real.
    Samples "samples" SampleRow key [sample_id] open true {
        sample_id: String, "", "the sample";
        participant_id: Option<String>, "", "whose it is; missing where it is nobody's";
        timepoint: Option<String>, "", "when it was drawn; missing where it is nobody's";
        r#type: String, "", "study, pooled_qc, dilution, reference or blank";
        batch: Option<String>, "", "the analytical batch";
        injection_order: Option<i64>, "", "the order of injection, over all batches";
        hours_after_infusion: Option<f64>, "h", "hours after the infusion";
        window_low: Option<f64>, "h", "the earliest time declared for the timepoint, bounds included; missing where none is";
        window_high: Option<f64>, "h", "the latest time declared for the timepoint, bounds included; missing where none is";
        day: Option<f64>, "d", "days since baseline, where given";
        replicate: Option<String>, "", "which of several measurements of the same participant at the same timepoint";
        dilution: Option<f64>, "fraction", "the concentration of a dilution relative to the undiluted pool";
        fasting_hours: Option<f64>, "h", "hours since the last meal, where given";
        time_of_day: Option<f64>, "h", "hours after midnight at which it was drawn, where given";
    }
}

schema! {
    /// One row per sample and analyte, on the scale of the file.
    Abundances "abundances" AbundanceRow key [sample_id, analyte] {
        sample_id: String, "", "the sample";
        analyte: String, "", "the analyte";
        value: Option<f64>, "", "the abundance, in `unit`; missing where it was not measured";
        unit: Option<String>, "", "the unit";
        below_lod: bool, "", "whether the value lies below the limit of detection (a missing value marked so in the file, or a number below the panel's limit)";
    }
}

schema! {
    /// What is known of each analyte.
    Panel "panel" PanelRow key [analyte] {
        analyte: String, "", "the analyte, as the abundances name it";
        display_name: String, "", "the name that figures and tables show";
        unit: Option<String>, "", "the unit of its values";
        lod: Option<f64>, "", "the limit of detection, in the same unit";
        hmdb: Option<String>, "", "Human Metabolome Database accession";
        chebi: Option<String>, "", "ChEBI identifier";
        kegg: Option<String>, "", "KEGG compound";
        plausible_low: Option<f64>, "", "the smallest value one would expect, in the same unit";
        plausible_high: Option<f64>, "", "the largest value one would expect, in the same unit";
        class: Option<String>, "", "the class of compounds, by which steps may choose";
        molar_mass: Option<f64>, "g/mol", "the molar mass, by which masses become amounts";
        refmet: Option<String>, "", "the name in RefMet's nomenclature";
        inchikey: Option<String>, "", "InChIKey";
        role: Option<String>, "", "internal_standard for a compound that was added to every sample; else missing";
        internal_standard: Option<String>, "", "the internal standard that belongs to it";
        synonyms: Option<String>, "", "other names and identifiers, separated by `|`";
    }
}
