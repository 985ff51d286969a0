//! Relevance of the angles and lines of a pattern.

use serde::{Deserialize, Serialize};

/// Relevance of the angles of one pattern. At each angle in turn, the intensities in a narrow
/// window around the angle are set to zero. Dev of the angle is the distance by which the point of
/// the pattern then moves on the latent plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RelevanceReport {
    /// Name of the pattern, which is a test pattern. For the built-in series, it is a test pattern
    /// with Ti = 1.5 if there is one.
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
    /// Candidates for the peak that the paper calls (0,0,1) and irrelevant. Empty except for the
    /// built-in series.
    pub candidates: Vec<CandidateReport>,
    /// Relevance of lines of the built-in series: the whole line of a family of lattice planes is
    /// removed from the patterns. At each angle, within ten line widths, the removed intensity is
    /// the fraction that the profile of the line has in the sum of all profiles. The list contains
    /// the five strong families with the smallest ratios, the five other families with the largest
    /// ratios, and the candidates. `peaks.csv` contains all families. Empty except for the built-in
    /// series.
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
    /// Indices hkl of the strongest line near this angle, in conventional axes. `null` for files,
    /// or if no line is near.
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
    /// Ratio of relative Dev to relative intensity. The ratio of a strong peak that does not matter
    /// is much smaller than 1.
    pub ratio: f64,
}

/// Family of lattice planes that may be the peak that the paper calls (0,0,1) and irrelevant.
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

/// Family of lattice planes with its relevance. The relevance is the mean displacement of the
/// latent points when the line of the family is removed from the patterns. The values are relative
/// to the most relevant family.
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
    /// Intensity relative to the strongest line, averaged over the patterns.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest line.
    pub intensity_rank: usize,
    /// Relevance, averaged over the seeds.
    pub relative_dev_mean: f64,
    /// Standard deviation of the relevance over the seeds. `null` for a single seed.
    pub relative_dev_sd: Option<f64>,
    /// Rank by relevance, 1 for the most relevant.
    pub relevance_rank: usize,
    /// Ratio of mean relevance to relative intensity.
    pub ratio: f64,
    /// Verdict on the family: `strong, does not matter` for a strong family with a ratio of at most
    /// 0.1, `weak, matters` for any other family with a ratio of at least 2, otherwise empty.
    pub verdict: String,
    /// Number of seeds that give the same verdict if each seed is evaluated alone.
    pub seeds_agreeing: usize,
}
