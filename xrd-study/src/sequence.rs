//! Patterns along a variable, such as temperature, time or position.
//!
//! Patterns with equal values are averaged. Distances are measured along the first principal
//! components of the square roots of patterns with area 1; their number is the one with which parts of
//! a pattern are best predicted from its other parts. The logarithms of the speeds (distance between
//! neighbouring values, divided by the difference of the values) are cut into segments of constant
//! mean. Segments that are clearly faster than the median are transitions.

mod lines;
mod onsets;
mod path;
mod places;
mod segments;

use nalgebra::DMatrix;

use crate::dataset::Patterns;
use crate::error::{Error, Result};
use crate::outliers::bins::Bins;
use crate::outliers::left_out::Columns;
use crate::outliers::order::median;
use crate::report::SequenceReport;
use crate::sample::sample;
use lines::Lines;
use path::Path;
pub use places::{SamplePlaces, sample_places};

/// Largest number of different values that are compared. Of more values, an evenly spaced sample is
/// used.
pub const MOST_SEQUENCE_VALUES: usize = 1000;

/// Smallest number of different values of which transitions are searched.
const FEWEST: usize = 8;

/// Patterns in the order of a variable.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Sequence {
    /// Different values of the variable, ascending.
    pub values: Vec<f64>,
    /// Indices of the patterns of each value.
    pub patterns: Vec<Vec<usize>>,
    /// Position of each value along the path of the patterns, from 0 to 1. It grows with the length of
    /// the path.
    pub positions: Vec<f64>,
    /// Distance between each value and the next, along the principal components.
    pub steps: Vec<f64>,
    /// Distance between each value and the next in the points that were given, such as those of the
    /// latent space. Empty if no points were given.
    pub point_steps: Vec<f64>,
    /// Distance of the pattern of each value from the straight line between its neighbours. `None` for
    /// the first and the last value.
    pub residuals: Vec<Option<f64>>,
    /// The transitions.
    pub report: SequenceReport,
}

/// Orders patterns by a variable and finds transitions.
///
/// `values` has one value per pattern. Values may repeat, and their differences may vary. `points`
/// has one point per pattern, for example in the latent space, or is empty. Above
/// [`MOST_SEQUENCE_VALUES`] different values, an evenly spaced sample of the values is used.
///
/// Cost: O(patterns · angles + values² · angles).
///
/// # Errors
/// - [`Error::ValueCount`] if the number of values or points differs from the number of patterns.
/// - [`Error::OutOfRange`] for a value that is not finite.
/// - [`Error::Network`] if a file of patterns cannot be read.
pub fn sequence(set: &Patterns, values: &[f64], points: &[Vec<f64>]) -> Result<Sequence> {
    check(set.len(), values, points)?;
    let (values, patterns) = ordered(values);
    if values.is_empty() {
        return Ok(Sequence::default());
    }
    let bins = Bins::of(set)?;
    let columns = means(set, &bins, &patterns)?;
    let scores = scores(&columns)?;
    let steps = steps(scores.column_iter().map(|c| c.iter().copied().collect()));
    let mean_point = |rows: &Vec<usize>| mean(rows.iter().map(|&i| points[i].as_slice()));
    let point_steps = match points.is_empty() {
        true => Vec::new(),
        false => self::steps(patterns.iter().map(mean_point)),
    };
    let speeds = speeds(&steps, &values);
    let usual = median(speeds.clone());
    let path = Path {
        values: &values,
        steps: &steps,
        speeds: &speeds,
    };
    let found = match values.len() >= FEWEST {
        true => path.transitions(usual),
        false => Vec::new(),
    };
    let lines = Lines {
        grid: set.grid(),
        bins,
        intensities: columns.map(|v| v * v),
        values: &values,
    };
    let transitions = found
        .into_iter()
        .map(|(report, gaps)| lines.added(report, &gaps));
    Ok(Sequence {
        report: SequenceReport {
            values: values.len(),
            components: scores.nrows(),
            usual_speed: (!speeds.is_empty()).then_some(usual),
            transitions: transitions.collect(),
        },
        positions: positions(&steps),
        residuals: residuals(&columns, &values),
        values,
        patterns,
        steps,
        point_steps,
    })
}

