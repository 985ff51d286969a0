//! Preparation of measured data before patterns are compared, such as background subtraction,
//! smoothing and resampling.
//!
//! The functions of this module work on numbers or on patterns.
//! [`Scan::prepare`](crate::Scan::prepare) applies a list of [`Step`]s to a scan and records them
//! with the scan.

mod arpls;
mod lines;
mod on_grid;
mod rachinger;
mod rebin;
mod savitzky_golay;
mod snip;
mod spikes;
mod step;

pub use arpls::arpls;
pub use lines::Lines;
pub use on_grid::{crop, each, normalise_max, resample, rescale};
pub(crate) use on_grid::{interpolate, places};
pub use rachinger::{Doublet, strip_ka2};
pub use rebin::{Combine, Rebinned, rebin};
pub use savitzky_golay::{WithSigma, savitzky_golay};
pub use snip::snip;
pub use spikes::{spikes, typical_noise};
pub use step::Step;

#[cfg(test)]
mod made_up {
    //! A synthetic pattern, which `benches/peers/preparation.py` computes too.

    /// Selected points of a result computed by another program, as pairs of index and value.
    pub(super) type Reference = [(usize, f64); 10];

    /// 300 points: a curved, rising background, three lines, and deterministic noise.
    pub(super) fn pattern() -> Vec<f64> {
        let line = |x: f64, centre: f64, height: f64, width: f64| {
            height * (-((x - centre) / width).powi(2)).exp()
        };
        let at = |i: u32| {
            let x = f64::from(i);
            let lines =
                line(x, 80.0, 900.0, 3.0) + line(x, 87.0, 300.0, 3.0) + line(x, 200.0, 5000.0, 5.0);
            background(x) + lines + f64::from(i * 7919 % 61) / 61.0 * 12.0 - 6.0
        };
        (0..300).map(at).collect()
    }

    pub(super) fn background(x: f64) -> f64 {
        60.0 + 0.2 * x + 10.0 * (x / 50.0).sin()
    }

    pub(super) fn assert_near(values: &[f64], reference: &Reference, limit: f64) {
        for (i, expected) in reference {
            let found = values[*i];
            assert!(
                (found - expected).abs() <= limit * expected.abs(),
                "point {i}: {found} (expected {expected})"
            );
        }
    }
}
