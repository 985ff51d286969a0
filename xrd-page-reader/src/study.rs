//! Description of a study, as the page contains it.

use serde::Deserialize;
use xrd_core::{TwoThetaGrid, Wavelength};
use xrd_io::ReadOptions;

/// Facts of a study that reading and estimating need.
#[derive(Deserialize)]
pub(crate) struct Study {
    /// Options with which the program reads a file for the model.
    pub(crate) options: ReadOptions,
    /// Grid of the model.
    pub(crate) grid: TwoThetaGrid,
    /// Wavelength of the model.
    pub(crate) wavelength: Option<Wavelength>,
    /// Known points.
    pub(crate) known: Known,
    /// Mean lines of each group. Empty without groups.
    pub(crate) groups: Vec<Vec<f64>>,
}

/// Known points with their labels.
#[derive(Deserialize)]
pub(crate) struct Known {
    /// Number of dimensions of the latent space.
    pub(crate) dimensions: usize,
    /// Coordinates, point by point.
    pub(crate) coordinates: Vec<f64>,
    /// Names of the labels.
    pub(crate) columns: Vec<String>,
    /// Labels, point by point.
    pub(crate) labels: Vec<f64>,
    /// Name of the estimator.
    pub(crate) estimator: String,
    /// Largest distance from a known point to the nearest other one.
    pub(crate) loneliest: f64,
    /// Largest residual of the known patterns.
    pub(crate) worst_residual: Option<f64>,
    /// Limits of each label. `None` is infinite.
    pub(crate) limits: Vec<[Option<f64>; 2]>,
    /// Half width of the interval of each label.
    pub(crate) half_widths: Vec<Option<f64>>,
}
