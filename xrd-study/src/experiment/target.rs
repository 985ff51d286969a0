//! Target values of labels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Label with a value, written as `Ti=0.75`. An experiment generates a pattern for a target, or
/// excludes the patterns that have this label value.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Name of the label.
    pub column: String,
    /// Value in the unit of the label; finite.
    pub value: f64,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.column, self.value)
    }
}

impl Target {
    /// Returns a target for a label. The argument `column` is the name of the label.
    pub fn new(column: impl Into<String>, value: f64) -> Self {
        let column = column.into();
        Self { column, value }
    }
}

impl FromStr for Target {
    type Err = Error;

    /// Reads a target from text of the form `COLUMN=VALUE`.
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

/// Rule that selects the latent point from which the pattern of a target is generated.
/// [`generate_targets`](crate::generate_targets) describes both rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecodedPoint {
    /// Point of the contour, which is the line on the latent plane where the estimated label equals
    /// the target value.
    #[default]
    Contour,
    /// Latent point of a strained blend ([`strained_blend`](xrd_interp::strained_blend)) of
    /// patterns of the two neighbouring compositions. A lattice strain aligns the lines of the
    /// patterns before they are mixed.
    Strained,
}

impl DecodedPoint {
    /// Returns the name of the rule, as used on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contour => "contour",
            Self::Strained => "strained",
        }
    }
}
