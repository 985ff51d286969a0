//! Which angles move the point of one pattern.

use std::time::Instant;

use anyhow::Result;
use xrd_relevance::{
    PeakOptions, PeakRelevance, Sweep, SweepOptions, find_peaks, rank, strongest_irrelevant, sweep,
};

use super::{SeedRun, series};
use crate::dataset::Dataset;

/// A peak is strong from this share of the largest intensity on.
pub(crate) const STRONG: f64 = 0.10;

/// How many strong peaks of least relevance are reported.
const REPORTED: usize = 5;

/// The relevance of every angle of one pattern.
pub(crate) struct Relevance {
    /// The pattern's place in the dataset.
    pub(crate) pattern: usize,
    pub(crate) window_deg: f64,
    pub(crate) seconds: f64,
    pub(crate) sweep: Sweep,
    pub(crate) ranked: Vec<PeakRelevance>,
    /// Strong peaks of least relevance, the least relevant first.
    pub(crate) strongest_irrelevant: Vec<PeakRelevance>,
}

/// Sweeps the window over the pattern that stands for the set.
pub(crate) fn analyse(data: &Dataset, run: &SeedRun, window_deg: f64) -> Result<Relevance> {
    let pattern = series::shown_pattern(data, &run.split);
    let intensities = data.set.intensities(pattern);
    let grid = data.set.grid();
    let options = SweepOptions {
        window_deg,
        ..SweepOptions::default()
    };
    let start = Instant::now();
    let sweep = sweep(&run.model, intensities, &options)?;
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
