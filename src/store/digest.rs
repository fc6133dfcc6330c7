//! SHA-256 of bytes, written as 64 hexadecimal digits.

use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::regular;

/// The SHA-256 of some content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    pub fn of(bytes: &[u8]) -> Digest {
        Digest::hex(&Sha256::digest(bytes))
    }

    /// Hashes a file in full without holding it.
    pub fn of_file(path: &Path) -> std::io::Result<(Digest, u64)> {
        Digest::of_reader(&mut regular::open(path)?)
    }

    /// Hashes everything that is left to read, and how many bytes that are.
    pub fn of_reader(file: &mut impl Read) -> std::io::Result<(Digest, u64)> {
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut total = 0;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                return Ok((Digest::hex(&hasher.finalize()), total));
            }
            hasher.update(&buffer[..read]);
            total += read as u64;
        }
    }

    /// Takes 64 hexadecimal digits, for example from the name of a folder.
    pub fn parse(text: &str) -> Option<Digest> {
        let valid = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| Digest(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits: enough for a person.
    pub fn short(&self) -> &str {
        &self.0[..8]
    }

    fn hex(bytes: &[u8]) -> Digest {
        Digest(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = String;
    fn try_from(text: String) -> Result<Digest, String> {
        Digest::parse(&text).ok_or_else(|| format!("`{text}` is not a SHA-256"))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_published_one() {
        let published = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_str(), published);
        assert!(Digest::parse("../../etc").is_none());
    }
}
