use std::path::PathBuf;

use xrd_core::TwoThetaGrid;

use crate::format::Format;
use crate::prepare::Step;
use crate::source::GivenAxis;

/// Options for reading scans and patterns. With the default options, the data are not changed.
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
    /// The expected format; a file of another format is an error. If `None`, the format is
    /// recognised by the content of the file.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub format: Option<Format>,
    /// The path of a second file with the axis for a `.npy` file, which contains no axis itself. If
    /// both options `axis` and `grid` are given, the option `axis` is used. With this option, a
    /// file of any other format is an error.
    pub axis: Option<PathBuf>,
    /// The axis for `.npy` files. This option has no effect on files of other formats.
    pub grid: Option<TwoThetaGrid>,
    /// The preparation steps applied to every scan after it is read, in this order.
    pub prepare: Vec<Step>,
    /// The grid onto which every pattern is interpolated linearly. If `None`, every scan must have
    /// a uniform axis, and the axes of all scans must be equal.
    pub resample: Option<TwoThetaGrid>,
    /// The files of a folder that are not read, such as a table of labels.
    pub exclude: Vec<PathBuf>,
}

impl ReadOptions {
    /// Sets the required [`format`](Self::format).
    pub fn with_format(mut self, format: impl Into<Option<Format>>) -> Self {
        self.format = format.into();
        self
    }

    /// Sets the file with the [`axis`](Self::axis) for `.npy` files.
    pub fn with_axis(mut self, axis: impl Into<Option<PathBuf>>) -> Self {
        self.axis = axis.into();
        self
    }

    /// Sets the [`grid`](Self::grid) for `.npy` files.
    pub fn with_grid(mut self, grid: impl Into<Option<TwoThetaGrid>>) -> Self {
        self.grid = grid.into();
        self
    }

    /// Sets the preparation steps in [`prepare`](Self::prepare).
    pub fn with_prepare(mut self, steps: impl Into<Vec<Step>>) -> Self {
        self.prepare = steps.into();
        self
    }

    /// Sets the grid onto which patterns are interpolated ([`resample`](Self::resample)).
    pub fn with_resample(mut self, grid: impl Into<Option<TwoThetaGrid>>) -> Self {
        self.resample = grid.into();
        self
    }

    /// Sets the files of a folder that are not read ([`exclude`](Self::exclude)).
    pub fn with_exclude(mut self, files: impl Into<Vec<PathBuf>>) -> Self {
        self.exclude = files.into();
        self
    }

    /// The axis that the caller gives for a file without an axis.
    pub(crate) fn given_axis(&self) -> GivenAxis {
        GivenAxis {
            file: self.axis.clone(),
            grid: self.grid,
        }
    }
}
