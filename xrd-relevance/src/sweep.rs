use std::ops::Range;

use xrd_core::{Encoder, Latent2, TwoThetaGrid};

use crate::error::{Error, Result};
use crate::part::{Part, replace_parts};

/// Options of a [`sweep`](fn@sweep): the width of the windows and the distance between their
/// starts.
///
/// By default, as in Utimula et al. (2022), a window of 0.03° starts at every grid point.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SweepOptions {
    /// Width Δ of a window in degrees. A window that starts at 2θ contains the angles from 2θ to
    /// below 2θ + Δ.
    pub window_deg: f64,
    /// Distance between the starts of neighbouring windows in degrees. `None` means the step size
    /// of the grid.
    pub step_deg: Option<f64>,
}

impl SweepOptions {
    /// Sets the width of a window in degrees.
    #[must_use]
    pub fn with_window_deg(mut self, window_deg: f64) -> Self {
        self.window_deg = window_deg;
        self
    }

    /// Sets the distance between the starts of neighbouring windows in degrees. `None` means the
    /// step size of the grid.
    #[must_use]
    pub fn with_step_deg(mut self, step_deg: Option<f64>) -> Self {
        self.step_deg = step_deg;
        self
    }
}

impl Default for SweepOptions {
    fn default() -> Self {
        Self {
            window_deg: 0.03,
            step_deg: None,
        }
    }
}

/// Result of a [`sweep`](fn@sweep): the relevance of each window.
///
/// Each list has one entry per window.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Sweep {
    /// Latent point of the unchanged pattern.
    pub base: Latent2,
    /// Start of each window as an angle 2θ in degrees.
    pub two_theta: Vec<f64>,
    /// Range of grid points of each window.
    pub windows: Vec<Range<usize>>,
    /// Displacement for each window: the latent point of the changed pattern minus `base`.
    pub displacement: Vec<Latent2>,
    /// Relevance Dev(2θ) of each window: the length of the displacement.
    pub dev: Vec<f64>,
}

impl Sweep {
    /// Largest Dev of all windows; 0 if there are no windows.
    pub fn largest_dev(&self) -> f64 {
        self.dev.iter().copied().fold(0.0, f64::max)
    }
}

/// Computes the relevance Dev(2θ) of each angle of a pattern.
///
/// The relevance is the distance by which the latent point moves if the intensities in a window
/// are set to zero: `Dev(2θ) = |encode(M·x) − encode(x)|`. Here x is the pattern. The mask M is 0
/// inside the window and 1 elsewhere. The window contains the angles from 2θ to below 2θ + Δ,
/// where Δ is [`SweepOptions::window_deg`].
///
/// The first window starts at the first angle of the grid. Each further window starts
/// [`SweepOptions::step_deg`] after the previous window. No window starts after the last angle of
/// the grid. A window that extends beyond the grid ends at the last grid point. The pattern must
/// have the intensity scale that the encoder expects.
///
/// Cost: one encoded pattern per window. The patterns are encoded with [`Encoder::encode_masked`].
///
/// # Errors
/// - [`Error::Window`] unless the width of the windows is finite and at least the step size of the
///   grid.
/// - [`Error::Step`] unless the distance between the windows is at least the step size of the grid
///   and at most the width of the windows.
/// - [`Error::Encoder`] if the encoder returns an error.
/// - [`Error::Point`] if the encoder returns a point that is not finite.
///
/// # References
/// Utimula et al., Adv. Theory Simul. 2022, section III B and Fig. 5.
pub fn sweep(
    encoder: &(impl Encoder + ?Sized),
    intensities: &[f32],
    options: &SweepOptions,
) -> Result<Sweep> {
    let (two_theta, windows) = windows(encoder.grid(), options)?;
    let base = encoder.encode(intensities)?;
    let moved = encoder.encode_masked(intensities, &windows)?;
    let displacement = displacements(base, &moved)?;
    Ok(of_displacements(base, two_theta, windows, displacement))
}

/// Computes the relevance of each angle of a pattern, with replacement intensities from a second
/// pattern.
///
/// The argument `instead` is the second pattern, for example the background or the mean of the
/// training patterns. In each window, the intensities are replaced by the intensities of the second
/// pattern. In contrast, the function [`sweep`](fn@sweep) replaces the intensities in each window
/// by zero. Both functions use the same windows.
///
/// Cost: one encoded pattern per window. The patterns are encoded with [`Encoder::encode_set`]. If
/// the encoder has a fast [`Encoder::encode_masked`], [`sweep`](fn@sweep) is faster than this
/// function.
///
/// # Errors
/// Any error of [`sweep`](fn@sweep) or [`replace_parts`].
pub fn sweep_with(
    encoder: &(impl Encoder + ?Sized),
    intensities: &[f32],
    instead: &[f32],
    options: &SweepOptions,
) -> Result<Sweep> {
    let (two_theta, windows) = windows(encoder.grid(), options)?;
    let base = encoder.encode(intensities)?;
    let parts: Vec<Part> = windows.iter().cloned().map(Part::whole).collect();
    let displacement = replace_parts(encoder, intensities, instead, &parts)?;
    Ok(of_displacements(base, two_theta, windows, displacement))
}

