//! Notes on how files were read.

use std::fmt;

/// Note for the user on how files were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Text of the note.
    pub text: String,
    /// Option that avoids this note if the user sets the option.
    pub remedy: Remedy,
}

/// Option that avoids a [`Note`] if the user sets the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// No option avoids the note.
    None,
    /// Statement of the axis ([`ReadOptions::axis_kind`](xrd_io::ReadOptions::axis_kind)).
    AxisKind,
    /// Choice of the label columns
    /// ([`LabelledFiles::label_columns`](crate::LabelledFiles::label_columns)).
    LabelColumns,
    /// Scaling of every pattern to the same maximum.
    Scale,
    /// Scaling of every pattern to the same maximum, or a choice of groups.
    ScaleOrGroup,
    /// Choice of the variable of a series ([`Experiment::series`](crate::Experiment::series)).
    Series,
    /// No preparation options, so that patterns are prepared like the training patterns of the model.
    AsTrained,
    /// No preparation, although the training patterns of the model were prepared.
    Unprepared,
}

impl Note {
    pub(crate) fn new(text: String, remedy: Remedy) -> Self {
        Self { text, remedy }
    }
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        let is_of_axis = text.contains("the axis is assumed") || text.contains("does not name it");
        let remedy = if is_of_axis {
            Remedy::AxisKind
        } else {
            Remedy::None
        };
        Self::new(text, remedy)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
