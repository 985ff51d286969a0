//! Choice of the variable of a series.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Choice of the variable along which patterns form a series, such as temperature, time or position.
///
/// The choice can be written as text: `auto`, `none`, the name of one variable, or the names of two
/// variables separated by a comma. Two variables are places on a sample. A variable is one of these, in
/// this order of precedence:
///
/// - a label, or another column of numbers in the table of labels,
/// - `order`: the order of the names of the patterns, in which numbers are compared as numbers,
/// - `temperature`, `time` or `time-per-step`: an entry of the file headers,
/// - a [source of labels](crate::LabelSource), such as `T{T_C}C` for a number in the names of files.
///
/// # Example
/// ```
/// use xrd_study::SeriesChoice;
///
/// let choice: SeriesChoice = "temperature".parse()?;
/// assert_eq!(choice, SeriesChoice::Named("temperature".to_owned()));
/// assert_eq!("none".parse::<SeriesChoice>()?, SeriesChoice::None);
/// # Ok::<(), xrd_study::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeriesChoice {
    /// The variable is recognised by its name, or by temperatures or times in the file headers. There
    /// is no series if this is ambiguous.
    #[default]
    Auto,
    /// There is no series.
    None,
    /// Name of one variable, or names of two variables separated by a comma.
    Named(String),
}

impl SeriesChoice {
    /// Whether the variable is recognised.
    pub fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

impl fmt::Display for SeriesChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Named(names) => names,
        })
    }
}

impl FromStr for SeriesChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim() {
            "" => Err(Error::Expected(
                "the name of a variable, such as order, or none",
            )),
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            names => Ok(Self::Named(names.to_owned())),
        }
    }
}

impl Serialize for SeriesChoice {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        super::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for SeriesChoice {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        super::text::deserialize(from)
    }
}
