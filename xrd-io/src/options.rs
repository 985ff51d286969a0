use std::path::PathBuf;

use xrd_core::{TwoThetaGrid, Wavelength};

use crate::format::Format;
use crate::prepare::Step;
use crate::scan::AxisKind;
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
    /// both options `axis` and `grid` are given, the option `axis` is used. If this option is
    /// given, reading a pattern file that is not a `.npy` file is an error.
    pub axis: Option<PathBuf>,
    /// The axis for `.npy` files. This option has no effect on files of other formats.
    pub grid: Option<TwoThetaGrid>,
    /// The preparation steps applied to every scan after it is read, in this order.
    pub prepare: Vec<Step>,
    /// Whether to skip preparation steps that the files state as already done. The steps are
    /// skipped only if the list `prepare` begins with all of these steps. By default, no step is
    /// skipped.
    pub skip_done: bool,
    /// The grid onto which every pattern is interpolated linearly. If `None`, all patterns must
    /// have the same uniform axis, unless `common_grid` is set.
    pub resample: Option<TwoThetaGrid>,
    /// Whether patterns on different or irregular axes are interpolated linearly onto one grid over
    /// the range that all of them cover. The grid is that of the first pattern; if its axis is
    /// irregular, the grid has the median step of all patterns. Not used with `resample`.
    pub common_grid: bool,
    /// The kind of axis of files that do not state the kind. A file that states another kind is
    /// refused.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub axis_kind: Option<AxisKind>,
    /// The wavelength of files that state none. Patterns over Q or d are converted to 2θ at this
    /// wavelength.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub wavelength: Option<Wavelength>,
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

    /// Sets whether to [skip](Self::skip_done) preparation steps that the files state as already
    /// done.
    pub fn with_skip_done(mut self, skip_done: bool) -> Self {
        self.skip_done = skip_done;
        self
    }

    /// Sets the grid onto which patterns are interpolated ([`resample`](Self::resample)).
    pub fn with_resample(mut self, grid: impl Into<Option<TwoThetaGrid>>) -> Self {
        self.resample = grid.into();
        self
    }

    /// Sets whether patterns are interpolated onto a [`common_grid`](Self::common_grid).
    pub fn with_common_grid(mut self, common_grid: bool) -> Self {
        self.common_grid = common_grid;
        self
    }

    /// Sets the [kind of axis](Self::axis_kind) of files that do not state the kind.
    pub fn with_axis_kind(mut self, axis_kind: impl Into<Option<AxisKind>>) -> Self {
        self.axis_kind = axis_kind.into();
        self
    }

    /// Sets the [`wavelength`](Self::wavelength) of files that state none.
    pub fn with_wavelength(mut self, wavelength: impl Into<Option<Wavelength>>) -> Self {
        self.wavelength = wavelength.into();
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
