//! Serialisation of preparation steps and formats as text. Deserialisation parses the text and
//! refuses invalid steps and formats.

use crate::error::{Error, Result};
use crate::format::Format;
use crate::prepare::Step;

impl From<Step> for String {
    /// The text of the step, as in its `Display`.
    fn from(step: Step) -> Self {
        step.to_string()
    }
}

impl TryFrom<String> for Step {
    type Error = Error;

    /// Parses the step from its text.
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Format> for String {
    /// The [name](Format::name).
    fn from(format: Format) -> Self {
        format.name().to_owned()
    }
}

impl TryFrom<String> for Format {
    type Error = Error;

    /// The format with a name.
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}
