//! One pattern under many masks.

use std::ops::Range;

use ndarray::{Array1, Array2};
use rayon::prelude::*;
use xrd_core::{Error, Latent2};

use crate::autoencoder::{Autoencoder, as_points};
use crate::dense::forward;
use crate::product::product;

/// Masks that pass through the network together.
const MASKS: usize = 128;

/// The points of a checked pattern under masks.
///
/// A mask changes a few inputs, so the sums z of the first layer change by a few rows of its
/// weights: z − Σᵢ (intensityᵢ/deviationᵢ)·Wᵢ over the masked points i. Only the small layers
/// behind it are computed anew.
pub(crate) fn encode_masked(
    model: &Autoencoder,
    intensities: &[f32],
    masks: &[Range<usize>],
) -> xrd_core::Result<Vec<Latent2>> {
    masks.iter().try_for_each(|m| check(m, intensities.len()))?;
    let scaled = model.scaling.scaled(intensities);
    let sums = product(scaled.view(), model.encoder()[0].weights.view());
    let points: Vec<Vec<Latent2>> = masks
        .par_chunks(MASKS)
        .map(|masks| some_masks(model, intensities, &sums, masks))
        .collect();
    Ok(points.concat())
}

fn some_masks(
    model: &Autoencoder,
    intensities: &[f32],
    sums: &Array2<f32>,
    masks: &[Range<usize>],
) -> Vec<Latent2> {
    let (first, rest) = model
        .encoder()
        .split_first()
        .expect("an encoder has layers");
    let mut z = Array2::zeros((masks.len(), sums.ncols()));
    for (mut z, mask) in z.rows_mut().into_iter().zip(masks) {
        z.assign(&(&sums.row(0) - &change(model, intensities, mask)));
    }
    as_points(forward(rest, first.activate(z).view()).view())
}

/// Σᵢ (intensityᵢ/deviationᵢ)·Wᵢ over the points of a mask.
fn change(model: &Autoencoder, intensities: &[f32], mask: &Range<usize>) -> Array1<f32> {
    let weights = &model.encoder()[0].weights;
    let mut change = Array1::zeros(weights.ncols());
    for i in mask.clone() {
        let share = model.scaling.share(i, intensities[i]);
        change.scaled_add(share, &weights.row(i));
    }
    change
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
