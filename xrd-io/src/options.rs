use std::path::PathBuf;

use xrd_core::TwoThetaGrid;

use crate::format::Format;
use crate::prepare::Step;
use crate::source::GivenAxis;

/// Options of reading patterns. The default reads every file as it is.
///
/// # Example
/// ```
/// use xrd_io::xrd_core::TwoThetaGrid;
/// use xrd_io::{Format, ReadOptions};
/// let grid = TwoThetaGrid::new(10.0, 0.02, 3501)?;
/// let options = ReadOptions::default()
///     .with_format(Format::Columns)
///     .with_resample(grid);
/// assert_eq!(options.resample, Some(grid));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct ReadOptions {
    /// The required format; `None` recognises the format by the content. A file of another format
    /// is refused.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub format: Option<Format>,
    /// The file that holds the axis of a file without one (`.npy`). It is refused for files that
    /// have an axis, and comes before `grid`.
    pub axis: Option<PathBuf>,
    /// The axis of files without one (`.npy`).
    pub grid: Option<TwoThetaGrid>,
    /// The steps of preparation that every scan passes first, in this order.
    pub prepare: Vec<Step>,
    /// The grid onto which every pattern is interpolated linearly. Without it, the patterns must
    /// share a uniform axis.
    pub resample: Option<TwoThetaGrid>,
    /// Files of a folder that are not patterns, such as its label table.
    pub exclude: Vec<PathBuf>,
}

impl ReadOptions {
    /// Sets the required [`format`](Self::format).
    pub fn with_format(mut self, format: impl Into<Option<Format>>) -> Self {
        self.format = format.into();
        self
    }

    /// Sets the file of the [`axis`](Self::axis) for files without one.
    pub fn with_axis(mut self, axis: impl Into<Option<PathBuf>>) -> Self {
        self.axis = axis.into();
        self
    }

    /// Sets the [`grid`](Self::grid) for files without an axis.
    pub fn with_grid(mut self, grid: impl Into<Option<TwoThetaGrid>>) -> Self {
        self.grid = grid.into();
        self
    }

    /// Sets the steps of preparation ([`prepare`](Self::prepare)).
    pub fn with_prepare(mut self, steps: impl Into<Vec<Step>>) -> Self {
        self.prepare = steps.into();
        self
    }

    /// Sets the grid to [`resample`](Self::resample) onto.
    pub fn with_resample(mut self, grid: impl Into<Option<TwoThetaGrid>>) -> Self {
        self.resample = grid.into();
        self
    }

    /// Sets the files of a folder to [`exclude`](Self::exclude).
    pub fn with_exclude(mut self, files: impl Into<Vec<PathBuf>>) -> Self {
        self.exclude = files.into();
        self
    }

    /// The axis for a file without one.
    pub(crate) fn given_axis(&self) -> GivenAxis {
        GivenAxis {
            file: self.axis.clone(),
            grid: self.grid,
        }
    }
}
