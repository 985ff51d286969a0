use crate::error::{Error, Result, same_length};
use crate::grid::TwoThetaGrid;

/// Computes the pattern of a crystal after a uniform lattice strain.
///
/// A strain ε = Δd/d multiplies the spacings of all lattice planes by 1 + ε. Each line then moves
/// from the angle θ to θ′, where sin θ′ = sin θ/(1 + ε) by Bragg's law. The formula holds for any
/// wavelength.
///
/// # Example
/// ```
/// use xrd_core::{Strain, TwoThetaGrid};
/// let grid = TwoThetaGrid::new(40.0, 0.01, 2001)?;
/// let line = |centre: f64| -> Vec<f32> {
///     grid.angles().map(|a| (-((a - centre) / 0.1).powi(2)).exp() as f32).collect()
/// };
/// // Planes that are farther apart by 0.1 % reflect at a slightly smaller angle.
/// let moved = Strain::on(&grid).of(1e-3, &line(50.0))?;
/// let expected = 2.0 * (25f64.to_radians().sin() / 1.001).asin().to_degrees();
/// let highest = (0..grid.len()).max_by(|&i, &j| moved[i].total_cmp(&moved[j])).unwrap();
/// assert!((grid.angle(highest) - expected).abs() < 0.01);
/// # Ok::<(), xrd_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Strain {
    /// sin θ and cos θ at each point.
    sin_cos: Vec<(f64, f64)>,
    step_deg: f64,
}

impl Strain {
    /// Prepares the computation for patterns on this grid.
    ///
    /// Cost: O(points).
    pub fn on(grid: &TwoThetaGrid) -> Self {
        let half = grid.angles().map(|angle| (angle / 2.0).to_radians());
        Self {
            sin_cos: half.map(f64::sin_cos).collect(),
            step_deg: grid.step(),
        }
    }

    /// Returns the pattern of a crystal after the strain ε = `strain`.
    ///
    /// The argument `pattern` is the pattern before the strain. The accuracy is described at
    /// [`apply`](Self::apply).
    ///
    /// # Errors
    /// Any error of [`apply`](Self::apply).
    pub fn of(&self, strain: f64, pattern: &[f32]) -> Result<Vec<f32>> {
        let mut strained = vec![0.0; self.sin_cos.len()];
        self.apply(strain, pattern, &mut strained)?;
        Ok(strained)
    }

    /// Computes the pattern of a crystal after the strain ε = `strain`, and writes the result to
    /// the slice `into`.
    ///
    /// The argument `pattern` is the pattern before the strain. Its intensities are interpolated
    /// linearly. Beyond the ends of the grid, the first and the last intensity are repeated.
    ///
    /// Angles are accurate to 10⁻⁶ degrees if |ε| <= 0.02 and 2θ <= 150°. Interpolation lowers the
    /// height of a line by at most the fraction 0.7/n². Here n is the number of grid points in the
    /// full width at half maximum of the line.
    ///
    /// Cost: O(points).
    ///
    /// # Errors
    /// - [`Error::Length`] unless `pattern` and `into` have one element per grid point.
    /// - [`Error::OutOfRange`] unless −1 < ε < 1.
    pub fn apply(&self, strain: f64, pattern: &[f32], into: &mut [f32]) -> Result<()> {
        same_length("intensities", pattern.len(), self.sin_cos.len())?;
        same_length("places for intensities", into.len(), self.sin_cos.len())?;
        let possible = strain.abs() < 1.0;
        if !possible {
            return Err(Error::OutOfRange {
                what: "strain",
                value: strain,
                expected: "over -1 and under 1",
            });
        }
        let per_radian = 2f64.to_degrees() / self.step_deg;
        let last = pattern.len() - 1;
        for (i, (y, &(sin, cos))) in into.iter_mut().zip(&self.sin_cos).enumerate() {
            // What is seen here was at θ + δ, sin(θ + δ) = (1 + ε)·sin θ, in the pattern.
            let stretched = (1.0 + strain) * sin;
            let there = (1.0 - stretched * stretched).max(0.0).sqrt();
            let x = sin * ((1.0 + strain) * cos - there);
            let delta = x * (1.0 + x * x * (1.0 / 6.0 + x * x * (3.0 / 40.0)));
            let place = (i as f64 + delta * per_radian).clamp(0.0, last as f64);
            let (below, share) = (place as usize, place.fract() as f32);
            let above = pattern[(below + 1).min(last)];
            *y = pattern[below] + share * (above - pattern[below]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line_at(grid: &TwoThetaGrid, centre: f64) -> Vec<f32> {
        let at = |angle: f64| (-((angle - centre) / 0.3).powi(2)).exp() as f32;
        grid.angles().map(at).collect()
    }

    #[test]
    fn other_lengths_and_impossible_strains_are_refused() {
        let strain = Strain::on(&TwoThetaGrid::new(5.0, 0.05, 3).unwrap());
        assert!(strain.of(0.01, &[1.0; 2]).is_err() && strain.of(0.01, &[1.0; 4]).is_err());
        assert!(strain.apply(0.01, &[1.0; 3], &mut [0.0; 2]).is_err());
        for impossible in [-1.0, 1.0, f64::NAN, f64::INFINITY] {
            assert!(strain.of(impossible, &[1.0; 3]).is_err());
        }
    }

    /// A pattern that is 0 where the intensity seen at an angle was before, and rises with 2θ.
    #[test]
    fn angles_are_right_to_a_millionth_of_a_degree() {
        let grid = TwoThetaGrid::new(5.0, 0.01, 17_000).unwrap();
        for strain in [-0.02, -0.01, 0.005, 0.02] {
            for i in (0..14_500).step_by(500) {
                let sin = (1.0 + strain) * (grid.angle(i) / 2.0).to_radians().sin();
                let before = 2.0 * sin.asin().to_degrees();
                let rising: Vec<f32> = grid.angles().map(|a| (a - before) as f32).collect();
                let error = Strain::on(&grid).of(strain, &rising).unwrap()[i];
                // Beyond the ends the first intensity goes on.
                assert!(before < 5.0 || error.abs() < 1e-6, "{strain} {i} {error}");
            }
        }
    }

    proptest! {
        #[test]
        fn lines_move_as_bragg_has_it(strain in -0.02..0.02f64, centre in 15.0..145.0f64) {
            let grid = TwoThetaGrid::new(5.0, 0.01, 17_000).unwrap();
            let moved = Strain::on(&grid).of(strain, &line_at(&grid, centre)).unwrap();
            // Each point is where the line was before.
            for i in (0..grid.len()).step_by(7) {
                let sin = (1.0 + strain) * (grid.angle(i) / 2.0).to_radians().sin();
                let before = 2.0 * sin.min(1.0).asin().to_degrees();
                let expected = (-((before - centre) / 0.3).powi(2)).exp();
                prop_assert!((f64::from(moved[i]) - expected).abs() < 1e-3);
            }
        }

        #[test]
        fn no_strain_changes_nothing(pattern in prop::collection::vec(0.0..1.0f32, 1..300)) {
            let grid = TwoThetaGrid::new(5.0, 0.05, pattern.len()).unwrap();
            let same = Strain::on(&grid).of(0.0, &pattern).unwrap();
            // But for the rounding of angles.
            for (a, b) in pattern.iter().zip(&same) {
                prop_assert!((a - b).abs() < 1e-6, "{a} {b}");
            }
        }
    }
}
