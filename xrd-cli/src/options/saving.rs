use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::{count, positive};

/// Where a training is saved while it goes on.
#[derive(Args, Clone, Debug)]
pub(crate) struct Saving {
    /// Save the unfinished training here, so that --resume can go on with it after Ctrl-C or
    /// worse; removed at the end. A study takes a folder, with a file a seed
    #[arg(long, value_name = "PATH")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// How often: every N epochs, or Ns for N seconds
    #[arg(long, value_name = "N|Ns", default_value = "60s", value_parser = every, requires = "checkpoint")]
    pub(crate) checkpoint_every: Every,
    /// Go on with what --checkpoint holds, or begin where it holds nothing
    #[arg(long, requires = "checkpoint")]
    pub(crate) resume: bool,
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
}
