//! Ranges of a label with many values.

use crate::rounding::with_decimals;

/// Number of ranges.
const RANGES: usize = 5;

/// Number of patterns with the value 0 from which zero is a range of its own.
const LEAST_ZEROS: usize = 2;

/// Returns the range of each value, and the names of the ranges. All ranges contain about the same
/// number of values, except that equal values are never divided. Zero is a range of its own if several
/// values are 0 and none is negative. Each name states the smallest and the largest value of the range.
pub(super) fn ranges(column: &str, values: &[f64]) -> (Vec<usize>, Vec<String>) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let edges = edges(&sorted);
    let category = |v: &f64| edges.iter().filter(|edge| v >= edge).count();
    let parts = parts(&sorted, &edges);
    let decimals = decimals(&parts);
    let text = |v: f64| with_decimals(v, decimals);
    let name = |&(low, high): &(f64, f64)| match text(low) == text(high) {
        true => format!("{column} {}", text(low)),
        false => format!("{column} {} to {}", text(low), text(high)),
    };
    (
        values.iter().map(category).collect(),
        parts.iter().map(name).collect(),
    )
}

/// Smallest values of all ranges but the first, ascending and different.
fn edges(sorted: &[f64]) -> Vec<f64> {
    let zeros = sorted.iter().filter(|v| **v == 0.0).count();
    let (first, last) = (sorted[0], sorted[sorted.len() - 1]);
    let own_zero = zeros >= LEAST_ZEROS && first == 0.0 && last > 0.0;
    let (rest, ranges) = match own_zero {
        true => (&sorted[zeros..], RANGES - 1),
        false => (sorted, RANGES),
    };
    let edge = |k: usize| rest[k * rest.len() / ranges];
    let mut edges: Vec<f64> = (0..ranges).map(edge).filter(|e| *e > first).collect();
    edges.dedup();
    edges
}

/// Smallest and largest value of each range.
fn parts(sorted: &[f64], edges: &[f64]) -> Vec<(f64, f64)> {
    let start = |edge: &f64| sorted.partition_point(|v| v < edge);
    let inner = edges.iter().map(start);
    let starts: Vec<usize> = std::iter::once(0)
        .chain(inner)
        .chain([sorted.len()])
        .collect();
    let part = |pair: &[usize]| (sorted[pair[0]], sorted[pair[1] - 1]);
    starts.windows(2).map(part).collect()
}

/// Number of decimals by which neighbouring ranges differ clearly.
fn decimals(parts: &[(f64, f64)]) -> usize {
    let starts = parts.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let narrowest = starts.fold(f64::INFINITY, f64::min);
    match narrowest.is_finite() && narrowest > 0.0 {
        true => (1.0 - narrowest.log10().floor()).clamp(0.0, 12.0) as usize,
        false => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_a_range_of_its_own_and_no_name_occurs_twice() {
        // Four of five patterns do not contain the component.
        let values: Vec<f64> = (0..200)
            .map(|i| match i % 5 {
                0 => 0.1 + 0.001 * f64::from(i),
                _ => 0.0,
            })
            .collect();
        let (of, names) = ranges("Bi2O3", &values);
        assert_eq!(names[0], "Bi2O3 0");
        assert_eq!(names.len(), 5);
        let mut different = names.clone();
        different.dedup();
        assert_eq!(different, names);
        for (v, c) in values.iter().zip(&of) {
            assert_eq!(*c == 0, *v == 0.0);
        }
        assert_eq!(
            (1..5).map(|k| of.iter().filter(|c| **c == k).count()).max(),
            Some(10)
        );
    }

    #[test]
    fn equal_values_are_one_range() {
        let (of, names) = ranges("x", &[3.0; 40]);
        assert_eq!((of, names), (vec![0; 40], vec!["x 3".to_owned()]));
        let (of, names) = ranges("x", &[[1.5; 30], [2.5; 30]].concat());
        assert_eq!(names, ["x 1.5", "x 2.5"]);
        assert_eq!((of[0], of[59]), (0, 1));
        let negative = [[-1.0; 9], [0.0; 9], [1.0; 9]].concat();
        assert_eq!(ranges("x", &negative).1, ["x -1", "x 0", "x 1"]);
        let (_, names) = ranges("T", &[[10.1; 10], [10.100000000000001; 10]].concat());
        assert_eq!(names[0], "T 10.1");
    }
}
