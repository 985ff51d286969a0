//! Folder of unfinished work and of the settings that it was started with.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::checkpoint::Saves;
use crate::error::{Error, Result, UnfinishedError};
use crate::session::Saving;

/// File of the settings that the work was started with.
const SETTINGS: &str = "settings.txt";

/// Extension of the results of trainings.
const RESULT: &str = ".json";

/// Extension of the checkpoints of unfinished trainings.
const CHECKPOINT: &str = ".checkpoint";

/// Folder with one file per training: its result or its checkpoint. It is made with the first file.
#[derive(Clone)]
pub(crate) struct Store {
    folder: PathBuf,
    /// Settings of the work, one per line.
    asked: String,
    /// Whether results are kept when the work is done.
    keep: bool,
}

impl Store {
    /// Opens a folder. `kind` names the work, and `asked` holds its settings, one per line.
    ///
    /// # Errors
    /// [`Error::Unfinished`] for a folder of other work, for existing work without
    /// [`Saving::resume`], and for work that was started with other settings.
    pub(crate) fn open(saving: &Saving, kind: &'static str, asked: &str) -> Result<Self> {
        let path = saving.path.clone();
        let opened = Self {
            folder: path.clone(),
            asked: format!("unfinished {kind}\n{asked}"),
            keep: saving.keep,
        };
        match text(&path.join(SETTINGS))? {
            None if opened.holds_work() => {
                let reason = None;
                Err(UnfinishedError::Foreign { path, kind, reason }.into())
            }
            None => Ok(opened),
            Some(begun) => {
                let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
                if first(&begun) != first(&opened.asked) {
                    let reason = Some(first(&begun));
                    return Err(UnfinishedError::Foreign { path, kind, reason }.into());
                }
                if !saving.resume {
                    return Err(UnfinishedError::NotResumed { path, kind }.into());
                }
                opened.compare(&begun)?;
                Ok(opened)
            }
        }
    }

    fn compare(&self, begun: &str) -> Result<()> {
        let path = self.folder.clone();
        let mut pairs = begun.lines().zip(self.asked.lines());
        if let Some((begun, now)) = pairs.find(|(a, b)| a != b) {
            let (saved, given) = (begun.to_owned(), now.to_owned());
            return Err(UnfinishedError::Settings { path, saved, given }.into());
        }
        if begun.lines().count() != self.asked.lines().count() {
            let reason = format!("{SETTINGS} is incomplete");
            return Err(UnfinishedError::Damaged { path, reason }.into());
        }
        Ok(())
    }

    /// Whether the folder holds files of unfinished work, of this or an older version.
    fn holds_work(&self) -> bool {
        let entries = std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.into_iter().any(|name| {
            name.ends_with(CHECKPOINT) || name.ends_with(RESULT) || name.ends_with(".part")
        })
    }

    /// Returns the folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Returns the checkpoint file of a training.
    pub(super) fn checkpoint(&self, name: &str, saving: &Saving) -> Saves<'_> {
        Saves {
            file: self.checkpoint_file(name),
            interval: saving.interval,
            resume: saving.resume,
            store: Some(self),
        }
    }

    /// Returns the path of the checkpoint file of a training.
    pub(crate) fn checkpoint_file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{CHECKPOINT}"))
    }

    /// Returns the file of the result of a training.
    pub(super) fn result(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{RESULT}"))
    }

    /// Reads the result of a training, if it is done.
    pub(crate) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let damaged = |why: serde_json::Error| UnfinishedError::Damaged {
            path: self.result(name),
            reason: why.to_string(),
        };
        let text = text(&self.result(name))?;
        let read = text.map(|text| serde_json::from_str(&text).map_err(damaged));
        Ok(read.transpose()?)
    }

    /// Writes the result of a training and removes its checkpoint.
    pub(crate) fn write(&self, name: &str, result: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(result).map_err(Error::ToJson)?;
        self.begin()?;
        xrd_io::write::atomically(self.result(name), |f| f.write_all(text.as_bytes()))?;
        remove(&self.checkpoint_file(name))
    }

    /// Makes the folder and writes the settings of the work.
    pub(crate) fn begin(&self) -> Result<()> {
        let settings = self.folder.join(SETTINGS);
        if !settings.exists() {
            std::fs::create_dir_all(&self.folder).map_err(|e| Error::file(&self.folder, e))?;
            xrd_io::write::atomically(settings, |f| f.write_all(self.asked.as_bytes()))?;
        }
        Ok(())
    }

    /// Removes results and checkpoints unless they are kept, and the folder if it is then empty.
    pub(crate) fn remove(self) -> Result<()> {
        if self.keep {
            return Ok(());
        }
        let entries = match std::fs::read_dir(&self.folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|e| Error::file(&self.folder, e))?,
        };
        for entry in entries {
            let path = entry.map_err(|e| Error::file(&self.folder, e))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == SETTINGS || name.ends_with(RESULT) || name.ends_with(CHECKPOINT) {
                remove(&path)?;
            }
        }
        // The folder stays if it holds files of the user.
        let _ = std::fs::remove_dir(&self.folder);
        Ok(())
    }
}

/// Reads the text of a file, if it exists.
fn text(file: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::file(file, e)),
    }
}

pub(super) fn remove(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::file(file, e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_files_are_neither_read_nor_removed() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("out.unfinished");
        let opened = |resume, kind, asked| {
            let saving = Saving::new(&folder).with_resume(resume);
            Store::open(&saving, kind, asked)
        };
        let open = |resume| opened(resume, "scoring", "folds 3\n");
        // The folder does not exist before the first training is done.
        drop(open(false).unwrap());
        assert!(!folder.exists());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("seed-0.checkpoint"), "of an older version").unwrap();
        let refused = open(true).err().unwrap().to_string();
        assert!(refused.ends_with("is not an unfinished scoring: move it away"));
        std::fs::remove_file(folder.join("seed-0.checkpoint")).unwrap();

        let work = open(false).unwrap();
        work.write("folds-0", &[1.5, 2.0]).unwrap();
        std::fs::write(folder.join("notes.txt"), "mine").unwrap();
        assert!(open(false).is_err());
        let other = opened(true, "study", "folds 3\n").err().unwrap();
        assert!(
            other.to_string().contains("(unfinished scoring)"),
            "{other}"
        );
        let changed = opened(true, "scoring", "folds 4\n").err().unwrap();
        assert!(
            changed
                .to_string()
                .ends_with("started with folds 3 (now folds 4)")
        );
        let again = open(true).unwrap();
        assert_eq!(again.read("folds-0").unwrap(), Some([1.5, 2.0]));
        assert_eq!(again.read::<f64>("folds-1").unwrap(), None);
        assert!(again.read::<String>("folds-0").is_err());
        again.remove().unwrap();
        let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert!(folder.join("notes.txt").exists());
    }
}
