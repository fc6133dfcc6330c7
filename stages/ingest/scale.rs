//! Rating scales: how many items, and what an item and a total may be.

use super::params::Assessments;
use crate::contract::quantity::Range;
use crate::contract::{Place, Problem};

/// A rating scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// The number of items; 0 where only totals are read.
    pub items: usize,
    pub item_range: Option<Range>,
    pub total_range: Range,
}

/// A scale with more items than this is a slip of the hand.
const MOST_ITEMS: usize = 1000;

impl Scale {
    /// The Montgomery-Åsberg Depression Rating Scale: 10 items of 0 to 6, total 0 to 60
    /// (Montgomery and Åsberg 1979, doi:10.1192/bjp.134.4.382).
    fn madrs() -> Scale {
        let to = |high| Range::new(0.0, high).expect("both are finite, the smaller first");
        Scale { items: 10, item_range: Some(to(6.0)), total_range: to(60.0) }
    }

    /// The scale that the settings name or declare.
    ///
    /// # Errors
    /// Every setting that is missing for a scale of one's own, or that contradicts a scale that is defined.
    pub fn of(settings: &Assessments) -> Result<Scale, Vec<Problem>> {
        match settings.instrument.as_str() {
            "madrs" => Scale::madrs().unless_contradicted(settings),
            _ => Scale::declared(settings),
        }
    }

    fn unless_contradicted(self, settings: &Assessments) -> Result<Scale, Vec<Problem>> {
        let contradictions = [
            ("items", settings.items.is_some_and(|n| n != self.items)),
            ("item_range", settings.item_range.is_some() && settings.item_range != self.item_range),
            ("total_range", settings.total_range.is_some_and(|range| range != self.total_range)),
        ];
        let problem = |key| {
            let message = format!("`{key}` contradicts madrs, which has 10 items of 0 to 6 and a total of 0 to 60");
            let remedy = "leave it out, or give the scale another name with `instrument:`";
            Problem::new("contradicting_setting", place(settings, key), message, remedy)
        };
        let problems: Vec<_> =
            contradictions.into_iter().filter(|(_, wrong)| *wrong).map(|(key, _)| problem(key)).collect();
        if problems.is_empty() { Ok(self) } else { Err(problems) }
    }

    fn declared(settings: &Assessments) -> Result<Scale, Vec<Problem>> {
        let items = settings.items.unwrap_or(0);
        let mut problems = Vec::new();
        let needed = |key, example: &str| {
            let message = format!("the scale `{}` is not built in and has no `{key}`", settings.instrument);
            Problem::new(
                "missing_setting",
                place(settings, key),
                message,
                format!("declare it, for example `{example}`"),
            )
        };
        if items > MOST_ITEMS {
            let message = format!("{items} items are more than a rating scale has");
            problems.push(Problem::new(
                "out_of_range",
                place(settings, "items"),
                message,
                format!("at most {MOST_ITEMS}"),
            ));
        }
        if items > 0 && settings.item_range.is_none() {
            problems.push(needed("item_range", "item_range: [0, 3]"));
        }
        match settings.total_range {
            Some(total_range) if problems.is_empty() => {
                Ok(Scale { items, item_range: settings.item_range, total_range })
            }
            Some(_) => Err(problems),
            None => {
                problems.push(needed("total_range", "total_range: [0, 63]"));
                Err(problems)
            }
        }
    }
}

fn place(settings: &Assessments, key: &str) -> Place {
    Place::setting(settings.reading().setting(key))
}
