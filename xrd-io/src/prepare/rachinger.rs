//! Kα2 stripping by Rachinger's recursion.

use xrd_core::Wavelength;

use crate::error::{Error, Result};

/// Kα doublet of an X-ray tube: the wavelengths of Kα1 and Kα2 and their intensity ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doublet {
    pub(super) ka1: Wavelength,
    pub(super) ka2: Wavelength,
    pub(super) ratio: f64,
}

impl Doublet {
    /// Creates a doublet from the wavelengths of Kα1 and Kα2 and the intensity ratio Kα2/Kα1, which
    /// is about 0.5.
    ///
    /// # Errors
    /// [`Error::Argument`] if the wavelength of Kα2 is not longer than that of Kα1, or if the ratio
    /// is not between 0 and 1.
    pub fn new(ka1: Wavelength, ka2: Wavelength, ratio: f64) -> Result<Self> {
        let refuse = |what, value, expected| {
            Err(Error::Argument {
                what,
                value,
                expected,
            })
        };
        if ka2 <= ka1 {
            let expected = "a wavelength longer than that of K-alpha-1";
            return refuse("the wavelength of K-alpha-2", ka2.as_angstrom(), expected);
        }
        if !(0.0..=1.0).contains(&ratio) {
            return refuse("the ratio of K-alpha-2 to K-alpha-1", ratio, "0 to 1");
        }
        Ok(Self { ka1, ka2, ratio })
    }

    /// The wavelength of Kα1.
    pub fn ka1(&self) -> Wavelength {
        self.ka1
    }
}

/// Removes the Kα2 part from the intensities of a pattern. Returns the Kα1 part. If the argument
/// `sigma` is given, the standard deviations of the Kα1 part are also returned.
///
/// The measured intensity I is the sum of the Kα1 part I₁ and the Kα2 part. The Kα1 part is
///
/// I₁(2θ) = I(2θ) − ratio · I₁(2θ′), with sin θ′ = (λ₁/λ₂) sin θ.
///
/// If lattice planes diffract Kα2 at the angle 2θ, the same planes diffract Kα1 at the smaller
/// angle 2θ′. The calculation proceeds from small to large angles. When it reaches the angle 2θ, I₁
/// at the smaller angle 2θ′ is therefore known. Between points, I₁ is interpolated with a cubic
/// polynomial through four points. If four points are not yet known, linear interpolation is used.
/// Below its first angle, the pattern is assumed to be constant.
///
/// The ratio is assumed to be the same at all angles, and the line shape to be the same for both
/// wavelengths. If one of these assumptions is wrong, ripples of a few per cent of the line height
/// remain next to a line. Standard deviations are calculated as if I₁(2θ′) were independent of
/// I(2θ).
///
/// The angles in the argument `two_theta` are in degrees and must be increasing. Cost: O(points).
///
/// # Panics
/// If the slices differ in length.
///
/// # References
/// W. A. Rachinger, J. Sci. Instrum. 25 (1948) 254.
pub fn strip_ka2(
    two_theta: &[f64],
    intensities: &[f64],
    sigma: Option<&[f64]>,
    doublet: &Doublet,
) -> (Vec<f64>, Option<Vec<f64>>) {
    let mut stripped: Vec<f64> = Vec::with_capacity(intensities.len());
    let mut spread: Vec<f64> = Vec::with_capacity(sigma.map_or(0, <[f64]>::len));
    let mut right = 1;
    for (i, &angle) in two_theta.iter().enumerate() {
        let source = source_angle(angle, doublet);
        while right < i && two_theta[right] < source {
            right += 1;
        }
        let before = Before::of(two_theta, i, right, source);
        let whole = 1.0 + doublet.ratio * before.own;
        let known: f64 = before.sum(|j, w| w * stripped[j]);
        stripped.push((intensities[i] - doublet.ratio * known) / whole);
        if let Some(sigma) = sigma {
            let variance = before.sum(|j, w| (w * spread[j]).powi(2));
            spread.push(sigma[i].hypot(doublet.ratio * variance.sqrt()) / whole);
        }
    }
    (stripped, sigma.map(|_| spread))
}

/// The angle 2θ′ in degrees at which Kα1 is diffracted by the lattice planes that diffract Kα2 at
/// `two_theta`.
fn source_angle(two_theta: f64, doublet: &Doublet) -> f64 {
    let shrink = doublet.ka1.as_angstrom() / doublet.ka2.as_angstrom();
    2.0 * (shrink * (two_theta.to_radians() / 2.0).sin())
        .asin()
        .to_degrees()
}

/// Interpolation of I₁(2θ′) from the points before point i and point i itself.
struct Before {
    first: usize,
    /// Weights of the points starting at `first`.
    weights: Vec<f64>,
    /// Weight of point i.
    own: f64,
}

