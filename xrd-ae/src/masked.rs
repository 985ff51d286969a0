//! Encoding of one pattern under many masks.

use std::ops::Range;

use ndarray::{Array1, Array2, Zip};
use rayon::prelude::*;
use xrd_core::{Error, Latent2};

use crate::autoencoder::Autoencoder;
use crate::dense::forward;

/// Number of masks per batch.
const MASKS: usize = 128;

/// Latent points of a checked pattern under each of the masks.
///
/// A mask changes few inputs, so the weighted sums z of the first layer change by few rows of its
/// weights, to z − Σᵢ (intensityᵢ/deviationᵢ)·Wᵢ over the masked points i. Only the small layers
/// after it are computed again. The sums are `f64`, so that subtracting the contribution of a
/// strong point loses no significant digit.
pub(crate) fn encode_masked(
    model: &Autoencoder,
    intensities: &[f32],
    masks: &[Range<usize>],
) -> xrd_core::Result<Vec<Latent2>> {
    masks.iter().try_for_each(|m| check(m, intensities.len()))?;
    let scaled = model.scaling.scaled(intensities);
    let sums = weighted_rows(model, 0..intensities.len(), |i| scaled[(0, i)]);
    let points: Vec<Vec<Latent2>> = masks
        .par_chunks(MASKS)
        .map(|masks| some_masks(model, intensities, &sums, masks))
        .collect();
    Ok(points.concat())
}

fn some_masks(
    model: &Autoencoder,
    intensities: &[f32],
    sums: &Array1<f64>,
    masks: &[Range<usize>],
) -> Vec<Latent2> {
    let (first, rest) = model
        .encoder()
        .split_first()
        .expect("an encoder has layers");
    let mut z = Array2::zeros((masks.len(), sums.len()));
    for (mut z, mask) in z.rows_mut().into_iter().zip(masks) {
        let share = |i| model.scaling.share(i, intensities[i]);
        let masked = sums - weighted_rows(model, mask.clone(), share);
        z.assign(&masked.mapv(|z| z as f32));
    }
    model.as_points(forward(rest, first.activate(z).view()).view())
}

/// Sum Σᵢ inputᵢ·Wᵢ over some points, with the weights W of the first layer.
fn weighted_rows(
    model: &Autoencoder,
    points: Range<usize>,
    input: impl Fn(usize) -> f32,
) -> Array1<f64> {
    let weights = &model.encoder()[0].weights;
    let mut sum = Array1::zeros(weights.ncols());
    for i in points {
        let x = f64::from(input(i));
        Zip::from(&mut sum)
            .and(weights.row(i))
            .for_each(|sum, &w| *sum += x * f64::from(w));
    }
    sum
}

fn check(mask: &Range<usize>, points: usize) -> xrd_core::Result<()> {
    if mask.start <= mask.end && mask.end <= points {
        return Ok(());
    }
    Err(Error::Length {
        what: "grid points up to the end of a mask",
        found: mask.end,
        expected: points,
    })
}
