//! Comparison of the latent plane with other maps.

use serde::{Deserialize, Serialize};

/// Comparison of the latent plane of the chosen seed with two maps that need no network: principal
/// components, and metric multidimensional scaling of 1 − r between patterns, where r is Pearson's
/// correlation (as in PolySNAP). With more than two latent dimensions the plane is that of the first two
/// principal axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct MapsReport {
    /// Number of neighbours k of trustworthiness and continuity: 10, or fewer with fewer than 21
    /// patterns. `null` with fewer than 3 patterns.
    pub neighbours: Option<usize>,
    /// Number of compositions: different rows of labels.
    pub compositions: usize,
    /// Scores of each map.
    pub maps: Vec<MapReport>,
    /// Separation of the compositions by all angles, without a map.
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
    /// Fraction of the variance of the patterns that two components explain. `null` except for PCA.
    pub explained_variance: Option<f64>,
    /// Stress √(Σ (d − δ)² / Σ δ²) of the distances d on the map and δ = 1 − r. `null` except for metric
    /// MDS.
    pub stress: Option<f64>,
    /// Trustworthiness: the degree to which neighbours on the map are neighbours by Euclidean distance of
    /// the patterns (Venna and Kaski 2001). `null` if `maps.neighbours` is `null`.
    pub trustworthiness: Option<f64>,
    /// Continuity: the degree to which neighbours by Euclidean distance are neighbours on the map. `null`
    /// if `maps.neighbours` is `null`.
    pub continuity: Option<f64>,
    /// Trustworthiness with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub trustworthiness_of_shapes: Option<f64>,
    /// Continuity with 1 − r as the distance of patterns. `null` if `maps.neighbours` is
    /// `null`.
    pub continuity_of_shapes: Option<f64>,
    /// Silhouette of the compositions on the map (Rousseeuw 1987). `null` if half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index between the compositions and as many k-means clusters on the map (Hubert and
    /// Arabie 1985). `null` if `silhouette` is `null`.
    pub adjusted_rand_index: Option<f64>,
}

/// Separation of compositions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct SeparationReport {
    /// Silhouette of the compositions by the patterns themselves. `null` if half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters of the patterns themselves. `null` if `silhouette` is
    /// `null`.
    pub adjusted_rand_index: Option<f64>,
}
