//! Steps of preparation and formats are written as their texts and read back through them, so that no impossible
//! one is read.

use crate::error::{Error, Result};
use crate::format::Format;
use crate::prepare::Step;

impl From<Step> for String {
    /// As [`Step`] is displayed.
    fn from(step: Step) -> Self {
        step.to_string()
    }
}

impl TryFrom<String> for Step {
    type Error = Error;

    /// As [`Step`] is parsed.
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

    /// The format of a name.
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}