impl Before {
    /// Computes the weights. `right` is the index of the first point at or after the source angle,
    /// at most i.
    fn of(axis: &[f64], i: usize, right: usize, source: f64) -> Self {
        if i == 0 || source <= axis[0] || source >= axis[i] {
            return Self {
                first: 0,
                weights: vec![],
                own: 1.0,
            };
        }
        let nodes = match right {
            2.. if right + 1 < i => right - 2..right + 2,
            _ => right - 1..right + 1,
        };
        let mut weights = lagrange(&axis[nodes.clone()], source);
        let own = if nodes.end > i { weights.pop() } else { None };
        Self {
            first: nodes.start,
            weights,
            own: own.unwrap_or(0.0),
        }
    }

    fn sum(&self, term: impl Fn(usize, f64) -> f64) -> f64 {
        let terms = self.weights.iter().enumerate();
        terms.map(|(k, w)| term(self.first + k, *w)).sum()
    }
}

/// Lagrange weights for the interpolation at `x`. The interpolated value is the sum of the values
/// at `nodes`, multiplied by these weights.
fn lagrange(nodes: &[f64], x: f64) -> Vec<f64> {
    let weight = |a: &f64| {
        let others = nodes.iter().filter(|b| *b != a);
        others.map(|b| (x - b) / (a - b)).product()
    };
    nodes.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn copper(ratio: f64) -> Doublet {
        let wavelength = |value| Wavelength::angstrom(value).unwrap();
        Doublet {
            ka1: wavelength(1.540_593),
            ka2: wavelength(1.544_427),
            ratio,
        }
    }

    fn axis(first: f64, step: f64, points: u32) -> Vec<f64> {
        (0..points).map(|i| first + step * f64::from(i)).collect()
    }

    fn line(angle: f64, centre: f64, fwhm: f64) -> f64 {
        (-4.0 * 2f64.ln() * ((angle - centre) / fwhm).powi(2)).exp()
    }

    proptest! {
        #[test]
        fn of_a_doublet_the_first_line_is_left(
            centre in 25.0..120.0f64, fwhm in 0.08..0.3f64, ratio in 0.0..0.6f64,
        ) {
            let doublet = copper(ratio);
            let axis = axis(centre - 2.0, 0.01, 500);
            let only = |x: &f64| 1000.0 * line(*x, centre, fwhm);
            let both = |x: &f64| only(x) + ratio * only(&source_angle(*x, &doublet));
            let measured: Vec<f64> = axis.iter().map(both).collect();
            let (stripped, _) = strip_ka2(&axis, &measured, None, &doublet);
            let near = |(s, x): (&f64, &f64)| (s - only(x)).abs() < 1.0;
            prop_assert!(stripped.iter().zip(&axis).all(near));
        }

        #[test]
        fn a_constant_is_shared_out(level in 0.0..1e6f64, ratio in 0.0..1.0f64, first in -5.0..90.0f64) {
            let axis = axis(first, 0.02, 300);
            let (stripped, _) = strip_ka2(&axis, &[level; 300], None, &copper(ratio));
            let expected = level / (1.0 + ratio);
            prop_assert!(stripped.iter().all(|s| (s - expected).abs() <= 1e-9 * level));
        }

        #[test]
        fn without_a_second_line_nothing_changes(values in prop::collection::vec(0.0..1e6f64, 2..60)) {
            let axis = axis(10.0, 0.02, values.len() as u32);
            let (stripped, sigma) = strip_ka2(&axis, &values, Some(&values), &copper(0.0));
            prop_assert_eq!(&stripped, &values);
            prop_assert_eq!(&sigma.unwrap(), &values);
        }
    }

    #[test]
    fn lines_as_wide_at_both_wavelengths_leave_little() {
        let doublet = copper(0.5);
        let axis = axis(20.0, 0.02, 5_000);
        let centres = [(25.0, 1000.0), (44.0, 400.0), (77.0, 700.0), (110.0, 150.0)];
        let second = |c: f64| {
            let d = doublet.ka1.d_spacing_angstrom(c);
            doublet.ka2.two_theta_deg(d).unwrap()
        };
        let sum = |x: &f64, at: &dyn Fn(f64) -> f64| -> f64 {
            centres
                .iter()
                .map(|(c, h)| h * line(*x, at(*c), 0.12))
                .sum()
        };
        let measured: Vec<f64> = axis
            .iter()
            .map(|x| sum(x, &|c| c) + 0.5 * sum(x, &second))
            .collect();
        let (stripped, _) = strip_ka2(&axis, &measured, None, &doublet);
        let off = |(s, x): (&f64, &f64)| (s - sum(x, &|c| c)).abs();
        let worst = stripped.iter().zip(&axis).map(off).fold(0.0, f64::max);
        assert!(worst < 5.0, "{worst}");
    }

    #[test]
    fn the_spread_grows_by_the_recursion() {
        let axis = axis(30.0, 0.01, 4_000);
        let (_, sigma) = strip_ka2(&axis, &[100.0; 4_000], Some(&[10.0; 4_000]), &copper(0.5));
        // Interpolation between nodes averages, so errors grow at most as they do when taking
        // points.
        let most = 10.0 / (1.0 - 0.25f64).sqrt();
        assert!(
            sigma.unwrap()[200..]
                .iter()
                .all(|s| (10.0..=most + 1e-9).contains(s))
        );
    }
}
