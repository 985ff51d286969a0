//! Members of the zip archives that instruments write.

use crate::error::{Error, Place, Result, shorten};
use crate::source::{Archive, Source};

/// An archive and the names of its members.
pub(super) struct Members<'a> {
    source: &'a Source<'a>,
    archive: Archive<'a>,
    names: Vec<String>,
}

impl<'a> Members<'a> {
    pub(super) fn open(source: &'a Source<'a>) -> Result<Self> {
        let archive = source.archive()?;
        let names = archive.names();
        Ok(Self {
            source,
            archive,
            names,
        })
    }

    /// The names, in the order of the archive.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads a member by its name, in which `\` is as good as `/`.
    ///
    /// # Errors
    /// [`Error::Malformed`] where there is none of this name; any of `read`, which gets the
    /// member as a file in the archive's folder.
    pub(super) fn read<T>(&self, name: &str, read: impl FnOnce(&Source) -> Result<T>) -> Result<T> {
        let same = |member: &&String| {
            let slash = |c: char| if c == '\\' { '/' } else { c };
            member.chars().map(slash).eq(name.chars().map(slash))
        };
        let member = self.names.iter().find(same);
        let bytes = member
            .map(|member| self.archive.read(member))
            .transpose()?
            .flatten();
        let Some(bytes) = bytes else {
            let found = format!("no member '{}'", shorten(name));
            let expected = "every member that the file lists";
            return Err(Error::malformed(
                self.source.path,
                Place::File,
                found,
                expected,
            ));
        };
        let path = self.source.path.join(name);
        read(&Source::new(&path, bytes))
    }
}

/// Whether a file is an archive with a member of such a name.
pub(super) fn has_member(source: &Source, is_it: impl Fn(&str) -> bool) -> bool {
    let is_zip = source.bytes().starts_with(b"PK\x03\x04");
    let archive = is_zip.then(|| source.archive().ok()).flatten();
    archive.is_some_and(|archive| archive.names().iter().any(|name| is_it(name)))
}
