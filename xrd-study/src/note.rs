//! Notes on how files were read.

use std::fmt;

/// Something a user should know about how files were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The sentence.
    pub text: String,
    /// What would change it.
    pub remedy: Remedy,
}

/// What would change a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Nothing in particular.
    None,
    /// A choice of label columns.
    LabelColumns,
    /// The preparation of the model.
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
