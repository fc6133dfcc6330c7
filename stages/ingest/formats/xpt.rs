//! SAS transport files, version 5 (CDISC's) and version 8, from their published record layout.
//!
//! Everything stands in records of 80 bytes: the library's header, then for each member (a data set) its header, a
//! description of each variable (NAMESTR), and the observations without any separator, filled up with blanks. Rows are
//! numbered as if a header line stood above them. Dates are numbers, as SAS holds them: days or seconds since 1960.
//!
//! Source: SAS Institute, TS-140, "The Record Layout of a Data Set in SAS Transport (XPORT) Format".

use std::collections::BTreeSet;

use csv::StringRecord;

use super::{Records, number_text};
use crate::contract::suggest;
use crate::ingest::bounds;
use crate::ingest::decode::Fault;
use crate::ingest::file::{Encoding, Reading};

const RECORD: usize = 80;
const LIBRARY: [&[u8]; 2] = [b"HEADER RECORD*******LIBRARY HEADER", b"HEADER RECORD*******LIBV8   HEADER"];
const MEMBER: [&[u8]; 2] = [b"HEADER RECORD*******MEMBER  HEADER", b"HEADER RECORD*******MEMBV8  HEADER"];
const NAMESTR: [&[u8]; 2] = [b"HEADER RECORD*******NAMESTR HEADER", b"HEADER RECORD*******NAMSTV8 HEADER"];
const OBSERVATIONS: [&[u8]; 2] = [b"HEADER RECORD*******OBS     HEADER", b"HEADER RECORD*******OBSV8   HEADER"];

/// One data set of the file.
struct Member<'a> {
    name: String,
    variables: Vec<Variable>,
    observations: &'a [u8],
}

/// One variable: where in an observation it stands.
struct Variable {
    name: String,
    is_number: bool,
    position: usize,
    length: usize,
}

/// Reads the member that the settings name, or the only one.
///
/// # Errors
/// A file that is no transport file or ends early; several members and no name, or a name that none has; text that is
/// not of the declared encoding.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Records, Vec<Fault>> {
    let members = members(bytes).map_err(|fault| vec![fault])?;
    let member = choose(&members, reading.sheet).map_err(|fault| vec![fault])?;
    records(member, reading.encoding)
}

fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, Fault> {
    if !LIBRARY.iter().any(|header| bytes.starts_with(header)) {
        let remedy = "write it with PROC COPY or the %LOC2XPT macro, R's haven::write_xpt or Python's pyreadstat";
        return Err(Fault::new("not_a_transport_file", None, "the file is no SAS transport file", remedy));
    }
    let starts: Vec<usize> = records_of(bytes, &MEMBER);
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| member(bytes.get(*start..end).unwrap_or_default())).collect()
}

/// Where the records that begin with one of the headers begin.
fn records_of(bytes: &[u8], headers: &[&[u8]]) -> Vec<usize> {
    let at = |(index, record): (usize, &[u8])| headers.iter().any(|h| record.starts_with(h)).then_some(index * RECORD);
    bytes.chunks(RECORD).enumerate().filter_map(at).collect()
}

fn member(bytes: &[u8]) -> Result<Member<'_>, Fault> {
    let long = bytes.starts_with(MEMBER[1]);
    // The size of a variable's description is 140, on some old machines 136.
    let size = digits(bytes.get(74..78)).filter(|size| (100..=200).contains(size)).ok_or_else(cut)?;
    let name = text(bytes.get(2 * RECORD + 8..2 * RECORD + if long { 40 } else { 16 }));
    let described = records_of(bytes, &NAMESTR).first().copied().ok_or_else(cut)?;
    let observed = records_of(bytes, &OBSERVATIONS).first().copied().ok_or_else(cut)?;
    let header = bytes.get(described..).unwrap_or_default();
    let count = digits(header.get(if long { 52..58 } else { 54..58 })).ok_or_else(cut)?;
    let listed = header.get(RECORD..RECORD.saturating_add(size.saturating_mul(count))).ok_or_else(cut)?;
    let variables: Vec<Variable> =
        listed.chunks_exact(size).map(|entry| variable(entry, long)).collect::<Option<_>>().ok_or_else(cut)?;
    if variables.is_empty() || described.saturating_add(RECORD + listed.len()) > observed {
        return Err(cut());
    }
    Ok(Member { name, variables, observations: bytes.get(observed + RECORD..).unwrap_or_default() })
}

fn variable(entry: &[u8], long: bool) -> Option<Variable> {
    let short = |at: usize| Some(usize::from(u16::from_be_bytes([*entry.get(at)?, *entry.get(at + 1)?])));
    let position = entry.get(84..88)?.try_into().ok().map(u32::from_be_bytes)?;
    let given = if long { text(entry.get(88..120)) } else { String::new() };
    let name = if given.is_empty() { text(entry.get(8..16)) } else { given };
    let (is_number, length) = (short(0)? == 1, short(4)?);
    let sound = length > 0 && (!is_number || (2..=8).contains(&length));
    sound.then_some(Variable { name, is_number, position: usize::try_from(position).ok()?, length })
}

