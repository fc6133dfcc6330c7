//! The orderings themselves, for whoever makes the statistics of an ordering elsewhere.

use super::ordering::Orderings;
use super::restriction::Restriction;
use super::{PermutationError, Settings};

/// Orderings of some participants: drawn at random, or every one where there are no more than that.
#[derive(Debug)]
pub struct Reorderings(Orderings);

impl Reorderings {
    /// The orderings of participants 0 to `participants − 1`; draw d is the same whatever else is drawn.
    pub fn new(participants: u32, draws: u32, seed: u64) -> Result<Self, PermutationError> {
        let settings = Settings { seed, draws, strata: None };
        Orderings::new((0..participants).collect(), participants as usize, &settings).map(Reorderings)
    }

    pub fn count(&self) -> u64 {
        self.0.count()
    }

    /// Whether these are all orderings that exist, the observed one among them.
    pub fn enumerated(&self) -> bool {
        self.0.enumerated()
    }

    /// The participant who gives to each participant under one ordering.
    pub fn order(&self, draw: u64) -> Vec<u32> {
        self.0.write(draw..draw + 1)
    }
}

/// Some of the participants: who gives to whom among them, by an ordering of all.
#[derive(Debug)]
pub struct Subset {
    restriction: Restriction,
    all: usize,
}

impl Subset {
    /// `members` are numbers below `all`, ascending.
    pub fn new(members: &[usize], all: u32) -> Self {
        let places: Vec<u32> = (0..all).collect();
        Subset { restriction: Restriction::new(members, &places), all: all as usize }
    }

    /// The member who gives to each member, by its number among the members (the first-return map).
    pub fn donors(&self, order: &[u32]) -> Vec<u32> {
        self.restriction.donors(order, self.all)
    }
}
