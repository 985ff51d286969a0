//! Patterns along a variable, such as temperature, time or position.
//!
//! Patterns with equal values are averaged. Distances are measured along the first principal
//! components of the square roots of patterns with area 1; their number is the one with which parts of
//! a pattern are best predicted from its other parts. The logarithms of the speeds (distance between
//! neighbouring values, divided by the difference of the values) are cut into segments of constant
//! mean. Segments that are clearly faster than the median are transitions.

mod onsets;
mod segments;

use std::ops::Range;

use nalgebra::DMatrix;

use crate::dataset::Patterns;
use crate::error::{Error, Result};
use crate::outliers::bins::Bins;
use crate::outliers::left_out::Columns;
use crate::outliers::order::median;
use crate::report::{OnsetReport, SequenceReport, TransitionReport};
use crate::sample::sample;
use onsets::onsets;
use segments::Costs;

/// Largest number of different values that are compared. Of more values, an evenly spaced sample is
/// used.
pub const MOST_SEQUENCE_VALUES: usize = 1000;

/// Smallest number of different values of which transitions are searched.
const FEWEST: usize = 8;
/// Smallest standard deviation of the logarithm of a speed.
const SMALLEST_SPREAD: f64 = 0.2;
/// Smallest speed of a transition, divided by the usual speed.
const FASTER: f64 = 2.0;
/// Smallest difference of the mean logarithm of a transition, in standard errors.
const CLEAR: f64 = 3.0;
/// Standard deviation of a normal distribution divided by the median of absolute deviations.
const OF_DEVIATION: f64 = 1.4826;
/// Smallest distance, so that every distance has a logarithm.
const SMALLEST: f64 = 1e-9;

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
    let found = match values.len() >= FEWEST && usual > SMALLEST {
        true => path.transitions(usual),
        false => Vec::new(),
    };
    let lines = Lines {
        set,
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

/// Path of the patterns.
struct Path<'a> {
    values: &'a [f64],
    steps: &'a [f64],
    speeds: &'a [f64],
}

impl Path<'_> {
    /// Finds the transitions, each with its steps.
    fn transitions(&self, usual: f64) -> Vec<(TransitionReport, Range<usize>)> {
        let floor = SMALLEST * usual;
        let logs: Vec<f64> = self.speeds.iter().map(|s| s.max(floor).ln()).collect();
        let spread = spread(&logs);
        let costs = Costs::new(&logs, spread * spread);
        let segments = costs.segments();
        let excess = |s: &Range<usize>| costs.mean(s) - usual.ln();
        let is_fast = |s: &Range<usize>| {
            let clear = CLEAR * spread / (s.len() as f64).sqrt();
            excess(s) > clear.max(FASTER.ln())
        };
        let mut found = Vec::new();
        let mut next = 0;
        while next < segments.len() {
            let fast = segments[next..].iter().take_while(|s| is_fast(s)).count();
            let region = next..next + fast;
            next += fast.max(1);
            let fastest = region
                .clone()
                .max_by(|&a, &b| excess(&segments[a]).total_cmp(&excess(&segments[b])));
            let Some(f) = fastest else { continue };
            let segment = &segments[f];
            let from = match f {
                0 => 0,
                _ => costs.boundary(&segments[f - 1], segment).start,
            };
            let to = match segments.get(f + 1) {
                Some(after) => costs.boundary(segment, after).end,
                None => self.steps.len(),
            };
            let steps = segments[region.start].start..segments[region.end - 1].end;
            let speed = |i: &usize| self.speeds[*i];
            let steepest = steps.clone().max_by(|a, b| speed(a).total_cmp(&speed(b)));
            let steepest = steepest.unwrap_or(steps.start);
            let report = TransitionReport {
                steepest_from: self.values[steepest],
                steepest_to: self.values[steepest + 1],
                steepest_speed: self.speeds[steepest] / usual,
                value: self.middle(segment),
                from: self.values[from.min(segment.start)],
                to: self.values[to.max(segment.end)],
                begins: self.values[steps.start],
                ends: self.values[steps.end],
                speed: excess(segment).exp(),
                ..TransitionReport::default()
            };
            found.push((report, steps));
        }
        found
    }

    /// Value at which half of the length of some steps is over.
    fn middle(&self, steps: &Range<usize>) -> f64 {
        let half = self.steps[steps.clone()].iter().sum::<f64>() / 2.0;
        let mut before = 0.0;
        for i in steps.clone() {
            let step = self.steps[i];
            if before + step >= half {
                let share = if step > 0.0 {
                    (half - before) / step
                } else {
                    0.5
                };
                return self.values[i] + share * (self.values[i + 1] - self.values[i]);
            }
            before += step;
        }
        self.values[steps.end]
    }
}

/// Robust standard deviation of numbers around a mean that changes rarely.
fn spread(numbers: &[f64]) -> f64 {
    let changes = numbers.windows(2).map(|v| (v[1] - v[0]).abs());
    let usual = median(changes.collect());
    (OF_DEVIATION * usual / 2f64.sqrt()).max(SMALLEST_SPREAD)
}

/// Intensities of each value, in which lines are found.
struct Lines<'a> {
    set: &'a Patterns,
    bins: Bins,
    /// One column per value.
    intensities: DMatrix<f64>,
    values: &'a [f64],
}

impl Lines<'_> {
    /// Adds the lines that appear and disappear within some steps.
    fn added(&self, mut report: TransitionReport, steps: &Range<usize>) -> TransitionReport {
        let last = self.values.len() - 1;
        let angle = |bin: usize| {
            let [from, to] = self.bins.angles_of(self.set.grid(), bin, bin + 1);
            (from + to) / 2.0
        };
        let onset = |bin: usize, column: usize| OnsetReport {
            two_theta_deg: angle(bin),
            value: self.values[column],
        };
        let appear = onsets(&self.intensities, steps, self.bins.per_line);
        report.appear = appear.iter().map(|o| onset(o.bin, o.column)).collect();
        // Lines disappear in the reverse order.
        let columns: Vec<usize> = (0..=last).rev().collect();
        let reverse = self.intensities.select_columns(&columns);
        let backwards = last - steps.end..last - steps.start;
        let disappear = onsets(&reverse, &backwards, self.bins.per_line);
        let gone = |column: usize| (last - column + 1).min(last);
        let found = disappear.iter().map(|o| onset(o.bin, gone(o.column)));
        report.disappear = found.collect();
        report
    }
}

#[cfg(test)]
mod tests;
