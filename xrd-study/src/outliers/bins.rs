//! Patterns as the square roots of their intensities in bins.

use nalgebra::DMatrix;
use rayon::prelude::*;
use xrd_core::TwoThetaGrid;
use xrd_regression::line_width;

use crate::dataset::Patterns;
use crate::error::Result;
use crate::sample::sample;

/// Number of bins per line width.
const BINS_PER_LINE: usize = 4;
/// Number of patterns from which the line width is estimated.
const MOST_FOR_WIDTH: usize = 50;

/// Bins of neighbouring angles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bins {
    /// Number of angles per bin. Angles beyond the last whole bin are not used.
    pub(crate) angles: usize,
    /// Number of bins.
    pub(crate) count: usize,
    /// Number of bins per line width, at least 2.
    pub(crate) per_line: usize,
}

impl Bins {
    /// Chooses bins of about a quarter of the width of the lines.
    pub(crate) fn of(set: &Patterns) -> Result<Self> {
        let all: Vec<usize> = (0..set.len()).collect();
        let width = line_width(&set.select(&sample(&all, MOST_FOR_WIDTH))?);
        let angles = (width / BINS_PER_LINE).max(1);
        Ok(Self {
            angles,
            count: set.grid().len() / angles,
            per_line: ((width as f64 / angles as f64).round() as usize).max(2),
        })
    }

    /// Returns the square roots of the mean intensities of the bins, as a vector of length 1.
    /// Negative means count as 0. The vector of a pattern without intensity is 0.
    pub(crate) fn roots(&self, intensities: &[f32]) -> Vec<f64> {
        let mean = |bin: &[f32]| bin.iter().map(|v| f64::from(*v)).sum::<f64>().max(0.0);
        let bins = intensities.chunks_exact(self.angles);
        let means: Vec<f64> = bins.map(mean).collect();
        let sum: f64 = means.iter().sum();
        let scale = if sum > 0.0 { 1.0 / sum } else { 0.0 };
        means.into_iter().map(|v| (scale * v).sqrt()).collect()
    }

    /// Returns the vectors of some patterns as the columns of a matrix.
    pub(crate) fn columns(&self, set: &Patterns, rows: &[usize]) -> Result<DMatrix<f64>> {
        let column = |i: &usize| Ok(self.roots(&set.intensities(*i)?));
        let columns: Result<Vec<Vec<f64>>> = rows.par_iter().map(column).collect();
        Ok(DMatrix::from_vec(self.count, rows.len(), columns?.concat()))
    }

    /// Returns the first and the last angle 2θ of some bins in degrees.
    pub(crate) fn angles_of(&self, grid: &TwoThetaGrid, from: usize, to: usize) -> [f64; 2] {
        [
            grid.angle(from * self.angles),
            grid.angle((to * self.angles).max(1) - 1),
        ]
    }
}
