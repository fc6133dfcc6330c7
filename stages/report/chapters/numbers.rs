//! The numbers of one test, in the order that every table of tests has them.

use crate::report::view::{Shown, p, sorted};
use crate::report::{how, words};
use crate::screen::schema::AssociationRow;

/// The columns' headers.
pub const HEAD: [&str; 7] =
    ["#Estimate", "#Limits", "#Bootstrap limits", "#p", "#Permutation p", "#Adjusted p", "#Max-T p"];

/// Estimate, limits and p of each kind.
pub fn of(row: &AssociationRow) -> [Shown; 7] {
    [
        sorted(words::estimate(row.estimate, row.conf_low, row.conf_high), row.estimate),
        how::limits(row).into(),
        words::interval(row.boot_low, row.boot_high).into(),
        p(row.p_value),
        sorted(how::monte_carlo(row.p_permutation, row.p_permutation_std_error), row.p_permutation),
        p(row.p_adjusted),
        sorted(how::monte_carlo(row.p_max_t, row.p_max_t_std_error), row.p_max_t),
    ]
}
