//! The blocks of a call by their complete cases, and all their statistics under a batch of orderings.

use std::collections::{BTreeMap, BTreeSet};

use super::restriction::Restriction;
use super::{Block, PermutationError, TestId};

/// The blocks, those with the same complete cases together.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    blocks: &'a [Block],
    groups: Vec<(Restriction, Vec<usize>)>,
    /// The number of tests before each block, and of all.
    offsets: Vec<usize>,
    places: usize,
}

/// The numbers that a batch may hold of all statistics, or of one outcome: 4 MB of them.
const NUMBERS: usize = 1 << 19;

/// The participants of any block, ascending.
pub(super) fn involved(participants: usize, blocks: &[Block]) -> Result<Vec<u32>, PermutationError> {
    let mut involved = Vec::new();
    for (block, rows) in blocks.iter().map(Block::rows).enumerate() {
        for &row in rows {
            let known = u32::try_from(row).ok().filter(|&known| row < participants && known < u32::MAX);
            involved.push(known.ok_or(PermutationError::UnknownParticipant { block, row, participants })?);
        }
    }
    involved.sort_unstable();
    involved.dedup();
    Ok(involved)
}

impl<'a> Plan<'a> {
    /// `places` are the participants of the blocks, each stratum together.
    pub fn new(blocks: &'a [Block], places: &[u32]) -> Self {
        let mut alike: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
        for (index, block) in blocks.iter().enumerate() {
            alike.entry(block.rows()).or_default().push(index);
        }
        let groups = alike.into_iter().map(|(rows, blocks)| (Restriction::new(rows, places), blocks)).collect();
        let mut offsets = vec![0];
        for block in blocks {
            offsets.push(offsets[offsets.len() - 1] + block.tests());
        }
        Plan { blocks, groups, offsets, places: places.len() }
    }

    fn tests(&self) -> usize {
        self.offsets[self.blocks.len()]
    }

    /// The number of orderings in a batch: a matter of speed and memory alone.
    pub fn batch(&self) -> u64 {
        (NUMBERS / self.tests().max(self.places).max(1)).clamp(32, 256) as u64
    }

    /// The squared statistic of every test under these orderings, draws × tests in the order of columns.
    pub fn statistics(&self, orders: &[u32]) -> Vec<f64> {
        let draws = orders.len() / self.places.max(1);
        let mut statistics = vec![0.0; draws * self.tests()];
        for (restriction, blocks) in &self.groups {
            let donors = restriction.donors(orders, self.places);
            for &block in blocks {
                let columns = self.offsets[block] * draws..self.offsets[block + 1] * draws;
                self.blocks[block].statistics(&donors, &mut statistics[columns]);
            }
        }
        statistics
    }

    /// The families by the number of the test among all; fails where a test is unknown or named twice.
    pub fn families(&self, families: &[Vec<TestId>]) -> Result<Vec<Vec<usize>>, PermutationError> {
        let mut seen = BTreeSet::new();
        let mut number = |id: &TestId| {
            let tests = self.blocks.get(id.block).map_or(0, Block::tests);
            if id.test >= tests {
                return Err(PermutationError::UnknownTest(*id));
            }
            if !seen.insert(*id) {
                return Err(PermutationError::TestTwice(*id));
            }
            Ok(self.offsets[id.block] + id.test)
        };
        families.iter().map(|family| family.iter().map(&mut number).collect()).collect()
    }

    /// What belongs to each test, per block.
    pub fn by_block<T: Clone>(&self, of_tests: Vec<T>) -> Vec<Vec<T>> {
        self.offsets.windows(2).map(|ends| of_tests[ends[0]..ends[1]].to_vec()).collect()
    }
}
