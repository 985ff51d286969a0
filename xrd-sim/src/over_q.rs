use std::f64::consts::PI;

use xrd_core::{Structure, TwoThetaGrid, Wavelength};

use crate::drawing::lagrange;
use crate::error::within;
use crate::measure::{Lines, add_noise, scale_lines};
use crate::{Diffraction, Effects, Instrument, PatternKey, Profile, Result};

/// Points of the angles that lines are drawn on, per full width at half maximum of the narrowest.
const POINTS_PER_FWHM: f64 = 20.0;

/// More angles than this are too many.
const MOST_ANGLES: f64 = 2e7;

/// Angles of the finer grid before the first that is asked for, and after the last.
const MARGIN: usize = 4;

/// The largest angle that is asked for, in degrees.
const LARGEST_DEG: f64 = 179.0;

/// An axis uniform in the scattering vector Q = 4π·sin θ/λ, in Å⁻¹: `q(i) = start + i·step`.
///
/// On it a line is where its planes are, whatever the wavelength: at Q = 2π/d.
///
/// # Example
/// ```
/// use xrd_core::Wavelength;
/// use xrd_sim::QGrid;
/// let grid = QGrid::new(1.0, 0.5, 5)?;
/// assert_eq!(grid.last(), 3.0);
/// // λ = 2π/3 Å sees Q = 3/Å at θ = 30°.
/// let angles = grid.angles(Wavelength::angstrom(std::f64::consts::TAU / 3.0)?)?;
/// assert!((angles[4] - 60.0).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "crate::serial::QGrid"))]
pub struct QGrid {
    start: f64,
    step: f64,
    len: usize,
}

impl QGrid {
    /// A grid of `len` points from `start`, `step` apart, both in Å⁻¹.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) unless the start is 0 to 1000, the step over
    /// 0 to 1000 and there is a point.
    pub fn new(start: f64, step: f64, len: usize) -> Result<Self> {
        let steps = f64::MIN_POSITIVE..=1000.0;
        Ok(Self {
            start: within("start of Q", start, 0.0..=1000.0, "0 to 1000 per angstrom")?,
            step: within("step of Q", step, steps, "over 0 to 1000 per angstrom")?,
            len: within("number of points", len as f64, 1.0.., "1 or more").map(|_| len)?,
        })
    }

    /// The first Q in Å⁻¹.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// The distance between neighbouring points in Å⁻¹.
    pub fn step(&self) -> f64 {
        self.step
    }

    /// How many points there are; at least one.
    #[allow(clippy::len_without_is_empty, reason = "a grid is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The Q of point `i` in Å⁻¹ (beyond the grid too).
    pub fn q(&self, i: usize) -> f64 {
        self.start + self.step * i as f64
    }

    /// The last Q in Å⁻¹.
    pub fn last(&self) -> f64 {
        self.q(self.len - 1)
    }

    /// All Q in Å⁻¹.
    pub fn values(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        (0..self.len).map(|i| self.q(i))
    }

    /// The angles 2θ in degrees at which a wavelength shows each Q: 2·asin(Qλ/4π).
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) where the last is seen beyond 179°.
    pub fn angles(&self, wavelength: Wavelength) -> Result<Vec<f64>> {
        let most = wavelength.q_per_angstrom(LARGEST_DEG);
        let expected = "less than 4π over the wavelength, so under 179 degrees";
        within("end of Q", self.last(), ..=most, expected)?;
        let sin = |q: f64| q * wavelength.as_angstrom() / (4.0 * PI);
        Ok(self
            .values()
            .map(|q| 2.0 * sin(q).asin().to_degrees())
            .collect())
    }
}

/// How patterns over Q are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QInstrument {
    /// The points.
    pub grid: QGrid,
    /// Wavelength and displacement.
    pub diffraction: Diffraction,
    /// The line profile, of a width in degrees.
    pub profile: Profile,
}

