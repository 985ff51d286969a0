use ndarray::{Array2, Axis};
use xrd_core::PatternSet;

use crate::autoencoder::ROWS;
use crate::error::Result;
use crate::scaling::Scaling;
use crate::source::data_hash;
use crate::trainer::Trainer;

/// Scaled test or validation patterns.
pub(crate) struct HeldBack {
    rows: Array2<f32>,
    pub(crate) hash: String,
}

impl HeldBack {
    pub(crate) fn new(scaling: &Scaling, set: &PatternSet) -> Result<Self> {
        Ok(Self {
            rows: scaling.scaled(set.block()),
            hash: data_hash(set)?,
        })
    }

    /// Mean loss of the patterns.
    pub(crate) fn loss(&self, trainer: &Trainer<f32>) -> f64 {
        let chunks = self.rows.axis_chunks_iter(Axis(0), ROWS);
        let losses = chunks.map(|rows| {
            let row = |i: usize| rows.row(i).to_slice().expect("rows lie along memory");
            let batch: Vec<&[f32]> = (0..rows.nrows()).map(row).collect();
            trainer.evaluate(&batch, &batch)
        });
        losses.sum::<f64>() / self.rows.nrows() as f64
    }
}
