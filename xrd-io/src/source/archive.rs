//! Members of a zip archive, read with size limits.

mod local;

use std::cell::{Cell, RefCell};
use std::io::Cursor;
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::unpack::{largest, read_within};
use crate::error::{Error, Place, Result, shorten};
use local::Local;

/// A zip archive whose members are read one by one. The size of each member and the total size of
/// all members are limited in proportion to the size of the file.
pub(crate) struct Archive<'a> {
    path: &'a Path,
    members: Members<'a>,
    largest: usize,
    /// The number of bytes that all further members may have in total.
    left: Cell<usize>,
}

enum Members<'a> {
    Listed(RefCell<ZipArchive<Cursor<&'a [u8]>>>),
    /// The archive is truncated and its directory is missing; the members were found by their
    /// headers.
    Found(Vec<Local<'a>>),
}

/// The content of a member.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) bytes: Vec<u8>,
    /// Whether the archive ends within the member.
    pub(crate) is_cut: bool,
}

impl<'a> Archive<'a> {
    pub(super) fn open(path: &'a Path, bytes: &'a [u8], size: usize) -> Result<Self> {
        let members = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(zip) => Members::Listed(RefCell::new(zip)),
            Err(e) => {
                let found = local::members(bytes);
                if found.is_empty() {
                    let (found, expected) = (format!("zip: {e}"), "a whole zip archive");
                    return Err(Error::malformed(path, Place::File, found, expected));
                }
                Members::Found(found)
            }
        };
        Ok(Self {
            path,
            members,
            largest: largest(size),
            // The limit counts all reading, as reading costs time even if nothing is kept.
            left: Cell::new(largest(size).saturating_mul(4)),
        })
    }

    /// Whether the end of the archive, with its directory, is missing.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self.members, Members::Found(_))
    }

    /// The names of all members, in the order of the archive.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.members {
            Members::Listed(zip) => zip.borrow().file_names().map(str::to_owned).collect(),
            Members::Found(found) => found.iter().map(|m| m.name.clone()).collect(),
        }
    }

    /// The content of a member; `None` if there is no member with this name.
    ///
    /// # Errors
    /// [`Error::Malformed`] for invalid data and for a member that is too large for its archive.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Member>> {
        let most = self.largest.min(self.left.get());
        let (read, is_cut) = match &self.members {
            Members::Listed(zip) => match zip.borrow_mut().by_name(name) {
                Err(ZipError::FileNotFound) => return Ok(None),
                Err(e) => (Err(e.into()), false),
                Ok(member) => (read_within(member, most), false),
            },
            Members::Found(found) => match found.iter().find(|m| m.name == name) {
                None => return Ok(None),
                Some(member) => (member.read(most), member.is_cut),
            },
        };
        let bytes = read.map_err(|e| {
            let found = format!("member '{}': {e}", shorten(name));
            let expected = "complete zip data of moderate size";
            Error::malformed(self.path, Place::File, found, expected)
        })?;
        self.left.set(self.left.get() - bytes.len());
        Ok(Some(Member { bytes, is_cut }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::super::Source;
    use super::*;

    fn zip(members: &[(&str, &[u8])]) -> Source<'static> {
        let mut writer = ZipWriter::new(Cursor::new(vec![]));
        for (name, bytes) in members {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        Source::new(Path::new("a.zip"), bytes)
    }

    #[test]
    fn members_by_name() {
        let source = zip(&[("a/b.txt", b"1 2"), ("c", b"")]);
        let archive = source.archive().unwrap();
        assert_eq!(archive.names(), ["a/b.txt", "c"]);
        assert_eq!(
            archive.read("a/b.txt").unwrap().map(|m| m.bytes),
            Some(b"1 2".to_vec())
        );
        assert!(archive.read("d").unwrap().is_none());
    }

    #[test]
    fn bombs_are_refused() {
        let zeros = vec![0; 40 << 20];
        let source = zip(&[("bomb", &zeros)]);
        let message = source
            .archive()
            .unwrap()
            .read("bomb")
            .unwrap_err()
            .to_string();
        assert!(message.contains("member 'bomb': more than"), "{message}");
        let some = vec![0; 10 << 20];
        let names: Vec<String> = (0..20).map(|i| i.to_string()).collect();
        let members: Vec<_> = names
            .iter()
            .map(|n| (n.as_str(), some.as_slice()))
            .collect();
        let source = zip(&members);
        let archive = source.archive().unwrap();
        let read = names.iter().filter(|n| archive.read(n).is_ok()).count();
        assert!((5..10).contains(&read), "{read}");
    }

    #[test]
    fn cut_short_it_gives_what_is_there() {
        let text: String = (0..2000).map(|i| format!("{i} {}\n", i * i % 91)).collect();
        let whole = zip(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
        let whole = whole.bytes();
        let mut seen = [0; 2];
        for end in (40..whole.len() - 20).step_by(7) {
            let source = Source::new(Path::new("a.zip"), whole[..end].to_vec());
            let archive = source.archive().unwrap();
            assert!(archive.is_cut() && source.is_cut());
            for (name, seen) in ["a", "b"].iter().zip(&mut seen) {
                let read = archive.read(name).unwrap();
                let (bytes, is_cut) = read.map_or((vec![], true), |m| (m.bytes, m.is_cut));
                assert!(text.as_bytes().starts_with(&bytes) && bytes.len() >= *seen);
                assert!(is_cut || bytes.len() == text.len());
                *seen = bytes.len();
            }
        }
        assert_eq!(seen, [text.len(); 2]);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let source = Source::new(Path::new("a.zip"), b"PK\x03\x04 and no more".to_vec());
        assert!(source.archive().is_err());
    }
}