/// The pattern of a structure at points uniform in Q, as [`measure`](crate::measure()) has it at
/// points uniform in 2θ: the intensity at Q is that at the angle where Q is seen. The lines are
/// scaled to a maximum of 1; profiles, shifts and humps are those of the angle, background and
/// noise are drawn for these points.
///
/// Lines are drawn at angles a twentieth of the narrowest width apart, between which Lagrange's
/// polynomial through six is taken: right to 10⁻⁵ of the height of each line, with lines of many
/// widths to 3·10⁻⁴.
///
/// Cost: that of [`measure`](crate::measure()) on as fine a grid.
///
/// # Errors
/// As [`measure`](crate::measure()) and [`QGrid::angles`].
pub fn measure_over_q(
    structure: &Structure,
    instrument: &QInstrument,
    effects: &Effects,
    key: PatternKey,
) -> Result<Vec<f32>> {
    let wavelength = instrument.diffraction.wavelength;
    let angles = instrument.grid.angles(wavelength)?;
    let fine = Instrument {
        grid: fine_grid(instrument, effects, &angles)?,
        diffraction: instrument.diffraction,
        profile: instrument.profile,
    };
    let lines = Lines::new(&fine, effects)?.draw(structure)?;
    let mut intensities = between(&lines, &fine.grid, &angles);
    scale_lines(&mut intensities, structure, &fine.grid, wavelength)?;
    for hump in &effects.amorphous {
        for (y, angle) in intensities.iter_mut().zip(&angles) {
            *y += hump.at(*angle);
        }
    }
    add_noise(effects, key, &mut intensities);
    Ok(intensities.into_iter().map(|y| y as f32).collect())
}

/// Angles around those that are asked for, fine enough for the narrowest line.
fn fine_grid(instrument: &QInstrument, effects: &Effects, angles: &[f64]) -> Result<TwoThetaGrid> {
    // Of one point: only widths are asked of it.
    let instrument = Instrument {
        grid: TwoThetaGrid::new(angles[0], 1.0, 1)?,
        diffraction: instrument.diffraction,
        profile: instrument.profile,
    };
    let narrowest = Lines::new(&instrument, effects)?.narrowest(angles)?;
    let (first, last) = (angles[0], angles[angles.len() - 1]);
    let step = narrowest / POINTS_PER_FWHM;
    let points = (last - first) / step;
    within(
        "number of angles",
        points,
        ..=MOST_ANGLES,
        "at most 2e7, for wider lines",
    )?;
    around(first, last, step)
}

/// Points from before the first angle to behind the last, as many as [`between`] wants.
fn around(first: f64, last: f64, step: f64) -> Result<TwoThetaGrid> {
    // Rounded up: by rounding the last angle may come to lie on the next point.
    let points = ((last - first) / step).ceil() as usize + 2 * MARGIN;
    Ok(TwoThetaGrid::new(
        first - MARGIN as f64 * step,
        step,
        points,
    )?)
}

