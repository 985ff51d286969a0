//! The folder of a set of shards, into which several processes may write.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use xrd_study::OutputFolder;

use crate::output;

/// The shards of a set that one process makes: those whose number modulo `of` is `remainder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) remainder: usize,
    pub(crate) of: usize,
}

impl Part {
    pub(crate) const WHOLE: Self = Self {
        remainder: 0,
        of: 1,
    };
}

/// The folder of a set. Processes share it, and each makes a part of the set.
pub(crate) struct SetFolder {
    path: PathBuf,
}

impl SetFolder {
    /// Creates the folder if it does not exist.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).with_context(|| path.display().to_string())?;
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// An output whose files appear together.
    pub(crate) fn output(&self) -> Result<OutputFolder> {
        output::open(&self.path)
    }

    /// Writes one file, completely or not at all.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut output = self.output()?;
        output.write(name, |f| f.write_all(bytes))?;
        Ok(output.commit()?)
    }
}
