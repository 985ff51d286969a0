//! Relevance of the angles of one pattern.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use xrd_ae::Autoencoder;
use xrd_relevance::{
    PeakOptions, PeakRelevance, Sweep, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep,
};

use super::series;
use crate::dataset::Dataset;
use crate::error::Result;
use crate::split::Split;

/// Smallest intensity of a strong peak, relative to the largest.
pub(super) const STRONG: f64 = 0.10;

/// Number of strong peaks with the lowest relevance in a report.
const REPORTED: usize = 5;

/// Relevance of all angles of one pattern. The relevance of an angle is the effect of its intensity
/// on the latent point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Relevance {
    /// Index of the pattern.
    pub pattern: usize,
    /// Width in degrees of the window whose intensities are set to zero.
    pub window_deg: f64,
    /// Wall time of the computation for all windows, in seconds.
    pub seconds: f64,
    /// Dev at each angle. Dev is the distance by which the latent point moves when the intensities
    /// in a window around the angle are set to zero.
    pub sweep: Sweep,
    /// Peaks of the pattern with their relevance.
    pub ranked: Vec<PeakRelevance>,
    /// Strong peaks with the smallest ratios of relevance to intensity, in ascending order of the
    /// ratio.
    pub strongest_irrelevant: Vec<PeakRelevance>,
}

/// Sweeps the window over the pattern that figures show.
pub(super) fn analyse(
    data: &Dataset,
    split: &Split,
    model: &Autoencoder,
    window_deg: f64,
) -> Result<Relevance> {
    let pattern = series::shown_pattern(data, split);
    let intensities = &data.set.intensities(pattern)?[..];
    let grid = data.set.grid();
    let options = SweepOptions::default().with_window_deg(window_deg);
    let start = Instant::now();
    let sweep = sweep(model, intensities, &options)?;
    let seconds = start.elapsed().as_secs_f64();
    let ranked = rank(
        &find_peaks(grid, intensities, &PeakOptions::above_noise(intensities))?,
        &sweep,
    )?;
    Ok(Relevance {
        pattern,
        window_deg: options.window_deg,
        seconds,
        strongest_irrelevant: strongest_irrelevant(&ranked, STRONG, REPORTED)?,
        ranked,
        sweep,
    })
}
