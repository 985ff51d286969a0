//! Shifts of patterns along 2θ relative to known patterns, and their correction.

mod basis;
mod errors;
mod limit;
mod search;
mod stored;

use rayon::prelude::*;
use serde::Serialize;
use xrd_ae::{Attachment, Autoencoder};
use xrd_core::TwoThetaGrid;
use xrd_sim::{AngleShift, SampleDisplacement, ZeroShift};

use crate::dataset::{Dataset, Patterns};
use crate::error::{Error, Result};
use crate::folds::numbered;
use crate::sample::sample;
use basis::Basis;
use errors::typical_errors;
pub use limit::ShiftLimit;
use search::{Offset, RADIUS_MM, best_offset};

/// Name of the attachment of a model with the known patterns of an aligner.
const ATTACHMENT: &str = "alignment";

/// Largest number of known patterns from which the principal components are computed.
const MOST_KNOWN: usize = 300;

/// Largest number of known patterns that are left out to find the limit of the improvement.
const MOST_LEFT_OUT: usize = 150;

/// Number of folds in which known patterns are left out.
const FOLDS: usize = 5;

/// Smallest number of known patterns.
const LEAST_KNOWN: usize = 5;

/// Number of angles over which the mean of squared shifts is computed.
const ANGLES: usize = 32;

/// Search for shifts of patterns along 2θ, relative to known patterns.
///
/// The shift of a line is z − 2s·cos θ/R, where z is the zero shift, s the displacement of the
/// specimen and R the radius of the goniometer. The shift of a pattern is the one for which
/// principal components of the known patterns reproduce the corrected pattern best. Zero shifts of
/// up to 0.3° are searched.
///
/// A pattern is marked as shifted if the shift and the reduction of the residual are both larger
/// than limits. The limits are those that 95 % of the known patterns do not exceed together, when
/// they are left out. If known patterns differ by shifts, only larger shifts are therefore marked.
///
/// Over a small range of 2θ, zero shift and displacement move lines by nearly equal amounts. Their
/// sum, [`PatternShift::range_deg`], is then more accurate than each of them.
pub struct PatternAligner {
    basis: Basis,
    limit: Option<ShiftLimit>,
    /// Typical errors of found shifts: two independent directions.
    errors: [Offset; 2],
}

/// Shift of a pattern along 2θ, relative to known patterns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PatternShift {
    /// Zero shift in degrees. Positive values move lines to higher angles.
    pub zero_shift_deg: f64,
    /// Displacement of the specimen in mm, for the given radius of the goniometer. Positive values
    /// move lines to lower angles.
    pub displacement_mm: f64,
    /// Shift of lines at the first and at the last angle of the grid, in degrees.
    pub range_deg: [f64; 2],
    /// Residual of the pattern divided by the residual of the corrected pattern, at least 1. The
    /// residual is the length of the part that the principal components of the known patterns do
    /// not reproduce.
    pub improvement: f64,
    /// Size of the shift in degrees: root mean square over the angles of the grid.
    pub size_deg: f64,
    /// Limits above which a pattern is marked as shifted. `None` if the known patterns were fewer
    /// than 19, too few to know the limits.
    pub limit: Option<ShiftLimit>,
    #[serde(skip)]
    offset: Offset,
}

impl PatternShift {
    /// Whether the pattern is shifted relative to the known patterns. `None` if the known patterns
    /// were too few to know.
    pub fn is_shifted(&self) -> Option<bool> {
        let limit = self.limit?;
        Some(self.improvement > limit.improvement && self.size_deg > limit.size_deg)
    }

    /// The shift of the lines of the pattern.
    ///
    /// # Errors
    /// [`Error::Simulation`] for values out of range. No error is expected.
    pub fn angle_shift(&self) -> Result<AngleShift> {
        self.offset.to_shift()
    }
}

impl PatternAligner {
    /// Computes the principal components of known patterns, and the limit of marked patterns. The
    /// argument `known` contains the indices of the known patterns in the data set. Of more than 300
    /// known patterns, 300 that are evenly spaced are used.
    ///
    /// Returns `None` for fewer than 5 known patterns, for patterns without intensity, and if all
    /// patterns are equal.
    ///
    /// Cost: O(n²·angles + n³) for n patterns, and 40 products of a pattern with 20 components for
    /// each of at most 150 left-out patterns, on the threads of the current rayon pool.
    ///
    /// # Errors
    /// Any error of [`Patterns::select`].
    pub fn fit(data: &Dataset, known: &[usize]) -> Result<Option<Self>> {
        let known = sample(known, MOST_KNOWN);
        if known.len() < LEAST_KNOWN {
            return Ok(None);
        }
        let set = data.set.select(&known)?;
        let rows: Vec<&[f32]> = (0..set.len()).map(|i| set.intensities(i)).collect();
        let Some(basis) = Basis::of(&rows) else {
            return Ok(None);
        };
        let samples = numbered(known.iter().map(|&i| &data.groups[i]));
        let left_out = left_out(set.grid(), &rows, &samples)?;
        Ok(Some(Self {
            basis,
            limit: ShiftLimit::of(&left_out)?,
            errors: typical_errors(&left_out),
        }))
    }

    /// Reads the aligner in the file of a model. Returns `None` if the file has none.
    ///
    /// # Errors
    /// [`Error::Alignment`] for a damaged aligner.
    pub fn of_model(model: &Autoencoder) -> Result<Option<Self>> {
        let found = model.attachment(ATTACHMENT);
        found.map(stored::from_attachment).transpose()
    }

