//! Encoding and decoding of many patterns.
//!
//! Blocks of patterns pass through a wide layer piece by piece, and each piece is scaled while it
//! is in the cache.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use crate::dense::{Dense, forward};
use crate::error::Result;
use crate::product::{PIECE, multiply};
use crate::scaling::Scaling;
use crate::source::PatternSource;

/// Number of patterns or points per block. A piece of a block fits in the cache, and the weights
/// are fetched for many patterns at once.
pub(crate) const ROWS: usize = 256;

/// Largest number of patterns that are read at a time. A multiple of [`ROWS`], so that the blocks
/// are those of a set in memory.
const READ: usize = 4 * ROWS;

/// Calls `see` with the patterns of a source, several at a time: the index of the first one, and
/// their intensities, pattern by pattern.
///
/// # Errors
/// Any error of [`PatternSource::read`] or `see`.
pub(crate) fn each_block(
    patterns: &dyn PatternSource,
    mut see: impl FnMut(usize, &[f32]) -> Result<()>,
) -> Result<()> {
    let points = patterns.grid().len();
    let mut own = Vec::new();
    for start in (0..patterns.len()).step_by(READ) {
        let rows = start..patterns.len().min(start + READ);
        if let Some(block) = patterns.block() {
            see(start, &block[rows.start * points..rows.end * points])?;
            continue;
        }
        own.resize(rows.len() * points, 0.0);
        for (row, index) in own.chunks_mut(points).zip(rows) {
            patterns.read(index, row)?;
        }
        see(start, &own)?;
    }
    Ok(())
}

/// Outputs of the encoder `layers` for all patterns, [patterns, outputs].
///
/// Blocks of patterns and pieces of the first layer are distributed over the pool. Their sizes are
/// fixed and the pieces are added in order, so the number of threads does not change the result.
///
/// Cost: O(patterns · weights).
pub(super) fn encoded(layers: &[Dense<f32>], scaling: &Scaling, block: &[f32]) -> Array2<f32> {
    let (first, rest) = layers.split_first().expect("an encoder has layers");
    let outputs = layers[layers.len() - 1].bias.len();
    let mut answers = Array2::zeros((block.len() / scaling.mean.len(), outputs));
    let rows = block.chunks(ROWS * scaling.mean.len());
    let pairs: Vec<_> = answers
        .axis_chunks_iter_mut(Axis(0), ROWS)
        .zip(rows)
        .collect();
    pairs.into_par_iter().for_each(|(mut answer, rows)| {
        let y = first.activate(first_sums(first, scaling, rows));
        answer.assign(&forward(rest, y.view()));
    });
    answers
}

/// Weighted sums of the first layer.
fn first_sums(first: &Dense<f32>, scaling: &Scaling, block: &[f32]) -> Array2<f32> {
    let points = scaling.mean.len();
    let shape = (block.len() / points, first.bias.len());
    let starts: Vec<usize> = (0..points).step_by(PIECE).collect();
    let part = |near: &mut Vec<f32>, start: usize| {
        let end = points.min(start + PIECE);
        near.resize(shape.0 * (end - start), 0.0);
        let rows = block.chunks(points).zip(near.chunks_mut(end - start));
        for (pattern, near) in rows {
            near.copy_from_slice(&pattern[start..end]);
            scaling.scale(start, near);
        }
        let near = ArrayView2::from_shape((shape.0, end - start), near.as_slice())
            .expect("the buffer has this size");
        let weights = first.weights.slice(ndarray::s![start..end, ..]);
        let mut part = Array2::zeros(shape);
        multiply(near, weights, part.view_mut());
        part
    };
    let parts: Vec<_> = starts.into_par_iter().map_init(Vec::new, part).collect();
    let mut sum = Array2::zeros(shape);
    for part in parts {
        sum += &part;
    }
    sum
}

/// Decodes rows of coordinates with `layers` and writes the patterns to `block`. Returns whether
/// all intensities are finite.
///
/// Cost: O(rows · weights).
pub(super) fn decode(
    layers: &[Dense<f32>],
    scaling: &Scaling,
    coordinates: ArrayView2<f32>,
    block: &mut [f32],
) -> bool {
    let (last, before) = layers.split_last().expect("a decoder has layers");
    let points = scaling.mean.len();
    let blocks = block.chunks_mut(ROWS * points);
    let pairs: Vec<_> = coordinates
        .axis_chunks_iter(Axis(0), ROWS)
        .zip(blocks)
        .collect();
    let decode = |(x, block): (ArrayView2<f32>, &mut [f32])| {
        let y = forward(before, x);
        let rows = ArrayViewMut2::from_shape((x.nrows(), points), block)
            .expect("a row of the block for each of the coordinates");
        last_layer(last, scaling, y.view(), rows)
    };
    let finite = pairs.into_par_iter().map(decode);
    finite.reduce(|| true, |a, b| a && b)
}

fn last_layer(
    last: &Dense<f32>,
    scaling: &Scaling,
    x: ArrayView2<f32>,
    mut rows: ArrayViewMut2<f32>,
) -> bool {
    let weights = last.weights.axis_chunks_iter(Axis(1), PIECE);
    let pieces: Vec<_> = rows
        .axis_chunks_iter_mut(Axis(1), PIECE)
        .zip(weights)
        .collect();
    let piece = |(piece, (mut rows, weights)): (usize, (ArrayViewMut2<f32>, ArrayView2<f32>))| {
        let start = piece * PIECE;
        multiply(x, weights, rows.view_mut());
        let mut finite = true;
        for mut row in rows.rows_mut() {
            let row = row
                .as_slice_mut()
                .expect("rows of a block lie along memory");
            last.activate_piece(start, row);
            finite &= scaling.unscale(start, row);
        }
        finite
    };
    let finite = pieces.into_par_iter().enumerate().map(piece);
    finite.reduce(|| true, |a, b| a && b)
}
