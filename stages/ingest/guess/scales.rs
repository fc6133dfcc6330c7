//! Rating scales by name, for a first guess: how many items they have, and what an item and a total may be.

/// A scale: its words, its items, the largest item, the largest total.
pub struct Known {
    pub name: &'static str,
    pub items: usize,
    pub item_high: usize,
    pub total_high: usize,
}

/// Scales that are often used; the publishers' ranges.
const KNOWN: [Known; 7] = [
    Known { name: "madrs", items: 10, item_high: 6, total_high: 60 },
    Known { name: "phq9", items: 9, item_high: 3, total_high: 27 },
    Known { name: "gad7", items: 7, item_high: 3, total_high: 21 },
    Known { name: "qids", items: 16, item_high: 3, total_high: 27 },
    Known { name: "hamd", items: 17, item_high: 4, total_high: 52 },
    Known { name: "hdrs", items: 17, item_high: 4, total_high: 52 },
    Known { name: "bdi", items: 21, item_high: 3, total_high: 63 },
];

/// The scale that one of the texts names.
pub fn named<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<&'static Known> {
    let texts: Vec<String> = texts.into_iter().map(super::column::plain).collect();
    KNOWN.iter().find(|scale| texts.iter().any(|text| text.contains(scale.name)))
}
