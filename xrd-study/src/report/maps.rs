//! The plane compared with other maps.

use serde::{Deserialize, Serialize};

/// The plane of the chosen seed (its first two principal axes where there are more dimensions)
/// compared with two maps that need no network: principal components, and metric multidimensional
/// scaling of 1 − r between patterns, r being Pearson's correlation (as PolySNAP does).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct MapsReport {
    /// k of trustworthiness and continuity: 10, less for fewer than 21 patterns. `null` for fewer
    /// than 3 patterns.
    pub neighbours: Option<usize>,
    /// Number of different rows of labels.
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
pub struct MapReport {
    /// `autoencoder`, `PCA` or `metric MDS`.
    pub name: String,
    /// Share of the variance of the patterns that two components explain. `null` except for PCA.
    pub explained_variance: Option<f64>,
    /// √(Σ (d − δ)² / Σ δ²) of distances d on the map and δ = 1 − r given. `null` except for metric
    /// MDS.
    pub stress: Option<f64>,
    /// Trustworthiness: how far neighbours on the map are neighbours by Euclidean distance of the
    /// patterns (Venna and Kaski 2001). `null` as `maps.neighbours`.
    pub trustworthiness: Option<f64>,
    /// Continuity: how far neighbours by Euclidean distance are neighbours on the map. `null` as
    /// `maps.neighbours`.
    pub continuity: Option<f64>,
    /// Trustworthiness with 1 − r as the distance of patterns. `null` as `maps.neighbours`.
    pub trustworthiness_of_shapes: Option<f64>,
    /// Continuity with 1 − r as the distance of patterns. `null` as `maps.neighbours`.
    pub continuity_of_shapes: Option<f64>,
    /// Silhouette of the compositions on the map (Rousseeuw 1987). `null` where half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters on the map, as many as compositions, against the
    /// compositions (Hubert and Arabie 1985). `null` as `silhouette`.
    pub adjusted_rand_index: Option<f64>,
}

/// How well compositions are separated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SeparationReport {
    /// Silhouette of the compositions by the patterns themselves. `null` where half the patterns or
    /// more have compositions of their own.
    pub silhouette: Option<f64>,
    /// Adjusted Rand index of k-means clusters of the patterns themselves. `null` as `silhouette`.
    pub adjusted_rand_index: Option<f64>,
}
