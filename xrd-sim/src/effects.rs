//! Effects of instrument and specimen on a pattern.

mod amorphous;
mod axial;
mod broadening;
mod counting;
mod emission;
mod grain_statistics;
mod lattice_strain;
pub(crate) mod random;
mod roughness;
mod sample_displacement;
mod texture;
mod transparency;
mod vecsei;
mod zero_shift;

pub use amorphous::AmorphousHump;
pub use axial::AxialDivergence;
pub(crate) use axial::AxialImages;
pub use broadening::Broadening;
pub use counting::CountingNoise;
pub use emission::Emission;
pub use grain_statistics::GrainStatistics;
pub use lattice_strain::LatticeStrain;
pub use random::RandomEffects;
pub use roughness::SurfaceRoughness;
pub use sample_displacement::SampleDisplacement;
pub use texture::MarchDollase;
pub use transparency::Transparency;
pub use vecsei::{VecseiBackground, add_vecsei_noise};
pub use zero_shift::ZeroShift;

use crate::bragg::Bragg;
use crate::error::within;
use crate::{Profile, Result};

/// Effects of instrument and specimen on one simulated pattern.
///
/// There are no effects by default. [`measure`](crate::measure()) simulates a pattern with effects,
/// and [`RandomEffects`] chooses effects at random.
///
/// The lines are first scaled to a maximum of 1. Humps, background and noise are then added. The
/// unit of their heights is this maximum.
///
/// # Example
/// ```
/// use xrd_sim::{Anode, Effects, Emission, ZeroShift};
/// let effects = Effects::default()
///     .with_emission(Emission::new(Anode::Cu, 0.5, 0.0)?)
///     .with_zero_shift(ZeroShift::new(0.02)?);
/// assert!(effects.texture.is_none());
/// # Ok::<(), xrd_sim::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Effects {
    /// Emission lines of the tube in addition to Kα1.
    pub emission: Option<Emission>,
    /// Line profile of constant width that replaces the profile of the instrument.
    pub profile: Option<Profile>,
    /// Line profile whose width depends on the angle. It replaces any profile of constant width.
    pub broadening: Option<Broadening>,
    /// Asymmetry of lines because beams are inclined to the plane of the goniometer.
    pub axial_divergence: Option<AxialDivergence>,
    /// Error of the zero position of the 2θ axis.
    pub zero_shift: Option<ZeroShift>,
    /// Line shift because the specimen surface is not on the axis of the goniometer.
    pub sample_displacement: Option<SampleDisplacement>,
    /// Line shift because the beam penetrates the specimen.
    pub transparency: Option<Transparency>,
    /// Preferred orientation.
    pub texture: Option<MarchDollase>,
    /// Random line heights because few grains reflect.
    pub grain_statistics: Option<GrainStatistics>,
    /// Uniform lattice strain.
    pub lattice_strain: Option<LatticeStrain>,
    /// Loss of intensity at low angles because the surface of the specimen is rough.
    pub surface_roughness: Option<SurfaceRoughness>,
    /// Broad humps, for example of glass.
    pub amorphous: Vec<AmorphousHump>,
    /// Whether the random background of Vecsei et al. is added ([`VecseiBackground`]).
    pub vecsei_background: bool,
    /// Whether the random noise of Vecsei et al. is added ([`add_vecsei_noise`]).
    pub vecsei_noise: bool,
    /// Counting noise, applied last.
    pub counting_noise: Option<CountingNoise>,
}

impl Effects {
    /// Sets the emission lines of the tube in addition to Kα1; `None` removes them.
    pub fn with_emission(mut self, emission: impl Into<Option<Emission>>) -> Self {
        self.emission = emission.into();
        self
    }

    /// Sets a line profile that replaces the profile of the instrument; `None` removes it.
    pub fn with_profile(mut self, profile: impl Into<Option<Profile>>) -> Self {
        self.profile = profile.into();
        self
    }

