//! Examples of the crates, each one page long and with public items only:
//!
//! | example | crate | shows |
//! |---|---|---|
//! | `01_read_a_pattern` | xrd-io | a measured file read as a pattern, and the error for a broken file |
//! | `02_simulate_a_structure` | xrd-sim | rock salt: its reflections, extinct lines and pattern |
//! | `03_train_an_autoencoder` | xrd-ae | simulated alloys as points of a plane |
//! | `04_estimate_a_composition` | xrd-latent | a composition from a triangle of known points |
//! | `05_relevance_of_peaks` | xrd-relevance | an encoder of your own, and a strong peak it ignores |
//! | `06_generate_between` | xrd-interp | the pattern of a composition that was never measured |
//! | `07_core_words` | xrd-core | an encoder of your own, checked by the conformance kit |
//! | `08_without_a_network` | xrd-relevance | principal components as an encoder, and a strong line without relevance |
//!
//! ```text
//! cargo run --release -p xrd-examples --example 01_read_a_pattern
//! ```
//!
//! With `XRD_FIGURES=1` some of them draw figures into `docs/examples`.
//!
//! The code blocks of the repository's documents are tests of this package.

mod figure;

pub use figure::figure;

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

#[cfg(doctest)]
#[doc = include_str!("../../ARCHITECTURE.md")]
mod architecture {}

#[cfg(doctest)]
#[doc = include_str!("../../CONTRIBUTING.md")]
mod contributing {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/method.md")]
mod method {}

#[cfg(doctest)]
#[doc = include_str!("../../docs/for-diffractionists.md")]
mod for_diffractionists {}
