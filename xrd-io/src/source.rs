//! A file in memory, decompressed and, for text, decoded.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use xrd_core::TwoThetaGrid;

use crate::error::{Error, Place, Result};
use crate::table::{Places, Table};

#[cfg(feature = "archives")]
mod archive;
mod encoding;
mod unpack;
mod whole;

#[cfg(feature = "archives")]
pub(crate) use archive::{Archive, Member};

/// A file in memory.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a Path,
    /// The axis given by the caller for a file without an axis.
    pub(crate) given_axis: GivenAxis,
    /// The name of the file without .gz or .bz2.
    name: PathBuf,
    content: Content,
    /// The size of the file in bytes, before decompression.
    #[cfg_attr(
        not(feature = "archives"),
        allow(dead_code, reason = "bounds of archives")
    )]
    size: usize,
    /// Whether the file is compressed and its compressed data are truncated.
    is_cut: Cell<bool>,
    /// The offset of the first byte in the header of a text that is not text, if there is one.
    junk: Option<usize>,
    /// The first lines of a text, which several formats examine.
    head: OnceCell<Places>,
}

/// Axis given by the caller for a file without an axis. `file` takes precedence over `grid`.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenAxis {
    pub(crate) file: Option<PathBuf>,
    pub(crate) grid: Option<TwoThetaGrid>,
}

enum Content {
    Text(String),
    Binary {
        bytes: Vec<u8>,
        /// The offset of the first byte that cannot be part of a text.
        offset: usize,
    },
}

impl<'a> Source<'a> {
    /// Reads and decompresses a file. Cost: O(size).
    pub(crate) fn open(path: &'a Path) -> Result<Self> {
        Self::unpacked(path, whole::read(path).map_err(|e| Error::io(path, e))?)
    }

    /// A source with these bytes, which are decompressed if necessary. Cost: O(size).
    pub(crate) fn unpacked(path: &'a Path, bytes: Vec<u8>) -> Result<Self> {
        let size = bytes.len();
        let unpacked = unpack::unpack(path, bytes)?;
        let mut source = Self::new(path, unpacked.bytes);
        if unpacked.is_cut {
            source.drop_last_line();
        }
        Ok(Self {
            name: unpacked.name,
            size,
            is_cut: Cell::new(unpacked.is_cut),
            ..source
        })
    }

    /// A source with these bytes, unchanged.
    pub(crate) fn new(path: &'a Path, bytes: Vec<u8>) -> Self {
        let size = bytes.len();
        let (content, junk) = content(bytes);
        Self {
            path,
            given_axis: GivenAxis::default(),
            name: path.to_owned(),
            content,
            size,
            is_cut: Cell::new(false),
            junk,
            head: OnceCell::new(),
        }
    }

    /// The same source with an axis given by the caller.
    pub(crate) fn with_axis(self, given_axis: GivenAxis) -> Self {
        Self { given_axis, ..self }
    }

    /// A source for a member of an archive. If the member is truncated, the incomplete last line is
    /// dropped.
    #[cfg(feature = "archives")]
    pub(crate) fn of_member(path: &'a Path, member: Member) -> Self {
        let mut source = Self::new(path, member.bytes);
        let is_xml = source
            .text()
            .is_some_and(|text| text.trim_start().starts_with('<'));
        if member.is_cut && !is_xml {
            source.drop_last_line();
        }
        source
    }

