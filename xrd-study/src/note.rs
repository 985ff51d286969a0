//! Notes on how files were read.

use std::fmt;

/// Note for the user on how files were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Text of the note.
    pub text: String,
    /// Choice that would change what was noted.
    pub remedy: Remedy,
}

/// Choice that would change what was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// No particular choice.
    None,
    /// Choice of label columns.
    LabelColumns,
    /// Preparation as for the training patterns of the model.
    AsTrained,
}

impl Note {
    pub(crate) fn new(text: String, remedy: Remedy) -> Self {
        Self { text, remedy }
    }
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self::new(text, Remedy::None)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
