//! Novelty: differences between a pattern and the training patterns of a network.

use rayon::prelude::*;
use xrd_ae::{Autoencoder, PatternSource};
use xrd_latent::LabelledSpace;

use crate::error::Result;

/// Returns the residual of every pattern of a source.
///
/// The residual is |pattern − reconstruction| / |pattern|, where |…| is the Euclidean norm. It is 0
/// if the pattern and its reconstruction are zero. A large residual means that the network cannot
/// reproduce the pattern.
///
/// # Errors
/// Any error of [`Autoencoder::reconstruct_source`].
///
/// Cost O(patterns · weights).
pub fn residuals(model: &Autoencoder, patterns: &dyn PatternSource) -> Result<Vec<f64>> {
    let points = patterns.grid().len().max(1);
    let mut all = Vec::with_capacity(patterns.len());
    model.reconstruct_source(patterns, |_, block, reproduced| {
        let rows = block.par_chunks(points).zip(reproduced.par_chunks(points));
        all.par_extend(rows.map(|(pattern, row)| residual(pattern, row)));
    })?;
    Ok(all)
}

fn residual(pattern: &[f32], reproduced: &[f32]) -> f64 {
    let length = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let pairs = pattern.iter().zip(reproduced);
    let away = length(&mut pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)));
    let size = length(&mut pattern.iter().map(|a| f64::from(*a)));
    if away > 0.0 {
        away / size.max(f64::MIN_POSITIVE)
    } else {
        0.0
    }
}

/// Returns the largest distance from a known point to the nearest other known point. 0 for a single
/// point.
pub(crate) fn loneliest(space: &LabelledSpace) -> f64 {
    let nearest = |i| space.nearest_distance_without(i).unwrap_or(0.0);
    let points = (0..space.len()).into_par_iter();
    points.map(nearest).reduce(|| 0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use xrd_core::Labels;

    fn space(points: &[[f64; 2]]) -> LabelledSpace {
        let labels = Labels::new(vec!["q".to_owned()], vec![0.0; points.len()]).unwrap();
        LabelledSpace::new(2, points.concat(), labels).unwrap()
    }

    #[test]
    fn the_loneliest_point_is_farthest_from_its_neighbour() {
        let points = [[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [1.0, 0.5]];
        assert_eq!(loneliest(&space(&points)), 3.0);
        assert_eq!(loneliest(&space(&points[..1])), 0.0);
        assert_eq!(loneliest(&space(&[[2.0, 2.0], [2.0, 2.0]])), 0.0);
    }
}
