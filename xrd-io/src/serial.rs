//! A step of preparation is written as its text and read back through it, so that no impossible
//! one is read.

use crate::error::{Error, Result};
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