fn choose<'m, 'a>(members: &'m [Member<'a>], wanted: Option<&str>) -> Result<&'m Member<'a>, Fault> {
    let names = || members.iter().map(|member| member.name.as_str());
    match (wanted, members) {
        (None, [only]) => Ok(only),
        (_, []) => Err(Fault::new("no_sheet", None, "the transport file has no member", "write it anew")),
        (None, _) => {
            let message = format!("the transport file has {} members: {}", members.len(), super::listed(names()));
            Err(Fault::new("several_sheets", None, message, "name the one to read: `sheet: …`"))
        }
        (Some(name), _) => members.iter().find(|member| member.name == name).ok_or_else(|| {
            let remedy = suggest::remedy(name, names().collect::<Vec<_>>());
            Fault::new("unknown_sheet", None, format!("the transport file has no member `{name}`"), remedy)
        }),
    }
}

fn records(member: &Member<'_>, encoding: Option<Encoding>) -> Result<Records, Vec<Fault>> {
    let alone = |fault: Fault| vec![fault];
    let width = member.variables.iter().map(|v| v.position.saturating_add(v.length)).max().unwrap_or(0);
    let rows = observations(member.observations, width).map_err(alone)?;
    bounds::refuse_many_cells(rows.len() / width, member.variables.len()).map_err(alone)?;
    let mut faults = Vec::new();
    let mut refused: BTreeSet<usize> = BTreeSet::new();
    let mut cell = |row: &[u8], line: u64, index: usize, variable: &Variable| {
        let bytes = row.get(variable.position..variable.position + variable.length).unwrap_or_default();
        if variable.is_number {
            return number(bytes).map_or(String::new(), |value| number_text(value, Default::default()));
        }
        decoded(bytes, encoding).unwrap_or_else(|| {
            if refused.insert(index) {
                let message = "the text is not of the encoding that the file should have";
                let remedy = "a transport file does not say its encoding: give it, `encoding: windows-1252` or `utf-8`";
                faults.push(Fault::new("invalid_encoding", Some(line), message, remedy).of_column(&variable.name));
            }
            String::new()
        })
    };
    let row = |(index, row): (usize, &[u8])| {
        let line = index as u64 + 2;
        let cells = member.variables.iter().enumerate().map(|(at, variable)| cell(row, line, at, variable));
        (line, cells.collect::<StringRecord>())
    };
    let rows = rows.chunks_exact(width).enumerate().map(row).collect();
    let headers = member.variables.iter().map(|variable| variable.name.clone()).collect();
    if faults.is_empty() { Ok(Records { headers, header_line: 1, rows, ..Records::default() }) } else { Err(faults) }
}

/// The bytes of the observations without the blanks that fill up the last record.
///
/// METHOD: the format does not count observations; blank ones at the end that fit into the last record are filling. A
/// last observation whose every variable is blank text cannot be told from it, by SAS either.
fn observations(bytes: &[u8], width: usize) -> Result<&[u8], Fault> {
    if width == 0 || !bytes.len().is_multiple_of(RECORD) {
        return Err(cut());
    }
    let (mut rows, rest) = bytes.split_at(bytes.len() - bytes.len() % width);
    if rest.iter().any(|byte| *byte != b' ') || rest.len() >= RECORD {
        return Err(cut());
    }
    let last_record = bytes.len().saturating_sub(RECORD);
    while let Some((before, last)) = rows.split_at_checked(rows.len().wrapping_sub(width)) {
        if before.len() <= last_record || last.iter().any(|byte| *byte != b' ') {
            break;
        }
        rows = before;
    }
    Ok(rows)
}

/// A number of the IBM System/370 in up to eight bytes, correctly rounded; none for SAS's missing values.
///
/// A sign, an exponent e of 16 in excess of 64, a fraction f of 56 bits: (-1)^s · 0.f · 16^(e - 64). `.`, `._` and
/// `.A` to `.Z` are their sign before nothing.
pub fn number(bytes: &[u8]) -> Option<f64> {
    let mut whole = [0_u8; 8];
    whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let bits = u64::from_be_bytes(whole);
    let (first, fraction) = (whole[0], bits & 0x00FF_FFFF_FFFF_FFFF);
    if fraction == 0 {
        let missing = matches!(first, b'.' | b'_' | b'A'..=b'Z');
        return (!missing).then_some(0.0);
    }
    let exponent = 4 * (i32::from(first & 0x7F) - 64) - 56;
    // The fraction is rounded once, to the nearest double; the power of two is exact, since 16^±64 is far from the ends.
    let magnitude = libm::ldexp(fraction as f64, exponent);
    Some(if first & 0x80 == 0 { magnitude } else { -magnitude })
}

fn decoded(bytes: &[u8], encoding: Option<Encoding>) -> Option<String> {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
    let bytes = bytes.get(..end)?;
    let text = match encoding {
        Some(Encoding::Windows1252) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
        _ => std::str::from_utf8(bytes).ok()?.into(),
    };
    Some(text.replace('\0', " "))
}

fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or_default()).trim_matches([' ', '\0']).to_owned()
}

fn digits(bytes: Option<&[u8]>) -> Option<usize> {
    std::str::from_utf8(bytes?).ok()?.trim().parse().ok()
}

fn cut() -> Fault {
    let message = "the transport file ends early or is damaged";
    Fault::new("damaged_file", None, message, "copy or write it anew; it must be transferred as binary, not as text")
}

#[cfg(test)]
mod tests;