fn check(patterns: usize, values: &[f64], points: &[Vec<f64>]) -> Result<()> {
    let has_points = !points.is_empty();
    for (what, found) in [("values", values.len()), ("points", points.len())] {
        if found != patterns && (what == "values" || has_points) {
            return Err(Error::ValueCount {
                what,
                found,
                patterns,
            });
        }
    }
    match values.iter().find(|v| !v.is_finite()) {
        Some(&found) => Err(Error::OutOfRange {
            what: "value of a series",
            found,
            expected: "a finite number",
        }),
        None => Ok(()),
    }
}

/// Different values in ascending order, with the indices of their patterns. Of too many values, a
/// sample.
fn ordered(values: &[f64]) -> (Vec<f64>, Vec<Vec<usize>>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let groups: Vec<Vec<usize>> = order
        .chunk_by(|&a, &b| values[a] == values[b])
        .map(<[usize]>::to_vec)
        .collect();
    let all: Vec<usize> = (0..groups.len()).collect();
    let chosen = sample(&all, MOST_SEQUENCE_VALUES);
    let groups: Vec<Vec<usize>> = chosen.into_iter().map(|g| groups[g].clone()).collect();
    (groups.iter().map(|g| values[g[0]]).collect(), groups)
}

/// Mean of vectors of equal length.
fn mean<'a>(vectors: impl ExactSizeIterator<Item = &'a [f64]>) -> Vec<f64> {
    let n = vectors.len().max(1) as f64;
    let mut sums = Vec::new();
    for vector in vectors {
        sums.resize(vector.len(), 0.0);
        sums.iter_mut().zip(vector).for_each(|(s, v)| *s += v / n);
    }
    sums
}

/// Mean roots of the patterns of each value, as columns.
fn means(set: &Patterns, bins: &Bins, patterns: &[Vec<usize>]) -> Result<DMatrix<f64>> {
    let mut columns = DMatrix::zeros(bins.count, patterns.len());
    for (mut column, rows) in columns.column_iter_mut().zip(patterns) {
        for part in bins.columns(set, rows)?.column_iter() {
            column += part / rows.len() as f64;
        }
    }
    Ok(columns)
}

/// Coordinates of columns along their principal components.
fn scores(columns: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let all = Columns::new(columns.clone());
    let kept = vec![true; columns.ncols()];
    let components = match columns.ncols() {
        // There are no folds with several training patterns.
        ..4 => 1,
        _ => all.left_out(&kept)?.components,
    };
    Ok(all.model(&kept, components)?.scores(columns.clone()))
}

/// Distances between neighbours.
fn steps(points: impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
    let points: Vec<Vec<f64>> = points.collect();
    points.windows(2).map(|p| distance(&p[0], &p[1])).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn speeds(steps: &[f64], values: &[f64]) -> Vec<f64> {
    let gaps = values.windows(2).map(|v| v[1] - v[0]);
    steps
        .iter()
        .zip(gaps)
        .map(|(step, gap)| step / gap)
        .collect()
}

/// Fractions of the length of the path. Equal distances if the path has no length.
fn positions(steps: &[f64]) -> Vec<f64> {
    let total: f64 = steps.iter().sum();
    let share = |step: &f64| match total > 0.0 {
        true => step / total,
        false => 1.0 / steps.len() as f64,
    };
    let mut at = 0.0;
    let ends = steps.iter().map(|step| {
        at += share(step);
        f64::min(at, 1.0)
    });
    std::iter::once(0.0).chain(ends).collect()
}

/// Distances of columns from the lines between their neighbours.
fn residuals(columns: &DMatrix<f64>, values: &[f64]) -> Vec<Option<f64>> {
    let n = values.len();
    let residual = |i: usize| {
        if i == 0 || i + 1 == n {
            return None;
        }
        let share = (values[i] - values[i - 1]) / (values[i + 1] - values[i - 1]);
        let between = columns.column(i - 1) * (1.0 - share) + columns.column(i + 1) * share;
        Some((columns.column(i) - between).norm())
    };
    (0..n).map(residual).collect()
}

#[cfg(test)]
mod tests;
