//! Labels that are the fractions of a composition.

use std::collections::BTreeSet;

use xrd_core::{Element, Labels};

/// Sums that compositions are given in: fractions, or percentages.
const TOTALS: [f64; 2] = [1.0, 100.0];

/// Largest relative difference of the sum of measured fractions from the total.
const TOLERANCE: f64 = 0.02;

/// Smallest number of different rows of labels whose constant sum is not taken for a coincidence.
const LEAST_ROWS: usize = 3;

/// Largest number of elements among which constant sums are searched.
const MOST_ELEMENTS: usize = 12;

/// Labels that together are a composition: they are not negative, and sum to a total.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Composition {
    /// Indices of the labels.
    pub(crate) columns: Vec<usize>,
    /// Sum of the labels of each sample.
    pub(crate) total: f64,
}

/// Finds the labels that are the amounts of a composition. Returns the indices of the labels of
/// each composition, and their sum. No label is part of two compositions.
///
/// - The labels of the first composition are between 0 and 1 (or between 0 and 100), and their sum
///   differs from 1 (or 100) by at most 2 % in every row. The names of these labels do not matter.
/// - Other sums, such as Fe + Ti = 12, are found for labels whose names are symbols of elements.
///   Any other labels can have a constant sum by coincidence, such as a temperature that falls with
///   the time. The labels are not negative, and none of them is constant. Their sum varies by at
///   most 2 % of the smallest range of one of them, in at least three different rows. Compositions
///   of few elements are found first. At most 12 elements are searched.
///
/// Cost: O(rows · labels), and O(rows · 2ᵐ) for m elements.
pub fn find_compositions(labels: &Labels) -> Vec<(Vec<usize>, f64)> {
    let found = Composition::find_all(labels).into_iter();
    found.map(|found| (found.columns, found.total)).collect()
}

impl Composition {
    /// Finds the compositions among labels. Other labels, such as a temperature, are left out.
    pub(crate) fn find_all(labels: &Labels) -> Vec<Self> {
        let mut found: Vec<Self> = Self::of_fractions(labels).into_iter().collect();
        let elements = amounts_of_elements(labels, &found);
        let count = elements.len();
        if count > MOST_ELEMENTS {
            return found;
        }
        // Each number is a set of elements: bit k stands for element k.
        let mut sets: Vec<u32> = (1..1u32 << count).filter(|s| s.count_ones() > 1).collect();
        sets.sort_by_key(|set| set.count_ones());
        let mut used = 0;
        for set in sets {
            let columns = (0..count)
                .filter(|k| set >> k & 1 == 1)
                .map(|k| elements[k]);
            let columns: Vec<usize> = columns.collect();
            if let Some(total) = constant_sum(labels, &columns).filter(|_| set & used == 0) {
                used |= set;
                found.push(Self { columns, total });
            }
        }
        found
    }

    /// Finds the labels whose values are between 0 and 1 (or 100) and sum to that total in every row.
    fn of_fractions(labels: &Labels) -> Option<Self> {
        let of = |&total: &f64| {
            let slack = total * TOLERANCE;
            let inside = |c: &usize| {
                let mut values = labels.rows().map(|row| row[*c]);
                values.all(|v| (0.0..=total + slack).contains(&v))
            };
            let columns: Vec<usize> = (0..labels.columns().len()).filter(inside).collect();
            let sum = |row: &[f64]| columns.iter().map(|&c| row[c]).sum::<f64>();
            let sums = labels.rows().all(|row| (sum(row) - total).abs() <= slack);
            (columns.len() > 1 && sums).then_some(Self { columns, total })
        };
        TOTALS.iter().find_map(of)
    }

    /// Replaces the labels of a sample by the nearest composition.
    pub(crate) fn close(&self, values: &mut [f64]) {
        let own: Vec<f64> = self.columns.iter().map(|&c| values[c]).collect();
        for (&c, v) in self.columns.iter().zip(nearest(&own, self.total)) {
            values[c] = v;
        }
    }
}

/// Returns the labels that are named by elements, not negative, not constant, and not part of these
/// compositions.
fn amounts_of_elements(labels: &Labels, found: &[Composition]) -> Vec<usize> {
    let is_free = |c: &usize| found.iter().all(|f| !f.columns.contains(c));
    let is_element = |c: &usize| Element::from_symbol(&labels.columns()[*c]).is_ok();
    let is_amount = |c: &usize| {
        let (low, high) = range(labels.rows().map(|row| row[*c]));
        low >= 0.0 && high > low
    };
    let all = 0..labels.columns().len();
    all.filter(is_free)
        .filter(is_element)
        .filter(is_amount)
        .collect()
}

/// Returns the sum of these labels if it is constant.
fn constant_sum(labels: &Labels, columns: &[usize]) -> Option<f64> {
    let narrowest = columns.iter().map(|&c| {
        let (low, high) = range(labels.rows().map(|row| row[c]));
        high - low
    });
    let narrowest = narrowest.fold(f64::INFINITY, f64::min);
    let sum = |row: &[f64]| columns.iter().map(|&c| row[c]).sum::<f64>();
    let (low, high) = range(labels.rows().map(sum));
    let bits = |row: &[f64]| -> Vec<u64> { columns.iter().map(|&c| row[c].to_bits()).collect() };
    let different: BTreeSet<Vec<u64>> = labels.rows().map(bits).collect();
    let is_constant = high - low <= TOLERANCE * narrowest && different.len() >= LEAST_ROWS;
    is_constant.then_some((low + high) / 2.0)
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    values.fold(none, |(low, high), v| (low.min(v), high.max(v)))
}

