//! Target values of labels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Target value of a label, written as `Ti=0.75`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Label column.
    pub column: String,
    /// Target value, in the unit of the label; finite.
    pub value: f64,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.column, self.value)
    }
}

impl Target {
    /// Returns the target `value` of a label.
    pub fn new(column: impl Into<String>, value: f64) -> Self {
        let column = column.into();
        Self { column, value }
    }
}

impl FromStr for Target {
    type Err = Error;

    /// Reads `COLUMN=VALUE`.
    fn from_str(text: &str) -> Result<Self> {
        let (column, value) = text.split_once('=').ok_or(Error::Expected("COL=VALUE"))?;
        let value = value.trim().parse::<f64>().ok().filter(|v| v.is_finite());
        Ok(Self {
            column: column.to_owned(),
            value: value.ok_or(Error::Expected("a finite number"))?,
        })
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        super::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        super::text::deserialize(from)
    }
}

/// Rule for the latent point that is decoded for a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecodedPoint {
    /// Point of the contour of the target value. Of all points of the contour, this is the nearest
    /// to the position interpolated between the centres of the two neighbouring compositions.
    #[default]
    Contour,
    /// Encoded point of a mixture of the patterns of the two neighbouring compositions. Before
    /// mixing, both patterns are strained so that their lines coincide (Vegard's law).
    Strained,
}

impl DecodedPoint {
    /// Returns the name of the rule, as on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contour => "contour",
            Self::Strained => "strained",
        }
    }
}