    /// Whether the file is compressed or an archive, and truncated. For an archive this is known
    /// once it has been opened.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut.get()
    }

    /// The warning about bytes in the header of a text that are not text, if there are any.
    pub(crate) fn junk(&self) -> Option<String> {
        let offset = self.junk?;
        Some(format!(
            "bytes in the header, from byte {offset} on, are not text: read as blanks"
        ))
    }

    /// Drops the last line. It may end within a number, which would be read with a wrong value.
    fn drop_last_line(&mut self) {
        if let Content::Text(text) = &mut self.content {
            let end = text.rfind(['\n', '\r']).map_or(0, |i| i + 1);
            text.truncate(end);
        }
    }

    /// The bytes; for a text, its UTF-8 bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Binary { bytes, .. } => bytes,
        }
    }

    /// The text, decoded from any encoding and without a byte-order mark; `None` if the file is not
    /// text.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Binary { .. } => None,
        }
    }

    /// The first lines of a text as a table; `None` if the file is not text. O(head) for the first
    /// call, then O(lines).
    pub(crate) fn head(&self) -> Option<Table<'_>> {
        let text = self.text()?;
        let places = || Table::of_head(text).places(text);
        Some(Table::at(text, self.head.get_or_init(places)))
    }

    /// The text, or an error that states the type of the file.
    pub(crate) fn require_text(&self) -> Result<&str> {
        let refuse =
            |place, found, expected| Err(Error::malformed(self.path, place, found, expected));
        match &self.content {
            Content::Text(text) if text.is_empty() => {
                let found = "the file is empty".to_owned();
                refuse(Place::File, found, "a file with content")
            }
            Content::Text(text) => Ok(text),
            Content::Binary { bytes, offset } => {
                let (place, found) = match signature(bytes) {
                    Some(name) => (Place::File, format!("the file is not text but {name}")),
                    None => {
                        let found = format!("0x{:02x} is not text", bytes[*offset]);
                        (Place::Byte(*offset), found)
                    }
                };
                refuse(place, found, "a text file")
            }
        }
    }

    /// The file name without folder and extension.
    pub(crate) fn stem(&self) -> String {
        let stem = self.name.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Whether the name has this extension, ignoring case and a final .gz or .bz2.
    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        let own = self.name.extension();
        own.is_some_and(|e| e.eq_ignore_ascii_case(extension))
    }

    /// Opens the file as a zip archive; the size of each member is limited.
    #[cfg(feature = "archives")]
    pub(crate) fn archive(&self) -> Result<Archive<'_>> {
        let archive = Archive::open(self.path, self.bytes(), self.size)?;
        self.is_cut.set(self.is_cut.get() || archive.is_cut());
        Ok(archive)
    }
}

/// The content of a file, and the offset of the first byte in the header of a text that is not text.
fn content(bytes: Vec<u8>) -> (Content, Option<usize>) {
    let (bytes, offset) = match encoding::decode(bytes) {
        Ok(text) => return (Content::Text(text), None),
        Err(binary) => binary,
    };
    let is_unknown = signature(&bytes).is_none();
    let clean = encoding::without_junk_in_header(&bytes).filter(|_| is_unknown);
    match clean.map(encoding::decode) {
        Some(Ok(text)) => (Content::Text(text), Some(offset)),
        _ => (Content::Binary { bytes, offset }, None),
    }
}

/// Whether bytes are an HDF5 file. Its signature is at the start, or after a block of the user's own of
/// 512, 1024, 2048, … bytes.
pub(crate) fn is_hdf5(bytes: &[u8]) -> bool {
    let later = std::iter::successors(Some(512usize), |at| at.checked_mul(2));
    let mut places = std::iter::once(0).chain(later.take_while(|at| *at < bytes.len()));
    places.any(|at| bytes[at.min(bytes.len())..].starts_with(b"\x89HDF\r\n\x1a\n"))
}

/// The kind of a binary file, recognised by its first bytes, for error messages.
fn signature(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 11] = [
        (b"RAW1.01", "a Bruker RAW 3 file"),
        (b"RAW4.00", "a Bruker RAW 4 file"),
        (b"RAW2", "a Bruker RAW 2 file"),
        (b"RAW_1.0", "a STOE RAW file"),
        (b"RAW ", "a Bruker RAW 1 file"),
        (b"V3RD", "a Philips RD file"),
        (b"V5RD", "a Philips RD file"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x89PNG", "a PNG picture"),
        (b"%PDF", "a PDF document"),
        (b"\x93NUMPY", "a NumPy array"),
    ];
    let found = SIGNATURES
        .iter()
        .find(|(start, _)| bytes.starts_with(start));
    let hdf5 = || is_hdf5(bytes).then_some("an HDF5 file");
    found.map(|(_, name)| *name).or_else(hdf5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_files_are_refused_by_name() {
        let refusal = |bytes: &[u8]| {
            let source = Source::new(Path::new("x.raw"), bytes.to_vec());
            source.require_text().unwrap_err().to_string()
        };
        assert!(refusal(b"RAW1.01\0\x01").contains("Bruker RAW 3"));
        assert_eq!(
            refusal(b"ab\x01"),
            "x.raw: byte 2: 0x01 is not text (expected a text file)"
        );
        assert!(refusal(b"").contains("is empty"));
    }

    #[cfg(feature = "archives")]
    #[test]
    fn names_do_without_the_packing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("A.b.XYE.GZ");
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, b"1 2\n").unwrap();
        std::fs::write(&path, packed.finish().unwrap()).unwrap();
        let source = Source::open(&path).unwrap();
        assert_eq!(source.text(), Some("1 2\n"));
        assert_eq!(source.stem(), "A.b");
        assert!(source.has_extension("xye"));
    }
}
