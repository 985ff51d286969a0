//! The preparation of a set: the steps of the options, and those that the axes of its scans need.

use std::path::Path;

use xrd_core::TwoThetaGrid;

use crate::error::{Error, Result};
use crate::options::ReadOptions;
use crate::prepare::Step;
use crate::scan::Scan;
use crate::threads;

/// Returns the steps that [`read_patterns`](crate::read_patterns) applies to these scans. The steps
/// are:
///
/// - the steps of [`ReadOptions::prepare`], without the steps that [`ReadOptions::skip_done`]
///   skips,
/// - the conversion of Q or d to 2θ at the wavelength of [`ReadOptions::wavelength`],
/// - the interpolation onto the grid of [`ReadOptions::resample`] or [`ReadOptions::common_grid`].
///
/// The interpolation comes last, with one exception: if the scans are irregular and a step needs a
/// uniform axis, the interpolation comes before this step. A conversion of the axis always comes
/// before the interpolation.
///
/// # Errors
/// [`Error::NoCommonRange`] if the scans have no range in common; any error of
/// [`Scan::prepare`] for steps that change the axis.
pub fn planned_steps(scans: &[(&Path, &Scan)], options: &ReadOptions) -> Result<Vec<Step>> {
    let mut steps = options.prepare.clone();
    if let ([(_, first), ..], true) = (scans, options.skip_done) {
        steps.drain(..done(first.preparation(), &steps));
    }
    let is_over_q = |(_, scan): &(&Path, &Scan)| scan.axis_kind().is_over_spacings();
    let converts = |s: &Step| matches!(s, Step::ToWavelength(_));
    let needs_angles = scans.iter().any(is_over_q) && !steps.iter().any(converts);
    if let (Some(wavelength), true) = (options.wavelength, needs_angles) {
        steps.insert(0, Step::ToWavelength(wavelength));
    }
    let is_asked = options.resample.is_some() || options.common_grid;
    if !is_asked || steps.iter().any(|s| matches!(s, Step::Resample(_))) {
        return Ok(steps);
    }
    let place = place(&mut steps, scans)?;
    let grid = match options.resample {
        Some(grid) => Some(grid),
        None => common_grid(&axes(scans, &steps[..place])?)?,
    };
    if let Some(grid) = grid {
        steps.insert(place, Step::Resample(grid));
    }
    Ok(steps)
}

/// The number of the first steps that were done before: all of `before`, or none if the steps do not
/// begin with these.
fn done(before: &[Step], steps: &[Step]) -> usize {
    let alike = |(a, b): (&Step, &Step)| match (a, b) {
        // A file states the wavelengths that it was stripped with.
        (Step::StripKa2(_), Step::StripKa2(_)) => true,
        _ => a == b,
    };
    let is_start = before.len() <= steps.len() && before.iter().zip(steps).all(alike);
    if is_start { before.len() } else { 0 }
}

/// The index at which scans are interpolated. A conversion of the axis is moved before it.
fn place(steps: &mut Vec<Step>, scans: &[(&Path, &Scan)]) -> Result<usize> {
    let needs_uniform = |s: &Step| {
        matches!(
            s,
            Step::Smooth { .. } | Step::Snip { .. } | Step::ArPls { .. }
        )
    };
    let Some(first) = steps.iter().position(needs_uniform) else {
        return Ok(steps.len());
    };
    let is_uniform = |axis: &Axis| axis.grid.is_some();
    if axes(scans, &steps[..first])?.iter().all(is_uniform) {
        return Ok(steps.len());
    }
    let converts = |s: &Step| matches!(s, Step::ToWavelength(_));
    match steps.iter().position(converts) {
        Some(later) if later > first => {
            let step = steps.remove(later);
            steps.insert(first, step);
            Ok(first + 1)
        }
        _ => Ok(first),
    }
}

/// What the choice of a grid needs to know of an axis. Axes themselves would need much memory.
struct Axis<'a> {
    path: &'a Path,
    first: f64,
    last: f64,
    median_step: f64,
    /// The grid, if the axis is uniform.
    grid: Option<TwoThetaGrid>,
}

