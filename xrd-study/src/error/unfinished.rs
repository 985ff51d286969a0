//! Unfinished work that cannot be used.

use std::fmt;
use std::path::PathBuf;

use super::Error;

/// Reason why unfinished work cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfinishedError {
    /// Unfinished work exists, and [`Saving::resume`](crate::Saving::resume) is false.
    NotResumed {
        /// File or folder of the work.
        path: PathBuf,
        /// Kind of the work, such as `study` or `training`.
        kind: &'static str,
    },
    /// The file or folder exists and is not unfinished work of this kind.
    Foreign {
        /// The file or folder.
        path: PathBuf,
        /// Kind of the work, such as `study` or `training`.
        kind: &'static str,
        /// Reason, if known.
        reason: Option<String>,
    },
    /// The work was started with other settings.
    Settings {
        /// File or folder of the work.
        path: PathBuf,
        /// Saved value of the first setting that differs.
        saved: String,
        /// Value of this setting that is given now.
        given: String,
    },
    /// A file of the work is damaged.
    Damaged {
        /// The file.
        path: PathBuf,
        /// Reason.
        reason: String,
    },
}

impl fmt::Display for UnfinishedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotResumed { path, kind } => {
                write!(f, "{} holds an unfinished {kind}", path.display())
            }
            Self::Foreign { path, kind, reason } => {
                let path = path.display();
                write!(f, "{path} exists and is not an unfinished {kind}")?;
                match reason {
                    Some(reason) => write!(f, " ({reason})"),
                    None => f.write_str(": move it away"),
                }
            }
            Self::Settings { path, saved, given } => {
                let path = path.display();
                write!(f, "{path}: started with {saved} (now {given})")
            }
            Self::Damaged { path, reason } => {
                write!(f, "{}: {reason}: move it away", path.display())
            }
        }
    }
}

impl From<UnfinishedError> for Error {
    fn from(error: UnfinishedError) -> Self {
        Self::Unfinished(Box::new(error))
    }
}
