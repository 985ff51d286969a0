//! Folders of unfinished work, which say what it was begun with.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::dataset::Dataset;
use crate::digest::digest;

/// Says what the work of a folder was begun with.
const SETTINGS: &str = "settings.txt";

/// Ends the names of the files of parts.
const PART: &str = ".part";

/// A folder with a file for each part of the work that is done. It begins with the first of them.
pub(crate) struct Unfinished {
    folder: PathBuf,
    /// What the work is begun with, a line each.
    asked: String,
}

impl Unfinished {
    /// Opens a folder that was begun with these settings, a line each, where going on is asked
    /// for. `what` names the work.
    ///
    /// # Errors
    /// For a folder of something else, for one to go on with where that is not asked for, and for
    /// one that was begun with other settings.
    pub(crate) fn open(folder: &Path, resume: bool, what: &str, asked: &str) -> Result<Self> {
        let opened = Self {
            folder: folder.to_owned(),
            asked: asked.to_owned(),
        };
        let begun = opened.read_file(SETTINGS)?;
        let folder = folder.display();
        match begun {
            None if opened.holds_anything() => {
                bail!("{folder} is there and holds no unfinished {what}: move it away")
            }
            None => {}
            Some(_) if !resume => {
                bail!("{folder} holds an unfinished {what}: --resume goes on with it, or remove it")
            }
            Some(begun) => {
                let mut pairs = begun.lines().zip(asked.lines());
                if let Some((begun, asked)) = pairs.find(|(a, b)| a != b) {
                    bail!("{folder}: begun with {begun} (now {asked})");
                }
                if begun.lines().count() != asked.lines().count() {
                    bail!("{folder}: {SETTINGS} is not whole: move the folder away");
                }
            }
        }
        Ok(opened)
    }

    fn holds_anything(&self) -> bool {
        std::fs::read_dir(&self.folder).is_ok_and(|mut entries| entries.next().is_some())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Where a part is.
    pub(crate) fn file(&self, part: &str) -> PathBuf {
        self.folder.join(format!("{part}{PART}"))
    }

    /// The text of a part, if it is done.
    pub(crate) fn read(&self, part: &str) -> Result<Option<String>> {
        self.read_file(&format!("{part}{PART}"))
    }

    fn read_file(&self, name: &str) -> Result<Option<String>> {
        let file = self.folder.join(name);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).with_context(|| file.display().to_string()),
        }
    }

    /// Keeps the text of a part.
    pub(crate) fn write(&self, part: &str, text: &str) -> Result<()> {
        let settings = self.folder.join(SETTINGS);
        if !settings.exists() {
            let named = || self.folder.display().to_string();
            std::fs::create_dir_all(&self.folder).with_context(named)?;
            xrd_io::write_atomically(settings, |f| f.write_all(self.asked.as_bytes()))?;
        }
        Ok(xrd_io::write_atomically(self.file(part), |f| {
            f.write_all(text.as_bytes())
        })?)
    }

    /// Removes the parts, and the folder if nothing else is in it, once the work is done.
    pub(crate) fn remove(self) -> Result<()> {
        let named = || self.folder.display().to_string();
        for entry in std::fs::read_dir(&self.folder).with_context(named)? {
            let path = entry.with_context(named)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == SETTINGS || name.ends_with(PART) {
                std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
        }
        // What a user put there stays.
        let _ = std::fs::remove_dir(&self.folder);
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_work_is_neither_taken_nor_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out.unfinished");
        let open = |resume| Unfinished::open(&folder, resume, "scoring", "--folds 3\n");
        // Nothing is there before the first part is done.
        drop(open(false).unwrap());
        assert!(!folder.exists());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("seed-0.checkpoint"), "of a study").unwrap();
        let refused = open(true).err().unwrap().to_string();
        assert!(refused.ends_with("holds no unfinished scoring: move it away"));
        std::fs::remove_file(folder.join("seed-0.checkpoint")).unwrap();

        let work = open(false).unwrap();
        work.write("folds-0", "1 2").unwrap();
        std::fs::write(folder.join("notes.txt"), "mine").unwrap();
        assert!(open(false).is_err());
        let again = open(true).unwrap();
        assert_eq!(again.read("folds-0").unwrap().as_deref(), Some("1 2"));
        assert_eq!(again.read("folds-1").unwrap(), None);
        again.remove().unwrap();
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert!(folder.join("notes.txt").exists());
    }
}
