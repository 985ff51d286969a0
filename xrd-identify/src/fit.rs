//! Shifts between a pattern and the lines of a structure.

use crate::Prepared;
use crate::lines::{Code, decode, place, two_theta_deg};
use crate::preparation::{POINTS, STEP_DEG};
use crate::ranking::{between, convolve};

/// Shifts with which the lines of a structure agree best with a pattern.
///
/// A line of the spacing d is expected at the angle of d · (1 + `strain`), plus `zero_shift_deg`, plus
/// `displacement_deg` · cos θ.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Shifts {
    /// Shift of all angles 2θ in degrees.
    pub zero_shift_deg: f64,
    /// Shift by displacement of the specimen at 2θ = 0 in degrees: −2s/R for a specimen that is s too low in a
    /// diffractometer of radius R.
    pub displacement_deg: f64,
    /// Relative difference of the lattice spacings, Δd/d.
    pub strain: f64,
}

/// Limits of the shifts: degrees, degrees, relative.
const LIMITS: [f64; 3] = [0.2, 0.25, 0.01];

/// Usual shifts. The similarity is reduced by `PENALTY` for a shift of this size.
const USUAL: [f64; 3] = [0.1, 0.1, 0.006];

const PENALTY: f64 = 0.004;

/// Steps of the grid of strains in the first search, on each side of 0.
const STRAINS: i32 = 10;

/// Steps of the grid of zero shifts, on each side of 0.
const ZEROS: i32 = 3;

impl Shifts {
    fn numbers(&self) -> [f64; 3] {
        [self.zero_shift_deg, self.displacement_deg, self.strain]
    }

    fn of([zero_shift_deg, displacement_deg, strain]: [f64; 3]) -> Self {
        Self {
            zero_shift_deg,
            displacement_deg,
            strain,
        }
    }

    /// Returns the angle 2θ in degrees, for Cu Kα1, at which a line of this 1/d in 1/Å is expected.
    pub fn two_theta_deg(&self, inverse_d: f64) -> f64 {
        self.shifted(strained(inverse_d, self.strain))
    }

    /// Angle with zero shift and displacement.
    fn shifted(&self, [angle, cosine]: [f64; 2]) -> f64 {
        angle + self.zero_shift_deg + self.displacement_deg * cosine
    }

    fn penalty(&self) -> f64 {
        let parts = self.numbers().into_iter().zip(USUAL);
        PENALTY * parts.map(|(s, usual)| (s / usual).powi(2)).sum::<f64>()
    }
}

/// Angle 2θ in degrees of a line of strained spacing, and the cosine of θ.
fn strained(inverse_d: f64, strain: f64) -> [f64; 2] {
    let angle = two_theta_deg(inverse_d / (1.0 + strain));
    [angle, (angle / 2.0).to_radians().cos()]
}

/// Lines of a structure, to be compared with a pattern at many shifts.
struct Comb {
    /// 1/d in 1/Å and height.
    lines: Vec<(f64, f32)>,
    norm: f32,
    strain: f64,
    /// Angles of the lines at this strain, and their cosines: most shifts that are tried have the strain of the one before.
    angles: Vec<[f64; 2]>,
}

impl Comb {
    fn new(codes: &[Code]) -> Self {
        let lines = codes.iter().map(|c| decode(*c));
        let lines: Vec<(f64, f32)> = lines
            .map(|l| (l.inverse_d, l.intensity.sqrt() as f32))
            .collect();
        Self {
            norm: lines.iter().map(|l| l.1 * l.1).sum::<f32>().sqrt(),
            strain: 0.0,
            angles: lines.iter().map(|l| strained(l.0, 0.0)).collect(),
            lines,
        }
    }

    /// Cosine between the shifted lines and a pattern that was multiplied with the profile of a line.
    fn score(&mut self, shifts: &Shifts, products: &[f32]) -> f64 {
        if shifts.strain != self.strain {
            self.strain = shifts.strain;
            let lines = self.lines.iter().zip(&mut self.angles);
            lines.for_each(|(line, angle)| *angle = strained(line.0, shifts.strain));
        }
        let at = |(line, angle): (&(f64, f32), &[f64; 2])| {
            let place = place(shifts.shifted(*angle));
            match place > 0.0 && place < POINTS as f64 {
                true => line.1 * between(products, place as f32),
                false => 0.0,
            }
        };
        let sum: f32 = self.lines.iter().zip(&self.angles).map(at).sum();
        f64::from(sum / self.norm)
    }
}

