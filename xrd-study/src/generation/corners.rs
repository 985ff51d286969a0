//! Points of the plane between which a pattern is generated.

use xrd_ae::Autoencoder;
use xrd_core::{Decoder, Latent2};
use xrd_interp::strained_mixture;

use super::Neighbours;
use crate::error::Result;
use crate::experiment::Target;
use crate::known_points::KnownPoints;

/// Points of the plane with weights, whose sum is 1.
pub(super) struct Corners {
    points: Vec<Latent2>,
    weights: Vec<f64>,
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
            });
        }
        let pair = Neighbours::of(labels, target)?;
        Some(Self {
            points: vec![centre(known, &pair.below), centre(known, &pair.above)],
            weights: vec![1.0 - pair.fraction, pair.fraction],
        })
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
