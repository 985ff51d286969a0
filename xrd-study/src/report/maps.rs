//! Comparison of the latent plane with other maps.

use serde::{Deserialize, Serialize};

/// Comparison of the latent plane of the chosen seed with two maps that need no network. One map
/// shows the first two principal components of the patterns. The other is a metric multidimensional
/// scaling of the distances 1 − r, where r is Pearson's correlation of two patterns (as in the
/// program PolySNAP). The field `training.latent_dimensions` explains the latent plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct MapsReport {
    /// Number of neighbours for trustworthiness and continuity: 10, or fewer if there are fewer
    /// than 21 patterns. `null` for fewer than 3 patterns.
    pub neighbours: Option<usize>,
    /// Number of compositions. Patterns with equal labels have the same composition.
    pub compositions: usize,
    /// Scores of each map.
    pub maps: Vec<MapReport>,
    /// Separation of the compositions, computed from the intensities at all angles. The points on
    /// the maps are not used.
    pub angles: SeparationReport,
}

/// Scores of one map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct MapReport {
    /// Name of the map: `autoencoder`, `PCA` or `metric MDS`.
    pub name: String,
    /// Fraction of the variance of the patterns that the first two principal components explain.
    /// `null` except for PCA.
    pub explained_variance: Option<f64>,
    /// Stress √(Σ (d − δ)² / Σ δ²), summed over all pairs of patterns. For each pair, d is the
    /// distance on the map and δ = 1 − r. `null` except for metric MDS.
    pub stress: Option<f64>,
    /// Trustworthiness (Venna and Kaski 2001). It is 1 if all neighbours on the map are also
    /// neighbours by the Euclidean distance of the patterns. `null` if `maps.neighbours` is `null`.
    pub trustworthiness: Option<f64>,
    /// Continuity (Venna and Kaski 2001). It is 1 if all neighbours by the Euclidean distance of
    /// the patterns are also neighbours on the map. `null` if `maps.neighbours` is `null`.
    pub continuity: Option<f64>,
    /// Trustworthiness with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub trustworthiness_of_shapes: Option<f64>,
    /// Continuity with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub continuity_of_shapes: Option<f64>,
    /// Silhouette of the compositions on the map (Rousseeuw 1987). `null` if there is only one
    /// composition, or if there are more compositions than half the number of patterns.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index between the compositions and the k-means clusters on the map (Hubert and
    /// Arabie 1985). There are as many clusters as compositions. `null` if `silhouette` is `null`.
    pub adjusted_rand_index: Option<f64>,
}

/// Separation of the compositions: whether patterns of the same composition are close to each other
/// and far from all other patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeparationReport {
    /// Silhouette of the compositions by the Euclidean distances of the patterns. `null` if there
    /// is only one composition, or if there are more compositions than half the number of patterns.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index between the compositions and the k-means clusters of the patterns.
    /// `null` if `silhouette` is `null`.
    pub adjusted_rand_index: Option<f64>,
}
