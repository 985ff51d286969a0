use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::{count, positive};

/// Where a training is saved while it goes on.
#[derive(Args, Clone, Debug)]
pub(crate) struct Saving {
    /// Save the unfinished training here, so that --resume can go on with it after Ctrl-C or
    /// worse; removed at the end. A study takes a folder, with a file a seed. Without it Ctrl-C
    /// alone saves, beside --out, with .unfinished behind the name
    #[arg(long, value_name = "PATH")]
    checkpoint: Option<PathBuf>,
    /// How often: every N epochs, or Ns for N seconds
    #[arg(long, value_name = "N|Ns", default_value = "60s", value_parser = every, requires = "checkpoint")]
    checkpoint_every: Every,
    /// Go on with what was saved, or begin where nothing was
    #[arg(long)]
    pub(crate) resume: bool,
}

impl Saving {
    /// How often to save, where that is asked for.
    pub(crate) fn every(&self) -> Option<Every> {
        self.checkpoint.is_some().then_some(self.checkpoint_every)
    }

    /// The file of a training whose result goes to the file `out`.
    ///
    /// # Errors
    /// Where both are one.
    pub(crate) fn file(&self, out: &Path) -> Result<PathBuf> {
        let file = self.place(out);
        let absolute = [&file, out].map(std::path::absolute);
        match absolute {
            [Ok(file), Ok(out)] if file == out => {
                bail!("--checkpoint {}: is --out too", file.display())
            }
            _ => Ok(file),
        }
    }

    /// The file or folder of a training whose result goes to `out`.
    pub(crate) fn place(&self, out: &Path) -> PathBuf {
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

/// How often a training is saved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Every {
    Epochs(usize),
    Seconds(f64),
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epochs(epochs) => write!(f, "{epochs}"),
            Self::Seconds(seconds) => write!(f, "{seconds}s"),
        }
    }
}

fn every(text: &str) -> Result<Every, String> {
    match text.strip_suffix('s') {
        Some(seconds) => positive(seconds).map(Every::Seconds),
        None => count(text).map(Every::Epochs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_and_seconds_are_told_apart() {
        assert_eq!(every("20"), Ok(Every::Epochs(20)));
        assert_eq!(every("0.5s"), Ok(Every::Seconds(0.5)));
        assert_eq!(every("60s").map(|e| e.to_string()), Ok("60s".to_owned()));
        assert!(
            ["", "0", "s", "0s", "-1s", "1.5", "2m"]
                .iter()
                .all(|t| every(t).is_err())
        );
    }

    #[test]
    fn an_interrupted_training_is_saved_beside_its_result() {
        let saving = |checkpoint: Option<&str>| Saving {
            checkpoint: checkpoint.map(PathBuf::from),
            checkpoint_every: Every::Epochs(1),
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
        assert!(saving(Some("./m.st")).file(Path::new("m.st")).is_err());
        assert!(saving(Some("m.saved")).file(Path::new("m.st")).is_ok());
        assert_eq!(saving(None).every(), None);
        assert_eq!(saving(Some("here")).every(), Some(Every::Epochs(1)));
    }
}
