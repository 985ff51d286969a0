//! Novelty: differences between a pattern and the training patterns of a network.

use xrd_ae::Autoencoder;
use xrd_core::PatternSet;

use crate::error::Result;

/// Returns the residual of every pattern of a set.
///
/// The residual is |pattern − reconstruction| / |pattern|, where |…| is the Euclidean norm. It is 0
/// if the pattern and its reconstruction are zero. A large residual means that the network cannot
/// reproduce the pattern.
///
/// # Errors
/// Any error of [`Autoencoder::reconstruct`].
///
/// Cost O(patterns · weights).
pub fn residuals(model: &Autoencoder, set: &PatternSet) -> Result<Vec<f64>> {
    let reproduced = model.reconstruct(set)?;
    let rows = reproduced.chunks(set.grid().len().max(1));
    let length = |v: &mut dyn Iterator<Item = f64>| v.map(|x| x * x).sum::<f64>().sqrt();
    let one = |(i, row): (usize, &[f32])| {
        let pattern = set.intensities(i);
        let pairs = pattern.iter().zip(row);
        let away = length(&mut pairs.map(|(a, b)| f64::from(*a) - f64::from(*b)));
        let size = length(&mut pattern.iter().map(|a| f64::from(*a)));
        if away > 0.0 {
            away / size.max(f64::MIN_POSITIVE)
        } else {
            0.0
        }
    };
    Ok(rows.enumerate().map(one).collect())
}

/// Returns the distance from a point to the nearest of others; `None` if there is no other.
pub(crate) fn nearest_distance<'a>(
    p: &[f64],
    others: impl Iterator<Item = &'a [f64]>,
) -> Option<f64> {
    let squared = |q: &[f64]| p.iter().zip(q).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    others.map(|q| squared(q).sqrt()).min_by(f64::total_cmp)
}

/// Returns the largest distance from a point to its nearest neighbour.
pub(crate) fn loneliest<'a>(rows: impl Iterator<Item = &'a [f64]> + Clone) -> f64 {
    let nearest = |(i, row): (usize, &[f64])| {
        let others = rows.clone().enumerate().filter(|(j, _)| *j != i);
        nearest_distance(row, others.map(|(_, other)| other)).unwrap_or(0.0)
    };
    rows.clone().enumerate().map(nearest).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loneliest_point_is_farthest_from_its_neighbour() {
        let points = [[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [1.0, 0.5]];
        assert_eq!(loneliest(points.iter().map(<[f64; 2]>::as_slice)), 3.0);
        assert_eq!(loneliest(points[..1].iter().map(<[f64; 2]>::as_slice)), 0.0);
        assert_eq!(nearest_distance(&[0.0, 0.0], [].into_iter()), None);
    }
}
