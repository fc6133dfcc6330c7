//! The k nearest columns of each column, by the mean squared difference where both are there.
//!
//! `d(i, j) = Σ (x_i - x_j)² / n`, over the n places where neither is missing; where there is none, the distance is
//! infinite. Each pair is measured once; only a band of pairs is held at a time (`BAND` times the columns), and a pair's
//! sum always runs in the same order, so the result has the same bits at any number of threads and any width of vector.
//! A sum that has already grown beyond what either column's list would take is given up: it can only grow.
//! METHOD: at equal distances the column that comes first is the nearer.

use std::ops::Range;

use rayon::prelude::*;

use crate::statistics::lanes::widest;

/// Columns whose pairs are held at a time.
const BAND: usize = 64;
/// Columns of one tile: 16 and 16 pieces of 512 values fit a core's cache.
const TILE: usize = 16;
/// Places of one piece.
const PIECE: usize = 512;
/// A sum is given up a little later than its limit says, since limit and mean are rounded.
const ROUNDING: f64 = 1.0 + 1e-12;
/// Sums that run side by side.
const LANES: usize = 16;

/// The k nearest columns of each wanted column, nearest first, in the order of `wanted`; fewer where there are fewer.
///
/// `columns` have one length; NaN is missing.
pub fn nearest(columns: &[&[f64]], wanted: &[usize], k: usize) -> Vec<Vec<usize>> {
    let k = k.min(columns.len());
    let mut is_wanted = vec![false; columns.len()];
    wanted.iter().for_each(|&column| is_wanted[column] = true);
    let others = (0..columns.len()).filter(|&column| !is_wanted[column]);
    let order: Vec<usize> = wanted.iter().copied().chain(others).collect();
    let field = Field::new(columns, &order);
    let mut lists = vec![Vec::with_capacity(k + 1); wanted.len()];
    for first in (0..wanted.len()).step_by(BAND) {
        let band = first..(first + BAND).min(wanted.len());
        let full = |list: &&Vec<(f64, usize)>| list.len() == k;
        let worst = |list: &Vec<(f64, usize)>| {
            Some(list).filter(full).and_then(|list| list.last()).map_or(f64::INFINITY, |last| last.0)
        };
        let worst: Vec<f64> = lists.iter().map(worst).collect();
        let distances = field.band(&band, &worst);
        let width = band.len();
        let row = |at: usize, i: usize| distances[(at - first) * width + (i - first)];
        lists.par_iter_mut().enumerate().skip(first).for_each(|(me, list)| {
            // What lies in the band is met from both sides; what lies beyond it, from the band's side.
            let met: Box<dyn Iterator<Item = usize>> =
                if me < band.end { Box::new(first..order.len()) } else { Box::new(band.clone()) };
            for other in met.filter(|&other| other != me) {
                let distance = if other > me { row(other, me.min(other)) } else { row(me, other) };
                insert(list, k, (distance, order[other]));
            }
        });
    }
    lists.into_iter().map(|list| list.into_iter().map(|(_, column)| column).collect()).collect()
}

/// The k columns nearest to one that is not among them, nearest first, without the column `itself`.
pub fn nearest_to(one: &[f64], columns: &[&[f64]], itself: Option<usize>, k: usize) -> Vec<usize> {
    let k = k.min(columns.len());
    let mut list = Vec::with_capacity(k + 1);
    for (other, column) in columns.iter().enumerate().filter(|(other, _)| Some(*other) != itself) {
        let (sum, shared) = widest(
            #[inline(always)]
            || squares(one, column),
        );
        insert(&mut list, k, (if shared > 0 { sum / shared as f64 } else { f64::INFINITY }, other));
    }
    list.into_iter().map(|(_, column)| column).collect()
}

