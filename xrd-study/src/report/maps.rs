//! Comparison of the latent plane with other maps.

use serde::{Deserialize, Serialize};

/// Comparison of the latent plane of the chosen seed with two maps that need no network. One map
/// shows the first two principal components of the patterns. The other is a metric multidimensional
/// scaling of the distances 1 − r, where r is Pearson's correlation of two patterns (as in the
/// program PolySNAP). With more than two latent dimensions, the first two principal axes of the
/// training patterns span the latent plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct MapsReport {
    /// Number of neighbours for trustworthiness and continuity: 10, or fewer if there are fewer
    /// than 21 patterns. `null` for fewer than 3 patterns.
    pub neighbours: Option<usize>,
    /// Number of compositions, which are the different rows of labels.
    pub compositions: usize,
    /// Scores of each map.
    pub maps: Vec<MapReport>,
    /// Separation of the compositions by the intensities at all angles, without a map.
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
    /// Stress √(Σ (d − δ)² / Σ δ²), where d are the distances on the map and δ = 1 − r. `null`
    /// except for metric MDS.
    pub stress: Option<f64>,
    /// Trustworthiness: the degree to which neighbours on the map are also neighbours by the
    /// Euclidean distance of the patterns (Venna and Kaski 2001). `null` if `maps.neighbours` is
    /// `null`.
    pub trustworthiness: Option<f64>,
    /// Continuity: the degree to which neighbours by the Euclidean distance of the patterns are
    /// also neighbours on the map. `null` if `maps.neighbours` is `null`.
    pub continuity: Option<f64>,
    /// Trustworthiness with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub trustworthiness_of_shapes: Option<f64>,
    /// Continuity with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub continuity_of_shapes: Option<f64>,
    /// Silhouette of the compositions on the map (Rousseeuw 1987). `null` if at least half of the
    /// patterns have a composition that no other pattern has.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index between the compositions and the k-means clusters on the map (Hubert and
    /// Arabie 1985). There are as many clusters as compositions. `null` if `silhouette` is `null`.
    pub adjusted_rand_index: Option<f64>,
}

/// Separation of compositions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeparationReport {
    /// Silhouette of the compositions by the distances of the patterns. `null` if at least half of
    /// the patterns have a composition that no other pattern has.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index between the compositions and the k-means clusters of the patterns.
    /// `null` if `silhouette` is `null`.
    pub adjusted_rand_index: Option<f64>,
}
