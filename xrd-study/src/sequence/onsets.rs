//! Lines that appear at a transition.

use std::ops::Range;

use nalgebra::DMatrix;

/// Number of patterns before and after a transition that are averaged.
const AVERAGED: usize = 3;
/// Smallest height of a line, as a fraction of the highest change.
const SMALLEST: f64 = 0.1;
/// Smallest height of a line, in standard deviations of the heights before the transition.
const NOISE: f64 = 5.0;
/// A line is new if its earlier height is below this fraction of its later height.
const NEW: f64 = 0.2;
/// Fraction of the later height at which a line begins.
const BEGINS: f64 = 0.1;
/// Largest number of lines.
const MOST: usize = 10;

/// A line that appears: its bin, and the first column with the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Onset {
    pub(super) bin: usize,
    pub(super) column: usize,
}

/// Returns lines that are absent in the columns before the range and present in those after it, the
/// strongest one first. The columns are intensities, one column per value of the variable.
pub(super) fn onsets(columns: &DMatrix<f64>, change: &Range<usize>, per_line: usize) -> Vec<Onset> {
    let before = change.start.saturating_sub(AVERAGED - 1)..change.start + 1;
    let after = change.end..(change.end + AVERAGED).min(columns.ncols());
    let bins = columns.nrows();
    let reach = 2 * per_line;
    if after.is_empty() || bins <= 2 * reach {
        return Vec::new();
    }
    let height = |bin: usize, column: usize| {
        let sides = columns[(bin - reach, column)] + columns[(bin + reach, column)];
        columns[(bin, column)] - sides / 2.0
    };
    let mean = |bin: usize, of: &Range<usize>| {
        of.clone().map(|c| height(bin, c)).sum::<f64>() / of.len() as f64
    };
    // Next to a line that disappears, the height rises but the intensity does not.
    let level = |bin: usize, of: &Range<usize>| {
        of.clone().map(|c| columns[(bin, c)]).sum::<f64>() / of.len() as f64
    };
    let inner = reach..bins - reach;
    let rises: Vec<f64> = inner
        .clone()
        .map(|b| mean(b, &after) - mean(b, &before))
        .collect();
    let highest = rises.iter().copied().fold(0.0, f64::max);
    let is_line = |&bin: &usize| {
        let i = bin - reach;
        let near = i.saturating_sub(per_line)..(i + per_line + 1).min(rises.len());
        let noise = spread(before.clone().map(|c| height(bin, c)));
        rises[i] >= SMALLEST * highest
            && rises[i] > NOISE * noise / (AVERAGED as f64).sqrt()
            && rises[i] > 0.0
            && level(bin, &after) - level(bin, &before) > rises[i] / 2.0
            && near.clone().all(|j| rises[j] < rises[i] || j >= i)
            && near.clone().all(|j| rises[j] <= rises[i])
            && mean(bin, &before).max(0.0) < NEW * mean(bin, &after)
    };
    let mut lines: Vec<usize> = inner.filter(is_line).collect();
    lines.sort_by(|&a, &b| rises[b - reach].total_cmp(&rises[a - reach]));
    lines.truncate(MOST);
    let onset = |bin: usize| {
        let limit = mean(bin, &before) + BEGINS * rises[bin - reach];
        let absent = |c: &usize| height(bin, *c) <= limit;
        // The line stays from the column after the last one without it.
        let last = (before.start..after.start).rev().find(absent);
        let column = last.map_or(before.start, |c| c + 1);
        Onset { bin, column }
    };
    lines.into_iter().map(onset).collect()
}

/// Standard deviation; 0 for fewer than two values.
fn spread(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = values.clone().sum::<f64>() / n;
    (values.map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_line_begins_where_it_exceeds_a_tenth() {
        let line = |bin: usize, place: f64| (-((bin as f64 - place) / 3.0).powi(2)).exp();
        // A line at bin 40 stays; one at 80 grows from column 7 to 9.
        let share = |c: usize| [0.05, 0.4, 1.0][c.clamp(6, 8) - 6] * f64::from(u8::from(c > 5));
        let columns = DMatrix::from_fn(120, 16, |b, c| line(b, 40.0) + share(c) * line(b, 80.0));
        let found = onsets(&columns, &(6..8), 4);
        assert_eq!(found, [Onset { bin: 80, column: 7 }]);
        // No line appears next to one that disappears.
        let reverse = columns.select_columns(&(0..16).rev().collect::<Vec<_>>());
        assert!(onsets(&reverse, &(7..9), 4).is_empty());
        assert!(onsets(&columns, &(1..2), 4).is_empty());
        assert!(onsets(&columns, &(15..16), 4).is_empty());
    }
}
