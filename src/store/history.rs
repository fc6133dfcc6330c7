//! What ran, why and how long: `runs/<id>/run.json`, with the log beside it. Written only when something ran.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::files;
use super::layout::Store;
use super::target::target;
use crate::engine::reason::Reason;
use crate::failure::Failure;

/// One stage of a run.
#[derive(Debug, Clone, Serialize)]
pub struct StageRun {
    pub stage: String,
    /// `ran`, `cached`, `failed` or `skipped`.
    pub outcome: &'static str,
    pub reasons: Vec<Reason>,
    pub key: Option<String>,
    pub seconds: f64,
}

/// One run.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    pub id: String,
    pub started: String,
    pub seconds: f64,
    pub program: &'static str,
    pub target: String,
    pub overrides: Vec<String>,
    pub succeeded: bool,
    /// The largest resident memory of the process so far, where the system tells.
    pub peak_memory_kib: Option<u64>,
    pub stages: Vec<StageRun>,
}

impl Run {
    pub fn start(overrides: Vec<String>) -> Run {
        let started = utc(SystemTime::now());
        Run {
            id: format!("{}-{}", started.replace(['-', ':'], ""), std::process::id()),
            started,
            seconds: 0.0,
            program: env!("CARGO_PKG_VERSION"),
            target: target(),
            overrides,
            succeeded: false,
            peak_memory_kib: None,
            stages: Vec::new(),
        }
    }

    pub fn folder(&self, store: &Store) -> PathBuf {
        store.runs().join(&self.id)
    }

    /// Writes run.json; the log beside it is the listener's.
    pub fn write(&mut self, store: &Store, elapsed: Duration) -> Result<(), Failure> {
        self.seconds = elapsed.as_secs_f64();
        self.peak_memory_kib = peak_memory();
        files::create_folder(&self.folder(store))?;
        let text = serde_json::to_vec_pretty(self).expect("a run is maps with text keys");
        files::replace(&self.folder(store).join("run.json"), &text)
    }
}

fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc/self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A moment as `2025-07-15T08:30:00Z`.
///
/// Days to a date by Howard Hinnant's `civil_from_days`, valid for the proleptic Gregorian calendar.
fn utc(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, time) = ((seconds / 86_400) as i64, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_752_568_245), "2025-07-15T08:30:45Z");
    }
}
