#![doc = include_str!("../README.md")]

mod error;
mod profile;
mod reflections;
mod relaxation;
mod scattering;
pub mod smfe12;
mod substitution;
mod supercell;
mod symmetry;

pub use error::{Error, Result};
pub use profile::{Profile, Shape, draw_pattern, simulate};
pub use reflections::{Diffraction, Reflection, lorentz_polarization, reflections};
pub use relaxation::{BondModel, Relaxed};
pub use scattering::FormFactor;
pub use substitution::{
    Placement, inequivalent_placements, inequivalent_substitutions, substitute,
};
pub use supercell::supercell;
pub use symmetry::Symmetry;
