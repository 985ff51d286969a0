//! Members of zip archives written by instruments.

use std::collections::BTreeMap;

use crate::error::{Error, Place, Result, shorten};
use crate::source::{Archive, Source};

/// An archive with the names of its members.
pub(super) struct Members<'a> {
    source: &'a Source<'a>,
    archive: Archive<'a>,
    /// The names in the archive. The key is the name with `/` between folders.
    names: BTreeMap<String, String>,
}

impl<'a> Members<'a> {
    pub(super) fn open(source: &'a Source<'a>) -> Result<Self> {
        let archive = source.archive()?;
        let names = archive
            .names()
            .into_iter()
            .map(|name| (slashed(&name), name));
        let names = names.collect();
        Ok(Self {
            source,
            archive,
            names,
        })
    }

    /// The names, sorted.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Whether an expected member is missing because the archive is truncated.
    pub(super) fn is_lost(&self, name: &str) -> bool {
        self.archive.is_cut() && !self.names.contains_key(&slashed(name))
    }

    /// Reads a member by its name. `\` counts as `/`. The function `read` gets the member as if it
    /// were a file in the folder of the archive.
    ///
    /// # Errors
    /// [`Error::Malformed`] if there is no member with this name; any error of `read`.
    pub(super) fn read<T>(&self, name: &str, read: impl FnOnce(&Source) -> Result<T>) -> Result<T> {
        let member = self.names.get(&slashed(name));
        let member = member.map(|member| self.archive.read(member));
        let Some(member) = member.transpose()?.flatten() else {
            let found = format!("no member '{}'", shorten(name));
            let expected = "every member that the file lists";
            return Err(Error::malformed(
                self.source.path,
                Place::File,
                found,
                expected,
            ));
        };
        // The name is chosen by the file, and messages must stay on one line.
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let name: String = name.chars().take(200).map(clean).collect();
        let path = self.source.path.join(name);
        read(&Source::of_member(&path, member))
    }
}

fn slashed(name: &str) -> String {
    name.replace('\\', "/")
}

/// Whether a file is an archive with a member whose name satisfies `is_it`.
pub(super) fn has_member(source: &Source, is_it: impl Fn(&str) -> bool) -> bool {
    let is_zip = source.bytes().starts_with(b"PK\x03\x04");
    let archive = is_zip.then(|| source.archive().ok()).flatten();
    archive.is_some_and(|archive| archive.names().iter().any(|name| is_it(name)))
}