/// Returns the point nearest to `values` among the points without a negative coordinate whose
/// coordinates sum to `total` (W. Wang, M. A. Carreira-Perpiñán, arXiv:1309.1541, 2013).
fn nearest(values: &[f64], total: f64) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut sum, mut shift) = (0.0, 0.0);
    for (i, v) in sorted.iter().enumerate() {
        sum += v;
        let candidate = (sum - total) / (i + 1) as f64;
        if v - candidate > 0.0 {
            shift = candidate;
        }
    }
    values.iter().map(|v| (v - shift).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(columns: usize, values: &[f64]) -> Labels {
        let names = (0..columns).map(|c| format!("l{c}")).collect();
        Labels::new(names, values.to_vec()).unwrap()
    }

    #[test]
    fn compositions_are_found_beside_other_labels() {
        let find = |columns, values: &[f64]| Composition::find_all(&labels(columns, values));
        let expected = Composition {
            columns: vec![0, 2],
            total: 1.0,
        };
        let found = find(3, &[0.2, 300.0, 0.8, 0.5, 310.0, 0.5]);
        assert_eq!(found, [expected]);
        assert_eq!(find(2, &[20.0, 80.0, 99.5, 0.0])[0].total, 100.0);
        assert_eq!(find(2, &[0.2, 0.8, 0.5, 0.6]), []);
        assert_eq!(find(1, &[1.0, 1.0]), []);
        assert_eq!(find(2, &[-0.1, 1.1, 0.5, 0.5]), []);
    }

    fn named(names: &[&str], rows: &[&[f64]]) -> Vec<(Vec<usize>, f64)> {
        let names = names.iter().map(|n| (*n).to_owned()).collect();
        find_compositions(&Labels::new(names, rows.concat()).unwrap())
    }

    #[test]
    fn elements_may_have_any_constant_sum() {
        let series: [&[f64]; 4] = [
            &[1.0, 0.0, 12.0, 0.0],
            &[0.8, 0.2, 11.0, 1.0],
            &[1.0, 0.0, 11.0, 1.0],
            &[1.0, 0.0, 10.0, 2.0],
        ];
        let found = named(&["Sm", "Zr", "Fe", "Ti"], &series);
        assert_eq!(found, [(vec![0, 1], 1.0), (vec![2, 3], 12.0)]);
        // Only elements: a temperature that falls with the time is no composition.
        let found = named(&["Sm", "Zr", "T (K)", "t"], &series);
        assert_eq!(found, [(vec![0, 1], 1.0)]);
        let three: [&[f64]; 4] = [
            &[4.0, 1.0, 3.0],
            &[2.0, 5.0, 1.0],
            &[3.0, 1.0, 4.0],
            &[0.0, 0.0, 8.0],
        ];
        assert_eq!(named(&["V", "Nb", "Mn"], &three), [(vec![0, 1, 2], 8.0)]);
    }

    #[test]
    fn sums_that_are_constant_by_coincidence_are_not_compositions() {
        let find = |rows: &[&[f64]]| named(&["Fe", "Ti"], rows);
        assert_eq!(find(&[&[12.0, 0.0], &[11.0, 1.0], &[10.5, 1.6]]), []);
        assert_eq!(find(&[&[12.0, 0.0], &[11.0, 1.0]]), []);
        assert_eq!(find(&[&[12.0, 2.0], &[12.0, 2.0], &[12.0, 2.0]]), []);
        assert_eq!(find(&[&[13.0, -1.0], &[12.0, 0.0], &[11.0, 1.0]]), []);
        // The sum is nearly constant because one label hardly varies.
        assert_eq!(find(&[&[300.0, 0.0], &[300.2, 0.5], &[299.9, 1.0]]), []);
        let rounded = find(&[&[12.0, 0.0], &[11.0, 1.0], &[10.51, 1.5]]);
        assert_eq!(rounded.len(), 1);
    }

    proptest! {
        #[test]
        fn the_nearest_composition_is_one_and_no_other_is_nearer(
            values in prop::collection::vec(-2.0..2.0f64, 2..6),
            other in prop::collection::vec(0.01..1.0f64, 6),
        ) {
            let found = nearest(&values, 1.0);
            prop_assert!(found.iter().all(|v| *v >= 0.0));
            prop_assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let sum: f64 = other[..values.len()].iter().sum();
            let distance = |p: &mut dyn Iterator<Item = f64>| -> f64 {
                values.iter().zip(p).map(|(a, b)| (a - b).powi(2)).sum()
            };
            let to_other = distance(&mut other.iter().map(|v| v / sum));
            prop_assert!(distance(&mut found.iter().copied()) <= to_other + 1e-12);
            prop_assert_eq!(nearest(&found, 1.0).len(), found.len());
        }
    }
}
