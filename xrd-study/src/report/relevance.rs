//! Relevance of the angles and lines of a pattern.

use serde::{Deserialize, Serialize};

/// Relevance of the angles of one pattern. A window of angles is set to zero, at every angle in turn. Dev
/// is the distance by which the point of the pattern moves on the latent plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RelevanceReport {
    /// Name of the pattern: a test pattern, for the built-in series one with Ti = 1.5 if there is one.
    pub pattern: String,
    /// Labels of the pattern.
    pub composition: String,
    /// Width of the window, at least one step (unit: degree).
    pub window_deg: f64,
    /// Wall time of the sweep (unit: s).
    pub seconds: f64,
    /// Number of windows, which is the number of rows of `relevance.csv`.
    pub windows: usize,
    /// Largest Dev (unit: plane).
    pub largest_dev: f64,
    /// Number of peaks found in the pattern.
    pub peaks: usize,
    /// Smallest intensity of a strong peak, relative to the largest.
    pub strong_from: f64,
    /// Strong peaks of least ratio, in ascending order.
    pub strongest_irrelevant: Vec<PeakReport>,
    /// Candidates for the irrelevant peak (0,0,1) of the paper. Empty except for the built-in series.
    pub candidates: Vec<CandidateReport>,
    /// Lines of the built-in series, each masked as a whole. At each angle, within ten line widths, a line
    /// has the fraction of its profile in the sum of all profiles. Listed are the five strong families of
    /// lattice planes of least ratio, the five others of greatest ratio, and the candidates; `peaks.csv`
    /// holds all. Empty except for the built-in series.
    pub lines: Vec<LineReport>,
}

/// A peak and its relevance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct PeakReport {
    /// Angle of the peak (unit: degree).
    pub two_theta: f64,
    /// Indices hkl of the strongest line at this angle, in conventional axes. `null` for files, or if no
    /// line is near.
    pub hkl: Option<[i32; 3]>,
    /// Intensity relative to the largest.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest peak.
    pub intensity_rank: usize,
    /// Largest Dev within the peak (unit: plane).
    pub dev: f64,
    /// Dev relative to the largest.
    pub relative_dev: f64,
    /// Rank by Dev, 1 for the largest.
    pub relevance_rank: usize,
    /// Ratio of relative Dev to relative intensity: far below 1 for a strong peak that does not matter.
    pub ratio: f64,
}

/// A family of lattice planes that may be the irrelevant peak (0,0,1) of the paper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CandidateReport {
    /// Indices hkl in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line (unit: degree).
    pub expected_two_theta: f64,
    /// Peak within 0.1 degree of the line. `null` if there is none.
    pub peak: Option<PeakReport>,
}

/// A family of lattice planes and its relevance. The relevance is the mean displacement of the points when
/// the family is masked, relative to that of the most relevant family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct LineReport {
    /// Indices hkl in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line in the composition of `relevance.pattern` (unit: degree).
    pub two_theta: f64,
    /// Multiplicity: the number of equivalent lattice planes.
    pub multiplicity: usize,
    /// Intensity relative to the strongest line, mean over the patterns.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest.
    pub intensity_rank: usize,
    /// Relevance, mean over the seeds.
    pub relative_dev_mean: f64,
    /// Standard deviation of the relevance over the seeds. `null` for a single seed.
    pub relative_dev_sd: Option<f64>,
    /// Rank by relevance, 1 for the most relevant.
    pub relevance_rank: usize,
    /// Ratio of mean relevance to relative intensity.
    pub ratio: f64,
    /// Verdict: `strong, does not matter` if the ratio of a strong family is at most 0.1, `weak, matters`
    /// if the ratio of another family is at least 2, otherwise empty.
    pub verdict: String,
    /// Number of seeds that give the same verdict on their own.
    pub seeds_agreeing: usize,
}
