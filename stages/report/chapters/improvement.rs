//! Did people improve: the course over the visits, and who reached the yes-or-no endpoints.

use minijinja::{Value, context};

use super::spaced;
use crate::report::figures::{rates, trajectory};
use crate::report::study::Study;
use crate::report::view::{Draft, View, p, sorted};
use crate::report::words;

pub fn chapter(study: &Study, draft: &mut Draft) -> Value {
    let (course, share) = (course(study), share(study));
    context! {
        trajectory => draft.show(trajectory::draw(study)),
        rates => draft.show(rates::draw(study)),
        course => course.shown(),
        share => share.shown(),
    }
}

fn course(study: &Study) -> View {
    let head = ["Visit", "#n", "#Mean", "#SD", "#Median", "#Quartiles", "#Change", "#95 % CI", "#p"];
    let mut table = View::new(format!("{} total at each visit", study.instrument()), &head).csv("trajectory");
    for row in &study.trajectory {
        let n = study.guard.count(row.n);
        let keep = |value: Option<f64>| value.filter(|_| n.is_shown());
        let pair = |low: Option<f64>, high: Option<f64>| match (keep(low), keep(high)) {
            (Some(low), Some(high)) => format!("{} to {}", words::fixed(Some(low), 1), words::fixed(Some(high), 1)),
            _ => words::MISSING.to_owned(),
        };
        let one = |value: Option<f64>| sorted(words::fixed(keep(value), 1), keep(value));
        let cells = vec![
            spaced(&row.visit).into(),
            sorted(n.text(), keep(Some(row.n as f64))),
            one(row.mean),
            one(row.sd),
            one(row.median),
            pair(row.q1, row.q3).into(),
            one(row.change),
            pair(row.change_low, row.change_high).into(),
            p(keep(row.change_p)),
        ];
        table.row("", cells);
    }
    table.note("Change is from the first visit, of the people seen at both, with a paired t; visits are not adjusted for one another.")
}

fn share(study: &Study) -> View {
    let head = ["Endpoint", "#Reached", "#Of", "#Share", "#Wilson 95 %", "#Clopper-Pearson 95 %"];
    let mut table = View::new("Yes-or-no endpoints", &head).csv("rates");
    for row in &study.rates {
        let (events, n) = study.guard.rate(row);
        let open = events.is_shown() && n.is_shown();
        let pair = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(_), Some(_)) if open => format!("{} to {}", words::percent(low), words::percent(high)),
            _ => words::MISSING.to_owned(),
        };
        let rate = row.rate.filter(|_| open);
        let cells = vec![
            spaced(&row.endpoint).into(),
            events.text().into(),
            n.text().into(),
            sorted(words::percent(rate), rate),
            pair(row.wilson_low, row.wilson_high).into(),
            pair(row.exact_low, row.exact_high).into(),
        ];
        table.row("", cells);
    }
    table
}