/// How the lines of a pattern look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) fwhm_deg: f64,
    /// Whether lines have a companion of Kα2.
    pub(crate) has_k_alpha2: bool,
}

/// Wavelength of Kα2 relative to Kα1, for Cu.
const K_ALPHA2: f64 = 1.544_427 / 1.540_593;

/// Pattern in the forms that the fit needs.
pub(crate) struct Fitted {
    measured: std::ops::Range<usize>,
    /// Products with wide and narrow lines.
    wide: Vec<f32>,
    narrow: Vec<f32>,
    /// Smoothed pattern of norm 1 over the measured points.
    smooth: Vec<f32>,
    fwhm_deg: f64,
}

/// Standard deviation in degrees of the lines of the first search.
const WIDE: f64 = 0.14;

/// Power of the intensities in the last comparison.
const POWER: f32 = 0.65;

/// Smoothing in degrees before the last comparison.
const SMOOTHING: f64 = 0.05;

impl Fitted {
    pub(crate) fn new(pattern: &Prepared, fwhm_deg: f64) -> Self {
        let values = pattern.values();
        // The root of a Gaussian is wider by √2.
        let narrow = fwhm_deg / 2.355 * std::f64::consts::SQRT_2;
        let measured = pattern.measured();
        let smooth = smoothed(values, 2.0 * POWER, &measured);
        Self {
            measured,
            wide: convolve(values, WIDE / STEP_DEG, true),
            narrow: convolve(values, narrow / STEP_DEG, true),
            smooth,
            fwhm_deg,
        }
    }

    /// Fits the shifts of an entry.
    pub(crate) fn shifts(&self, codes: &[Code]) -> Shifts {
        let mut comb = Comb::new(codes);
        // Scores of different patterns become comparable with the penalty.
        let scale = comb.score(&Shifts::default(), &self.wide).max(0.2);
        let mut best = (f64::NEG_INFINITY, Shifts::default());
        let mut try_one = |shifts: Shifts, products: &[f32], best: &mut (f64, Shifts)| {
            let value = comb.score(&shifts, products) / scale - shifts.penalty();
            if value > best.0 {
                *best = (value, shifts);
            }
        };
        for strain in -STRAINS..=STRAINS {
            for zero in -ZEROS..=ZEROS {
                let share = |i: i32, most: i32| f64::from(i) / f64::from(most);
                let strain = LIMITS[2] * share(strain, STRAINS);
                let zero = 0.75 * LIMITS[0] * share(zero, ZEROS);
                try_one(Shifts::of([zero, 0.0, strain]), &self.wide, &mut best);
            }
        }
        for (products, steps) in [
            (&self.wide, [0.03, 0.04, 5e-4]),
            (&self.narrow, [0.02, 0.03, 3e-4]),
            (&self.narrow, [0.008, 0.012, 1e-4]),
            (&self.narrow, [0.003, 0.005, 3e-5]),
        ] {
            best.0 = f64::NEG_INFINITY;
            let start = best.1;
            try_one(start, products, &mut best);
            for _ in 0..8 {
                let before = best.1;
                for (i, step) in steps.iter().enumerate() {
                    for sign in [-1.0, 1.0] {
                        let mut numbers = best.1.numbers();
                        numbers[i] = (numbers[i] + sign * step).clamp(-LIMITS[i], LIMITS[i]);
                        try_one(Shifts::of(numbers), products, &mut best);
                    }
                }
                if best.1 == before {
                    break;
                }
            }
        }
        best.1
    }

    pub(crate) fn look(&self, has_k_alpha2: bool) -> Look {
        Look {
            fwhm_deg: self.fwhm_deg,
            has_k_alpha2,
        }
    }

    /// Cosine between the pattern and drawn intensities, both to the power [`POWER`].
    pub(crate) fn similarity(&self, intensities: &[f32]) -> f64 {
        self.product(&self.smooth, &self.drawn(intensities))
    }

    /// Drawn intensities to the power [`POWER`], smoothed, of norm 1 over the measured points.
    pub(crate) fn drawn(&self, intensities: &[f32]) -> Vec<f32> {
        smoothed(intensities, POWER, &self.measured)
    }

