//! Batches of scaled training patterns.

use ndarray::Array2;
use rayon::prelude::*;

use super::disturbance::Disturbance;
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
    augmentation: Augmentation<'a>,
    now: Rows,
    next: Rows,
}

/// Random changes of the training patterns in each epoch.
#[derive(Clone, Default)]
pub(crate) struct Augmentation<'a> {
    /// Changes the inputs and the targets alike.
    pub(crate) strain: Option<RandomStrain>,
    /// Changes the inputs alone.
    pub(crate) disturbance: Option<&'a dyn Disturbance>,
}

/// A batch, and the inputs of the next batch of the same epoch.
pub(crate) struct Step<'b> {
    pub(crate) inputs: Vec<&'b [f32]>,
    pub(crate) targets: Vec<&'b [f32]>,
    pub(crate) next: Vec<&'b [f32]>,
}

/// Scaled patterns with their indices and epoch.
#[derive(Default)]
struct Rows {
    epoch: usize,
    indices: Vec<usize>,
    /// The patterns that the network should return.
    targets: Vec<f32>,
    /// The disturbed patterns. Empty without a disturbance.
    inputs: Vec<f32>,
}

impl Augmentation<'_> {
    fn is_none(&self) -> bool {
        self.strain.is_none() && self.disturbance.is_none()
    }
}

impl<'a> Batches<'a> {
    pub(crate) fn new(
        source: &'a dyn PatternSource,
        scaling: &Scaling,
        augmentation: Augmentation<'a>,
    ) -> Self {
        match source.block().filter(|_| augmentation.is_none()) {
            Some(block) => Self::Memory(scaling.scaled(block)),
            None => Self::Stream(Box::new(Stream {
                source,
                scaling: scaling.clone(),
                augmentation,
                now: Rows::default(),
                next: Rows::default(),
            })),
        }
    }

    /// Returns the patterns of a batch, and the inputs of the next batch of the same epoch.
    pub(crate) fn step(&mut self, epoch: usize, now: &[usize], next: &[usize]) -> Result<Step<'_>> {
        match self {
            Self::Memory(rows) => {
                let row = |&i: &usize| rows.row(i).to_slice().expect("rows lie along memory");
                let inputs: Vec<&[f32]> = now.iter().map(row).collect();
                Ok(Step {
                    targets: inputs.clone(),
                    inputs,
                    next: next.iter().map(row).collect(),
                })
            }
            Self::Stream(stream) => stream.step(epoch, now, next),
        }
    }
}

impl Stream<'_> {
    fn step(&mut self, epoch: usize, now: &[usize], next: &[usize]) -> Result<Step<'_>> {
        std::mem::swap(&mut self.now, &mut self.next);
        let (source, scaling, augmentation) = (self.source, &self.scaling, &self.augmentation);
        let fill =
            |rows: &mut Rows, indices| rows.fill((epoch, indices), source, augmentation, scaling);
        fill(&mut self.now, now)?;
        fill(&mut self.next, next)?;
        let points = source.grid().len();
        Ok(Step {
            inputs: self.now.inputs().chunks(points).collect(),
            targets: self.now.targets.chunks(points).collect(),
            next: self.next.inputs().chunks(points).collect(),
        })
    }
}

impl Rows {
    fn inputs(&self) -> &[f32] {
        match self.inputs.is_empty() {
            true => &self.targets,
            false => &self.inputs,
        }
    }

    /// Reads these patterns unless they are already in the block.
    fn fill(
        &mut self,
        (epoch, indices): (usize, &[usize]),
        source: &dyn PatternSource,
        augmentation: &Augmentation<'_>,
        scaling: &Scaling,
    ) -> Result<()> {
        if (self.epoch, self.indices.as_slice()) == (epoch, indices) {
            return Ok(());
        }
        let points = source.grid().len();
        // The indices are cleared first, so that an error leaves no index for an unread row.
        self.indices.clear();
        self.targets.resize(indices.len() * points, 0.0);
        let rows = self.targets.par_chunks_mut(points).zip(indices);
        rows.try_for_each(|(row, &index)| {
            source.read(index, row)?;
            if let Some(strain) = &augmentation.strain {
                strain.apply(epoch, index, row)?;
            }
            Result::Ok(())
        })?;
        self.disturb((epoch, indices), augmentation, scaling, points)?;
        let rows = self.targets.par_chunks_mut(points);
        rows.for_each(|row| scaling.scale(0, row));
        self.epoch = epoch;
        self.indices.extend_from_slice(indices);
        Ok(())
    }

    /// Makes the inputs from targets that are not scaled yet.
    fn disturb(
        &mut self,
        (epoch, indices): (usize, &[usize]),
        augmentation: &Augmentation<'_>,
        scaling: &Scaling,
        points: usize,
    ) -> Result<()> {
        let Some(disturbance) = augmentation.disturbance else {
            return Ok(());
        };
        self.inputs.clone_from(&self.targets);
        let rows = self.inputs.par_chunks_mut(points).zip(indices);
        rows.try_for_each(|(row, &index)| {
            disturbance.disturb(epoch, index, row)?;
            scaling.scale(0, row);
            Ok(())
        })
    }
}
