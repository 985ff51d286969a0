use std::fmt;

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

    /// Whether a powder pattern at one wavelength can have this axis.
    pub(crate) fn is_of_powder(&self) -> bool {
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
