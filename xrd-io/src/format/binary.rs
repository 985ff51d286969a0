//! Little-endian fields at byte offsets, for binary formats.

use std::path::Path;
use std::slice::ChunksExact;

use crate::error::{Error, Place, Result};
use crate::scan::Scan;
use crate::source::Source;

/// Whether a file is binary and starts with a signature. Text may start with the same letters.
pub(super) fn begins(source: &Source, signature: &[u8]) -> bool {
    source.text().is_none() && source.bytes().starts_with(signature)
}

/// The bytes of a binary file, read field by field. A field beyond the end is an error that states
/// where the file ends.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    path: &'a Path,
    bytes: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(source: &'a Source) -> Self {
        Self {
            path: source.path,
            bytes: source.bytes(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N]> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        rest.first_chunk().copied().ok_or_else(|| {
            let end = self.len();
            self.malformed(
                end,
                "the file ends too early".to_owned(),
                format!("a field at byte {at}"),
            )
        })
    }

    pub(super) fn u8(&self, at: usize) -> Result<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    pub(super) fn u16(&self, at: usize) -> Result<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(super) fn u32(&self, at: usize) -> Result<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    /// A number of bytes or items.
    pub(super) fn count(&self, at: usize) -> Result<usize> {
        let value = self.u32(at)?;
        usize::try_from(value)
            .map_err(|_| self.malformed(at, value.to_string(), "a number that fits into memory"))
    }

    /// A 32-bit float, converted to the shortest decimal that represents it: 0.02 stays 0.02.
    pub(super) fn f32(&self, at: usize) -> Result<f64> {
        self.array(at).map(f32::from_le_bytes).map(shortest)
    }

    pub(super) fn f64(&self, at: usize) -> Result<f64> {
        self.array(at).map(f64::from_le_bytes)
    }

    /// A text of fixed width, up to its first zero byte. It is empty beyond the end of the file.
    pub(super) fn text(&self, at: usize, width: usize) -> String {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let field = &rest[..width.min(rest.len())];
        let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&field[..end]);
        text.trim().to_owned()
    }

    /// A text of fixed width, if it is not empty.
    pub(super) fn some_text(&self, at: usize, width: usize) -> Option<String> {
        Some(self.text(at, width)).filter(|text| !text.is_empty())
    }

    /// A date, followed by the time of day in ten bytes.
    pub(super) fn date(&self, at: usize, width: usize) -> Option<String> {
        let date = format!("{} {}", self.text(at, width), self.text(at + width, 10));
        Some(date.trim().to_owned()).filter(|date| !date.is_empty())
    }

    /// Up to `count` records of `size` bytes, starting at `at`. There are fewer if the file ends
    /// earlier.
    pub(super) fn records(&self, at: usize, count: usize, size: usize) -> ChunksExact<'a, u8> {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let end = count.saturating_mul(size).min(rest.len());
        rest[..end].chunks_exact(size)
    }

    /// Adds a warning to the last scan if the file ends before all announced scans.
    pub(super) fn warn_of_missing(&self, scans: &mut [Scan], ranges: usize) {
        if let Some(last) = scans.last_mut() {
            last.warn(&format!("cut short: {ranges} more ranges should follow"));
        }
    }

    pub(super) fn malformed(
        &self,
        at: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        Error::malformed(self.path, Place::Byte(at), found, expected)
    }
}

/// The first four bytes of a record as a 32-bit float.
pub(super) fn leading_f32(record: &[u8]) -> f64 {
    let bytes = record.first_chunk().copied().unwrap_or_default();
    f32::from_le_bytes(bytes).into()
}

fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(bytes: &[u8], read: impl Fn(Fields) -> T) -> T {
        let source = Source::new(Path::new("a.raw"), bytes.to_vec());
        read(Fields::of(&source))
    }

    #[test]
    fn fields_are_little_endian() {
        let bytes = [1, 2, 0, 0, 0x0a, 0xd7, 0xa3, 0x3c];
        assert_eq!(with(&bytes, |f| f.u8(1).unwrap()), 2);
        assert_eq!(with(&bytes, |f| f.u16(0).unwrap()), 0x0201);
        assert_eq!(with(&bytes, |f| f.count(0).unwrap()), 0x0201);
        assert_eq!(with(&bytes, |f| f.f32(4).unwrap()), 0.02);
        assert_eq!(with(&1.5f64.to_le_bytes(), |f| f.f64(0).unwrap()), 1.5);
        assert_eq!(
            with(&bytes, |f| f.u32(5).unwrap_err().to_string()),
            "a.raw: byte 8: the file ends too early (expected a field at byte 5)"
        );
        assert!(with(&bytes, |f| f.f64(usize::MAX).is_err()));
    }

    #[test]
    fn texts_end_at_a_zero_or_their_width() {
        assert_eq!(with(b"\x01 Si\0x", |f| f.text(1, 5)), "Si");
        assert_eq!(with(b"\x01Si 2\xb0", |f| f.text(1, 99)), "Si 2°");
        assert_eq!(with(b"\x01  ", |f| f.some_text(1, 2)), None);
        assert_eq!(with(b"\x01", |f| f.text(7, 2)), "");
    }

    #[test]
    fn records_stop_where_the_file_does() {
        let count = |n, size| with(&[1; 10], |f| f.records(2, n, size).len());
        assert_eq!(count(2, 4), 2);
        assert_eq!(count(5, 4), 2);
        assert_eq!(count(usize::MAX, 3), 2);
        assert_eq!(with(&[1; 10], |f| f.records(11, 1, 1).len()), 0);
        assert_eq!(
            with(&[0, 0, 128, 63], |f| f
                .records(0, 1, 4)
                .map(leading_f32)
                .sum::<f64>()),
            1.0
        );
    }
}
