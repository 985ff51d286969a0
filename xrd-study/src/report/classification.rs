//! Estimated classes of test patterns.

use serde::{Deserialize, Serialize};

/// Estimates of a label that is text, for the test patterns. Each class is a number that is 1 for the
/// patterns of the class and 0 for all others; these numbers are estimated from the patterns themselves
/// by regression, and the largest decides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ClassificationReport {
    /// Name of the label.
    pub label: String,
    /// Number of classes among the training patterns.
    pub classes: usize,
    /// Method with the smallest error in the cross-validation of the training patterns.
    pub method: String,
    /// Number of test patterns.
    pub count: usize,
    /// Fraction of the test patterns whose class is estimated correctly.
    pub accuracy: f64,
    /// Mean over the classes of the test patterns of the fraction that is estimated correctly, so that
    /// rare classes count as much as frequent ones.
    pub balanced_accuracy: f64,
    /// Accuracy if the most frequent class of the training patterns were estimated for all.
    pub majority_accuracy: f64,
}
