//! Which angles and lines move the point of a pattern.

use serde::{Deserialize, Serialize};

/// Relevance of the angles of one pattern: a window of angles is set to zero, at every angle in turn;
/// Dev is the distance that this moves the point of the pattern, a length on the plane.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RelevanceReport {
    /// Name of the pattern: a test pattern; of the series one with Ti = 1.5 where there is one.
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
    /// Share of the largest intensity from which a peak counts as strong.
    pub strong_from: f64,
    /// Strong peaks of least ratio, the least first.
    pub strongest_irrelevant: Vec<PeakReport>,
    /// Candidates for the paper's irrelevant peak (0,0,1). Empty except for the built-in series.
    pub candidates: Vec<CandidateReport>,
    /// Lines of the built-in series, each masked as a whole: at an angle a line has the share that
    /// its profile has in the sum of all profiles there, within ten widths. The five strong families
    /// of planes of least ratio, the five others of greatest ratio, and the candidates; `peaks.csv`
    /// has all. Empty except for the built-in series.
    pub lines: Vec<LineReport>,
}

/// A peak and its relevance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PeakReport {
    /// Angle of the peak (unit: degree).
    pub two_theta: f64,
    /// Indices of the strongest line there, in conventional axes. `null` for files, and where no
    /// line is near.
    pub hkl: Option<[i32; 3]>,
    /// Intensity over the largest.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest peak.
    pub intensity_rank: usize,
    /// Largest Dev within the peak (unit: plane).
    pub dev: f64,
    /// `dev` over the largest Dev.
    pub relative_dev: f64,
    /// Rank by Dev, 1 for the largest.
    pub relevance_rank: usize,
    /// Relative Dev over relative intensity: far below 1 for a peak that is strong and does not
    /// matter.
    pub ratio: f64,
}

/// A family of planes that the paper's irrelevant peak (0,0,1) may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CandidateReport {
    /// Indices in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line (unit: degree).
    pub expected_two_theta: f64,
    /// The peak within 0.1 degree of it. `null` where no peak is that near.
    pub peak: Option<PeakReport>,
}

/// A family of planes and its relevance: the mean length of the move of a point when the family is
/// masked, over that of the most relevant family.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LineReport {
    /// Indices in conventional axes.
    pub hkl: [i32; 3],
    /// Angle of the line in the composition of `relevance.pattern` (unit: degree).
    pub two_theta: f64,
    /// Number of planes in the family.
    pub multiplicity: usize,
    /// Intensity over that of the strongest line, mean over the patterns.
    pub relative_intensity: f64,
    /// Rank by intensity, 1 for the strongest.
    pub intensity_rank: usize,
    /// Relevance, mean over the seeds.
    pub relative_dev_mean: f64,
    /// Standard deviation of the relevance over the seeds. `null` for a single seed.
    pub relative_dev_sd: Option<f64>,
    /// Rank by relevance, 1 for the most relevant.
    pub relevance_rank: usize,
    /// Mean relevance over relative intensity.
    pub ratio: f64,
    /// `strong, does not matter` where the ratio of a strong family is at most 0.1, `weak, matters`
    /// where that of another is at least 2, otherwise empty.
    pub verdict: String,
    /// Number of seeds that alone give the same verdict.
    pub seeds_agreeing: usize,
}
