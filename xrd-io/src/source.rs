use std::path::Path;

use crate::error::{Error, Place, Result};

/// A file in memory, and its text if it is one.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    pub(crate) bytes: Vec<u8>,
    /// The text, or the offset of the byte that no text holds.
    text: std::result::Result<String, usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn open(path: &'a Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, e))?;
        Ok(Self::new(path, bytes))
    }

    pub(crate) fn new(path: &'a Path, bytes: Vec<u8>) -> Self {
        let text = decode(&bytes);
        Self { path, bytes, text }
    }

    /// The text, where the file is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref().ok()
    }

    /// The text, or a refusal that says what the file is.
    pub(crate) fn require_text(&self) -> Result<&str> {
        if self.bytes.is_empty() {
            let found = "the file is empty";
            let expected = "a file with content";
            return Err(Error::malformed(self.path, Place::File, found, expected));
        }
        self.text.as_deref().map_err(|&offset| {
            let (place, found) = match signature(&self.bytes) {
                Some(name) => (Place::File, format!("the file is not text but {name}")),
                None => {
                    let found = format!("0x{:02x} is not text", self.bytes[offset]);
                    (Place::Byte(offset), found)
                }
            };
            Error::malformed(self.path, place, found, "a text file")
        })
    }

    /// The file name without folder and extension.
    pub(crate) fn stem(&self) -> String {
        let stem = self.path.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        self.path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(extension))
    }
}

/// UTF-8 or UTF-16 by their marks, plain UTF-8, else one character a byte, which keeps numbers
/// and turns the letters of other encodings into others.
fn decode(bytes: &[u8]) -> std::result::Result<String, usize> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Ok(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Ok(utf16(rest, u16::from_be_bytes)),
        _ => plain(bytes),
    }
}

fn plain(bytes: &[u8]) -> std::result::Result<String, usize> {
    if let Some(offset) = bytes.iter().position(|&b| never_in_text(b)) {
        return Err(offset);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|b| unit([b[0], b[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Control bytes, but for white space, escape and the end-of-file mark of DOS.
fn never_in_text(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a | 0x1b)
}

/// What a binary file is, by its first bytes, to say so in a refusal.
fn signature(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 14] = [
        (b"RAW1.01", "a Bruker RAW 3 file"),
        (b"RAW4.00", "a Bruker RAW 4 file"),
        (b"RAW2", "a Bruker RAW 2 file"),
        (b"RAW_1.0", "a STOE RAW file"),
        (b"RAW ", "a Bruker RAW 1 file"),
        (b"V3RD", "a Philips RD file"),
        (b"V5RD", "a Philips RD file"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\x89HDF", "an HDF5 file"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF document"),
        (b"\x93NUMPY", "a NumPy array"),
    ];
    let found = SIGNATURES
        .iter()
        .find(|(start, _)| bytes.starts_with(start));
    found.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Option<String> {
        Source::new(Path::new("x"), bytes.to_vec())
            .text()
            .map(str::to_owned)
    }

    #[test]
    fn marks_and_encodings() {
        assert_eq!(text(b"\xef\xbb\xbf1 2").as_deref(), Some("1 2"));
        assert_eq!(text(b"\xff\xfe1\0 \0").as_deref(), Some("1 "));
        assert_eq!(text(b"\xfe\xff\x001\0 ").as_deref(), Some("1 "));
        assert_eq!(text(b"2\xb0 3").as_deref(), Some("2\u{b0} 3"));
        assert_eq!(text(b"1 2\0"), None);
    }

    #[test]
    fn binary_files_are_refused_by_name() {
        let refusal = |bytes: &[u8]| {
            let source = Source::new(Path::new("x.raw"), bytes.to_vec());
            source.require_text().unwrap_err().to_string()
        };
        assert!(refusal(b"RAW1.01\0").contains("Bruker RAW 3"));
        assert_eq!(
            refusal(b"ab\x01"),
            "x.raw: byte 2: 0x01 is not text (expected a text file)"
        );
        assert!(refusal(b"").contains("is empty"));
    }
}
