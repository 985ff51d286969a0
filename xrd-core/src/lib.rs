#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "ndarray")]
mod arrays;
mod crystal_system;
mod displacement;
mod element;
mod encoder;
mod error;
mod grid;
mod labels;
mod latent;
mod latent_map;
mod pattern;
#[cfg(feature = "serde")]
mod serial;
mod strain;
mod structure;
mod wavelength;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use crystal_system::CrystalSystem;
pub use displacement::Displacement;
pub use element::Element;
pub use encoder::{Decoder, Encoder, OnGrid};
pub use error::{Error, ModelError, Result};
pub use grid::TwoThetaGrid;
pub use labels::Labels;
pub use latent::Latent2;
pub use latent_map::{LatentGrid, LatentMap};
#[cfg(feature = "ndarray")]
#[cfg_attr(docsrs, doc(cfg(feature = "ndarray")))]
pub use ndarray;
pub use pattern::{IntensityUnit, Pattern, PatternSet, Scale};
pub use strain::Strain;
pub use structure::{Atom, Lattice, Species, Structure};
pub use wavelength::Wavelength;
