//! Decompression of gzip and bzip2 files, recognised by their first bytes, with size limits.

#[cfg(feature = "archives")]
use std::ffi::OsStr;
#[cfg(feature = "archives")]
use std::io::{self, Read};
use std::path::{Path, PathBuf};

#[cfg(feature = "archives")]
use crate::error::Place;
use crate::error::{Error, Result};

/// Largest number of nested compressions of a file.
#[cfg(feature = "archives")]
const DEEPEST: usize = 3;

/// The largest accepted size of the decompressed content of a file of `size` bytes. The limit is
/// sufficient for every real text. It keeps the memory for the text and its numbers below 50 times
/// the size of the file plus 64 MB.
#[cfg(feature = "archives")]
pub(super) fn largest(size: usize) -> usize {
    size.saturating_mul(16).saturating_add(16 << 20)
}

/// The decompressed content of a file.
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// The file name without the extension of the compression.
    pub(super) name: PathBuf,
    /// Whether the compressed data are truncated. In this case the bytes end where the data end.
    pub(super) is_cut: bool,
}

/// Decompresses a file if necessary.
#[cfg(feature = "archives")]
pub(super) fn unpack(path: &Path, bytes: Vec<u8>) -> Result<Unpacked> {
    let largest = largest(bytes.len());
    let (mut bytes, mut name, mut is_cut) = (bytes, path.to_owned(), false);
    for _ in 0..DEEPEST {
        let packed = bytes.as_slice();
        let unpacked = match packed {
            [0x1f, 0x8b, ..] => {
                let gzip = flate2::read::MultiGzDecoder::new(packed);
                whole_or_cut(gzip, largest).map_err(|e| broken(path, e, "gzip"))
            }
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => {
                let bzip2 = bzip2::read::MultiBzDecoder::new(packed);
                whole_or_cut(bzip2, largest).map_err(|e| broken(path, e, "bzip2"))
            }
            _ => break,
        };
        let cut;
        (bytes, cut) = unpacked?;
        is_cut |= cut;
        let packing = |e: &OsStr| ["gz", "bz2"].iter().any(|p| e.eq_ignore_ascii_case(p));
        if name.extension().is_some_and(packing) {
            name.set_extension("");
        }
    }
    Ok(Unpacked {
        bytes,
        name,
        is_cut,
    })
}

/// Reads everything from a reader. The flag is true if the reader failed before the end, after at
/// least one byte.
#[cfg(feature = "archives")]
fn whole_or_cut(reader: impl Read, largest: usize) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    match fill(&mut bytes, reader, largest) {
        Ok(()) => Ok((bytes, false)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof && !bytes.is_empty() => {
            Ok((bytes, true))
        }
        Err(e) => Err(e),
    }
}

/// Reads everything from a reader; an error of kind [`io::ErrorKind::FileTooLarge`] beyond
/// `largest` bytes.
#[cfg(feature = "archives")]
pub(super) fn read_within(reader: impl Read, largest: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fill(&mut bytes, reader, largest)?;
    Ok(bytes)
}

#[cfg(feature = "archives")]
fn fill(bytes: &mut Vec<u8>, reader: impl Read, largest: usize) -> io::Result<()> {
    reader.take(largest as u64 + 1).read_to_end(bytes)?;
    if bytes.len() > largest {
        let words = format!("more than {largest} bytes when unpacked");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
    }
    Ok(())
}

#[cfg(feature = "archives")]
fn broken(path: &Path, error: io::Error, packing: &str) -> Error {
    let expected = match error.kind() {
        io::ErrorKind::FileTooLarge => {
            "at most 16 times the size of the file and 16 MiB".to_owned()
        }
        _ => format!("whole {packing} data"),
    };
    Error::malformed(path, Place::File, format!("{packing}: {error}"), expected)
}

/// Refuses compressed files.
#[cfg(not(feature = "archives"))]
pub(super) fn unpack(path: &Path, bytes: Vec<u8>) -> Result<Unpacked> {
    let what = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => "gzip data",
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => "bzip2 data",
        _ => {
            return Ok(Unpacked {
                bytes,
                name: path.to_owned(),
                is_cut: false,
            });
        }
    };
    Err(Error::MissingFeature {
        path: path.to_owned(),
        what,
        feature: "archives",
    })
}

#[cfg(test)]
#[cfg(feature = "archives")]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut packed = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn packed_once_or_twice() {
        for packed in [gzip(b"1 2"), bzip2(b"1 2"), gzip(&bzip2(b"1 2"))] {
            let unpacked = unpack(Path::new("a.xy.gz"), packed).unwrap();
            assert_eq!((unpacked.bytes, unpacked.is_cut), (b"1 2".to_vec(), false));
            assert_eq!(unpacked.name, Path::new("a.xy"));
        }
        let unpacked = unpack(Path::new("a.gz"), b"1 2".to_vec()).unwrap();
        assert_eq!(unpacked.bytes, b"1 2");
        assert_eq!(unpacked.name, Path::new("a.gz"));
    }

    #[test]
    fn half_a_file_is_half_its_content() {
        let lines: String = (0..5000).map(|i| format!("{i} {}\n", i * i)).collect();
        let mut half = gzip(lines.as_bytes());
        half.truncate(half.len() / 2);
        let unpacked = unpack(Path::new("a.gz"), half).unwrap();
        assert!(unpacked.is_cut && unpacked.bytes.len() > 1000);
        assert!(lines.as_bytes().starts_with(&unpacked.bytes));
    }

    #[test]
    fn bombs_and_broken_data_are_refused() {
        let refusal = |packed| match unpack(Path::new("a.gz"), packed) {
            Ok(_) => panic!("unpacked"),
            Err(e) => e.to_string(),
        };
        let zeros = vec![0; 40 << 20];
        for bomb in [gzip(&zeros), bzip2(&zeros)] {
            let message = refusal(bomb);
            assert!(
                message.contains("when unpacked (expected at most 16 times"),
                "{message}"
            );
        }
        assert!(refusal(b"\x1f\x8b and more".to_vec()).contains("whole gzip data"));
    }
}
