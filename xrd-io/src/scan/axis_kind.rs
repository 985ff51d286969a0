use std::fmt;

use super::BEYOND;
use crate::error::shorten;
use crate::number::all;

/// Quantity and unit of the horizontal axis of a scan.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AxisKind {
    /// The diffraction angle 2θ in degrees.
    TwoThetaDeg,
    /// The length of the scattering vector, Q = 4π sin θ / λ, in Å⁻¹.
    QPerAngstrom,
    /// The length of the scattering vector Q in nm⁻¹.
    QPerNanometre,
    /// The spacing d of lattice planes in Å.
    DAngstrom,
    /// The angle ω between beam and sample in degrees, as in a rocking curve.
    OmegaDeg,
    /// The rotation angle φ about the normal of the sample in degrees, as in a pole figure.
    PhiDeg,
    /// The tilt angle χ (also called ψ) of the sample in degrees.
    ChiDeg,
    /// The time of flight of neutrons in µs.
    TimeOfFlightUs,
    /// The energy of the radiation in keV.
    EnergyKev,
    /// Another quantity, as named in the file. The unit is empty if the file states none.
    Other {
        /// The name.
        name: String,
        /// The unit.
        unit: String,
    },
}

impl AxisKind {
    /// An axis with a name and unit for which there is no variant.
    pub(crate) fn other(name: impl Into<String>, unit: impl Into<String>) -> Self {
        Self::Other {
            name: name.into(),
            unit: unit.into(),
        }
    }

    /// Returns the axis with a given [`name`](Self::name) and [`unit`](Self::unit).
    pub(crate) fn from_words(name: &str, unit: &str) -> Self {
        let known = [
            Self::TwoThetaDeg,
            Self::QPerAngstrom,
            Self::QPerNanometre,
            Self::DAngstrom,
            Self::OmegaDeg,
            Self::PhiDeg,
            Self::ChiDeg,
            Self::TimeOfFlightUs,
            Self::EnergyKev,
        ];
        let same = |kind: &Self| kind.name() == name && kind.unit() == unit;
        known
            .into_iter()
            .find(same)
            .unwrap_or_else(|| Self::other(name, unit))
    }

    /// The kind of an axis that a file does not name, by its values alone, and the reason for a doubt.
    pub(crate) fn guess(axis: &[f64]) -> (Self, Option<String>) {
        const LARGEST_D: f64 = 50.0;
        const SMALLEST_ANGLE: f64 = 2.0;
        const LARGEST_Q: f64 = 35.0;
        let (Some(&first), Some(&last)) = (axis.first(), axis.last()) else {
            return (Self::TwoThetaDeg, None);
        };
        let falls = axis.windows(2).all(|pair| pair[1] < pair[0]);
        let mean = (last - first) / (axis.len() - 1).max(1) as f64;
        let is_even = |pair: &[f64]| (pair[1] - pair[0] - mean).abs() <= 0.05 * mean.abs();
        let is_small = last < SMALLEST_ANGLE || !axis.windows(2).all(is_even);
        if !all(axis, |x| x.abs() <= 180.0) {
            (Self::other("x", ""), Some(BEYOND.to_owned()))
        } else if axis.len() > 1 && falls && is_small && first <= LARGEST_D && last > 0.0 {
            let why = format!("it falls from {first} to {last}");
            (Self::DAngstrom, Some(why))
        } else if (0.0..SMALLEST_ANGLE).contains(&first) && (first..=LARGEST_Q).contains(&last) {
            let why = "the file does not name it, but its range also fits q in 1/angstrom";
            (Self::TwoThetaDeg, Some(why.to_owned()))
        } else {
            (Self::TwoThetaDeg, None)
        }
    }

    /// The name of the axis. It is ASCII except for [`AxisKind::Other`].
    pub fn name(&self) -> &str {
        match self {
            Self::TwoThetaDeg => "two-theta",
            Self::QPerAngstrom | Self::QPerNanometre => "q",
            Self::DAngstrom => "d-spacing",
            Self::OmegaDeg => "omega",
            Self::PhiDeg => "phi",
            Self::ChiDeg => "chi",
            Self::TimeOfFlightUs => "time of flight",
            Self::EnergyKev => "energy",
            Self::Other { name, .. } => name,
        }
    }

    /// The unit of the axis, empty if unknown. It is ASCII except for [`AxisKind::Other`].
    pub fn unit(&self) -> &str {
        match self {
            Self::TwoThetaDeg | Self::OmegaDeg | Self::PhiDeg | Self::ChiDeg => "degrees",
            Self::QPerAngstrom => "1/angstrom",
            Self::QPerNanometre => "1/nm",
            Self::DAngstrom => "angstrom",
            Self::TimeOfFlightUs => "us",
            Self::EnergyKev => "keV",
            Self::Other { unit, .. } => unit,
        }
    }

    /// Whether the axis is Q or d, which becomes 2θ at a wavelength.
    pub(crate) fn is_over_spacings(&self) -> bool {
        self.is_of_powder() && *self != Self::TwoThetaDeg
    }

    /// The reason why no powder pattern at one wavelength has this axis; `None` if one can have it.
    pub(crate) fn not_powder(&self) -> Option<String> {
        let name = || format!("a scan over {}", shorten(&self.to_string()));
        (!self.is_of_powder()).then(name)
    }

    /// Whether a powder pattern at one wavelength can have this axis.
    fn is_of_powder(&self) -> bool {
        matches!(
            self,
            Self::TwoThetaDeg | Self::QPerAngstrom | Self::QPerNanometre | Self::DAngstrom
        )
    }
}

impl fmt::Display for AxisKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit() {
            "" => f.write_str(self.name()),
            unit => write!(f, "{} in {unit}", self.name()),
        }
    }
}