    /// Returns the model with this aligner in its file.
    #[must_use]
    pub fn attach_to(&self, model: Autoencoder) -> Autoencoder {
        let attachment: Attachment = stored::to_attachment(self);
        model.with_attachment(ATTACHMENT, attachment)
    }

    /// Returns the errors of found shifts: two independent shifts, which 90 % of the left-out known
    /// patterns do not exceed. If a correction by one of them changes an estimate by a and by the
    /// other one by b, the error of the correction adds √(a² + b²) to the error of the estimate.
    ///
    /// # Errors
    /// [`Error::Simulation`] for values out of range. No error is expected.
    pub fn errors(&self) -> Result<[AngleShift; 2]> {
        let [first, second] = self.errors;
        Ok([first.to_shift()?, second.to_shift()?])
    }

    /// Finds the shift of each pattern. The argument `radius_mm` is the radius of the goniometer in
    /// mm. It has an influence only on [`PatternShift::displacement_mm`].
    ///
    /// Cost: about 40 products of a pattern with 20 components, per pattern. The patterns are
    /// distributed over the threads of the current rayon pool.
    ///
    /// # Errors
    /// - [`Error::Simulation`] for a radius that is not 10 to 10,000 mm.
    /// - [`Error::Alignment`] for patterns with another number of grid points.
    /// - [`Error::Network`] if a pattern cannot be read.
    pub fn shifts(&self, patterns: &Patterns, radius_mm: f64) -> Result<Vec<PatternShift>> {
        SampleDisplacement::new(0.0, radius_mm)?;
        let grid = patterns.grid();
        if grid.len() != self.basis.points() {
            return Err(Error::Alignment {
                points: self.basis.points(),
                found: grid.len(),
            });
        }
        let one = |i: usize| {
            let found = best_offset(grid, &patterns.intensities(i)?, &self.basis)?;
            let shift = found.offset.to_shift()?;
            Ok(PatternShift {
                zero_shift_deg: found.offset.zero_deg,
                displacement_mm: found.offset.displacement_mm * radius_mm / RADIUS_MM,
                range_deg: [grid.start(), grid.last()].map(|a| shift.shift_deg(a)),
                improvement: found.improvement,
                size_deg: size_deg(grid, &shift),
                limit: self.limit,
                offset: found.offset,
            })
        };
        (0..patterns.len()).into_par_iter().map(one).collect()
    }
}

/// Returns patterns whose lines are moved back by their shifts, where they are marked as shifted.
/// Other patterns are not changed. The argument `shifts` contains one shift per pattern.
///
/// Intensities are computed when they are needed. Cost: O(angles) per pattern.
///
/// # Errors
/// [`Error::Core`] unless there is one shift per pattern.
pub fn align(patterns: Patterns, shifts: &[PatternShift]) -> Result<Patterns> {
    let of = |shift: &PatternShift| match shift.is_shifted() {
        Some(true) => shift.angle_shift().map(Some),
        _ => Ok(None),
    };
    let shifts: Vec<Option<AngleShift>> = shifts.iter().map(of).collect::<Result<_>>()?;
    patterns.moved_back(shifts)
}

/// Returns the root mean square of a shift over a grid, in degrees.
fn size_deg(grid: &TwoThetaGrid, shift: &AngleShift) -> f64 {
    let step = (grid.last() - grid.start()) / (ANGLES - 1) as f64;
    let at = |i: usize| shift.shift_deg(grid.start() + step * i as f64);
    let squares = (0..ANGLES).map(|i| at(i).powi(2));
    (squares.sum::<f64>() / ANGLES as f64).sqrt()
}

/// Shift of a known pattern that was left out.
#[derive(Clone, Copy, Debug)]
struct LeftOut {
    improvement: f64,
    size_deg: f64,
    offset: Offset,
}

/// Finds the shifts of known patterns, each relative to the components of other folds.
fn left_out(grid: &TwoThetaGrid, rows: &[&[f32]], samples: &[usize]) -> Result<Vec<LeftOut>> {
    let all: Vec<usize> = (0..rows.len()).collect();
    let tested = sample(&all, MOST_LEFT_OUT);
    let of_fold = |fold: usize| {
        let is_in = |i: &usize| samples[*i] % FOLDS == fold;
        let others = all.iter().filter(|i| !is_in(i)).map(|&i| rows[i]);
        let Some(basis) = Basis::of(&others.collect::<Vec<_>>()) else {
            return Ok(Vec::new());
        };
        let tested: Vec<usize> = tested.iter().copied().filter(is_in).collect();
        let one = |&i: &usize| {
            let found = best_offset(grid, rows[i], &basis)?;
            let size = size_deg(grid, &found.offset.to_shift()?);
            Ok(LeftOut {
                improvement: found.improvement,
                size_deg: size,
                offset: found.offset,
            })
        };
        tested.par_iter().map(one).collect::<Result<Vec<_>>>()
    };
    let folds: Vec<Vec<LeftOut>> = (0..FOLDS).map(of_fold).collect::<Result<_>>()?;
    Ok(folds.concat())
}

impl Offset {
    fn to_shift(self) -> Result<AngleShift> {
        let displacement = SampleDisplacement::new(self.displacement_mm, RADIUS_MM)?;
        Ok(AngleShift::new(
            ZeroShift::new(self.zero_deg)?,
            displacement,
        ))
    }
}

#[cfg(test)]
mod tests;
