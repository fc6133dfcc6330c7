//! The order of visits and timepoints, from the order in which each participant's rows stand.

/// Words by which the first of several times is often called.
const FIRST: [&str; 6] = ["baseline", "screening", "before", "pre", "bl", "t0"];

/// Every value once: the longest sequence first, the values of the others after those that they follow there; a value
/// that is called as a baseline is comes first.
pub fn merged(mut sequences: Vec<Vec<&str>>) -> Vec<String> {
    sequences.sort_by_key(|sequence| std::cmp::Reverse(sequence.len()));
    let mut order: Vec<&str> = Vec::new();
    for sequence in sequences {
        let mut after = 0;
        for value in sequence {
            match order.iter().position(|known| *known == value) {
                Some(place) => after = place + 1,
                None => {
                    order.insert(after, value);
                    after += 1;
                }
            }
        }
    }
    let first = |value: &&str| !is_first(value);
    order.sort_by_key(first);
    order.into_iter().map(str::to_owned).collect()
}

fn is_first(value: &str) -> bool {
    let words = value.to_lowercase();
    let mut words = words.split(|sign: char| !sign.is_alphanumeric());
    words.next().is_some_and(|word| FIRST.contains(&word))
}
