//! Patterns in the latent space, and on the plane that it is seen from.

use anyhow::Result;
use xrd_ae::Autoencoder;
use xrd_core::{Encoder, Latent2, PatternSet};

/// Patterns as points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Latents {
    /// On the plane: of more than two dimensions, along the first two principal axes.
    pub(crate) points: Vec<Latent2>,
    dimensions: usize,
    /// In the latent space, so many coordinates a pattern.
    coordinates: Vec<f64>,
}

impl Latents {
    /// Where a model puts the patterns of a set.
    pub(crate) fn of(model: &Autoencoder, set: &PatternSet) -> Result<Self> {
        Ok(Self {
            points: model.encode_set(set)?,
            dimensions: model.config().latent,
            coordinates: model.latent_coordinates(set)?,
        })
    }

    /// Points of a latent space that is a plane.
    pub(crate) fn on_plane(points: Vec<Latent2>) -> Self {
        Self {
            dimensions: 2,
            coordinates: points.iter().flat_map(|p| [p.x, p.y]).collect(),
            points,
        }
    }

    /// Points as a table has them, with a column a dimension.
    pub(crate) fn from_columns(points: Vec<Latent2>, columns: &[Vec<f64>]) -> Self {
        let row = |i: usize| columns.iter().map(move |c| c[i]);
        Self {
            dimensions: columns.len(),
            coordinates: (0..points.len()).flat_map(row).collect(),
            points,
        }
    }

    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// All coordinates, pattern by pattern.
    pub(crate) fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }

    /// The coordinates of each pattern.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> + Clone {
        self.coordinates.chunks_exact(self.dimensions)
    }

    /// The points of some patterns, in the order given.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let of = |&i: &usize| &self.coordinates[i * self.dimensions..(i + 1) * self.dimensions];
        Self {
            points: rows.iter().map(|&i| self.points[i]).collect(),
            dimensions: self.dimensions,
            coordinates: rows.iter().flat_map(of).copied().collect(),
        }
    }
}

/// The column of a latent table for a coordinate, from 0, of a space that is no plane.
pub(crate) fn column(axis: usize) -> String {
    format!("latent_{}", axis + 1)
}
