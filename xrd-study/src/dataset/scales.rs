//! Intensities of one set that are not comparable.

use xrd_core::{IntensityUnit, PatternSet};
use xrd_io::prepare::Step;
use xrd_io::{Facts, ReadPatterns};

use crate::note::{Note, Remedy};

/// Factor between comparable patterns above which a note is given.
const FACTOR: f64 = 2.0;

/// Factor between any two patterns above which a note is given. Compositions differ by less.
const FACTOR_OF_ALL: f64 = 10.0;

/// Largest number of patterns whose shapes are compared.
const COMPARED: usize = 300;

/// Largest number of points of a shape.
const POINTS: usize = 600;

/// Correlation above which two shapes are nearly equal.
const NEARLY_EQUAL: f64 = 0.98;

/// Returns a note if the intensities of a set are not comparable: if counting times, repeats of one
/// sample, or patterns of nearly equal shape differ by a factor. Shapes are compared between at most
/// 300 patterns, evenly chosen.
pub(crate) fn about_scales(read: &ReadPatterns, groups: Option<&[String]>) -> Option<Note> {
    let scaled = |step: &Step| matches!(step, Step::ScaleToMaximum);
    if read.preparation.iter().any(scaled) {
        return None;
    }
    let set = &read.set;
    let totals: Vec<f64> = (0..set.len()).map(|i| total(set, i)).collect();
    of_times(set, &read.facts)
        .or_else(|| of_groups(set, &totals, groups?))
        .or_else(|| of_shapes(set, &totals, groups.is_some()))
        .or_else(|| of_all(set, &totals))
}

fn total(set: &PatternSet, pattern: usize) -> f64 {
    set.intensities(pattern).iter().map(|v| f64::from(*v)).sum()
}

/// Compares counting times, if the intensities are counts.
fn of_times(set: &PatternSet, facts: &[Facts]) -> Option<Note> {
    let time = |i: usize| facts.get(i).and_then(|f| f.time_per_step_s);
    let times: Vec<f64> = (0..set.len()).map(time).collect::<Option<_>>()?;
    let (low, high) = ends(&times)?;
    let differ = set.scale().unit == IntensityUnit::Counts && times[high] > FACTOR * times[low];
    differ.then(|| {
        let text = format!(
            "counting times differ: {} s per point in '{}', {} s in '{}'",
            times[low],
            set.names()[low],
            times[high],
            set.names()[high]
        );
        Note::new(text, Remedy::Scale)
    })
}

/// Compares the patterns of each sample.
fn of_groups(set: &PatternSet, totals: &[f64], groups: &[String]) -> Option<Note> {
    let mut order: Vec<usize> = (0..set.len()).collect();
    order.sort_by_key(|&i| &groups[i]);
    let members = order.chunk_by(|&a, &b| groups[a] == groups[b]);
    let worst = members.filter_map(|members| {
        let of_group: Vec<f64> = members.iter().map(|&i| totals[i]).collect();
        let (low, high) = ends(&of_group)?;
        Some((of_group[high] / of_group[low], members[low], members[high]))
    });
    let (factor, low, high) = worst.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (factor > FACTOR).then(|| {
        let text = format!(
            "repeats of sample '{}' differ: the intensities of '{}' are {factor:.1} times those of '{}'",
            groups[low],
            set.names()[high],
            set.names()[low]
        );
        Note::new(text, Remedy::Scale)
    })
}

/// Compares patterns of nearly equal shape.
fn of_shapes(set: &PatternSet, totals: &[f64], is_grouped: bool) -> Option<Note> {
    let every = set.len().div_ceil(COMPARED).max(1);
    let chosen: Vec<usize> = (0..set.len()).step_by(every).collect();
    let shapes: Vec<Option<Vec<f64>>> = chosen.iter().map(|&i| shape(set, i)).collect();
    let (mut count, mut worst) = (0, (FACTOR, 0, 0));
    for (a, first) in shapes.iter().enumerate() {
        for (b, second) in shapes.iter().enumerate().skip(a + 1) {
            let (i, j) = (chosen[a], chosen[b]);
            let (low, high) = if totals[i] < totals[j] {
                (i, j)
            } else {
                (j, i)
            };
            let factor = totals[high] / totals[low];
            if totals[low] <= 0.0 || factor <= FACTOR {
                continue;
            }
            let pair = first.as_ref().zip(second.as_ref());
            if pair.is_some_and(|(a, b)| dot(a, b) > NEARLY_EQUAL) {
                count += 1;
                worst = if factor > worst.0 {
                    (factor, low, high)
                } else {
                    worst
                };
            }
        }
    }
    let (factor, low, high) = worst;
    (count > 0).then(|| {
        let text = format!(
            "'{}' and '{}' have nearly the same shape, but the intensities of the first are {factor:.1} times \
             those of the second ({count} such pairs)",
            set.names()[high],
            set.names()[low]
        );
        let remedy = if is_grouped { Remedy::Scale } else { Remedy::ScaleOrGroup };
        Note::new(text, remedy)
    })
}

/// Compares the ends of the range of all patterns, without the outermost twentieths.
fn of_all(set: &PatternSet, totals: &[f64]) -> Option<Note> {
    let mut sorted = totals.to_vec();
    sorted.sort_by(f64::total_cmp);
    let left_out = sorted.len() / 20;
    let (low, high) = (
        sorted.get(left_out)?,
        sorted.get(sorted.len() - 1 - left_out)?,
    );
    (*low > 0.0 && high / low > FACTOR_OF_ALL).then(|| {
        let text = format!(
            "the intensities of the {} patterns differ by a factor of {:.0}",
            set.len(),
            high / low
        );
        Note::new(text, Remedy::Scale)
    })
}

/// Returns the indices of the smallest and the largest value, if all are positive.
fn ends(values: &[f64]) -> Option<(usize, usize)> {
    let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
    let low = (0..values.len()).min_by(by_value)?;
    let high = (0..values.len()).max_by(by_value)?;
    (values[low] > 0.0).then_some((low, high))
}

/// Returns the deviations of a pattern from its mean, averaged over blocks of points, with length 1.
fn shape(set: &PatternSet, pattern: usize) -> Option<Vec<f64>> {
    let values = set.intensities(pattern);
    let block = values.len().div_ceil(POINTS);
    let mean =
        |block: &[f32]| block.iter().map(|v| f64::from(*v)).sum::<f64>() / block.len() as f64;
    let mut shape: Vec<f64> = values.chunks(block).map(mean).collect();
    let middle = shape.iter().sum::<f64>() / shape.len() as f64;
    shape.iter_mut().for_each(|v| *v -= middle);
    let length = dot(&shape, &shape).sqrt();
    shape.iter_mut().for_each(|v| *v /= length);
    (length > 0.0 && length.is_finite()).then_some(shape)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