fn of_displacements(
    base: Latent2,
    two_theta: Vec<f64>,
    windows: Vec<Range<usize>>,
    displacement: Vec<Latent2>,
) -> Sweep {
    let dev = displacement.iter().map(|d| d.x.hypot(d.y)).collect();
    Sweep {
        base,
        two_theta,
        windows,
        displacement,
        dev,
    }
}

fn displacements(base: Latent2, moved: &[Latent2]) -> Result<Vec<Latent2>> {
    let displacement = |(index, p): (usize, &Latent2)| {
        let d = Latent2::new(p.x - base.x, p.y - base.y);
        let (x, y) = (p.x, p.y);
        d.is_finite()
            .then_some(d)
            .ok_or(Error::Point { index, x, y })
    };
    moved.iter().enumerate().map(displacement).collect()
}

/// Start angles in degrees and grid points of all windows.
fn windows(grid: &TwoThetaGrid, options: &SweepOptions) -> Result<(Vec<f64>, Vec<Range<usize>>)> {
    let (window_deg, grid_step) = (options.window_deg, grid.step());
    let step_deg = options.step_deg.unwrap_or(grid_step);
    // Angles that differ by less than 1e-6 of a step count as equal, as on the grid.
    let slack = 1e-6 * grid_step;
    if !(window_deg.is_finite() && window_deg >= grid_step - slack) {
        return Err(Error::Window {
            window_deg,
            step_deg: grid_step,
        });
    }
    if !(step_deg >= grid_step - slack && step_deg <= window_deg + slack) {
        return Err(Error::Step {
            step_deg,
            least_deg: grid_step,
            most_deg: window_deg,
        });
    }
    let count = ((grid.last() - grid.start() + slack) / step_deg) as usize + 1;
    let starts: Vec<f64> = (0..count)
        .map(|i| grid.start() + step_deg * i as f64)
        .collect();
    let windows = starts.iter().map(|&from| grid.window(from, window_deg));
    let windows = windows.collect();
    Ok((starts, windows))
}

#[cfg(test)]
mod tests {
    use xrd_core::OnGrid;

    use super::*;
    use proptest::prelude::*;
    use xrd_core::conformance::check_encoder;

    /// Encoder by two weighted sums.
    struct Linear {
        grid: TwoThetaGrid,
        weights: Vec<(f64, f64)>,
    }

    impl OnGrid for Linear {
        fn grid(&self) -> &TwoThetaGrid {
            &self.grid
        }
    }

