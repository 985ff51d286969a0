//! Patterns that a model should refuse.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use xrd_symmetry::Prepared;

use crate::error::Result;
use crate::symmetry::{PatternSource, normal};

/// Mixtures of two crystals.
pub(super) fn mixtures(source: &PatternSource, count: usize) -> Result<Vec<Prepared>> {
    let one = |index: u64| prepared(source.mixture(index)?);
    (0..count as u64).into_par_iter().map(one).collect()
}

/// Patterns without lines: noise, every other with a hump of 8° to 20° width.
pub(super) fn lineless(seed: u64, count: usize) -> Result<Vec<Prepared>> {
    let one = |index: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index);
        let centre = rng.random_range(15.0..45.0);
        let width = rng.random_range(8.0..20.0);
        let height = if index.is_multiple_of(2) { 1.0 } else { 0.0 };
        let noise = rng.random_range(0.01..0.1);
        let at = |i: usize| {
            let distance = (5.0 + 0.04 * i as f64 - centre) / (0.6 * width);
            let hump = height * (-distance * distance).exp();
            (0.2 + hump + noise * normal(&mut rng)) as f32
        };
        prepared((0..Prepared::POINTS).map(at).collect())
    };
    (0..count as u64).map(one).collect()
}

fn prepared(intensities: Vec<f32>) -> Result<Prepared> {
    let pattern = Prepared::within(intensities, 0..Prepared::POINTS);
    Ok(pattern.map_err(xrd_symmetry::Error::from)?)
}
