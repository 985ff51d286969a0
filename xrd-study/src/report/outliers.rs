//! Patterns that differ from all other patterns of their set.

use serde::{Deserialize, Serialize};

/// Patterns that differ from all other patterns of their set, found without labels and without a
/// network. The thresholds are computed from the set itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OutliersReport {
    /// Whether outliers were searched. `false` for fewer than 10 patterns, because a threshold cannot
    /// be computed from so few.
    pub searched: bool,
    /// Number of patterns.
    pub patterns: usize,
    /// Number of patterns with which every pattern was compared: all patterns, or an evenly spaced
    /// sample of them.
    pub compared_with: usize,
    /// Number of principal components from which every pattern was reconstructed.
    pub components: usize,
    /// The outliers. The most conspicuous one comes first.
    pub outliers: Vec<OutlierReport>,
}

/// Pattern that differs from all other patterns of its set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OutlierReport {
    /// Name of the pattern.
    pub pattern: String,
    /// Index of the pattern in its set, from 0.
    pub index: usize,
    /// Deviation from the other patterns, divided by the threshold. It is at least 1.
    pub score: f64,
    /// Kind of the deviation.
    pub reason: OutlierReason,
    /// First angle 2θ of the range that deviates most (degrees).
    pub from_deg: f64,
    /// Last angle 2θ of the range that deviates most (degrees).
    pub to_deg: f64,
    /// Name of the most similar other pattern. `null` if there is none.
    pub nearest: Option<String>,
}

/// Kind of the deviation of an outlier from the other patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutlierReason {
    /// More than half of the deviation from the mean pattern is not explained by the other patterns.
    #[default]
    Apart,
    /// The pattern has intensity where similar patterns have less, such as lines of an impurity.
    ForeignLines,
    /// The pattern has less intensity than similar patterns, such as a missing line.
    MissingLines,
    /// The intensity is exactly constant in a range of angles where it is not in other patterns.
    DeadRange,
    /// The pattern agrees better with other patterns if all its angles are changed.
    #[non_exhaustive]
    Shifted {
        /// Shift of the pattern relative to the other patterns (degrees). A positive shift is a shift
        /// to higher angles.
        by_deg: f64,
    },
}

impl OutlierReason {
    /// Returns the reason as text, for example "shifted by 0.30°".
    pub fn words(&self) -> String {
        match self {
            Self::Apart => "unlike all other patterns".to_owned(),
            Self::ForeignLines => "intensity that similar patterns do not have".to_owned(),
            Self::MissingLines => "less intensity than similar patterns".to_owned(),
            Self::DeadRange => "constant intensity".to_owned(),
            Self::Shifted { by_deg } => format!("shifted by {by_deg:.2}°"),
        }
    }
}
