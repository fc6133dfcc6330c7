//! A screen that can be fitted again with the metabolites of participants in another order.
//!
//! The screen makes one; the sweep turns many of them, one for each universe, into a test of all together. Neither
//! needs to know how the other works.

/// One test of a universe: the key of its row among the associations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Specification {
    pub model: String,
    pub outcome: String,
    pub predictor: String,
    pub stratum: String,
    pub analyte: String,
}

/// What one test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The estimate, standardized where that was asked for; none where the model has no such estimate.
    pub estimate: Option<f64>,
    /// The two-sided p as a standard normal number with the sign of the estimate.
    pub z: f64,
}

/// One universe's tests, to be made anew under any ordering of the participants.
pub trait Refit: Send + Sync {
    /// The participants, ascending.
    fn participants(&self) -> &[String];

    /// The tests, in the order of [`effects`](Self::effects).
    fn specifications(&self) -> &[Specification];

    /// The tests where each participant has the metabolites, gaps and all, of the one that `donors` names by number;
    /// none where a test cannot be made.
    fn effects(&self, donors: &[u32]) -> Vec<Option<Effect>>;
}
