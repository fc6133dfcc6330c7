//! Looks at a file's footer and at the headers of its pages before polars reads them: it takes the numbers in them at their
//! word, and asks for as much memory as a damaged one says, which ends the program.

use std::io::Cursor;
use std::ops::Range;

use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::{FileMetaData, PageHeader};

/// The most bytes of one page's header; the statistics in it may hold long texts.
const MOST_HEADER: usize = 16 << 20;
/// How many times larger than in the file a footer may be in memory; a column's part takes a few hundred bytes there.
const MOST_LARGER: usize = 32;
/// The most bytes that the pages of a file may unfold to.
const MOST_UNFOLDED: u64 = 4 << 30;

/// Refuses a footer whose lists claim more than it could hold.
///
/// # Errors
/// What is wrong, in words.
pub fn check_footer(bytes: &[u8]) -> Result<(), String> {
    let damaged = || "its footer is damaged".to_owned();
    let (rest, end) = bytes.split_last_chunk::<8>().ok_or_else(damaged)?;
    let [a, b, c, d, ..] = *end;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).map_err(|_| damaged())?;
    let footer = rest.len().checked_sub(length).and_then(|start| rest.get(start..)).ok_or_else(damaged)?;
    // This reader counts what it allocates before it does.
    let mut protocol =
        TCompactInputProtocol::new(footer, footer.len().saturating_mul(MOST_LARGER).saturating_add(1 << 16));
    FileMetaData::read_from_in_protocol(&mut protocol).map(drop).map_err(|_| damaged())
}

/// Refuses pages that contradict what the file says of their column; `chunks` are the places of the columns' parts in the
/// file, each with how many values it holds.
///
/// # Errors
/// What is wrong, in words.
pub fn check(bytes: &[u8], chunks: impl Iterator<Item = (Range<u64>, i64)>) -> Result<(), String> {
    let mut unfolded = 0;
    for (range, values) in chunks {
        let place = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let chunk = place.and_then(|(start, end)| bytes.get(start..end)).ok_or("a column lies beyond its end")?;
        unfolded += pages(chunk, values)?;
        if unfolded > MOST_UNFOLDED {
            return Err(format!("it unfolds to more than {} gigabytes", MOST_UNFOLDED >> 30));
        }
    }
    Ok(())
}

/// Walks through the pages of one part of a column; to how many bytes they unfold.
fn pages(chunk: &[u8], values: i64) -> Result<u64, String> {
    let (mut at, mut seen, mut unfolded) = (0, 0, 0);
    while seen < values {
        let mut cursor = Cursor::new(chunk.get(at..).unwrap_or_default());
        let mut protocol = TCompactInputProtocol::new(&mut cursor, MOST_HEADER);
        let header = PageHeader::read_from_in_protocol(&mut protocol).map_err(|_| "the header of a page is damaged")?;
        let whole = |number: i32| u64::try_from(number).map_err(|_| "a page has less than no bytes");
        let (packed, full) = (whole(header.compressed_page_size)?, whole(header.uncompressed_page_size)?);
        let found = of_page(&header, values, full)?;
        seen += found;
        unfolded += full;
        let length = usize::try_from(cursor.position() + packed).map_err(|_| "a page is too large")?;
        at += length;
        if at > chunk.len() {
            return Err("a page is longer than its column".into());
        }
    }
    Ok(unfolded)
}

/// How many of the column's values are in a page.
fn of_page(header: &PageHeader, values: i64, bytes: u64) -> Result<i64, String> {
    let counts = [
        header.data_page_header.as_ref().map(|page| page.num_values),
        header.data_page_header_v2.as_ref().map(|page| page.num_values),
        header.data_page_header_v2.as_ref().map(|page| page.num_nulls),
        header.data_page_header_v2.as_ref().map(|page| page.num_rows),
    ];
    if counts.iter().flatten().any(|count| !(0..=values).contains(&i64::from(*count))) {
        return Err("a page has more values than its column".into());
    }
    // A value of a dictionary takes at least a byte.
    let entries = header.dictionary_page_header.as_ref().map_or(0, |page| i64::from(page.num_values));
    if u64::try_from(entries).map_or(true, |entries| entries > bytes) {
        return Err("a dictionary has more entries than bytes".into());
    }
    Ok(counts.into_iter().flatten().next().map_or(0, i64::from))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{Plain, Value, parquet};
    use super::super::read;

    #[test]
    fn no_byte_of_a_file_can_ask_for_more_memory_than_there_is() {
        let texts = ["S/2", "S 1", "β"].map(|text| vec![Value::Text(text.into()), Value::Number(1.5)]);
        let whole = parquet(&Plain { headers: vec!["id".into(), "x".into()], rows: texts.to_vec() });
        assert!(read(&whole.clone().into()).is_ok());
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7F, 0x80, 0xFF, whole[at] ^ 1, whole[at].wrapping_add(1)] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                let _ = read(&damaged.into());
            }
        }
    }

    #[test]
    fn a_list_of_a_footer_that_claims_more_than_it_holds_is_refused() {
        // Version 1, then a schema that claims 2^31 - 1 elements, each a structure (field 2, a list of kind 12).
        let footer = [0x15, 0x02, 0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00];
        let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
        let file = [&b"PAR1"[..], &footer, &length, b"PAR1"].concat();
        assert_eq!(read(&file.into()).unwrap_err()[0].code, "damaged_file");
    }

    #[test]
    fn a_wide_file_of_many_row_groups_is_read() {
        let headers: Vec<String> = (0..500).map(|at| format!("analyte, {at}")).collect();
        let rows = vec![vec![Value::Number(1.5); 500]; 30];
        assert!(read(&parquet(&Plain { headers, rows }).into()).is_ok());
    }
}
