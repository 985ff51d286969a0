//! Reference structures.

use serde::{Deserialize, Serialize};

/// Reference structure, whose lines are drawn below the patterns. `references.csv` contains its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ReferenceReport {
    /// Name: the file name without extensions. A number is added if another reference has this name.
    pub name: String,
    /// File of the structure, as it was given.
    pub file: String,
    /// Number of lines in the range of the patterns with at least 0.001 of the intensity of the
    /// strongest.
    pub lines: usize,
}