/// The sum of squared differences where both are there, and how many there are.
#[inline(always)]
fn squares(x: &[f64], y: &[f64]) -> (f64, u64) {
    let (mut sums, mut counts) = ([0.0; LANES], [0_u64; LANES]);
    for (x, y) in x.chunks(LANES).zip(y.chunks(LANES)) {
        for (lane, (x, y)) in x.iter().zip(y).enumerate() {
            let square = (x - y) * (x - y);
            sums[lane] += if square.is_nan() { 0.0 } else { square };
            counts[lane] += u64::from(!square.is_nan());
        }
    }
    (sums.iter().sum(), counts.iter().sum())
}

/// Keeps the k smallest, in order.
fn insert(list: &mut Vec<(f64, usize)>, k: usize, new: (f64, usize)) {
    let before = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).is_lt();
    if list.len() == k && !list.last().is_some_and(|last| before(&new, last)) {
        return;
    }
    let place = list.partition_point(|old| before(old, &new));
    list.insert(place, new);
    list.truncate(k);
}

/// The columns in the order of the search, filled up to whole lanes, with a bit for each value that is there.
struct Field {
    height: usize,
    values: Vec<f64>,
    words: usize,
    there: Vec<u64>,
}

impl Field {
    fn new(columns: &[&[f64]], order: &[usize]) -> Field {
        let length = columns.first().map_or(0, |column| column.len());
        let height = length.next_multiple_of(LANES);
        let words = length.div_ceil(64);
        let mut values = vec![f64::NAN; height * order.len()];
        let mut there = vec![0_u64; words * order.len()];
        for (place, &column) in order.iter().enumerate() {
            values[place * height..place * height + length].copy_from_slice(columns[column]);
            for (row, _) in columns[column].iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                there[place * words + row / 64] |= 1 << (row % 64);
            }
        }
        Field { height, values, words, there }
    }

    fn len(&self) -> usize {
        self.values.len().checked_div(self.height).unwrap_or(self.there.len())
    }

    fn column(&self, place: usize) -> &[f64] {
        &self.values[place * self.height..(place + 1) * self.height]
    }

    fn shared(&self, i: usize, j: usize) -> u32 {
        let of = |place: usize| &self.there[place * self.words..(place + 1) * self.words];
        of(i).iter().zip(of(j)).map(|(i, j)| (i & j).count_ones()).sum()
    }

    /// The distances of the columns from the band's first on to the columns of the band, row after row.
    ///
    /// Of two columns of the band only the later one's row has their distance. `worst` is the largest distance that the
    /// list of each wanted column would still take; a distance beyond those of both columns is left infinite.
    fn band(&self, band: &Range<usize>, worst: &[f64]) -> Vec<f64> {
        let (width, rows) = (band.len(), self.len() - band.start);
        let mut distances = vec![f64::INFINITY; width * rows];
        distances.par_chunks_mut(TILE * width).enumerate().for_each(|(tile, out)| {
            let from = band.start + tile * TILE;
            let of_tile = from..(from + TILE).min(self.len());
            for start in band.clone().step_by(TILE) {
                let of_band = start..(start + TILE).min(band.end).min(of_tile.end);
                let pairs = self.pairs(&of_tile, &of_band, worst);
                for (pair, sum) in pairs.iter().zip(widest(
                    #[inline(always)]
                    || self.sums(&pairs),
                )) {
                    let mean = if pair.shared > 0.0 { sum / pair.shared } else { f64::INFINITY };
                    out[(pair.j - from) * width + (pair.i - band.start)] = mean;
                }
            }
        });
        distances
    }

    /// The pairs of two tiles, each once, with what is known of them before their sum.
    fn pairs(&self, of_tile: &Range<usize>, of_band: &Range<usize>, worst: &[f64]) -> Vec<Pair> {
        let limit = |i: usize, j: usize| worst[i].max(worst.get(j).copied().unwrap_or(0.0));
        let pair = |i: usize, j: usize| {
            let shared = f64::from(self.shared(i, j));
            // No shared place and no limit make a limit of NaN, which nothing is beyond.
            Pair { i, j, shared, limit: limit(i, j) * shared }
        };
        let of = |j: usize| of_band.clone().filter(move |&i| i < j).map(move |i| pair(i, j));
        of_tile.clone().flat_map(of).collect()
    }

    /// Each pair's sum of squared differences; infinite where it was given up.
    #[inline(always)]
    fn sums(&self, pairs: &[Pair]) -> Vec<f64> {
        let mut lanes = vec![[0.0; LANES]; pairs.len()];
        let mut alive: Vec<usize> = (0..pairs.len()).collect();
        let mut sums = vec![f64::INFINITY; pairs.len()];
        for piece in (0..self.height).step_by(PIECE) {
            let places = piece..(piece + PIECE).min(self.height);
            for &at in &alive {
                let Pair { i, j, .. } = pairs[at];
                add_squares(&mut lanes[at], &self.column(j)[places.clone()], &self.column(i)[places.clone()]);
            }
            let beyond = |at: usize| lanes[at].iter().sum::<f64>() > pairs[at].limit * ROUNDING;
            alive.retain(|&at| !beyond(at));
        }
        alive.iter().for_each(|&at| sums[at] = lanes[at].iter().sum());
        sums
    }
}

