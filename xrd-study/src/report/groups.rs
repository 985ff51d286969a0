//! Groups of patterns.

use serde::{Deserialize, Serialize};

/// Groups of patterns, found without labels. The group with the most patterns among those that were
/// compared in pairs has the number 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GroupsReport {
    /// How patterns are compared: `lines` (square roots of the intensities above the background,
    /// broadened by 0.2°) or `points` (of a latent space).
    pub compared_by: String,
    /// Number of patterns that were compared in pairs: all patterns, or an evenly spaced sample of
    /// 2,000. Other patterns get the group with the nearest mean.
    pub compared_in_pairs: usize,
    /// Number of groups. It is the number with the highest silhouette among those with a silhouette
    /// of 0.3 or more and a stability of 0.9 or more, and 1 if there are none, unless it was given.
    pub number: usize,
    /// Mean silhouette of the groups (Rousseeuw 1987), from −1 to 1: how well the groups are
    /// separated. `null` for one group.
    pub silhouette: Option<f64>,
    /// Stability of the groups: mean adjusted Rand index between them and the groups found in 20
    /// random parts of 70 % of the patterns, of at most 500 patterns each. 1 means that the groups are
    /// always the same. `null` for one group, and for fewer than 4 patterns.
    pub stability: Option<f64>,
    /// Scores of each number of groups that was tried.
    pub tried: Vec<NumberOfGroupsReport>,
    /// The groups in the order of their numbers.
    pub groups: Vec<GroupReport>,
    /// Patterns between two groups, for example mixtures of two phases. Those nearest to the middle
    /// come first.
    pub between: Vec<BetweenReport>,
    /// Agreement of the groups with labels: with each label that is text, and with each label of
    /// numbers that has at least 2 and at most 12 different values. Absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agreement: Vec<GroupAgreementReport>,
}

/// Agreement of the groups with the classes of a label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GroupAgreementReport {
    /// Name of the label.
    pub label: String,
    /// Number of classes: different texts or values.
    pub classes: usize,
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 if groups and classes are the same, about 0 for
    /// random groups.
    pub adjusted_rand_index: f64,
    /// Purity: fraction of the patterns that belong to the most frequent class of their group. 1 if
    /// each group contains one class only.
    pub purity: f64,
}

/// Scores of a number of groups.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct NumberOfGroupsReport {
    /// Number of groups.
    pub number: usize,
    /// Mean silhouette, from −1 to 1.
    pub silhouette: f64,
    /// Stability, at most 1. `null` for fewer than 4 patterns.
    pub stability: Option<f64>,
}

/// A group of patterns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GroupReport {
    /// Number of the group, from 1.
    pub number: usize,
    /// Number of patterns.
    pub size: usize,
    /// Name of the most representative pattern, with the smallest sum of distances to the others.
    pub medoid: String,
    /// Names of the patterns.
    pub members: Vec<String>,
    /// Windows of angles that distinguish the group from all others, the clearest first, at most 10.
    /// Empty if there is only one group.
    pub windows: Vec<WindowReport>,
}

/// Window of angles at which a group differs from the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct WindowReport {
    /// First angle 2θ (degrees).
    pub from_deg: f64,
    /// Last angle 2θ (degrees).
    pub to_deg: f64,
    /// Angle 2θ of the largest difference (degrees).
    pub peak_deg: f64,
    /// Difference between the mean lines of the group and those of all other patterns at this angle,
    /// divided by the spread within the groups. Above 0, the lines of the group are stronger.
    pub difference: f64,
}

/// Pattern between two groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct BetweenReport {
    /// Name of the pattern.
    pub pattern: String,
    /// Number of the group to which the pattern belongs.
    pub group: usize,
    /// Number of the other group.
    pub other: usize,
    /// Position on the line between the means of the two groups: 0 at the mean of its own group, 0.5
    /// in the middle. Only patterns with 0.12 or more are listed.
    pub position: f64,
}
