//! The two networks of Vecsei et al. (2019), with their losses, noise and background.
//!
//! A dense and a convolutional network get patterns of 8,500 points from 5.00° to 89.99° in 2θ, with the
//! maximum 1 and without any other preparation. The training patterns are simulated when they are needed,
//! with Gaussian lines, and with the noise and the background of the paper. The cross-entropy is minimised in
//! odd epochs and the quadratic loss in even ones, counted from 1.
//!
//! Differences from the paper: one network per kind instead of ten; probabilities of crystal systems are sums
//! of those of space groups, not outputs of a network of their own; the cross-entropy has no term of the other
//! classes. The structures are those of the caller.
//!
//! # References
//! P. M. Vecsei, K. Choo, J. Chang, T. Neupert, Phys. Rev. B 99, 245120 (2019). W. B. Park et al., IUCrJ 4, 486
//! (2017).

mod network;
mod plan;
mod published;
mod training;

use xrd_nn::Network;
use xrd_nn::ndarray::{Array2, ArrayView2};
use xrd_sim::Instrument;
use xrd_symmetry::{Probabilities, SpaceGroup};

use super::{Sampling, SymmetryEffects};
use crate::{Error, Result};

pub use network::PaperNetwork;
pub use plan::PaperPlan;
pub use published::Published;
pub use training::{EpochAccuracy, PaperEpoch, PaperTraining, train};

/// Number of points of a pattern.
pub const POINTS: usize = 8_500;

/// Axis of the patterns: 5.00° to 89.99° in steps of 0.01°, Cu Kα1.
///
/// # Errors
/// No error is expected.
pub fn sampling() -> Result<Sampling> {
    Sampling::new(Instrument::laboratory(0.1)?, 1)
}

/// Effects on the training patterns: Gaussian lines of random width, noise and background.
///
/// The paper does not state the range of widths; it is 0.05° to 0.25° (full width at half maximum) here.
///
/// # Errors
/// No error is expected.
pub fn effects() -> Result<SymmetryEffects> {
    let effects = toml::from_str(include_str!("paper/effects.toml"));
    let effects = effects.map_err(|e| Error::FromToml(Box::new(e)))?;
    Ok(SymmetryEffects::without_strain(effects))
}

/// Patterns with known space groups, as inputs of the networks.
#[derive(Clone, Debug)]
pub struct PaperPatterns {
    /// Name of the set of patterns.
    pub name: String,
    /// Patterns with the maximum 1, one per row.
    pub inputs: Array2<f32>,
    /// Space group of each pattern.
    pub space_groups: Vec<SpaceGroup>,
}

impl PaperPatterns {
    /// Brings patterns to the maximum 1.
    ///
    /// # Errors
    /// - [`Error::Expected`] without patterns.
    /// - [`Error::OutOfRange`] if a pattern has another number of points than the first.
    pub fn new(name: impl Into<String>, patterns: &[(Vec<f32>, SpaceGroup)]) -> Result<Self> {
        let points = match patterns.first() {
            Some((first, _)) => first.len(),
            None => return Err(Error::Expected("at least one pattern")),
        };
        Ok(Self {
            name: name.into(),
            inputs: inputs(patterns, points)?,
            space_groups: patterns.iter().map(|(_, group)| *group).collect(),
        })
    }
}

/// Returns the probabilities of space groups that a network gives.
///
/// # Shapes
/// `inputs` is [patterns, points of the network], with the maximum 1.
///
/// # Errors
/// [`Error::Symmetry`] if the width of the inputs is not that of the network, or an output is NaN.
pub fn probabilities(
    network: &Network<f32>,
    inputs: ArrayView2<'_, f32>,
) -> Result<Vec<Probabilities>> {
    let outputs = network.predict(inputs).map_err(xrd_symmetry::Error::from)?;
    let one = |scores: xrd_nn::ndarray::ArrayView1<'_, f32>| {
        let scores: Vec<f64> = scores.iter().map(|v| f64::from(*v)).collect();
        Ok(Probabilities::from_scores(&scores)?)
    };
    outputs.rows().into_iter().map(one).collect()
}

/// Matrix of patterns with the maximum 1, one per row. A pattern without a positive value is not scaled.
fn inputs(patterns: &[(Vec<f32>, SpaceGroup)], points: usize) -> Result<Array2<f32>> {
    let mut matrix = Array2::zeros((patterns.len(), points));
    for (mut row, (values, _)) in matrix.rows_mut().into_iter().zip(patterns) {
        if values.len() != points {
            return Err(Error::OutOfRange {
                what: "number of points of a pattern",
                found: values.len() as f64,
                expected: "that of the network and of the other patterns",
            });
        }
        let top = values.iter().copied().fold(0.0, f32::max);
        let factor = if top > 0.0 { 1.0 / top } else { 1.0 };
        row.iter_mut()
            .zip(values)
            .for_each(|(x, v)| *x = factor * v);
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests;
