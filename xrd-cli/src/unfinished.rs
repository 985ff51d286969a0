//! Folders of unfinished work, which say what it was begun with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::dataset::Dataset;

/// Says what the work of a folder was begun with.
const SETTINGS: &str = "settings.txt";

/// A folder with a file for each part of the work that is done.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// Opens a folder that was begun with these settings, a line each, where going on is asked
    /// for; begins it where there is none. `what` names the work.
    pub(crate) fn open(folder: &Path, resume: bool, what: &str, asked: &str) -> Result<Self> {
        let opened = Self(folder.to_owned());
        let Some(begun) = opened.read(SETTINGS)? else {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
            opened.write(SETTINGS, asked)?;
            return Ok(opened);
        };
        let folder = folder.display();
        if !resume {
            bail!("{folder} holds an unfinished {what}: --resume goes on with it, or remove it");
        }
        let mut pairs = begun.lines().zip(asked.lines());
        if let Some((begun, asked)) = pairs.find(|(a, b)| a != b) {
            bail!("{folder}: begun with {begun} (now {asked})");
        }
        Ok(opened)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The text of a part, if it is done.
    pub(crate) fn read(&self, name: &str) -> Result<Option<String>> {
        let file = self.0.join(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).with_context(|| file.display().to_string()),
        }
    }

    /// Keeps the text of a part.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let file = self.0.join(name);
        Ok(xrd_io::write_atomically(&file, |f| {
            f.write_all(text.as_bytes())
        })?)
    }

    /// Removes the folder, once the work is done.
    pub(crate) fn remove(self) -> Result<()> {
        let named = || self.0.display().to_string();
        std::fs::remove_dir_all(&self.0).with_context(named)
    }
}

/// Lines that tell other patterns, labels and programs from these.
pub(crate) fn of_data(data: &Dataset) -> String {
    let set = &data.set;
    let intensities = set.block().iter().map(|v| u64::from(v.to_bits()));
    let labels = data.labels.rows().flatten().map(|v| v.to_bits());
    let names = set
        .names()
        .iter()
        .chain(&data.groups)
        .flat_map(|n| n.bytes().map(u64::from));
    format!(
        "version {}\npatterns {} of {}, {:016x}\nlabels {:?}, {:016x}\nnames {:016x}\n",
        env!("CARGO_PKG_VERSION"),
        set.len(),
        set.grid(),
        digest(intensities),
        data.labels.columns(),
        digest(labels),
        digest(names),
    )
}

/// Fowler, Noll and Vo's hash (FNV-1a) of numbers, which tells others from these.
pub(crate) fn digest(numbers: impl Iterator<Item = u64>) -> u64 {
    let bytes = numbers.flat_map(u64::to_le_bytes);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_another_order_have_another_digest() {
        assert_eq!(digest([].into_iter()), 0xcbf2_9ce4_8422_2325);
        let of = |numbers: [u64; 3]| digest(numbers.into_iter());
        assert_eq!(of([1, 2, 3]), of([1, 2, 3]));
        assert_ne!(of([1, 2, 3]), of([2, 1, 3]));
        assert_ne!(of([1, 2, 3]), of([1, 2, 4]));
    }
}
