//! Batches of scaled training patterns.

use ndarray::Array2;
use rayon::prelude::*;

use super::strain::RandomStrain;
use crate::error::Result;
use crate::scaling::Scaling;
use crate::source::PatternSource;

/// Scaled training patterns, batch by batch.
pub(crate) enum Batches<'a> {
    /// All patterns in memory, scaled once.
    Memory(Array2<f32>),
    /// Patterns that are read, strained and scaled batch by batch.
    Stream(Box<Stream<'a>>),
}

/// Patterns read from a source, one batch ahead.
pub(crate) struct Stream<'a> {
    source: &'a dyn PatternSource,
    scaling: Scaling,
    strain: Option<RandomStrain>,
    now: Rows,
    next: Rows,
}

/// Scaled patterns with their indices and epoch.
#[derive(Default)]
struct Rows {
    epoch: usize,
    indices: Vec<usize>,
    block: Vec<f32>,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(
        source: &'a dyn PatternSource,
        scaling: &Scaling,
        strain: Option<RandomStrain>,
    ) -> Self {
        match source.block().filter(|_| strain.is_none()) {
            Some(block) => Self::Memory(scaling.scaled(block)),
            None => Self::Stream(Box::new(Stream {
                source,
                scaling: scaling.clone(),
                strain,
                now: Rows::default(),
                next: Rows::default(),
            })),
        }
    }

    /// Patterns of a batch and of the next batch of the same epoch.
    pub(crate) fn rows(
        &mut self,
        epoch: usize,
        now: &[usize],
        next: &[usize],
    ) -> Result<[Vec<&[f32]>; 2]> {
        match self {
            Self::Memory(rows) => {
                let row = |&i: &usize| rows.row(i).to_slice().expect("rows lie along memory");
                Ok([
                    now.iter().map(row).collect(),
                    next.iter().map(row).collect(),
                ])
            }
            Self::Stream(stream) => stream.rows(epoch, now, next),
        }
    }
}

impl Stream<'_> {
    fn rows(&mut self, epoch: usize, now: &[usize], next: &[usize]) -> Result<[Vec<&[f32]>; 2]> {
        std::mem::swap(&mut self.now, &mut self.next);
        let (source, strain) = (self.source, self.strain.as_ref());
        self.now.fill((epoch, now), source, strain, &self.scaling)?;
        self.next
            .fill((epoch, next), source, strain, &self.scaling)?;
        let points = self.source.grid().len();
        Ok([&self.now, &self.next].map(|rows| rows.block.chunks(points).collect()))
    }
}

impl Rows {
    /// Reads these patterns unless they are already in the block.
    fn fill(
        &mut self,
        (epoch, indices): (usize, &[usize]),
        source: &dyn PatternSource,
        strain: Option<&RandomStrain>,
        scaling: &Scaling,
    ) -> Result<()> {
        if (self.epoch, self.indices.as_slice()) == (epoch, indices) {
            return Ok(());
        }
        let points = source.grid().len();
        // The indices are cleared first, so that an error leaves no index for an unread row.
        self.indices.clear();
        self.block.resize(indices.len() * points, 0.0);
        let rows = self.block.par_chunks_mut(points).zip(indices);
        rows.try_for_each(|(row, &index)| {
            source.read(index, row)?;
            if let Some(strain) = strain {
                strain.apply(epoch, index, row)?;
            }
            scaling.scale(0, row);
            Result::Ok(())
        })?;
        self.epoch = epoch;
        self.indices.extend_from_slice(indices);
        Ok(())
    }
}