impl<'a> Axis<'a> {
    /// `values` are increasing, with at least one value.
    fn new(path: &'a Path, values: &[f64]) -> Self {
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        let steps = values.windows(2).map(|pair| pair[1] - pair[0]);
        Self {
            path,
            first: end(values.first()),
            last: end(values.last()),
            median_step: median(steps.collect()),
            grid: TwoThetaGrid::from_angles(values).ok(),
        }
    }
}

/// The axes of scans after those steps that change axes.
fn axes<'a>(scans: &[(&'a Path, &Scan)], steps: &[Step]) -> Result<Vec<Axis<'a>>> {
    let moves = |s: &&Step| {
        matches!(
            s,
            Step::ZeroShift { .. }
                | Step::ToWavelength(_)
                | Step::Rebin { .. }
                | Step::Crop { .. }
                | Step::Resample(_)
        )
    };
    let steps: Vec<Step> = steps.iter().filter(moves).copied().collect();
    let axis = |(path, scan): (&'a Path, &Scan)| match steps.is_empty() {
        true if scan.is_rising() => Ok(Axis::new(path, scan.axis())),
        true => {
            let reversed: Vec<f64> = scan.axis().iter().rev().copied().collect();
            Ok(Axis::new(path, &reversed))
        }
        false => {
            let moved = scan.prepare(&steps);
            let moved = moved.map_err(|e| super::with_path(path, e))?;
            Ok(Axis::new(path, moved.axis()))
        }
    };
    threads::map(scans.to_vec(), axis).into_iter().collect()
}

/// The grid that all scans share; `None` if they are on one uniform grid already.
///
/// If the first axis is uniform, the grid consists of its points that all scans cover. Otherwise it
/// has the median of the median steps of the scans, rounded to two digits, and its points are
/// multiples of the step.
fn common_grid(axes: &[Axis]) -> Result<Option<TwoThetaGrid>> {
    let first = axes.first().and_then(|axis| axis.grid);
    if let Some(first) = &first {
        let same = |axis: &Axis| axis.grid.is_some_and(|grid| grid.same_as(first));
        if axes.iter().all(same) {
            return Ok(None);
        }
    }
    let (from, to) = common_range(axes)?;
    let (start, step) = match first {
        Some(grid) => {
            let skipped = ((from - grid.start()) / grid.step() - 1e-6).ceil().max(0.0);
            (grid.start() + skipped * grid.step(), grid.step())
        }
        None => {
            let step = two_digits(median(axes.iter().map(|a| a.median_step).collect()));
            ((from / step - 1e-6).ceil() * step, step)
        }
    };
    let steps = ((to - start) / step + 1e-6).floor();
    if steps.is_nan() || steps < 1.0 {
        return Err(no_common_range(axes));
    }
    let grid = TwoThetaGrid::new(start, step, steps as usize + 1);
    grid.map(Some)
        .map_err(|source| Error::NotPrepared { source })
}

/// The range that all axes cover.
fn common_range(axes: &[Axis]) -> Result<(f64, f64)> {
    let from = axes.iter().map(|a| a.first).fold(f64::MIN, f64::max);
    let to = axes.iter().map(|a| a.last).fold(f64::MAX, f64::min);
    match from < to {
        true => Ok((from, to)),
        false => Err(no_common_range(axes)),
    }
}

/// The error for scans of which one begins where another has ended.
fn no_common_range(axes: &[Axis]) -> Error {
    let by = |of: fn(&Axis) -> f64| move |a: &&Axis, b: &&Axis| of(a).total_cmp(&of(b));
    let last = axes.iter().max_by(by(|a| a.first));
    let first = axes.iter().min_by(by(|a| a.last));
    let path = |axis: Option<&Axis>| axis.map_or(Path::new(""), |a| a.path).to_owned();
    Error::NoCommonRange {
        ends_deg: first.map_or(f64::NAN, |a| a.last),
        begins_deg: last.map_or(f64::NAN, |a| a.first),
        first: path(first),
        second: path(last),
    }
}

/// The median of a list; NaN for an empty one.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    match values.is_empty() {
        true => f64::NAN,
        false => *values.select_nth_unstable_by(middle, f64::total_cmp).1,
    }
}

/// A positive number rounded to two digits.
fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}
