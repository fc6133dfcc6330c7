//! Moments as text and back, in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment as `2025-07-15T08:30:00Z`.
///
/// Days to a date by Howard Hinnant's `civil_from_days`, valid for the proleptic Gregorian calendar.
pub fn utc(moment: SystemTime) -> String {
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

/// A moment that [`utc`] wrote, with its offset in figures: `2025-07-15T08:30:00+00:00`.
pub fn offset(written: &str) -> String {
    written.replace('Z', "+00:00")
}

/// The moment some seconds after one that [`utc`] wrote, as [`offset`] writes it; none where it is no moment.
pub fn after(written: &str, seconds: f64) -> Option<String> {
    let start = moment(&format!("{}.000Z", written.trim_end_matches('Z').replace(['-', ':'], "")))?;
    let end = start.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
    Some(offset(&utc(end)))
}

/// A moment as the beginning of an id, to the millisecond: `20250715T083000.000Z`.
pub fn stamp(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    format!("{}.{:03}Z", utc(moment).replace(['-', ':', 'Z'], ""), since.subsec_millis())
}

/// The moment that an id begins with: `20250715T083045.123Z-…`, or without the fraction.
pub fn moment(id: &str) -> Option<SystemTime> {
    let stamp = id.split('Z').next()?;
    let (whole, fraction) = stamp.split_once('.').unwrap_or((stamp, "999"));
    let (date, time) = whole.split_once('T')?;
    if !(date.len() == 8 && time.len() == 6 && whole.is_ascii()) {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let days = days(number(&date[..4])?, number(&date[4..6])?, number(&date[6..])?);
    let seconds = number(&time[..2])? * 3600 + number(&time[2..4])? * 60 + number(&time[4..])?;
    let moment = Duration::from_secs(days.checked_mul(86_400)?.checked_add(seconds)?);
    UNIX_EPOCH.checked_add(moment + Duration::from_millis(number(fraction)?.min(999)))
}

/// Days since 1970-01-01 of a date from 1970 on, by Howard Hinnant's `days_from_civil`.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_year = (153 * month + 2) / 5 + day.saturating_sub(1);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_moment_has_its_offset_in_figures() {
        assert_eq!(after("2025-07-15T23:59:58Z", 2.7).as_deref(), Some("2025-07-16T00:00:00+00:00"));
        assert_eq!(after("yesterday", 1.0), None);
        assert_eq!(after("2025-07-15T23:59:58Z", f64::NAN), None);
    }

    #[test]
    fn moments_are_written_in_utc() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_752_568_245), "2025-07-15T08:30:45Z");
        for seconds in [0, 951_782_400, 1_752_568_245, 4_102_444_800] {
            let then = UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 7);
            assert_eq!(moment(&format!("{}-1", stamp(then))), Some(then));
        }
        assert_eq!(moment("20250715T083045Z-1"), Some(UNIX_EPOCH + Duration::from_millis(1_752_568_245_999)));
        assert!(
            ["", "x", "2025T0830Z", "20250715T0830ääZ", "99999999T999999Z-1x"]
                .iter()
                .all(|id| { moment(id).is_none_or(|_| id.starts_with('9')) })
        );
    }
}