/// Two columns, how many places they share, and the largest sum that is of use.
struct Pair {
    i: usize,
    j: usize,
    shared: f64,
    limit: f64,
}

#[inline(always)]
fn add_squares(lanes: &mut [f64; LANES], x: &[f64], y: &[f64]) {
    let mut sums = *lanes;
    for (x, y) in x.chunks_exact(LANES).zip(y.chunks_exact(LANES)) {
        for lane in 0..LANES {
            let difference = x[lane] - y[lane];
            let square = difference * difference;
            sums[lane] += if square.is_nan() { 0.0 } else { square };
        }
    }
    *lanes = sums;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::random::Stream;

    fn field(columns: usize, rows: usize, gaps: f64) -> Vec<Vec<f64>> {
        let mut stream = Stream::new(3, "nearest", columns as u64);
        let value = |stream: &mut Stream| {
            let value = stream.normal();
            if stream.uniform() < gaps { f64::NAN } else { (value * 8.0).round() }
        };
        (0..columns).map(|_| (0..rows).map(|_| value(&mut stream)).collect()).collect()
    }

    fn brute(columns: &[&[f64]], me: usize, k: usize) -> Vec<usize> {
        let distance = |other: usize| {
            let both = columns[me].iter().zip(columns[other]).filter(|(x, y)| !x.is_nan() && !y.is_nan());
            let squares: Vec<f64> = both.map(|(x, y)| (x - y) * (x - y)).collect();
            if squares.is_empty() { f64::INFINITY } else { squares.iter().sum::<f64>() / squares.len() as f64 }
        };
        let mut all: Vec<(f64, usize)> = (0..columns.len()).filter(|&o| o != me).map(|o| (distance(o), o)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        all.into_iter().take(k).map(|(_, column)| column).collect()
    }

    #[test]
    fn the_nearest_are_those_of_a_plain_search_ties_and_gaps_included() {
        // Whole numbers: every sum is exact, so ties are ties in any order of addition.
        for (p, n, gaps, k) in
            [(1, 5, 0.0, 3), (7, 3, 0.6, 10), (300, 40, 0.2, 10), (530, 17, 0.5, 4), (20, 1100, 0.1, 5)]
        {
            let columns = field(p, n, gaps);
            let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let some: Vec<usize> = (0..p).filter(|column| column % 3 != 1).rev().collect();
            for wanted in [(0..p).collect::<Vec<_>>(), some] {
                let expected: Vec<Vec<usize>> = wanted.iter().map(|&me| brute(&columns, me, k)).collect();
                assert_eq!(nearest(&columns, &wanted, k), expected, "{p} columns of {n}");
            }
        }
        assert!(nearest(&[], &[], 3).is_empty());
    }

    #[test]
    fn one_against_all_finds_the_same_neighbours() {
        let columns = field(60, 37, 0.3);
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        for me in 0..60 {
            assert_eq!(nearest_to(columns[me], &columns, Some(me), 7), brute(&columns, me, 7));
        }
    }
}
