//! Relevance of the angles and lines of a pattern.

use serde::{Deserialize, Serialize};

/// Relevance of the angles of one pattern. At each angle in turn, the intensities in a narrow
/// window around the angle are set to zero. *Dev* of the angle is the distance by which the latent
/// point of the pattern then moves on the latent plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RelevanceReport {
    /// Name of the pattern, which is the first test pattern. For the built-in series, it is the
    /// first test pattern with Ti = 1.5, if there is one.
    pub pattern: String,
    /// Labels of the pattern.
    pub composition: String,
    /// Width of the window, at least one step of the grid (unit: degree).
    pub window_deg: f64,
    /// Wall time of the computation for all windows (unit: s).
    pub seconds: f64,
    /// Number of windows, which equals the number of rows of `relevance.csv`.
    pub windows: usize,
    /// Largest Dev (unit: plane).
    pub largest_dev: f64,
    /// Number of peaks found in the pattern.
    pub peaks: usize,
    /// Smallest intensity of a strong peak, relative to the strongest peak.
    pub strong_from: f64,
    /// Strong peaks with the smallest ratios of relative Dev to relative intensity, in ascending
    /// order of the ratio.
    pub strongest_irrelevant: Vec<PeakReport>,
    /// Families of lattice planes that may belong to the irrelevant peak of Utimula et al. (2022).
    /// The article calls this peak (0,0,1), but does not state the crystal axes. Empty except for
    /// the built-in series.
    pub candidates: Vec<CandidateReport>,
    /// Relevance of the lines of the built-in series. For one family of lattice planes after
    /// another, the line of the family is removed from all patterns. The intensity is reduced at
    /// all angles within ten line widths of the line. At each of these angles, the removed fraction
    /// of the intensity is the profile of the line divided by the sum of the profiles of all lines.
    /// The list contains the five strong families with the smallest values of `ratio`, the five
    /// other families with the largest values of `ratio`, and the families of `candidates`.
    /// `peaks.csv` contains all families. Empty except for the built-in series.
    pub lines: Vec<LineReport>,
}

/// Peak with its relevance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct PeakReport {
    /// Angle of the peak (unit: degree).
    pub two_theta: f64,
    /// Indices hkl of the strongest line within one line width of this angle, in the conventional
    /// cell. `null` for files, or if there is no such line.
    pub hkl: Option<[i32; 3]>,
    /// Intensity relative to the strongest peak.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest peak.
    pub intensity_rank: usize,
    /// Largest Dev of the angles within the peak (unit: plane).
    pub dev: f64,
    /// Dev of the peak relative to the largest Dev.
    pub relative_dev: f64,
    /// Rank by Dev, 1 for the largest Dev.
    pub relevance_rank: usize,
    /// Ratio of relative Dev to relative intensity. A strong peak with a ratio much smaller than 1
    /// hardly affects the latent point.
    pub ratio: f64,
}

/// Family of lattice planes that may belong to the irrelevant peak of Utimula et al. (2022). The
/// article calls this peak (0,0,1), but does not state the crystal axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct CandidateReport {
    /// Indices hkl in the conventional cell.
    pub hkl: [i32; 3],
    /// Angle of the line (unit: degree).
    pub expected_two_theta: f64,
    /// Peak within 0.1 degree of the line. `null` if there is none.
    pub peak: Option<PeakReport>,
}

/// Family of lattice planes with its relevance. The latent points of the patterns move when the
/// line of the family is removed. The mean distance of this movement is divided by the largest mean
/// distance of all families. The result is the relevance of the family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct LineReport {
    /// Indices hkl in the conventional cell.
    pub hkl: [i32; 3],
    /// Angle of the line in the composition of `relevance.pattern` (unit: degree).
    pub two_theta: f64,
    /// Multiplicity: number of equivalent lattice planes.
    pub multiplicity: usize,
    /// Intensity relative to the strongest line, averaged over the patterns.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest line.
    pub intensity_rank: usize,
    /// Relevance, averaged over the seeds.
    pub relative_dev_mean: f64,
    /// Standard deviation of the relevance over the seeds. `null` for a single seed.
    pub relative_dev_sd: Option<f64>,
    /// Rank by relevance, 1 for the most relevant family.
    pub relevance_rank: usize,
    /// Ratio of mean relevance to relative intensity.
    pub ratio: f64,
    /// Verdict on the family. The verdict is `strong, does not matter` for a strong family whose
    /// `ratio` is at most 0.1. The verdict is `weak, matters` for a family that is not strong and
    /// whose `ratio` is at least 2. The text is empty for all other families.
    pub verdict: String,
    /// Number of seeds that give the same verdict if each seed is evaluated alone.
    pub seeds_agreeing: usize,
}
