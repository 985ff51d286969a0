//! Search for the shift after which components reproduce a pattern best.

use nalgebra::{DVector, Matrix2, Vector2};
use serde::{Deserialize, Serialize};
use xrd_core::TwoThetaGrid;

use super::basis::{Basis, of_unit_length};
use crate::error::Result;

/// Radius of the goniometer in mm to which displacements refer in the search.
pub(super) const RADIUS_MM: f64 = 240.0;

/// Largest zero shift of the first search in degrees, and the largest number of steps to each side.
const LARGEST_DEG: f64 = 0.3;
const MOST_STEPS: f64 = 20.0;

/// Usual zero shift in degrees and displacement in mm. The search prefers smaller values a little,
/// because large ones of opposite effect cancel each other.
const USUAL: [f64; 2] = [0.1, 0.3];
const PREFERENCE: f64 = 1e-3;

/// Largest zero shift in degrees and displacement in mm that are accepted.
const ACCEPTED: [f64; 2] = [1.0, 2.0];

/// Squared residual below which residuals are rounding errors of single precision.
const LEAST: f64 = 1e-12;

const ITERATIONS: usize = 8;
const HALVINGS: usize = 5;

/// Zero shift and displacement, for a goniometer of [`RADIUS_MM`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Offset {
    pub(super) zero_deg: f64,
    pub(super) displacement_mm: f64,
}

/// Best shift of a pattern.
pub(super) struct Found {
    pub(super) offset: Offset,
    /// Residual without the correction divided by the residual with the correction.
    pub(super) improvement: f64,
}

/// Search for the shift of one pattern.
struct Search<'a> {
    grid: &'a TwoThetaGrid,
    pattern: DVector<f32>,
    basis: &'a Basis,
}

/// Corrected pattern, the part of it that the components do not reproduce, and the squared residual.
struct Tried {
    offset: Offset,
    corrected: DVector<f32>,
    rest: DVector<f32>,
    residual: f64,
}

/// Finds the shift of a pattern: zero shifts in steps, then both parameters by the method of Gauss
/// and Newton.
///
/// Cost: about 40 products of a pattern with all components.
pub(super) fn best_offset(grid: &TwoThetaGrid, pattern: &[f32], basis: &Basis) -> Result<Found> {
    let search = Search {
        grid,
        pattern: of_unit_length(pattern),
        basis,
    };
    let (unshifted, mut best) = search.coarse()?;
    for _ in 0..ITERATIONS {
        let Some(better) = search.improved(&best)? else {
            break;
        };
        let is_last = better.residual > (1.0 - 1e-6) * best.residual;
        best = better;
        if is_last {
            break;
        }
    }
    let squared = unshifted.max(LEAST) / best.residual.max(LEAST);
    Ok(match best.residual < unshifted {
        true => Found {
            offset: best.offset,
            improvement: squared.sqrt(),
        },
        false => Found {
            offset: Offset::default(),
            improvement: 1.0,
        },
    })
}

impl Search<'_> {
    fn at(&self, offset: Offset) -> Result<Tried> {
        let mut corrected = DVector::zeros(self.pattern.len());
        let into = corrected.as_mut_slice();
        let shift = offset.to_shift()?;
        shift.undo(self.grid, self.pattern.as_slice(), into)?;
        let rest = self.basis.rest(&corrected - &self.basis.mean);
        let whole = f64::from(corrected.norm_squared()).max(f64::MIN_POSITIVE);
        let residual = f64::from(rest.norm_squared()) / whole;
        Ok(Tried {
            offset,
            corrected,
            rest,
            residual,
        })
    }

    /// Returns the residual of the pattern itself, and the best of several zero shifts.
    fn coarse(&self) -> Result<(f64, Tried)> {
        let step = (2.0 * self.grid.step()).max(LARGEST_DEG / MOST_STEPS);
        let steps = (LARGEST_DEG / step).ceil() as i32;
        let mut best = self.at(Offset::default())?;
        let unshifted = best.residual;
        for i in (-steps..=steps).filter(|i| *i != 0) {
            let tried = self.at(Offset {
                zero_deg: f64::from(i) * step,
                displacement_mm: 0.0,
            })?;
            if tried.residual < best.residual {
                best = tried;
            }
        }
        Ok((unshifted, best))
    }

    /// Returns a better shift near `here`, if there is one.
    fn improved(&self, here: &Tried) -> Result<Option<Tried>> {
        let Some(mut step) = self.newton_step(here) else {
            return Ok(None);
        };
        for _ in 0..=HALVINGS {
            let offset = Offset {
                zero_deg: here.offset.zero_deg + step[0],
                displacement_mm: here.offset.displacement_mm + step[1],
            };
            let is_accepted =
                offset.zero_deg.abs() <= ACCEPTED[0] && offset.displacement_mm.abs() <= ACCEPTED[1];
            if is_accepted {
                let tried = self.at(offset)?;
                if tried.residual < here.residual {
                    return Ok(Some(tried));
                }
            }
            step /= 2.0;
        }
        Ok(None)
    }

    fn newton_step(&self, here: &Tried) -> Option<Vector2<f64>> {
        let (by_zero, by_displacement) = self.slopes(&here.corrected);
        let (a, b) = (self.basis.rest(by_zero), self.basis.rest(by_displacement));
        let product = |u: &DVector<f32>, v: &DVector<f32>| f64::from(u.dot(v));
        let products = Matrix2::new(
            product(&a, &a),
            product(&a, &b),
            product(&a, &b),
            product(&b, &b),
        );
        let slope = Vector2::new(product(&a, &here.rest), product(&b, &here.rest));
        let size = PREFERENCE * f64::from(here.rest.norm_squared());
        let preference = Vector2::from(USUAL).map(|u| size / (u * u));
        let now = Vector2::new(here.offset.zero_deg, here.offset.displacement_mm);
        let matrix = products + Matrix2::from_diagonal(&preference);
        let side = slope + preference.component_mul(&now);
        Some(-(matrix.try_inverse()? * side)).filter(|s| s.iter().all(|v| v.is_finite()))
    }

    /// Changes of a corrected pattern per degree of zero shift and per mm of displacement.
    fn slopes(&self, corrected: &DVector<f32>) -> (DVector<f32>, DVector<f32>) {
        let last = corrected.len() - 1;
        let step = self.grid.step() as f32;
        let slope = |i: usize| {
            let (low, high) = (i.saturating_sub(1), (i + 1).min(last));
            (corrected[high] - corrected[low]) / (step * (high - low).max(1) as f32)
        };
        let by_zero = DVector::from_fn(corrected.len(), |i, _| slope(i));
        let per_mm = |i: usize| {
            let theta = self.grid.angle(i).to_radians() / 2.0;
            (-2.0 * theta.cos() / RADIUS_MM).to_degrees() as f32
        };
        let by_displacement = DVector::from_fn(corrected.len(), |i, _| by_zero[i] * per_mm(i));
        (by_zero, by_displacement)
    }
}
