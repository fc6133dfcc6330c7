//! One cell of a workbook as text.

use calamine::{Data, ExcelDateTime};

use super::super::number_text;
use crate::ingest::file::Decimal;

/// What a cell holds that is not empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    /// The error of a formula: `#DIV/0!`.
    Error(String),
    /// A formula that no program has yet computed.
    Unevaluated,
}

/// The errors of formulas, as Excel writes them; OpenDocument has `Err:502` and the like beside.
const ERRORS: [&str; 8] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DATA!"];

/// Whether a text is the error of a formula.
pub fn is_error(text: &str) -> bool {
    ERRORS.contains(&text)
        || text.strip_prefix("Err:").is_some_and(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()))
}

/// What a stored value says; none where the cell is empty.
pub fn of(value: &Data, decimal: Decimal) -> Option<Cell> {
    Some(Cell::Text(match value {
        Data::Empty => return None,
        Data::String(text) if text.trim().is_empty() => return None,
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number, decimal),
        Data::Bool(yes) => yes.to_string(),
        Data::DateTime(moment) => moment_text(moment),
        Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        Data::DurationIso(text) => duration_text(text).unwrap_or_else(|| text.clone()),
        Data::Error(error) => return Some(Cell::Error(error.to_string())),
    }))
}

/// A moment as ISO text: the date alone where it is midnight, the time alone where there is no date.
fn moment_text(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&days) {
        return clock((days * 86_400_000.0).round());
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if days.fract() == 0.0 {
        return date;
    }
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}")
}

/// Milliseconds as hours, minutes and seconds.
fn clock(milliseconds: f64) -> String {
    let sign = if milliseconds < 0.0 { "-" } else { "" };
    let all = milliseconds.abs() as u64;
    let (hours, minutes, seconds, rest) = (all / 3_600_000, all / 60_000 % 60, all / 1000 % 60, all % 1000);
    let fraction = if rest == 0 { String::new() } else { format!(".{rest:03}") };
    format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

/// `PT08H30M00S` as `08:30:00`.
fn duration_text(text: &str) -> Option<String> {
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds: f64 = rest.strip_suffix('S')?.parse().ok()?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(clock(((f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + seconds) * 1000.0).round()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    fn text(value: Data) -> String {
        match of(&value, Decimal::Point) {
            Some(Cell::Text(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_and_moments_become_their_shortest_text() {
        assert_eq!(
            [5.0, 0.1, 1e300, -2.5e-9, 0.0].map(|x| text(Data::Float(x))),
            ["5", "0.1", "1e300", "-2.5e-9", "0"]
        );
        assert_eq!(of(&Data::Float(0.5), Decimal::Comma), Some(Cell::Text("0,5".into())));
        let moment = |days, kind| text(Data::DateTime(ExcelDateTime::new(days, kind, false)));
        assert_eq!(moment(45_322.0, DateTime), "2024-01-31");
        assert_eq!(moment(45_322.5, DateTime), "2024-01-31T12:00:00");
        assert_eq!(moment(0.354_166_666_666_666_7, DateTime), "08:30:00");
        assert_eq!(moment(1.5, TimeDelta), "36:00:00");
        assert_eq!(text(Data::DurationIso("PT08H30M00S".into())), "08:30:00");
        assert_eq!(text(Data::Bool(true)), "true");
    }

    #[test]
    fn an_error_is_no_text() {
        assert_eq!(of(&Data::Error(calamine::CellErrorType::NA), Decimal::Point), Some(Cell::Error("#N/A".into())));
        assert!(is_error("Err:502") && is_error("#REF!") && !is_error("Err:") && !is_error("#1"));
    }
}
