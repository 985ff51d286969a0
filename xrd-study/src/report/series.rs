//! Patterns along one variable, or at places on a sample.

use serde::{Deserialize, Serialize};

use super::SequenceReport;

/// Series of patterns: their variables, and the changes of the patterns along them. Averages over
/// patterns with equal values are compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeriesReport {
    /// Names of the variables: one, or two for places on a sample.
    pub variables: Vec<String>,
    /// Origin of the variables: `labels`, `table` (a column of the table of labels that is not a
    /// label), `headers`, `file names` or `order` (order of the names).
    pub source: String,
    /// Whether the program recognised the variables. If false, the user named them.
    pub recognised: bool,
    /// Changes along one variable. Absent for two variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<SequenceReport>,
    /// Changes between neighbouring places on a sample. Absent for one variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<PlacesReport>,
}

/// Patterns at places on a sample. The neighbours of a place are the three nearest places, and all
/// others that are less than a fifth farther away than the third.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct PlacesReport {
    /// Number of different places.
    pub places: usize,
    /// Number of principal components of the patterns in which steps are measured.
    pub components: usize,
    /// Median step. The step of a place is the mean distance between its pattern and the patterns of its
    /// neighbours. Distances are those of the square roots of patterns with area 1. `null` for fewer
    /// than 2 places.
    pub usual_step: Option<f64>,
    /// Name of the pattern with the largest step. `null` for fewer than 2 places.
    pub largest_step_at: Option<String>,
    /// Largest step, divided by the median. `null` for fewer than 2 places, and if the median is 0.
    pub largest_step: Option<f64>,
}
