//! Where a training is saved while it goes on.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use xrd_study::{SaveInterval, Saving};

use super::values::{count, positive};

/// Where a training is saved while it goes on.
#[derive(Args, Clone, Debug)]
pub(crate) struct SavingOptions {
    /// Save the unfinished training here, so that --resume can go on with it after Ctrl-C or
    /// worse; removed at the end. A study takes a folder, with one file per seed. Without it only
    /// Ctrl-C saves, next to --out, with .unfinished behind the name
    #[arg(long, value_name = "PATH")]
    checkpoint: Option<PathBuf>,
    /// How often: every N epochs, or Ns for N seconds
    #[arg(long, value_name = "N|Ns", default_value = "60s", value_parser = every, requires = "checkpoint")]
    checkpoint_every: EveryText,
    /// Go on with what was saved, or begin where nothing was
    #[arg(long)]
    resume: bool,
}

impl SavingOptions {
    /// The options as the library takes them, for a file `out` that is written.
    ///
    /// # Errors
    /// Where the checkpoint would be that file.
    pub(crate) fn for_file(&self, out: &Path) -> Result<Saving> {
        let saving = self.saving(out);
        let absolute = [&saving.path, out].map(std::path::absolute);
        match absolute {
            [Ok(file), Ok(out)] if file == out => {
                bail!("--checkpoint {}: is --out too", file.display())
            }
            _ => Ok(saving),
        }
    }

    /// The options as the library takes them, for a folder `out` that is written.
    pub(crate) fn saving(&self, out: &Path) -> Saving {
        let mut saving = Saving::new(self.place(out)).with_resume(self.resume);
        saving.interval = self.checkpoint.is_some().then_some(self.checkpoint_every.0);
        saving
    }

    /// The file or folder of a training whose result goes to `out`.
    fn place(&self, out: &Path) -> PathBuf {
        self.checkpoint.clone().unwrap_or_else(|| beside(out))
    }
}

/// Where unfinished work is saved whose result goes to `out`.
pub(crate) fn beside(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    // Nothing is put beside a device or a pipe.
    let is_special = out.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir());
    match out.file_name() {
        Some(_) if is_special => name.into(),
        Some(_) => out.with_file_name(name),
        None => out.join(name),
    }
}

/// How often a training is saved, as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct EveryText(SaveInterval);

impl fmt::Display for EveryText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            SaveInterval::Epochs(epochs) => write!(f, "{epochs}"),
            SaveInterval::Seconds(seconds) => write!(f, "{seconds}s"),
        }
    }
}

fn every(text: &str) -> Result<EveryText, String> {
    let every = match text.strip_suffix('s') {
        Some(seconds) => positive(seconds).map(SaveInterval::Seconds),
        None => count(text).map(SaveInterval::Epochs),
    };
    every.map(EveryText)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_and_seconds_are_told_apart() {
        assert_eq!(every("20"), Ok(EveryText(SaveInterval::Epochs(20))));
        assert_eq!(every("0.5s"), Ok(EveryText(SaveInterval::Seconds(0.5))));
        assert_eq!(every("60s").map(|e| e.to_string()), Ok("60s".to_owned()));
        assert!(
            ["", "0", "s", "0s", "-1s", "1.5", "2m"]
                .iter()
                .all(|t| every(t).is_err())
        );
    }

    #[test]
    fn an_interrupted_training_is_saved_beside_its_result() {
        let saving = |checkpoint: Option<&str>| SavingOptions {
            checkpoint: checkpoint.map(PathBuf::from),
            checkpoint_every: EveryText(SaveInterval::Epochs(1)),
            resume: false,
        };
        let place = |out: &str| saving(None).place(Path::new(out));
        assert_eq!(place("a/m.st"), Path::new("a/m.st.unfinished"));
        assert_eq!(place("a/out/"), Path::new("a/out.unfinished"));
        assert_eq!(place(".."), Path::new("../.unfinished"));
        #[cfg(unix)]
        assert_eq!(place("/dev/null"), Path::new("null.unfinished"));
        let asked = saving(Some("here")).place(Path::new("out"));
        assert_eq!(asked, Path::new("here"));
        assert!(saving(Some("./m.st")).for_file(Path::new("m.st")).is_err());
        assert!(saving(Some("m.saved")).for_file(Path::new("m.st")).is_ok());
        let every = |checkpoint| saving(checkpoint).saving(Path::new("out")).interval;
        assert_eq!(every(None), None);
        assert_eq!(every(Some("here")), Some(SaveInterval::Epochs(1)));
    }
}
