//! Shifts of patterns relative to the most similar other patterns.

use nalgebra::DMatrix;
use rayon::prelude::*;

/// Largest shift in degrees, and the number of shifts to either side.
const LARGEST_DEG: f64 = 0.5;
const STEPS: i32 = 10;
/// Number of nearest patterns whose mean squared distance counts.
const NEAREST: usize = 3;
/// Number of patterns that are shifted at once.
const AT_ONCE: usize = 128;

/// Distances of a pattern to the most similar other patterns, as measured and shifted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Alignment {
    /// Shift of the pattern relative to the other patterns in degrees.
    pub(super) by_deg: f64,
    /// Distance as measured divided by the distance without the shift, at least 1.
    pub(super) gain: f64,
    /// Distance without the shift.
    pub(super) distance: f64,
}

impl Alignment {
    pub(super) const NONE: Self = Self {
        by_deg: 0.0,
        gain: 1.0,
        distance: 0.0,
    };
}

/// Patterns with which shifted patterns are compared. Bins that a shift moves beyond the ends are
/// not compared.
pub(super) struct Aligner {
    /// Shift of a step in bins.
    step: f64,
    margin: usize,
    /// One column per pattern.
    references: DMatrix<f32>,
    squares: Vec<f32>,
}

impl Aligner {
    /// Prepares the comparison with some columns. Returns `None` if a shift would move half of the
    /// bins beyond the ends.
    pub(super) fn new(columns: &DMatrix<f64>, degrees_per_bin: f64) -> Option<Self> {
        let most = LARGEST_DEG / degrees_per_bin;
        let margin = most.ceil() as usize + 1;
        let bins = columns.nrows();
        if 4 * margin > bins {
            return None;
        }
        let core = columns.rows(margin, bins - 2 * margin);
        let references = core.map(|v| v as f32);
        Some(Self {
            step: most / f64::from(STEPS),
            margin,
            squares: references.column_iter().map(|c| c.norm_squared()).collect(),
            references,
        })
    }

    /// Returns the alignment of each column. `own` contains the index of each column among the
    /// references, if it is one of them.
    pub(super) fn alignments(
        &self,
        columns: &DMatrix<f64>,
        own: &[Option<usize>],
    ) -> Vec<Alignment> {
        let starts: Vec<usize> = (0..own.len()).step_by(AT_ONCE).collect();
        let part = |&start: &usize| {
            let count = AT_ONCE.min(own.len() - start);
            let part = columns.columns(start, count).into_owned();
            self.of_part(&part, &own[start..start + count])
        };
        starts.par_iter().flat_map_iter(part).collect()
    }

    fn of_part(&self, columns: &DMatrix<f64>, own: &[Option<usize>]) -> Vec<Alignment> {
        let distances = |step: i32| self.distances(columns, own, step);
        let all: Vec<Vec<f32>> = (-STEPS..=STEPS).map(distances).collect();
        let alignment = |i: usize| {
            let measured = all[STEPS as usize][i];
            let mut best = (0, measured);
            for (step, distances) in (-STEPS..=STEPS).zip(&all) {
                if distances[i] < best.1 {
                    best = (step, distances[i]);
                }
            }
            Alignment {
                by_deg: f64::from(best.0) * LARGEST_DEG / f64::from(STEPS),
                gain: f64::from(measured.max(f32::EPSILON) / best.1.max(f32::EPSILON)).sqrt(),
                distance: f64::from(best.1).sqrt(),
            }
        };
        (0..own.len()).map(alignment).collect()
    }

    /// Mean squared distances to the nearest references after a shift of all columns by some steps.
    fn distances(&self, columns: &DMatrix<f64>, own: &[Option<usize>], step: i32) -> Vec<f32> {
        let shifted = self.shifted(columns, step);
        let products = self.references.tr_mul(&shifted);
        let of_column = |(i, own): (usize, &Option<usize>)| {
            let size = shifted.column(i).norm_squared();
            let products = products.column(i);
            let pairs = self.squares.iter().zip(products.iter()).enumerate();
            let others = pairs.filter(|(j, _)| Some(*j) != *own);
            let squared = others.map(|(_, (square, p))| (size + square - 2.0 * p).max(0.0));
            mean_of_smallest(squared)
        };
        own.iter().enumerate().map(of_column).collect()
    }

    /// Columns without their margins, moved to lower angles by some steps.
    fn shifted(&self, columns: &DMatrix<f64>, step: i32) -> DMatrix<f32> {
        let moved = self.margin as f64 + f64::from(step) * self.step;
        let first = moved.floor();
        let share = moved - first;
        let (first, rows) = (first as usize, self.references.nrows());
        DMatrix::from_fn(rows, columns.ncols(), |r, c| {
            let at = first + r;
            ((1.0 - share) * columns[(at, c)] + share * columns[(at + 1, c)]) as f32
        })
    }
}

/// Mean of the smallest values; 0 for no values.
fn mean_of_smallest(values: impl Iterator<Item = f32>) -> f32 {
    let mut smallest = [f32::INFINITY; NEAREST];
    for value in values {
        if value < smallest[NEAREST - 1] {
            smallest[NEAREST - 1] = value;
            smallest.sort_by(f32::total_cmp);
        }
    }
    let found = smallest.iter().filter(|v| v.is_finite());
    found.clone().sum::<f32>() / found.count().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(place: f64) -> impl Fn(usize) -> f64 {
        move |bin| (-((bin as f64 - place) / 4.0).powi(2)).exp()
    }

    #[test]
    fn a_shift_is_found_with_its_sign() {
        let places = [100.0, 100.4, 99.7, 100.1, 109.0];
        let columns = DMatrix::from_fn(200, 5, |b, c| line(places[c])(b));
        let aligner = Aligner::new(&columns, 0.03).unwrap();
        let own: Vec<Option<usize>> = (0..5).map(Some).collect();
        let found = aligner.alignments(&columns, &own);
        assert!(
            found[..4].iter().all(|a| a.by_deg.abs() <= 0.05),
            "{found:?}"
        );
        assert!((found[4].by_deg - 0.25).abs() <= 0.06, "{found:?}");
        assert!(found[4].gain > 2.0 && found.iter().all(|a| a.gain >= 1.0));
    }

    #[test]
    fn a_narrow_range_is_not_shifted() {
        assert!(Aligner::new(&DMatrix::zeros(30, 4), 0.05).is_none());
    }

    #[test]
    fn equal_patterns_gain_nothing() {
        let columns = DMatrix::from_fn(200, 3, |b, _| line(100.0)(b));
        let aligner = Aligner::new(&columns, 0.03).unwrap();
        let found = aligner.alignments(&columns, &[Some(0), Some(1), Some(2)]);
        assert!(found.iter().all(|a| (a.by_deg, a.gain) == (0.0, 1.0)));
        assert_eq!(mean_of_smallest([].into_iter()), 0.0);
    }
}
