//! Type-I error, coverage and false discoveries at n = 30, simulated from a seed.
//!
//! Each replicate draws a study from a stream of its own and asks the library's methods about it, so any number of
//! threads counts the same. A cell of the table is the mean of one method's answers. What theory knows is held to it
//! within four Monte-Carlo standard errors; everything else is held to the stored table.
//!
//! `KETASCREEN_SIMULATION=full` takes twenty times the replicates, which is the table of docs/methods.md.

mod binary;
mod families;
mod linear;
mod table;
mod world;

use std::sync::LazyLock;

use rayon::prelude::*;
use stages::statistics::random::Stream;

use table::Cell;

pub const ALPHA: f64 = 0.05;
pub const CONFIDENCE: f64 = 0.95;

const SEED: u64 = 20_250_715;

/// What is known of a rate before it is simulated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Expected {
    Exactly(f64),
    AtMost(f64),
    Unknown,
}

/// What one method said of one replicate.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub method: &'static str,
    pub measure: &'static str,
    pub expected: Expected,
    /// 1 for yes, 0 for no, a share for a false discovery proportion; none where the method had no answer.
    pub value: Option<f64>,
}

/// A kind of study, and what is asked of it.
pub struct Scenario {
    pub group: &'static str,
    pub name: &'static str,
    /// At the size that every test run has.
    pub replicates: u64,
    /// Draws one study and asks; always the same methods in the same order.
    pub replicate: fn(&mut Stream) -> Vec<Said>,
}

impl Scenario {
    /// The cells of this scenario, over its first replicates.
    fn run(&self, replicates: u64) -> Vec<Cell> {
        let one = |replicate: u64| (self.replicate)(&mut Stream::new(SEED, self.name, replicate));
        let said: Vec<Vec<Said>> = (0..replicates).into_par_iter().map(one).collect();
        let cell = |place: usize| Cell::new(self, said.iter().map(|said| &said[place]));
        (0..said[0].len()).map(cell).collect()
    }
}

fn scenarios() -> Vec<Scenario> {
    linear::scenarios().into_iter().chain(binary::scenarios()).chain(families::scenarios()).collect()
}

fn is_full() -> bool {
    std::env::var_os("KETASCREEN_SIMULATION").is_some_and(|value| value == "full")
}

/// The table of this run, made once.
static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(|| {
    let factor = if is_full() { 20 } else { 1 };
    let timed = |scenario: Scenario| {
        let start = std::time::Instant::now();
        let cells = scenario.run(factor * scenario.replicates);
        eprintln!("{}: {:.1} s", scenario.name, start.elapsed().as_secs_f64());
        cells
    };
    scenarios().into_iter().flat_map(timed).collect()
});

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimization")]
fn what_theory_knows_is_found_within_four_monte_carlo_errors() {
    let known = CELLS.iter().filter(|cell| cell.expected != Expected::Unknown);
    let missed: Vec<String> = known.clone().filter(|cell| !cell.meets_theory()).map(Cell::shown).collect();
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
    assert!(known.count() > 20);
}

/// KETASCREEN_BLESS=1 stores the table of this run instead. Other instruction sets round otherwise: three replicates of
/// a cell may fall on the other side.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimization")]
fn what_only_a_simulation_knows_is_what_it_was() {
    let name = if is_full() { "simulation_full.csv" } else { "simulation.csv" };
    if std::env::var_os("KETASCREEN_BLESS").is_some_and(|value| value == "1") {
        table::store(name, &CELLS);
    }
    let changed = table::changed(name, &CELLS);
    assert!(changed.is_empty(), "{name} says otherwise:\n{}", changed.join("\n"));
}

#[test]
fn any_number_of_threads_counts_the_same() {
    for scenario in scenarios() {
        let of = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| scenario.run(4))
        };
        assert_eq!(of(1), of(3), "{}", scenario.name);
    }
}
