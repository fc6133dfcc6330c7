//! The ratings' section.

use std::collections::BTreeMap;

use crate::contract::quantity::Range;
use crate::ingest::file::section;

section! {
    /// The ratings' file: one row a participant and visit, with the items, the total, or both.
    Assessments "assessments" {
        /// The rating scale: madrs (10 items of 0 to 6, total 0 to 60), or a name of one's own. Default: madrs.
        #[serde(default = "madrs")]
        instrument: String,
        /// How many items the scale has; 0 where only totals are given. Default: the instrument's; else 0.
        #[serde(default)]
        items: Option<usize>,
        /// The range of one item, bounds included. Default: the instrument's; needed where there are items.
        #[serde(default)]
        item_range: Option<Range>,
        /// The range of the total, bounds included. Default: the instrument's; else needed.
        #[serde(default)]
        total_range: Option<Range>,
        /// The visits in their order.
        visits: Vec<String>,
        /// What the file calls a visit, where that is not its name: `{baseline_arm_1: baseline}`. Default: nothing.
        #[serde(default)]
        visit_names: BTreeMap<String, String>,
        /// The header of the participants' ids. Default: participant_id.
        #[serde(default = "participant_id")]
        participant: String,
        /// The header of the visits. Default: visit.
        #[serde(default = "visit")]
        visit: String,
        /// The header of the totals. Default: total.
        #[serde(default = "total")]
        total: String,
        /// What the items' headers begin with, before their number. Default: item_.
        #[serde(default = "item_prefix")]
        item_prefix: String,
    }
}

fn participant_id() -> String {
    "participant_id".into()
}
fn madrs() -> String {
    "madrs".into()
}
fn visit() -> String {
    "visit".into()
}
fn total() -> String {
    "total".into()
}
fn item_prefix() -> String {
    "item_".into()
}
