//! Points of the plane between which a pattern is generated.

use xrd_ae::Autoencoder;
use xrd_core::{Decoder, Latent2};
use xrd_interp::strained_mixture;
use xrd_latent::{InverseDistance, LabelledSpace};

use super::Neighbours;
use super::agreement::range;
use crate::error::Result;
use crate::experiment::{Target, TargetComposition};
use crate::known_points::KnownPoints;

/// Number of compositions that are mixed for a target with several labels.
const MIXED: usize = 4;

/// Points of the plane with weights, whose sum is 1.
pub(super) struct Corners {
    points: Vec<Latent2>,
    weights: Vec<f64>,
    /// Weighted mean of the labels.
    labels: Vec<f64>,
}

impl Corners {
    /// Returns the centres of the two compositions next to a value, or the centre of the known points
    /// that have this value. `None` beyond the known values.
    pub(super) fn beside(known: &KnownPoints, target: &Target) -> Option<Self> {
        let labels = known.labels();
        if let Some(itself) = Neighbours::itself(labels, target) {
            return Some(Self {
                points: vec![centre(known, &itself.below)],
                weights: vec![1.0],
                labels: itself.below,
            });
        }
        let pair = Neighbours::of(labels, target)?;
        let ends = pair.below.iter().zip(&pair.above);
        Some(Self {
            points: vec![centre(known, &pair.below), centre(known, &pair.above)],
            weights: vec![1.0 - pair.fraction, pair.fraction],
            labels: ends.map(|(a, b)| a + pair.fraction * (b - a)).collect(),
        })
    }

    /// Returns the centres of the compositions whose labels are nearest to those of a target with
    /// several labels.
    pub(super) fn near(known: &KnownPoints, target: &TargetComposition) -> Result<Self> {
        let labels = known.labels();
        let index = |t: &Target| Some((labels.column_index(&t.column)?, t.value));
        let wanted: Vec<(usize, f64)> = target.targets().iter().filter_map(index).collect();
        let scaled = |value: f64, column: usize| value / range(known, column);
        let rows = labels.rows();
        let coordinates = rows.flat_map(|row| wanted.iter().map(move |&(c, _)| (row[c], c)));
        let coordinates = coordinates.map(|(value, c)| scaled(value, c)).collect();
        let space = LabelledSpace::new(wanted.len(), coordinates, labels.clone())?;
        let here: Vec<f64> = wanted.iter().map(|&(c, value)| scaled(value, c)).collect();
        let nearest = InverseDistance::default().with_neighbours(MIXED);
        let estimate = space.estimate(&here, &nearest)?;
        let point = |corner: &[usize]| mean(corner.iter().map(|&i| known.plane.points()[i]));
        Ok(Self {
            points: estimate.basis.corners().into_iter().map(point).collect(),
            weights: estimate.basis.weights(),
            labels: estimate.values,
        })
    }

    /// Returns the weighted mean of the labels of the corners.
    pub(super) fn labels(&self) -> &[f64] {
        &self.labels
    }

    /// Returns the corner if there is only one.
    pub(super) fn only(&self) -> Option<Latent2> {
        match self.points[..] {
            [corner] => Some(corner),
            _ => None,
        }
    }

    /// Returns the weighted mean of the corners.
    pub(super) fn middle(&self) -> Latent2 {
        let weighted = self.points.iter().zip(&self.weights);
        weighted.fold(Latent2::default(), |sum, (p, w)| {
            Latent2::new(sum.x + w * p.x, sum.y + w * p.y)
        })
    }

    /// Returns the strained mixture of the patterns that the network decodes at the corners.
    pub(super) fn mixture(&self, model: &Autoencoder) -> Result<Vec<f32>> {
        let decoded: xrd_core::Result<Vec<Vec<f32>>> =
            self.points.iter().map(|&p| model.decode(p)).collect();
        let decoded = decoded?;
        let patterns: Vec<&[f32]> = decoded.iter().map(Vec::as_slice).collect();
        Ok(strained_mixture(model.grid(), &patterns, &self.weights)?)
    }
}

/// Returns the mean of the known points with these labels.
fn centre(known: &KnownPoints, row: &[f64]) -> Latent2 {
    let rows = known.labels().rows().zip(known.plane.points());
    mean(rows.filter(|(r, _)| *r == row).map(|(_, p)| *p))
}

fn mean(points: impl Iterator<Item = Latent2>) -> Latent2 {
    let (mut sum, mut n) = (Latent2::default(), 0.0);
    for p in points {
        (sum, n) = (Latent2::new(sum.x + p.x, sum.y + p.y), n + 1.0);
    }
    Latent2::new(sum.x / n, sum.y / n)
}