    impl Encoder for Linear {
        fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
            self.check(intensities)?;
            let terms = intensities.iter().zip(&self.weights);
            Ok(terms.fold(Latent2::default(), |sum, (&v, w)| {
                Latent2::new(sum.x + f64::from(v) * w.0, sum.y + f64::from(v) * w.1)
            }))
        }
    }

    fn linear(start: f64, step: f64, weights: Vec<(f64, f64)>) -> Linear {
        let grid = TwoThetaGrid::new(start, step, weights.len()).unwrap();
        Linear { grid, weights }
    }

    fn pattern(n: usize) -> Vec<f32> {
        (0..n)
            .map(|i| (i as f32 * 0.7).sin().powi(2) + 0.1)
            .collect()
    }

    fn weights() -> impl Strategy<Value = Vec<(f64, f64)>> {
        prop::collection::vec((-1.0..1.0f64, -1.0..1.0f64), 5..60)
    }

    proptest! {
        #[test]
        fn a_linear_encoder_moves_by_what_is_masked(weights in weights(), width in 1usize..5) {
            let encoder = linear(3.0, 0.02, weights);
            let x = pattern(encoder.weights.len());
            let options = SweepOptions { window_deg: 0.02 * width as f64, step_deg: None };
            let sweep = sweep(&encoder, &x, &options).unwrap();
            prop_assert_eq!(sweep.dev.len(), x.len());
            for i in 0..x.len() {
                let window = i..(i + width).min(x.len());
                prop_assert_eq!(&sweep.windows[i], &window);
                let sum = |w: fn(&(f64, f64)) -> f64| -> f64 {
                    window.clone().map(|k| -f64::from(x[k]) * w(&encoder.weights[k])).sum()
                };
                let expected = Latent2::new(sum(|w| w.0), sum(|w| w.1));
                prop_assert!(sweep.displacement[i].distance(expected) < 1e-12);
                prop_assert!((sweep.dev[i] - expected.x.hypot(expected.y)).abs() < 1e-12);
            }
        }

        #[test]
        fn dev_is_naive_masking(weights in weights(), step in 1usize..4) {
            let encoder = linear(3.0, 0.02, weights);
            let x = pattern(encoder.weights.len());
            let options = SweepOptions { window_deg: 0.06, step_deg: Some(0.02 * step as f64) };
            let sweep = sweep(&encoder, &x, &options).unwrap();
            prop_assert_eq!(sweep.dev.len(), x.len().div_ceil(step));
            for (window, dev) in sweep.windows.iter().zip(&sweep.dev) {
                let mut masked = x.clone();
                masked[window.clone()].fill(0.0);
                let moved = encoder.encode(&masked).unwrap();
                prop_assert!((moved.distance(sweep.base) - dev).abs() < 1e-12);
            }
        }

        #[test]
        fn zeros_instead_are_the_mask_and_the_pattern_itself_moves_nothing(weights in weights()) {
            let encoder = linear(3.0, 0.02, weights);
            let x = pattern(encoder.weights.len());
            let options = SweepOptions { window_deg: 0.06, step_deg: Some(0.04) };
            let masked = sweep(&encoder, &x, &options).unwrap();
            let zeros = sweep_with(&encoder, &x, &vec![0.0; x.len()], &options).unwrap();
            let itself = sweep_with(&encoder, &x, &x, &options).unwrap();
            prop_assert_eq!(&masked.windows, &zeros.windows);
            for (i, dev) in masked.dev.iter().enumerate() {
                prop_assert!((dev - zeros.dev[i]).abs() < 1e-9);
                prop_assert!(itself.dev[i] < 1e-9);
            }
        }

        #[test]
        fn what_is_blind_or_empty_is_irrelevant(weights in weights(), from in 0usize..55) {
            let mut encoder = linear(3.0, 0.02, weights);
            let mut x = pattern(encoder.weights.len());
            let n = x.len();
            let dark = from.min(n)..(from + 5).min(n);
            encoder.weights[dark.clone()].fill((0.0, 0.0));
            let options = SweepOptions { window_deg: 0.04, step_deg: None };
            let blind = sweep(&encoder, &x, &options).unwrap();
            x[dark.clone()].fill(0.0);
            let empty = sweep(&encoder, &x, &options).unwrap();
            for (i, window) in blind.windows.iter().enumerate() {
                if dark.start <= window.start && window.end <= dark.end {
                    prop_assert_eq!(blind.dev[i], 0.0);
                    prop_assert_eq!(empty.dev[i], 0.0);
                }
            }
        }
    }

    #[test]
    fn the_paper_masks_three_points_of_its_grid() {
        let encoder = linear(1.0, 0.01, vec![(1.0, 0.0); 11_900]);
        let options = SweepOptions::default();
        let (starts, windows) = windows(&encoder.grid, &options).unwrap();
        assert_eq!((starts.len(), windows.len()), (11_900, 11_900));
        assert_eq!(windows[100], 100..103);
        assert_eq!(windows[11_899], 11_899..11_900);
        assert!((starts[11_899] - 119.99).abs() < 1e-9);
    }

    #[test]
    fn the_toy_keeps_the_laws_of_encoders() {
        let encoder = linear(1.0, 0.1, (0..40).map(|i| (f64::from(i), 1.0)).collect());
        assert_eq!(check_encoder(&encoder, &pattern(40)), Ok(()));
    }

    #[test]
    fn refuses_what_cannot_be_swept() {
        let encoder = linear(1.0, 0.1, vec![(1.0, 1.0); 10]);
        let x = pattern(10);
        let with = |window_deg: f64, step_deg: Option<f64>| {
            let options = SweepOptions {
                window_deg,
                step_deg,
            };
            sweep(&encoder, &x, &options).unwrap_err()
        };
        for window in [0.0, -1.0, 0.05, f64::NAN, f64::INFINITY] {
            assert!(
                matches!(with(window, None), Error::Window { .. }),
                "{window}"
            );
        }
        for step in [0.0, -1.0, 0.05, 0.31, f64::NAN, f64::INFINITY] {
            assert!(
                matches!(with(0.3, Some(step)), Error::Step { .. }),
                "{step}"
            );
        }
        assert_eq!(
            with(0.03, None).to_string(),
            "mask window is 0.03 degrees (expected at least the grid step of 0.1)"
        );
        let wide = SweepOptions {
            window_deg: 0.3,
            step_deg: None,
        };
        assert!(matches!(
            sweep(&encoder, &x[..9], &wide),
            Err(Error::Encoder(_))
        ));
    }

    /// Divides by the sum, which is 0 for a mask over the whole pattern.
    struct Ratio(TwoThetaGrid);

    impl OnGrid for Ratio {
        fn grid(&self) -> &TwoThetaGrid {
            &self.0
        }
    }

    impl Encoder for Ratio {
        fn encode(&self, intensities: &[f32]) -> xrd_core::Result<Latent2> {
            let sum: f32 = intensities.iter().sum();
            Ok(Latent2::new(f64::from(intensities[0] / sum), 0.0))
        }
    }

    #[test]
    fn refuses_a_point_that_is_not_finite() {
        let encoder = Ratio(TwoThetaGrid::new(1.0, 0.1, 3).unwrap());
        let options = SweepOptions {
            window_deg: 0.3,
            step_deg: None,
        };
        let refused = sweep(&encoder, &[1.0; 3], &options);
        assert!(matches!(refused, Err(Error::Point { index: 0, .. })));
    }
}
