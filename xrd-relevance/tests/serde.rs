//! Results written with serde are read back exactly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use xrd_core::{Encoder, Latent2, OnGrid, TwoThetaGrid};
use xrd_relevance::{PeakOptions, PeakRelevance, Sweep, SweepOptions, find_peaks, rank, sweep};

/// Encoder by the total intensity and that of every third angle.
struct Thirds(TwoThetaGrid);

impl OnGrid for Thirds {
    fn grid(&self) -> &TwoThetaGrid {
        &self.0
    }
}

impl Encoder for Thirds {
    fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
        self.check(intensities)?;
        let sum = |step| {
            intensities
                .iter()
                .step_by(step)
                .copied()
                .map(f64::from)
                .sum()
        };
        Ok(Latent2::new(sum(1), sum(3)))
    }
}

#[test]
fn sweeps_and_rankings_go_round() {
    let encoder = Thirds(TwoThetaGrid::new(10.0, 0.1, 200).unwrap());
    let line = |t: f64, at: f64| (-((t - at) / 0.4).powi(2)).exp() as f32;
    let at = |t| line(t, 14.0) + 0.5 * line(t, 22.0);
    let pattern: Vec<f32> = encoder.grid().angles().map(at).collect();
    let options = SweepOptions::default().with_window_deg(0.3);
    let swept = sweep(&encoder, &pattern, &options).unwrap();
    let peaks = find_peaks(encoder.grid(), &pattern, &PeakOptions::default()).unwrap();
    let ranked = rank(&peaks, &swept).unwrap();
    assert_eq!(ranked.len(), 2);

    let text = serde_json::to_string(&(&swept, &ranked, &options)).unwrap();
    let again: (Sweep, Vec<PeakRelevance>, SweepOptions) = serde_json::from_str(&text).unwrap();
    assert_eq!(again, (swept, ranked, options));
}