/// What is between the points of a grid, by the polynomial through the six nearest.
fn between(values: &[f64], grid: &TwoThetaGrid, angles: &[f64]) -> Vec<f64> {
    let at = |angle: &f64| {
        let x = (angle - grid.start()) / grid.step();
        let below = x.floor();
        let six = &values[below as usize - 2..][..6];
        let weights = lagrange(x - below);
        six.iter().zip(weights).map(|(y, w)| y * w).sum()
    };
    angles.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Broadening, CountingNoise, Shape, ZeroShift, measure, reflections};
    use xrd_core::{Atom, Lattice};

    const KEY: PatternKey = PatternKey { seed: 1, index: 2 };

    fn salt() -> Structure {
        let cell = Lattice::from_parameters(4.12, 4.12, 4.12, 90.0, 90.0, 90.0).unwrap();
        let atom = |s: &str, p| Atom::new(s.parse().unwrap(), p);
        Structure::new(cell, vec![atom("Cs", [0.0; 3]), atom("Cl", [0.5; 3])]).unwrap()
    }

    fn instrument(angstrom: f64) -> QInstrument {
        QInstrument {
            grid: QGrid::new(0.5, 0.001, 5001).unwrap(),
            diffraction: Diffraction::new(Wavelength::angstrom(angstrom).unwrap()),
            profile: Profile::new(Shape::PseudoVoigt { eta: 0.4 }, 0.1).unwrap(),
        }
    }

    /// The sum over the reflections at the angle of each Q, by the formulas alone.
    #[test]
    fn a_pattern_is_that_of_the_angles_worked_out_by_hand() {
        let cu = instrument(1.540_593);
        let wavelength = cu.diffraction.wavelength;
        let lines = reflections(&salt(), &cu.diffraction, 2.0..=120.0).unwrap();
        let at = |q: f64| {
            let angle = 2.0 * (q * 1.540_593 / (4.0 * PI)).asin().to_degrees();
            assert!((wavelength.q_per_angstrom(angle) - q).abs() < 1e-12);
            let values = lines.iter();
            let values = values.map(|l| l.intensity * cu.profile.at(angle - l.two_theta_deg));
            values.sum::<f64>()
        };
        let plain: Vec<f64> = (0..5001).map(|i| at(0.5 + 0.001 * f64::from(i))).collect();
        let top = plain.iter().copied().fold(0.0, f64::max);
        let found = measure_over_q(&salt(), &cu, &Effects::default(), KEY).unwrap();
        assert_eq!(found.len(), plain.len());
        for (i, (found, plain)) in found.iter().zip(plain).enumerate() {
            assert!(
                (f64::from(*found) - plain / top).abs() < 1e-5,
                "{i}: {found} {}",
                plain / top
            );
        }
    }

    /// The pattern over angles with effects, carried over to Q by straight lines.
    #[test]
    fn effects_are_those_of_the_angle() {
        let cu = instrument(1.540_593);
        let effects = Effects {
            broadening: Some(Broadening::new([0.02, -0.01, 0.02], 300.0, 1e-3).unwrap()),
            zero_shift: Some(ZeroShift::new(0.07).unwrap()),
            ..Effects::default()
        };
        let over_angles = Instrument {
            grid: TwoThetaGrid::new(5.0, 0.002, 50_000).unwrap(),
            diffraction: cu.diffraction,
            profile: cu.profile,
        };
        let plain = measure(&salt(), &over_angles, &effects, KEY).unwrap();
        let carried = cu.grid.values().map(|q| {
            let angle = 2.0 * (q * 1.540_593 / (4.0 * PI)).asin().to_degrees();
            let x = (angle - 5.0) / 0.002;
            let (i, part) = (x as usize, (x - x.floor()) as f32);
            let values = plain.intensities();
            values[i] * (1.0 - part) + values[i + 1] * part
        });
        let carried: Vec<f32> = carried.collect();
        // The highest of these points is not that of the finer grid.
        let top = carried.iter().copied().fold(0.0, f32::max);
        let found = measure_over_q(&salt(), &cu, &effects, KEY).unwrap();
        for (i, (found, plain)) in found.iter().zip(carried).enumerate() {
            let plain = plain / top;
            assert!((found - plain).abs() < 5e-4, "{i}: {found} {plain}");
        }
    }

    #[test]
    fn the_last_angle_has_its_six_points() {
        for k in 1..20_000 {
            let (first, step) = (5.0 + f64::from(k) * 1e-3, 0.005 + f64::from(k % 7) * 1e-4);
            // A whole number of steps, as near as rounding lets it be.
            let last = first + f64::from(k) * step;
            let grid = around(first, last, step).unwrap();
            let ones = vec![1.0; grid.len()];
            let found = between(&ones, &grid, &[first, last]);
            assert!(
                found.iter().all(|y| (y - 1.0).abs() < 1e-12),
                "{k}: {found:?}"
            );
        }
    }

    /// Whatever the wavelength, a line is at 2π/d.
    #[test]
    fn lines_are_where_their_planes_are() {
        for angstrom in [0.7093, 1.540_593] {
            let pattern = measure_over_q(&salt(), &instrument(angstrom), &Effects::default(), KEY);
            let pattern = pattern.unwrap();
            for hkl in [[1, 1, 0], [2, 1, 1]] {
                let q = 2.0 * PI / salt().lattice().d_spacing(hkl);
                let at = ((q - 0.5) / 0.001).round() as usize;
                let near = &pattern[at - 20..at + 21];
                let highest = (0..41)
                    .max_by(|a, b| near[*a].total_cmp(&near[*b]))
                    .unwrap();
                assert!(highest.abs_diff(20) <= 1, "{angstrom} {hkl:?}: {highest}");
            }
        }
    }

    #[test]
    fn noise_is_drawn_for_each_point() {
        let noisy = Effects {
            vecsei_noise: true,
            counting_noise: Some(CountingNoise::new(1e4).unwrap()),
            ..Effects::default()
        };
        let cu = instrument(1.540_593);
        let [plain, one, same] = [&Effects::default(), &noisy, &noisy]
            .map(|effects| measure_over_q(&salt(), &cu, effects, KEY).unwrap());
        assert_eq!(one, same);
        let differ = plain.iter().zip(&one).filter(|(a, b)| a != b).count();
        assert!(differ > 4900, "{differ}");
    }

    #[test]
    fn what_no_angle_shows_is_refused() {
        let chromium = Wavelength::angstrom(2.289_7).unwrap();
        let error = QGrid::new(1.0, 0.01, 451)
            .unwrap()
            .angles(chromium)
            .unwrap_err();
        assert!(error.to_string().starts_with("end of Q is 5.5"), "{error}");
        assert!(QGrid::new(-1.0, 0.01, 2).is_err() && QGrid::new(1.0, 0.0, 2).is_err());
        assert!(QGrid::new(1.0, f64::NAN, 2).is_err() && QGrid::new(1.0, 0.1, 0).is_err());
    }
}
