//! Whether a pattern is unlike those that a network was trained on.

use xrd_ae::Autoencoder;
use xrd_core::PatternSet;

use crate::error::Result;

/// Residual of every pattern of a set: |pattern − reproduction| / |pattern|, 0 where both are zero.
///
/// # Errors
/// Those of [`Autoencoder::reconstruct`].
///
/// Cost O(patterns · weights).
pub fn residuals(model: &Autoencoder, set: &PatternSet) -> Result<Vec<f64>> {
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
pub(crate) fn nearest_distance<'a>(
    p: &[f64],
    others: impl Iterator<Item = &'a [f64]>,
) -> Option<f64> {
    let squared = |q: &[f64]| p.iter().zip(q).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    others.map(|q| squared(q).sqrt()).min_by(f64::total_cmp)
}

/// The largest distance from one of the points to its nearest neighbour.
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
