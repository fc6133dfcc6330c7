//! The kinds of inference that speak of one association, in the order in which a reader meets them.
//!
//! Each model speaks by its own reference; whatever goes beyond (permutation, many tests, one person left out, the
//! bootstrap, the analysis of covariance, evidence) is the leading model's, so that one row differs from the next by
//! one thing.

use super::how;
use super::question::Case;
use super::study::Study;
use super::words;
use crate::screen::schema::AssociationRow;

/// What a kind of inference says.
#[derive(Debug, Clone, PartialEq)]
pub enum Says {
    /// A p-value, with its Monte-Carlo standard error where chance gave it.
    P { p: f64, error: f64 },
    /// Limits, and whether they leave zero out.
    Limits { low: f64, high: f64 },
    /// The decimal logarithm of a Bayes factor.
    Evidence { log10: f64 },
}

/// One kind of inference.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// Kinds of one group stand together.
    pub group: Group,
    /// Short, for a row of a figure.
    pub label: String,
    /// For a sentence.
    pub name: String,
    pub says: Says,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Models,
    Further,
    ManyTests,
    Otherwise,
}

impl Kind {
    /// Whether the kind speaks for an association at this level.
    pub fn holds(&self, alpha: f64) -> bool {
        match self.says {
            Says::P { p, .. } => p < alpha,
            Says::Limits { low, high } => low > 0.0 || high < 0.0,
            Says::Evidence { log10 } => log10 >= libm::log10(3.0),
        }
    }

    /// Whether more random orderings could move p to the other side: it is within two Monte-Carlo errors of the level.
    pub fn is_close(&self, alpha: f64) -> bool {
        matches!(self.says, Says::P { p, error } if error > 0.0 && (p - alpha).abs() < 2.0 * error)
    }
}

/// Every kind of inference that there is for this association.
pub fn kinds(study: &Study, case: &Case) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = case.alike.iter().filter_map(|row| own(row)).collect();
    kinds.extend(further(case.lead));
    kinds.extend(ancova(case.lead));
    kinds.extend(evidence(case.lead));
    kinds.extend(many_tests(case.lead));
    kinds.extend(case.otherwise.iter().filter_map(|row| otherwise(study, case, row)));
    kinds
}

fn exact(group: Group, label: String, name: String, p: f64) -> Kind {
    Kind { group, label, name, says: Says::P { p, error: 0.0 } }
}

fn own(row: &AssociationRow) -> Option<Kind> {
    let (model, how) = (words::spaced(&row.model), how::short(row));
    Some(exact(Group::Models, format!("{model}: {how}"), format!("“{model}” ({how})"), row.p_value?))
}

/// What the leading model says beyond its own reference, of this one test.
fn further(row: &AssociationRow) -> Vec<Kind> {
    let permutation = row.p_permutation.map(|p| Kind {
        group: Group::Further,
        label: "permutation".into(),
        name: "permutation".into(),
        says: Says::P { p, error: row.p_permutation_std_error.unwrap_or(0.0) },
    });
    let how = row.boot_interval.as_deref().map_or(String::new(), |kind| format!(" ({})", words::term(kind)));
    let limits = row.boot_low.zip(row.boot_high);
    let bootstrap = limits.map(|(low, high)| Kind {
        group: Group::Further,
        label: format!("bootstrap{how}"),
        name: format!("bootstrap limits{how}"),
        says: Says::Limits { low, high },
    });
    let left_out = row
        .loo_p_max
        .map(|p| exact(Group::Further, "one left out, worst".into(), "the worst with one person left out".into(), p));
    [permutation, bootstrap, left_out].into_iter().flatten().collect()
}

