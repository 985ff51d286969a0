//! What an instrument and a specimen do to a pattern.

mod amorphous;
mod axial;
mod broadening;
mod counting;
mod emission;
mod random;
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

/// What an instrument and a specimen do to a pattern; nothing by default.
///
/// Heights are in units of the highest point of the lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Lines of the tube besides Kα1.
    pub emission: Option<Emission>,
    /// A line profile of constant width in place of the instrument's.
    pub profile: Option<Profile>,
    /// Widths that change with the angle, in place of any constant one.
    pub broadening: Option<Broadening>,
    /// Asymmetry by axial divergence.
    pub axial_divergence: Option<AxialDivergence>,
    /// A shift of all lines alike.
    pub zero_shift: Option<ZeroShift>,
    /// A shift by the height of the specimen.
    pub sample_displacement: Option<SampleDisplacement>,
    /// A shift by the depth from which the specimen diffracts.
    pub transparency: Option<Transparency>,
    /// Preferred orientation.
    pub texture: Option<MarchDollase>,
    /// Absorption by a rough surface.
    pub surface_roughness: Option<SurfaceRoughness>,
    /// Broad humps.
    pub amorphous: Vec<AmorphousHump>,
    /// Whether a background by Vecsei et al. is drawn and added.
    pub vecsei_background: bool,
    /// Whether the noise by Vecsei et al. is added.
    pub vecsei_noise: bool,
    /// Noise of counting, last of all.
    pub counting_noise: Option<CountingNoise>,
}

impl Effects {
    /// Where a line that belongs at `two_theta` appears, in degrees.
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

/// A goniometer radius in mm.
fn goniometer_radius(radius_mm: f64) -> Result<f64> {
    let range = 10.0..=10_000.0;
    within("goniometer radius", radius_mm, range, "10 to 10000 mm")
}
