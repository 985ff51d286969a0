//! Whether a pattern is unlike those that a network knows.

use anyhow::Result;
use xrd_ae::Autoencoder;
use xrd_core::{Latent2, PatternSet};

/// |pattern − reproduction| / |pattern| of every pattern of a set; 0 where both are zero.
pub(crate) fn residuals(model: &Autoencoder, set: &PatternSet) -> Result<Vec<f64>> {
    let reproduced = model.reconstruct(set)?;
    let answers = reproduced.chunks(set.grid().len().max(1));
    let length = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let one = |(i, answer): (usize, &[f32])| {
        let pattern = set.intensities(i);
        let pairs = pattern.iter().zip(answer);
        let away = length(&mut pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)));
        let size = length(&mut pattern.iter().map(|a| f64::from(*a)));
        if away > 0.0 {
            away / size.max(f64::MIN_POSITIVE)
        } else {
            0.0
        }
    };
    Ok(answers.enumerate().map(one).collect())
}

/// The distance from a point to the nearest of others; none where there is no other.
pub(crate) fn nearest_distance(p: Latent2, others: impl Iterator<Item = Latent2>) -> Option<f64> {
    others.map(|q| p.distance(q)).min_by(f64::total_cmp)
}

/// The largest distance from one of the points to its nearest neighbour.
pub(crate) fn loneliest(points: &[Latent2]) -> f64 {
    let nearest = |i: usize| {
        let others = (0..points.len()).filter(|&j| j != i).map(|j| points[j]);
        nearest_distance(points[i], others).unwrap_or(0.0)
    };
    (0..points.len()).map(nearest).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loneliest_point_is_farthest_from_its_neighbour() {
        let points = [(0.0, 0.0), (1.0, 0.0), (4.0, 0.0), (1.0, 0.5)];
        let points = points.map(|(x, y)| Latent2::new(x, y));
        assert_eq!(loneliest(&points), 3.0);
        assert_eq!(loneliest(&points[..1]), 0.0);
        assert_eq!(nearest_distance(points[0], [].into_iter()), None);
    }
}
