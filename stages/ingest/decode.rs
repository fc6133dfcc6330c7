//! Bytes to text: UTF-8 (with or without a byte-order mark), UTF-16, Windows-1252.
//!
//! Nothing is guessed beyond the byte-order mark: bytes that are not the encoding they should be are named with their
//! line, never replaced.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::file::Encoding;
use crate::contract::delimited::line_ends;

/// Why a file is no text table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub line: Option<u64>,
    /// The header of the column, where it is known.
    pub column: Option<String>,
    pub message: String,
    pub remedy: String,
}

impl Fault {
    pub fn new(code: &'static str, line: Option<u64>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Fault { code, line, column: None, message: message.into(), remedy: remedy.into() }
    }

    /// The same fault, in this column.
    pub fn of_column(mut self, header: impl Into<String>) -> Self {
        self.column = Some(header.into()).filter(|header| !header.is_empty());
        self
    }
}

/// Decodes a file, without its byte-order mark.
///
/// # Errors
/// Bytes that are not of the encoding, a byte-order mark that contradicts it, a NUL, a file without any text.
pub fn decode(bytes: &[u8], encoding: Option<Encoding>) -> Result<Cow<'_, str>, Fault> {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    let content = marked.and_then(|(_, length)| bytes.get(length..)).unwrap_or(bytes);
    let marked = marked.map(|(encoding, _)| encoding);
    // The first is meant where no mark says which.
    let accepted = match encoding {
        None => vec![UTF_8, UTF_16LE, UTF_16BE],
        Some(Encoding::Utf8) => vec![UTF_8],
        // Without a mark the text begins with a letter, of which the half that is zero tells which comes first.
        Some(Encoding::Utf16) if matches!(bytes, [0, second, ..] if *second != 0) => vec![UTF_16BE, UTF_16LE],
        Some(Encoding::Utf16) => vec![UTF_16LE, UTF_16BE],
        Some(Encoding::Windows1252) => vec![WINDOWS_1252],
    };
    let actual = marked.or(accepted.first().copied()).unwrap_or(UTF_8);
    if !accepted.contains(&actual) {
        let message = format!("the file begins with the byte-order mark of {}", actual.name());
        return Err(Fault::new("wrong_encoding", Some(1), message, "leave `encoding` out: the mark tells it"));
    }
    let text = if actual == UTF_8 { utf8(content)? } else { other(actual, content)? };
    refuse_nul(&text)?;
    if text.trim().is_empty() {
        return Err(Fault::new("empty_file", None, "the file is empty", "it needs a header line and at least one row"));
    }
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let (before, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((bytes, &[]));
        let byte = rest.first().copied().unwrap_or_default();
        let message = format!("the byte 0x{byte:02X} is not UTF-8");
        let remedy = "save the file as UTF-8, or say what it is: `encoding: windows-1252`";
        Fault::new("invalid_encoding", Some(line_after(before)), message, remedy)
    })
}

fn other<'a>(encoding: &'static encoding_rs::Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Fault> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let message = format!("the file is not {}", encoding.name());
        Fault::new("invalid_encoding", None, message, "save the file as UTF-8 and leave `encoding` out")
    })
}

fn refuse_nul(text: &str) -> Result<(), Fault> {
    let Some(at) = text.find('\0') else {
        return Ok(());
    };
    let line = line_after(text.as_bytes().get(..at).unwrap_or_default());
    let remedy = "save the file as UTF-8 text, or say what it is: `encoding: utf-16`";
    Err(Fault::new("nul_byte", Some(line), "the file holds a NUL character: it is not plain text", remedy))
}

/// The text with some of its lines emptied, so that every other line keeps its number: the first `skip`, and those that
/// begin with `comment` and do not stand within quotation marks.
pub fn without_lines<'a>(text: Cow<'a, str>, skip: u64, comment: Option<&str>) -> Cow<'a, str> {
    if skip == 0 && comment.is_none() {
        return text;
    }
    let mut kept = String::with_capacity(text.len());
    let (mut quoted, mut number, mut after_return) = (false, 0, false);
    for line in text.split_inclusive(['\n', '\r']) {
        if after_return && line == "\n" {
            kept.push('\n');
            after_return = false;
            continue;
        }
        let end = line.trim_end_matches(['\n', '\r']).len();
        let (content, line_end) = line.split_at(end);
        let remark = !quoted && comment.is_some_and(|comment| content.starts_with(comment));
        if number >= skip && !remark {
            kept.push_str(content);
            quoted ^= content.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
        }
        kept.push_str(line_end);
        after_return = line_end == "\r";
        number += 1;
    }
    Cow::Owned(kept)
}

/// The line on which the byte after `before` stands; `\n`, `\r\n` and a lone `\r` each end one.
pub fn line_after(before: &[u8]) -> u64 {
    1 + line_ends(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_encoding_gives_the_same_text() {
        let text = "id,größe\nP1,5\n";
        let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let (latin, _, _) = WINDOWS_1252.encode(text);
        assert_eq!(decode(text.as_bytes(), None).unwrap(), text);
        assert_eq!(decode(format!("\u{feff}{text}").as_bytes(), None).unwrap(), text);
        assert_eq!(decode(&utf16, None).unwrap(), text);
        assert_eq!(decode(&utf16, Some(Encoding::Utf16)).unwrap(), text);
        assert_eq!(decode(&latin, Some(Encoding::Windows1252)).unwrap(), text);
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&utf16[2..], Some(Encoding::Utf16)).unwrap(), text, "little-endian without a mark");
        assert_eq!(decode(&big, Some(Encoding::Utf16)).unwrap(), text, "big-endian without a mark");
    }

    #[test]
    fn a_byte_that_is_not_utf8_is_named_with_its_line() {
        let fault = decode(b"id,x\r\nP1,1\r\nP\xE4,2\r\n", None).unwrap_err();
        assert_eq!((fault.code, fault.line), ("invalid_encoding", Some(3)));
        assert!(fault.message.contains("0xE4") && fault.remedy.contains("windows-1252"));
    }

    #[test]
    fn a_nul_and_an_empty_file_are_refused() {
        assert_eq!(decode(b"id\nP\x001\n", None).unwrap_err().line, Some(2));
        assert_eq!(decode(b"", None).unwrap_err().code, "empty_file");
        assert_eq!(decode("\u{feff} \r\n".as_bytes(), None).unwrap_err().code, "empty_file");
    }

    #[test]
    fn skipped_lines_and_remarks_are_emptied_and_the_others_keep_their_numbers() {
        let text = "Title\r\n# made by hand, \"x\r\nid,x\n#1,2\n\"a\n#b\",3\n";
        let kept = without_lines(text.into(), 1, Some("#"));
        assert_eq!(kept, "\r\n\r\nid,x\n\n\"a\n#b\",3\n");
        assert_eq!(without_lines(text.into(), 0, None), text);
        assert_eq!(line_ends(kept.as_bytes()), line_ends(text.as_bytes()));
    }
}
