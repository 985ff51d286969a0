use std::sync::LazyLock;

use crate::preparation::{POINTS, START_DEG, STEP_DEG, WAVELENGTH};
use crate::{Error, Result};

/// Largest 1/d in 1/Å: that of 2θ = 90° for Cu Kα1, d = 1.0893 Å.
pub(crate) const LARGEST: f64 = std::f64::consts::SQRT_2 / WAVELENGTH;

/// Number of steps of 1/d, each 1.4·10⁻⁵ 1/Å or at most 0.0018° of 2θ.
const STEPS: f64 = 65_535.0;

/// Distance in degrees of 2θ below which two lines are one.
const SAME_DEG: f64 = 0.02;

/// Weakest line that is kept, as square root of its relative intensity in units of 1/255: 0.04 % of the
/// strongest.
const WEAKEST: u8 = 5;

/// Line of a structure: a lattice spacing and its intensity.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// Inverse d spacing in 1/Å.
    pub inverse_d: f64,
    /// Integrated intensity relative to the strongest line of the structure, above 0 and up to 1.
    pub intensity: f64,
}

impl Line {
    /// Returns the diffraction angle 2θ in degrees for Cu Kα1.
    pub fn two_theta_deg(&self) -> f64 {
        two_theta_deg(self.inverse_d)
    }
}

/// Angle 2θ in degrees for Cu Kα1.
pub(crate) fn two_theta_deg(inverse_d: f64) -> f64 {
    2.0 * (inverse_d * WAVELENGTH / 2.0).min(1.0).asin().to_degrees()
}

/// Place of an angle on the axis, in points.
pub(crate) fn place(two_theta_deg: f64) -> f64 {
    (two_theta_deg - START_DEG) / STEP_DEG
}

/// Angle of a place on the axis in degrees.
pub(crate) fn angle(place: f64) -> f64 {
    START_DEG + place * STEP_DEG
}

/// Places on the axis of all quantised 1/d, because arcsines would take most of the time of decoding.
static PLACES: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let place = |position| place(decode((position, 255)).two_theta_deg()) as f32;
    (0..=u16::MAX).map(place).collect()
});

/// Places of quantised 1/d on the axis.
pub(crate) fn places() -> &'static [f32] {
    &PLACES
}

/// Line with quantised numbers: 1/d in units of 1/65535 of the largest, and the square root of the relative
/// intensity in units of 1/255.
pub(crate) type Code = (u16, u8);

pub(crate) fn decode((position, height): Code) -> Line {
    Line {
        inverse_d: f64::from(position) / STEPS * LARGEST,
        intensity: (f64::from(height) / 255.0).powi(2),
    }
}

/// Strongest lines of one structure, sorted by 1/d.
///
/// The intensities are integrated intensities for Cu Kα1 with multiplicity and Lorentz-polarisation factor.
/// Numbers are quantised when the list is made: 1/d to 1.4·10⁻⁵ 1/Å, and the square root of the relative
/// intensity to 1/255. Three bytes per line are enough to store it.
///
/// # Example
/// ```
/// use xrd_identify::LineList;
/// // Silicon: 1/d in 1/Å and intensities.
/// let silicon = LineList::new([(0.3189, 100.0), (0.5208, 57.0), (0.6107, 32.0)])?;
/// assert_eq!(silicon.len(), 3);
/// let first = silicon.lines().next().unwrap();
/// assert!((first.two_theta_deg() - 28.44).abs() < 0.01);
/// assert_eq!(first.intensity, 1.0);
/// # Ok::<(), xrd_identify::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineList(Vec<Code>);

impl LineList {
    /// Largest number of lines: 60.
    pub const MOST: usize = 60;

    /// Creates the list from pairs of 1/d in 1/Å and integrated intensity in any unit and order.
    ///
    /// Lines outside 2θ = 5° to 90° for Cu Kα1 are ignored. Lines less than 0.02° apart are joined. The 60
    /// strongest lines are kept if they have 0.04 % of the strongest intensity or more.
    ///
    /// # Errors
    /// - [`Error::Line`] if a number is not positive and finite; an intensity may be 0.
    /// - [`Error::NoLines`] if no line is left.
    pub fn new(lines: impl IntoIterator<Item = (f64, f64)>) -> Result<Self> {
        let mut all = Vec::new();
        for (place, (inverse_d, intensity)) in lines.into_iter().enumerate() {
            let is_right = inverse_d > 0.0
                && inverse_d.is_finite()
                && intensity >= 0.0
                && intensity.is_finite();
            if !is_right {
                return Err(Error::Line {
                    place,
                    inverse_d,
                    intensity,
                });
            }
            if inverse_d <= LARGEST && two_theta_deg(inverse_d) >= START_DEG {
                all.push((inverse_d, intensity));
            }
        }
        let mut joined = join(all);
        joined.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
        joined.truncate(Self::MOST);
        let top = joined.first().map_or(0.0, |l| l.1);
        if top <= 0.0 {
            return Err(Error::NoLines);
        }
        let code = |(inverse_d, intensity): &(f64, f64)| {
            let position = (inverse_d / LARGEST * STEPS).round() as u16;
            (position, ((intensity / top).sqrt() * 255.0).round() as u8)
        };
        let mut codes: Vec<Code> = joined.iter().map(code).collect();
        codes.retain(|c| c.1 >= WEAKEST);
        codes.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        // Joined lines can be nearer than a step; the stronger one stays.
        codes.dedup_by_key(|c| c.0);
        Ok(Self(codes))
    }

    /// Checks codes from a file: rising positions, a strongest line, and no line that is too weak.
    pub(crate) fn from_codes(codes: &[Code]) -> Option<()> {
        let rising = codes.windows(2).all(|w| w[0].0 < w[1].0);
        let strong = codes.iter().all(|c| c.1 >= WEAKEST);
        let places = places();
        let on_axis = codes.iter().all(|c| {
            let at = places[usize::from(c.0)];
            (-1.0..=POINTS as f32 + 1.0).contains(&at)
        });
        let top = codes.iter().any(|c| c.1 == 255);
        (rising && strong && on_axis && top && codes.len() <= Self::MOST).then_some(())
    }

    pub(crate) fn of_checked(codes: Vec<Code>) -> Self {
        Self(codes)
    }

    pub(crate) fn codes(&self) -> &[Code] {
        &self.0
    }

    /// Returns the number of lines, 1 to 60.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the lines, sorted by 1/d.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = Line> {
        self.0.iter().map(|c| decode(*c))
    }
}

/// Joins lines that are less than [`SAME_DEG`] apart, at the mean of their 1/d weighted by intensity.
fn join(mut lines: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    lines.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    let mut first = f64::NEG_INFINITY;
    for (inverse_d, intensity) in lines {
        let angle = two_theta_deg(inverse_d);
        match joined.last_mut() {
            Some(last) if angle - first < SAME_DEG => {
                let sum = last.1 + intensity;
                if sum > 0.0 {
                    last.0 = (last.0 * last.1 + inverse_d * intensity) / sum;
                }
                last.1 = sum;
            }
            _ => {
                joined.push((inverse_d, intensity));
                first = angle;
            }
        }
    }
    joined
}
