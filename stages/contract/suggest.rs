//! "Did you mean": the nearest of the names that exist.

/// The candidate nearest to `name`, if one is near enough to be a slip of the hand.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' ', '.'], "_");
    let near = |candidate: &str| strsim::damerau_levenshtein(&plain(name), &plain(candidate));
    let limit = name.chars().count() / 3 + 1;
    candidates.into_iter().map(|c| (near(c), c)).filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// A remedy: the nearest name, or the list of names that exist.
pub fn remedy<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(name, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    match all.len() {
        0 => "none is defined".to_owned(),
        1..=20 => format!("one of: {}", all.join(", ")),
        n => format!("one of: {}, … ({n} in all)", all[..20].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        assert_eq!(nearest("infusion4", ["infusion_3", "infusion_4"]), Some("infusion_4"));
        assert_eq!(nearest("HC3", ["hc0", "hc3"]), Some("hc3"));
        assert_eq!(nearest("zebra", ["hc0", "hc3"]), None);
    }
}
