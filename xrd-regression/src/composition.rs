//! Labels that are the fractions of a composition.

use xrd_core::Labels;

/// Sums that compositions are given in: fractions, or percentages.
const TOTALS: [f64; 2] = [1.0, 100.0];

/// Largest relative difference of the sum of measured fractions from the total.
const TOLERANCE: f64 = 0.02;

/// Labels that together are a composition: they are not negative, and sum to a total.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Composition {
    /// Indices of the labels.
    pub(crate) columns: Vec<usize>,
    /// Sum of the labels of each sample: 1 or 100.
    pub(crate) total: f64,
}

/// Finds the labels that are the fractions of a composition.
///
/// The values of these labels are between 0 and 1 (or between 0 and 100), and their sum differs
/// from 1 (or 100) by at most 2 % in every row. Returns the indices of the labels, and the nominal
/// sum, which is 1 or 100. `None` if there are no such labels.
pub fn find_composition(labels: &Labels) -> Option<(Vec<usize>, f64)> {
    Composition::find(labels).map(|found| (found.columns, found.total))
}

impl Composition {
    /// Finds the labels whose values are between 0 and 1 (or 100) and sum to that total in every row.
    /// Other labels, such as a temperature, are left out.
    pub(crate) fn find(labels: &Labels) -> Option<Self> {
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
        let found = Composition::find(&labels(3, &[0.2, 300.0, 0.8, 0.5, 310.0, 0.5]));
        let expected = Composition {
            columns: vec![0, 2],
            total: 1.0,
        };
        assert_eq!(found, Some(expected));
        let percent = Composition::find(&labels(2, &[20.0, 80.0, 99.5, 0.0]));
        assert_eq!(percent.map(|c| c.total), Some(100.0));
        assert_eq!(Composition::find(&labels(2, &[0.2, 0.8, 0.5, 0.6])), None);
        assert_eq!(Composition::find(&labels(1, &[1.0, 1.0])), None);
        assert_eq!(Composition::find(&labels(2, &[-0.1, 1.1, 0.5, 0.5])), None);
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
