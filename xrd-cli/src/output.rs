//! An output folder whose files appear all together or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::interrupt;

/// Result files, written beside their places and renamed into them by [`commit`](Self::commit).
///
/// Dropped without a commit, it leaves the folder as it was.
pub(crate) struct OutputFolder {
    folder: PathBuf,
    staging: PathBuf,
    /// The uppermost folder that was not there before.
    created: Option<PathBuf>,
    /// Paths inside the folder, in the order they were written.
    files: Vec<PathBuf>,
}

impl OutputFolder {
    /// Makes the folder where it does not exist, and a place inside it for unfinished files.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let absolute = std::path::absolute(folder).context(folder.display().to_string())?;
        let missing = absolute.ancestors().take_while(|f| !f.exists()).last();
        let staging = folder.join(format!(".xrd-unfinished-{}", std::process::id()));
        let output = Self {
            created: missing.map(Path::to_owned),
            folder: folder.to_owned(),
            staging,
            files: Vec::new(),
        };
        fs::create_dir_all(&output.staging)
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        interrupt::remove_if_interrupted(output.created.as_ref().unwrap_or(&output.staging));
        Ok(output)
    }

    /// Writes one file, named relative to the folder.
    pub(crate) fn write(
        &mut self,
        name: impl AsRef<Path>,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<()> {
        let name = name.as_ref();
        let path = self.staging.join(name);
        let write_all = || {
            fs::create_dir_all(path.parent().unwrap_or(&self.staging))?;
            let mut file = std::io::BufWriter::new(fs::File::create(&path)?);
            write(&mut file)?;
            file.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write_all()
            .with_context(|| format!("cannot write {}", self.folder.join(name).display()))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Writes one file of text.
    pub(crate) fn write_text(&mut self, name: impl AsRef<Path>, text: &str) -> Result<()> {
        self.write(name, |f| f.write_all(text.as_bytes()))
    }

    /// The files written so far, relative to the folder.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Renames every file into place, in the order they were written.
    pub(crate) fn commit(mut self) -> Result<()> {
        let watched = self.created.clone().unwrap_or_else(|| self.staging.clone());
        interrupt::finish(&watched, || {
            for name in &self.files {
                let to = self.folder.join(name);
                let rename = || {
                    fs::create_dir_all(to.parent().unwrap_or(&self.folder))?;
                    fs::rename(self.staging.join(name), &to)
                };
                rename().with_context(|| format!("cannot write {}", to.display()))?;
            }
            self.created = None;
            Ok(())
        })
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        // What cannot be removed stays, hidden; the error that led here is the one to tell.
        let _ = fs::remove_dir_all(&self.staging);
        if let Some(created) = &self.created {
            let _ = fs::remove_dir_all(created);
        }
    }
}

/// Prints a line of results on stdout.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_and_foreign_ones_stay() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("a/out");
        let mut output = OutputFolder::open(&folder).unwrap();
        output.write_text("one.txt", "1").unwrap();
        output.write_text("sub/two.txt", "2").unwrap();
        assert!(!folder.join("one.txt").exists());
        output.commit().unwrap();
        fs::write(folder.join("foreign"), "mine").unwrap();
        let mut again = OutputFolder::open(&folder).unwrap();
        again.write_text("one.txt", "new").unwrap();
        again.commit().unwrap();
        let read = |name| fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(
            (read("one.txt"), read("sub/two.txt"), read("foreign")),
            ("new".into(), "2".into(), "mine".into())
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
    }

    #[test]
    fn without_a_commit_nothing_happened() {
        let place = tempfile::tempdir().unwrap();
        let mut output = OutputFolder::open(&place.path().join("new/out")).unwrap();
        output.write_text("one.txt", "1").unwrap();
        drop(output);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_failing_write_names_the_file() {
        let place = tempfile::tempdir().unwrap();
        let mut output = OutputFolder::open(place.path()).unwrap();
        let full = |_: &mut dyn Write| Err(std::io::ErrorKind::StorageFull.into());
        let message = format!("{:#}", output.write("big.csv", full).unwrap_err());
        assert!(message.contains("big.csv"), "{message}");
    }
}
