//! Example of a crate that uses the libraries from outside: a plane without a network.
//!
//! Its `Encoder` sums two windows of angles. Known mixtures become points, an unknown mixture is estimated
//! from them, and a sweep shows the relevant angles.

use xrd_core::{Encoder, Labels, Latent2, OnGrid, PatternSet, TwoThetaGrid};
use xrd_latent::{Estimate, LabelledPlane};
use xrd_relevance::{PeakOptions, PeakRelevance, SweepOptions, find_peaks, rank, sweep};

/// Any error of any of the crates.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Total intensity in each of two windows of angles.
pub struct TwoWindows {
    grid: TwoThetaGrid,
    /// Centres and width of the windows in degrees.
    middles: [f64; 2],
    width: f64,
}

impl TwoWindows {
    pub fn new(grid: TwoThetaGrid, middles: [f64; 2], width: f64) -> Self {
        Self {
            grid,
            middles,
            width,
        }
    }
}

impl OnGrid for TwoWindows {
    fn grid(&self) -> &TwoThetaGrid {
        &self.grid
    }
}

impl Encoder for TwoWindows {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let sum = |middle| -> f64 {
            let window = self.grid.window(middle, self.width);
            intensities[window].iter().copied().map(f64::from).sum()
        };
        Ok(Latent2::new(sum(self.middles[0]), sum(self.middles[1])))
    }
}

/// The estimated composition of an unknown pattern, from known patterns.
pub fn estimate(
    encoder: &(impl Encoder + ?Sized),
    known: &PatternSet,
    labels: Labels,
    unknown: &[f32],
) -> Result<Estimate, Error> {
    let plane = LabelledPlane::new(encoder.encode_set(known)?, labels)?;
    Ok(plane.estimate(encoder.encode(unknown)?)?)
}

/// The peaks of a pattern, the most relevant first.
pub fn peaks(
    encoder: &(impl Encoder + ?Sized),
    pattern: &[f32],
) -> Result<Vec<PeakRelevance>, Error> {
    let found = find_peaks(encoder.grid(), pattern, &PeakOptions::default())?;
    let options = SweepOptions::default().with_window_deg(0.5);
    Ok(rank(&found, &sweep(encoder, pattern, &options)?)?)
}
