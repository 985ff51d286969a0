#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod displacement;
mod element;
mod encoder;
mod error;
mod grid;
mod labels;
mod latent;
mod pattern;
mod plane;
#[cfg(feature = "serde")]
mod serial;
mod strain;
mod structure;
mod wavelength;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use displacement::Displacement;
pub use element::Element;
pub use encoder::{Decoder, Encoder};
pub use error::{Error, Result};
pub use grid::TwoThetaGrid;
pub use labels::Labels;
pub use latent::Latent2;
pub use pattern::{IntensityUnit, Pattern, PatternSet, Scale};
pub use plane::{PaintedMap, PlaneGrid};
pub use strain::Strain;
pub use structure::{Atom, Lattice, Species, Structure};
pub use wavelength::Wavelength;