    /// Another pattern of the same range, as [`drawn`](Self::drawn).
    pub(crate) fn smooth(&self, pattern: &Prepared) -> Vec<f32> {
        smoothed(pattern.values(), 2.0 * POWER, &self.measured)
    }

    /// Product over the measured points.
    pub(crate) fn product(&self, a: &[f32], b: &[f32]) -> f64 {
        let pairs = a[self.measured.clone()]
            .iter()
            .zip(&b[self.measured.clone()]);
        let product: f64 = pairs.map(|(a, b)| f64::from(a * b)).sum();
        product.clamp(0.0, 1.0)
    }

    pub(crate) fn measured(&self) -> std::ops::Range<usize> {
        self.measured.clone()
    }
}

/// Values to a power, smoothed, of norm 1 over the measured points.
fn smoothed(values: &[f32], power: f32, measured: &std::ops::Range<usize>) -> Vec<f32> {
    let powers: Vec<f32> = values.iter().map(|v| v.powf(power)).collect();
    let mut smooth = convolve(&powers, SMOOTHING / STEP_DEG, true);
    normalise(&mut smooth, measured);
    smooth
}

/// Scales to norm 1 over the measured points.
fn normalise(values: &mut [f32], measured: &std::ops::Range<usize>) {
    let squares = values[measured.clone()]
        .iter()
        .map(|v| f64::from(*v).powi(2));
    let norm = squares.sum::<f64>().sqrt();
    if norm > 0.0 {
        values
            .iter_mut()
            .for_each(|v| *v = (f64::from(*v) / norm) as f32);
    }
}

/// Draws the intensities of an entry on the axis. Points that were not measured are 0.
pub(crate) fn draw(
    codes: &[Code],
    shifts: &Shifts,
    look: Look,
    measured: &std::ops::Range<usize>,
) -> Vec<f32> {
    let mut drawn = vec![0.0; POINTS];
    let half = look.fwhm_deg / STEP_DEG / 2.0;
    let mut add = |inverse_d: f64, height: f64| {
        let centre = place(shifts.two_theta_deg(inverse_d));
        let from = (centre - 12.0 * half).ceil().max(measured.start as f64) as usize;
        let to = ((centre + 12.0 * half).floor().max(-1.0) + 1.0).min(measured.end as f64) as usize;
        for (i, value) in drawn.iter_mut().enumerate().take(to).skip(from) {
            let x = ((i as f64 - centre) / half) as f32;
            let lorentzian = 1.0 / (1.0 + x * x);
            let gaussian = (-std::f32::consts::LN_2 * x * x).exp();
            *value += height as f32 * 0.5 * (lorentzian + gaussian);
        }
    };
    for line in codes.iter().map(|c| decode(*c)) {
        add(line.inverse_d, line.intensity);
        let second = line.inverse_d * K_ALPHA2;
        if look.has_k_alpha2 && second * crate::preparation::WAVELENGTH < 2.0 {
            add(second, 0.5 * line.intensity);
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::LineList;

    proptest! {
        /// Scores do not depend on the shifts that were tried before, and are the sums over lines at their angles.
        #[test]
        fn scores_are_sums_at_the_shifted_angles(
            spacings in prop::collection::vec(0.13..0.9f64, 1..20),
            tries in prop::collection::vec((-0.2..0.2f64, -0.25..0.25f64, 0..3), 1..12),
        ) {
            let lines = spacings.iter().enumerate().map(|(i, s)| (*s, 1.0 + i as f64));
            let list = LineList::new(lines).unwrap();
            let products: Vec<f32> = (0..POINTS).map(|i| (i as f32 * 0.013).sin()).collect();
            let mut comb = Comb::new(list.codes());
            for (zero, displacement, strain) in tries {
                let shifts = Shifts::of([zero, displacement, 0.004 * f64::from(strain - 1)]);
                let (mut sum, mut squares) = (0.0, 0.0);
                for line in list.codes().iter().map(|c| decode(*c)) {
                    let at = place(shifts.two_theta_deg(line.inverse_d));
                    squares += line.intensity;
                    if at > 0.0 && at < POINTS as f64 {
                        sum += line.intensity.sqrt() * f64::from(between(&products, at as f32));
                    }
                }
                let expected = sum / squares.sqrt();
                let found = comb.score(&shifts, &products);
                prop_assert!((found - expected).abs() < 1e-5, "{found} {expected}");
            }
        }
    }
}
