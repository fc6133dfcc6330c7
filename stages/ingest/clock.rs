//! The time of day: `8:30`, `08:30:15`, or hours after midnight.

use super::problems::Problems;
use super::row::Row;

/// Hours after midnight, from 0 up to, not including, 24; refuses anything else.
pub fn read(row: &Row<'_>, column: Option<usize>, problems: &mut Problems) -> Option<f64> {
    let column = column?;
    let text = row.text(column)?;
    let hours = match text.contains(':') {
        true => of_clock(text),
        false => Some(row.number(column, problems)?),
    };
    let hours = hours.filter(|hours| (0.0..24.0).contains(hours));
    if hours.is_none() {
        row.refuse(column, "bad_time_of_day", problems, |_| {
            let message = format!("`{text}` is no time of day");
            (message, "write it as `08:30`, or as hours after midnight, 0 up to 24".into())
        });
    }
    hours
}

fn of_clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let whole = |part: &str, below: u32| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|number| digits && *number < below)
    };
    let seconds = parts.get(2).map_or(Some(0), |part| whole(part, 60))?;
    let (hours, minutes) = (whole(parts[0], 24)?, whole(parts[1], 60)?);
    Some(f64::from(hours * 3600 + minutes * 60 + seconds) / 3600.0)
}

#[cfg(test)]
mod tests {
    use super::of_clock;

    #[test]
    fn the_clock_is_read_and_nothing_else() {
        assert_eq!(of_clock("08:30"), Some(8.5));
        assert_eq!(of_clock("8:30"), Some(8.5));
        assert_eq!(of_clock("23:59:24"), Some(23.99));
        for wrong in ["24:00", "8:60", "8", ":30", "8:", "08:30:00:00", "8:3O", "+8:30", "008:30"] {
            assert_eq!(of_clock(wrong), None, "{wrong}");
        }
    }
}
