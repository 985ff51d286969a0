use super::PatternFrame;
use crate::Result;
use crate::error::within;

/// Weight of the Lorentzian in the lines that are broadened. Lines of laboratory instruments are
/// about halfway between a Gaussian and a Lorentzian.
const ETA: f64 = 0.5;

/// Standard deviations of the Gaussian at which it is cut off.
const REACH: f64 = 3.5;

/// Broader lines: each line is convolved with a Gaussian, so that its full width at half maximum
/// becomes a multiple of what it was.
///
/// The width of the Gaussian follows from the width of the lines of the [`PatternFrame`] if these
/// lines are pseudo-Voigt functions with η = 0.5. The factor is then accurate to 5 %.
///
/// # References
/// J. J. Olivero and R. L. Longbothum, J. Quant. Spectrosc. Radiat. Transf. 17, 233 (1977), for the
/// width of a convolution of a Gaussian and a Lorentzian; P. Thompson, D. E. Cox and J. B. Hastings,
/// J. Appl. Cryst. 20, 79 (1987), for the Gaussian and the Lorentzian of a pseudo-Voigt function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineWidth {
    factor: f64,
}

impl LineWidth {
    /// Creates the effect from the new width divided by the old width.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the factor is 1 to 10.
    pub fn new(factor: f64) -> Result<Self> {
        let factor = within("factor of the line width", factor, 1.0..=10.0, "1 to 10")?;
        Ok(Self { factor })
    }

    /// Full width at half maximum of the Gaussian, in units of the width of the lines.
    fn gaussian(self) -> f64 {
        let lorentzian = 0.729_28 * ETA + 0.192_89 * ETA * ETA + 0.077_83 * ETA.powi(3);
        let square = 0.2166 * lorentzian * lorentzian;
        let straight = 0.5346 * lorentzian;
        // The difference of the squares of the two Gaussians. It is exactly 0 for a factor of 1.
        let of = |factor: f64| (factor - straight).powi(2) - square;
        (of(self.factor) - of(1.0)).max(0.0).sqrt()
    }

    /// Broadens the lines of a pattern.
    pub(super) fn apply(self, frame: &PatternFrame, intensities: &mut [f32]) {
        let fwhm_points = self.gaussian() * frame.fwhm_deg() / frame.grid().step();
        let sd = fwhm_points / (8.0 * std::f64::consts::LN_2).sqrt();
        let reach = (REACH * sd).round() as usize;
        if reach == 0 {
            return;
        }
        let kernel = kernel(sd, reach);
        let padded = padded(intensities, reach);
        intensities.fill(0.0);
        // One pass over the pattern per element of the kernel, so that the loop is vectorised.
        for (k, weight) in kernel.iter().enumerate() {
            for (y, x) in intensities.iter_mut().zip(&padded[k..]) {
                *y += weight * x;
            }
        }
    }
}

/// Gaussian with sum 1.
fn kernel(sd: f64, reach: usize) -> Vec<f32> {
    let at = |k: usize| {
        let x = (k as f64 - reach as f64) / sd;
        (-0.5 * x * x).exp()
    };
    let values: Vec<f64> = (0..=2 * reach).map(at).collect();
    let sum: f64 = values.iter().sum();
    values.iter().map(|v| (v / sum) as f32).collect()
}

/// Pattern with its first and last intensity repeated at the ends.
fn padded(intensities: &[f32], reach: usize) -> Vec<f32> {
    let (first, last) = (intensities[0], intensities[intensities.len() - 1]);
    let mut padded = vec![first; reach];
    padded.extend_from_slice(intensities);
    padded.resize(padded.len() + reach, last);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::TwoThetaGrid;

    fn pseudo_voigt(x: f64, fwhm: f64) -> f64 {
        let u = x / fwhm;
        let (gauss, lorentz) = (
            (4.0 * std::f64::consts::LN_2 / std::f64::consts::PI).sqrt()
                * (-4.0 * std::f64::consts::LN_2 * u * u).exp(),
            2.0 / std::f64::consts::PI / (1.0 + 4.0 * u * u),
        );
        ETA * lorentz + (1.0 - ETA) * gauss
    }

    fn width(grid: &TwoThetaGrid, line: &[f32]) -> f64 {
        let highest = line.iter().copied().fold(0.0, f32::max);
        let over = line.iter().filter(|y| **y > highest / 2.0).count();
        over as f64 * grid.step()
    }

    #[test]
    fn the_width_grows_by_the_factor_and_the_area_stays() {
        let grid = TwoThetaGrid::new(20.0, 0.002, 10_001).unwrap();
        let frame = PatternFrame::new(grid, 0.1).unwrap();
        let line: Vec<f32> = grid
            .angles()
            .map(|a| pseudo_voigt(a - 30.0, 0.1) as f32)
            .collect();
        for factor in [1.0, 1.2, 1.5, 2.0, 3.0] {
            let mut broad = line.clone();
            LineWidth::new(factor).unwrap().apply(&frame, &mut broad);
            let found = width(&grid, &broad) / width(&grid, &line);
            assert!((found / factor - 1.0).abs() < 0.05, "{factor}: {found}");
            let area = |y: &[f32]| y.iter().map(|y| f64::from(*y)).sum::<f64>();
            assert!((area(&broad) / area(&line) - 1.0).abs() < 1e-3);
        }
        assert!(LineWidth::new(0.9).is_err() && LineWidth::new(f64::NAN).is_err());
    }
}
