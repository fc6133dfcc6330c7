//! Problems that differ in nothing but their line: the first few are shown, and of the others their lines.

use std::collections::BTreeMap;

use stages::contract::{Place, Problem};

/// How many problems of a kind are shown in full.
const IN_FULL: usize = 3;
/// How many lines of others are listed.
const LISTED: usize = 20;

/// The problems to show, in their order; the last one of a kind that has more is followed by a word on them.
pub fn gathered(problems: &[Problem]) -> Vec<(&Problem, Option<String>)> {
    let mut kinds: BTreeMap<Kind<'_>, Vec<(usize, u64)>> = BTreeMap::new();
    for (at, problem) in problems.iter().enumerate() {
        if let Some((kind, line)) = kind(problem) {
            kinds.entry(kind).or_default().push((at, line));
        }
    }
    let mut followed: BTreeMap<usize, Option<String>> = (0..problems.len()).map(|at| (at, None)).collect();
    for places in kinds.values().filter(|places| places.len() > IN_FULL + 1) {
        let (shown, others) = places.split_at(IN_FULL);
        others.iter().for_each(|(at, _)| drop(followed.remove(at)));
        shown.last().map(|(at, _)| followed.insert(*at, Some(words(others))));
    }
    followed.into_iter().map(|(at, more)| (&problems[at], more)).collect()
}

/// Message, remedy, file and column.
type Kind<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

fn kind(problem: &Problem) -> Option<(Kind<'_>, u64)> {
    let Place::File { name, line: Some(line), column } = &problem.place else { return None };
    Some(((problem.message.as_str(), problem.remedy.as_str(), name.as_str(), column.as_deref()), *line))
}

fn words(others: &[(usize, u64)]) -> String {
    let listed: Vec<String> = others.iter().take(LISTED).map(|(_, line)| line.to_string()).collect();
    let more = if others.len() > LISTED { ", …" } else { "" };
    format!("the same in {} more lines: {}{more}", others.len(), listed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_of_a_kind_and_all_after_it_are_told_by_their_lines() {
        let problem = |message: &str, line| {
            let place = Place::File { name: "people.csv".to_owned(), line: Some(line), column: Some("sex".to_owned()) };
            Problem::new("unknown_level", place, message.to_owned(), "one of: no, yes")
        };
        let mut problems: Vec<Problem> = (2..40).map(|line| problem("`male` is no level", line)).collect();
        problems.insert(1, problem("`female` is no level", 50));
        problems.extend([51, 52, 53].map(|line| problem("`female` is no level", line)));
        let shown: Vec<(String, Option<String>)> =
            gathered(&problems).into_iter().map(|(one, more)| (one.message.clone(), more)).collect();
        let male = |more: Option<&str>| ("`male` is no level".to_owned(), more.map(str::to_owned));
        let female = || ("`female` is no level".to_owned(), None);
        let more =
            "the same in 35 more lines: 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, …";
        let expected = [male(None), female(), male(None), male(Some(more)), female(), female(), female()];
        assert_eq!(shown, expected, "four of a kind are shown: a fourth is as short as a word on it");
    }
}