/// What the leading model says when its tests are taken together.
fn many_tests(row: &AssociationRow) -> Vec<Kind> {
    let (tests, method) = (row.tests_in_family, words::term(&row.adjustment));
    let adjusted = row.p_adjusted.map(|p| {
        exact(Group::ManyTests, format!("{method}, {tests} tests"), format!("{method} over {tests} tests"), p)
    });
    let max_t = row.p_max_t.map(|p| Kind {
        group: Group::ManyTests,
        label: format!("max-T, {tests} tests"),
        name: format!("max-T over {tests} tests"),
        says: Says::P { p, error: row.p_max_t_std_error.unwrap_or(0.0) },
    });
    adjusted.into_iter().chain(max_t).collect()
}

fn ancova(row: &AssociationRow) -> Option<Kind> {
    let name = "the analysis of covariance".into();
    Some(exact(Group::Further, "ANCOVA".into(), name, row.ancova_p_value?))
}

/// The same question on another scale: named by its outcome, or by its model where the outcome is the same.
fn otherwise(study: &Study, case: &Case, row: &AssociationRow) -> Option<Kind> {
    let (model, outcome, how) = (words::spaced(&row.model), words::spaced(&row.outcome), how::short(row));
    let alone = case.otherwise.iter().filter(|other| other.outcome == row.outcome).count() == 1;
    let label = match row.outcome == case.lead.outcome {
        true => format!("{model}: {how}"),
        false if alone => format!("{outcome}: {how}"),
        false => format!("{outcome}, {model}"),
    };
    let scale = study.per(&row.predictor);
    Some(exact(Group::Otherwise, label, format!("{outcome} in “{model}” ({how}, {scale})"), row.p_value?))
}

fn evidence(row: &AssociationRow) -> Option<Kind> {
    let prior = row.bayes_prior.as_deref().map_or(String::new(), |prior| format!(" ({})", words::term(prior)));
    let says = Says::Evidence { log10: row.log10_bayes_factor? };
    let (label, name) = (format!("Bayes factor{prior}"), format!("the Bayes factor{prior}"));
    Some(Kind { group: Group::Further, label, name, says })
}

/// How far the kinds agree, in plain words; none with fewer than two p-values.
pub fn agreement(kinds: &[Kind], alpha: f64) -> Option<String> {
    let of_p: Vec<&Kind> = kinds.iter().filter(|kind| matches!(kind.says, Says::P { .. })).collect();
    if of_p.len() < 2 {
        return None;
    }
    let (below, above): (Vec<&Kind>, Vec<&Kind>) = of_p.iter().partition(|kind| kind.holds(alpha));
    let list = |kinds: &[&Kind]| {
        let named = kinds.iter().map(|kind| match kind.is_close(alpha) {
            true => format!("{} (too near to tell)", kind.name),
            false => kind.name.clone(),
        });
        words::list(&named.collect::<Vec<_>>())
    };
    let level = words::level(alpha);
    let counted = match (below.len(), above.len()) {
        (0, all) => format!("None of {all} kinds of inference puts p below {level}: {}.", list(&above)),
        (all, 0) => format!("All {all} kinds of inference put p below {level}: {}.", list(&below)),
        (k, _) => format!(
            "Of {} kinds of inference, {k} {} p below {level}: {}; not: {}.",
            of_p.len(),
            if k == 1 { "puts" } else { "put" },
            list(&below),
            list(&above)
        ),
    };
    let others = kinds.iter().filter_map(beside).map(|sentence| format!(" {sentence}"));
    Some(format!("{counted}{}", others.collect::<String>()))
}

/// What a kind without a p-value says, as a sentence.
fn beside(kind: &Kind) -> Option<String> {
    match kind.says {
        Says::P { .. } => None,
        Says::Limits { low, high } => Some(format!(
            "The {}, {}, {} zero.",
            kind.name,
            words::interval(Some(low), Some(high)),
            if kind.holds(0.0) { "leave out" } else { "hold" }
        )),
        Says::Evidence { log10 } => {
            let (odds, strength) = how::evidence(log10);
            let name = kind.name.replacen("the", "The", 1);
            let side = if log10 >= 0.0 { "for" } else { "against" };
            Some(format!("{name} is {odds} {side} an association: {strength} evidence."))
        }
    }
}