    /// Sets a line profile whose width depends on the angle; `None` removes it.
    pub fn with_broadening(mut self, broadening: impl Into<Option<Broadening>>) -> Self {
        self.broadening = broadening.into();
        self
    }

    /// Sets axial divergence; `None` removes it.
    pub fn with_axial_divergence(
        mut self,
        axial_divergence: impl Into<Option<AxialDivergence>>,
    ) -> Self {
        self.axial_divergence = axial_divergence.into();
        self
    }

    /// Sets the zero shift; `None` removes it.
    pub fn with_zero_shift(mut self, zero_shift: impl Into<Option<ZeroShift>>) -> Self {
        self.zero_shift = zero_shift.into();
        self
    }

    /// Sets the sample displacement; `None` removes it.
    pub fn with_sample_displacement(
        mut self,
        sample_displacement: impl Into<Option<SampleDisplacement>>,
    ) -> Self {
        self.sample_displacement = sample_displacement.into();
        self
    }

    /// Sets the transparency of the specimen; `None` removes it.
    pub fn with_transparency(mut self, transparency: impl Into<Option<Transparency>>) -> Self {
        self.transparency = transparency.into();
        self
    }

    /// Sets the preferred orientation; `None` removes it.
    pub fn with_texture(mut self, texture: impl Into<Option<MarchDollase>>) -> Self {
        self.texture = texture.into();
        self
    }

    /// Sets the random line heights of few grains; `None` removes them.
    pub fn with_grain_statistics(mut self, grains: impl Into<Option<GrainStatistics>>) -> Self {
        self.grain_statistics = grains.into();
        self
    }

    /// Sets the uniform lattice strain; `None` removes it.
    pub fn with_lattice_strain(mut self, strain: impl Into<Option<LatticeStrain>>) -> Self {
        self.lattice_strain = strain.into();
        self
    }

    /// Sets the surface roughness; `None` removes it.
    pub fn with_surface_roughness(
        mut self,
        surface_roughness: impl Into<Option<SurfaceRoughness>>,
    ) -> Self {
        self.surface_roughness = surface_roughness.into();
        self
    }

    /// Sets the counting noise; `None` removes it.
    pub fn with_counting_noise(mut self, counting_noise: impl Into<Option<CountingNoise>>) -> Self {
        self.counting_noise = counting_noise.into();
        self
    }

    /// Sets the broad humps.
    pub fn with_amorphous(mut self, humps: impl Into<Vec<AmorphousHump>>) -> Self {
        self.amorphous = humps.into();
        self
    }

    /// Sets whether the random background of Vecsei et al. is added ([`VecseiBackground`]).
    pub fn with_vecsei_background(mut self, add: bool) -> Self {
        self.vecsei_background = add;
        self
    }

    /// Sets whether the random noise of Vecsei et al. is added ([`add_vecsei_noise`]).
    pub fn with_vecsei_noise(mut self, add: bool) -> Self {
        self.vecsei_noise = add;
        self
    }

    /// Returns the observed angle of a line in degrees, from the Bragg angle `two_theta` in
    /// degrees.
    ///
    /// The zero shift, the sample displacement and the transparency of the specimen shift the line.
    pub fn apparent_deg(&self, two_theta: f64) -> f64 {
        self.apparent_of(&Bragg::of_degrees(two_theta))
    }

    pub(crate) fn apparent_of(&self, bragg: &Bragg) -> f64 {
        let zero = self.zero_shift.map_or(0.0, |s| s.shift_deg());
        let displacement = self.sample_displacement.map_or(0.0, |s| s.shift_of(bragg));
        let transparency = self.transparency.map_or(0.0, |s| s.shift_of(bragg));
        bragg.two_theta_deg + zero + displacement + transparency
    }
}

/// Checks a goniometer radius in mm.
fn goniometer_radius(radius_mm: f64) -> Result<f64> {
    let range = 10.0..=10_000.0;
    within("goniometer radius", radius_mm, range, "10 to 10000 mm")
}
