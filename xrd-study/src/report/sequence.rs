//! Patterns along a variable, such as temperature or time.

use serde::{Deserialize, Serialize};

/// Changes of patterns along a variable, such as temperature, time or position. No label and no
/// network is used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SequenceReport {
    /// Number of different values of the variable.
    pub values: usize,
    /// Number of principal components of the patterns in which steps are measured.
    pub components: usize,
    /// Median speed: distance between the patterns of neighbouring values, divided by the difference
    /// of the values. Distances are those of the square roots of patterns with area 1. `null` for
    /// fewer than 2 values.
    pub usual_speed: Option<f64>,
    /// Transitions, in ascending order of the variable. Empty for fewer than 8 values.
    pub transitions: Vec<TransitionReport>,
}

/// Transition: a range of the variable in which patterns change faster than elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TransitionReport {
    /// Value of the variable at which half of the fastest change is over.
    pub value: f64,
    /// Lower end of the interval that contains the fastest change, with 95 % confidence.
    pub from: f64,
    /// Upper end of this interval.
    pub to: f64,
    /// Value at which patterns begin to change faster than usual.
    pub begins: f64,
    /// Value from which patterns change no faster than usual.
    pub ends: f64,
    /// Speed of the fastest change, divided by the usual speed.
    pub speed: f64,
    /// Value before the fastest single step.
    pub steepest_from: f64,
    /// Value after the fastest single step.
    pub steepest_to: f64,
    /// Speed of the fastest single step, divided by the usual speed.
    pub steepest_speed: f64,
    /// Lines that appear. The strongest one comes first.
    pub appear: Vec<OnsetReport>,
    /// Lines that disappear. The strongest one comes first.
    pub disappear: Vec<OnsetReport>,
}

/// Line that appears or disappears at a transition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct OnsetReport {
    /// Angle 2θ of the line (degrees).
    pub two_theta_deg: f64,
    /// Value of the variable from which a line that appears exceeds a tenth of its later height, or
    /// from which a line that disappears stays below a tenth of its earlier height.
    pub value: f64,
}
