#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod atomic_weight;
mod axis;
mod bragg;
mod canvas;
mod diffraction;
mod dispersion;
mod drawing;
mod effects;
mod elementary;
mod error;
mod free_parameters;
mod instrument;
mod measure;
mod mixture;
mod overlap;
mod pattern_effects;
mod profile;
mod random;
mod reflections;
mod relaxation;
mod scattering;
#[cfg(feature = "serde")]
mod serial;
mod series;
pub mod smfe12;
mod spacings;
mod substitution;
mod supercell;
mod symmetry;
mod tube;

pub use axis::{Axis, QGrid, QPattern};
pub use diffraction::{Diffraction, Polarization, lorentz_polarization};
pub use dispersion::Dispersion;
pub use drawing::{draw_pattern, simulate};
pub use effects::{
    AmorphousHump, AxialDivergence, Broadening, CountingNoise, Effects, Emission, GrainStatistics,
    LatticeStrain, MarchDollase, RandomEffects, SampleDisplacement, SurfaceRoughness, Transparency,
    VecseiBackground, ZeroShift, add_vecsei_noise,
};
pub use error::{Error, Result};
pub use free_parameters::{FreeParameter, ParameterKind, free_parameters};
pub use instrument::Instrument;
pub use measure::measure;
pub use mixture::{FractionRanges, Mixture, PhaseEffects, PhasePatterns};
pub use pattern_effects::{
    AngleShift, Impurity, IntensityDrift, LineHeights, LineWidth, PatternEffects, PatternFrame,
    RandomPatternEffects, SmoothBackground,
};
pub use profile::{Profile, Shape};
pub use random::{Distribution, PatternKey};
pub use reflections::{Reflection, reflections, reflections_by_symmetry};
pub use relaxation::{BondModel, Relaxed};
pub use scattering::FormFactor;
pub use series::{SiteChoice, SubstitutionSeries, covalent_radius};
pub use substitution::{
    Placement, inequivalent_placements, inequivalent_substitutions, number_of_placements,
    sampled_placements, substitute,
};
pub use supercell::supercell;
pub use symmetry::{Symmetry, primitive_cell, space_group};
pub use tube::{Anode, Series, TubeLine};

pub use rand;
pub use xrd_core;
pub use xrd_core::CrystalSystem;
