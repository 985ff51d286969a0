//! Members of a zip archive, within bounds.

use std::cell::{Cell, RefCell};
use std::io::Cursor;
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::unpack::{largest, read_within};
use crate::error::{Error, Place, Result, shorten};

/// A zip archive whose members are read one by one, each and all within bounds that follow from
/// the size of the file.
pub(crate) struct Archive<'a> {
    path: &'a Path,
    zip: RefCell<ZipArchive<Cursor<&'a [u8]>>>,
    largest: usize,
    /// How many bytes all further members may have together.
    left: Cell<usize>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(path: &'a Path, bytes: &'a [u8], size: usize) -> Result<Self> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| {
            Error::malformed(
                path,
                Place::File,
                format!("zip: {e}"),
                "a whole zip archive",
            )
        })?;
        Ok(Self {
            path,
            zip: RefCell::new(zip),
            largest: largest(size),
            // Reading costs time even when nothing is kept.
            left: Cell::new(largest(size).saturating_mul(4)),
        })
    }

    /// The names of all members, in the order of the archive.
    pub(crate) fn names(&self) -> Vec<String> {
        let zip = self.zip.borrow();
        zip.file_names().map(str::to_owned).collect()
    }

    /// The content of a member; `None` where there is none of this name.
    ///
    /// # Errors
    /// [`Error::Malformed`] for broken data and for a member too large for its archive.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut zip = self.zip.borrow_mut();
        let most = self.largest.min(self.left.get());
        let read = match zip.by_name(name) {
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(e) => Err(e.into()),
            Ok(member) => read_within(member, most),
        };
        let bytes = read.map_err(|e| {
            let found = format!("member '{}': {e}", shorten(name));
            Error::malformed(
                self.path,
                Place::File,
                found,
                "whole zip data of modest size",
            )
        })?;
        self.left.set(self.left.get() - bytes.len());
        Ok(Some(bytes))
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
            archive.read("a/b.txt").unwrap().as_deref(),
            Some(b"1 2".as_slice())
        );
        assert_eq!(archive.read("d").unwrap(), None);
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
    fn what_is_no_archive_is_refused() {
        let source = Source::new(Path::new("a.zip"), b"PK\x03\x04 and no more".to_vec());
        assert!(source.archive().is_err());
    }
}
