//! Latent points of patterns: points in the latent space and on the latent plane.

use serde::{Deserialize, Serialize};
use xrd_ae::{Autoencoder, PatternSource};
use xrd_core::Latent2;

use crate::error::Result;

/// Latent points of patterns: points in the latent space and on the latent plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latents {
    /// Points on the latent plane, one per pattern.
    ///
    /// A latent space of two dimensions is the latent plane. In a larger latent space, the latent
    /// plane goes through the mean of the latent points of the training patterns. It is spanned by
    /// the two directions of largest variance of these points (principal axes).
    pub points: Vec<Latent2>,
    dimensions: usize,
    /// Coordinates in the latent space, one row per pattern.
    coordinates: Vec<f64>,
}

impl Latents {
    /// Encodes patterns.
    ///
    /// # Errors
    /// Any error of [`Autoencoder::encode_source`].
    pub fn of(model: &Autoencoder, patterns: &dyn PatternSource) -> Result<Self> {
        let (points, coordinates) = model.encode_source(patterns)?;
        Ok(Self {
            points,
            dimensions: model.config().latent,
            coordinates,
        })
    }

    /// Returns latent points in a latent space of two dimensions.
    pub fn on_plane(points: Vec<Latent2>) -> Self {
        Self {
            dimensions: 2,
            coordinates: points.iter().flat_map(|p| [p.x, p.y]).collect(),
            points,
        }
    }

    /// Returns points with one column of coordinates per dimension of the latent space. Each column
    /// has one value per point.
    pub(crate) fn from_columns(points: Vec<Latent2>, columns: &[Vec<f64>]) -> Self {
        let row = |i: usize| columns.iter().map(move |c| c[i]);
        Self {
            dimensions: columns.len(),
            coordinates: (0..points.len()).flat_map(row).collect(),
            points,
        }
    }

    /// Returns the number of dimensions of the latent space.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Returns the coordinates in the latent space, pattern by pattern.
    pub fn coordinates(&self) -> &[f64] {
        &self.coordinates
    }

    /// Returns an iterator over the patterns, with the coordinates of each pattern in the latent
    /// space.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> + Clone {
        self.coordinates.chunks_exact(self.dimensions)
    }

    /// Returns the points with these indices, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let of = |&i: &usize| &self.coordinates[i * self.dimensions..(i + 1) * self.dimensions];
        Self {
            points: rows.iter().map(|&i| self.points[i]).collect(),
            dimensions: self.dimensions,
            coordinates: rows.iter().flat_map(of).copied().collect(),
        }
    }
}

/// Returns the name of the column of a latent table for a coordinate, counted from 0.
pub(crate) fn column(axis: usize) -> String {
    format!("latent_{}", axis + 1)
}
