//! Compositions next to a target.

use std::collections::{BTreeMap, BTreeSet};

use xrd_core::Labels;

use crate::experiment::Target;

/// The two compositions next below and next above a target.
#[derive(Debug, PartialEq)]
pub(crate) struct Neighbours {
    /// Labels of the composition next below the target.
    pub(crate) below: Vec<f64>,
    /// Labels of the composition next above.
    pub(crate) above: Vec<f64>,
    /// Fraction of the upper one that gives the target.
    pub(crate) fraction: f64,
}

impl Neighbours {
    /// Returns a known target value as its own neighbour on both sides, with the labels that most
    /// patterns of this value have.
    pub(super) fn itself(labels: &Labels, target: &Target) -> Option<Self> {
        let column = labels.column_index(&target.column)?;
        let known: Vec<&[f64]> = labels
            .rows()
            .filter(|row| row[column] == target.value)
            .collect();
        let mut times: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        for row in &known {
            *times.entry(key(row)).or_default() += 1;
        }
        known
            .iter()
            .max_by_key(|row| times[&key(row)])
            .map(|row| Self {
                below: row.to_vec(),
                above: row.to_vec(),
                fraction: 0.0,
            })
    }

    /// Returns the labels next below and next above a target. Of several pairs it is the one whose
    /// other labels differ least. `None` beyond the known values.
    pub(crate) fn of(labels: &Labels, target: &Target) -> Option<Self> {
        let column = labels.column_index(&target.column)?;
        let values = || labels.rows().map(|row| row[column]);
        let low = values()
            .filter(|v| *v < target.value)
            .fold(f64::MIN, f64::max);
        let high = values()
            .filter(|v| *v > target.value)
            .fold(f64::MAX, f64::min);
        let rows_at = |v: f64| different(labels.rows().filter(|row| row[column] == v));
        let distance =
            |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum() };
        let (lower, upper) = (rows_at(low), rows_at(high));
        let pairs = lower
            .iter()
            .flat_map(|a| upper.iter().map(move |b| (*a, *b)));
        pairs
            .min_by(|p, q| distance(p.0, p.1).total_cmp(&distance(q.0, q.1)))
            .map(|(below, above)| Self {
                below: below.to_vec(),
                above: above.to_vec(),
                fraction: (target.value - low) / (high - low),
            })
    }
}

/// Returns the rows that differ from all earlier ones.
fn different<'a>(rows: impl Iterator<Item = &'a [f64]>) -> Vec<&'a [f64]> {
    let mut seen = BTreeSet::new();
    rows.filter(|row| seen.insert(key(row))).collect()
}

/// Returns a key that is equal for equal rows.
fn key(row: &[f64]) -> Vec<u64> {
    row.iter().map(|v| (v + 0.0).to_bits()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_differ_in_as_little_else_as_possible() {
        let columns = vec!["Zr".to_owned(), "Ti".to_owned()];
        let values = vec![0.0, 0.0, 0.0, 0.5, 0.25, 1.0, 0.0, 1.0, 0.0, 1.5];
        let labels = Labels::new(columns, values).unwrap();
        let target = |value| Target {
            column: "Ti".into(),
            value,
        };
        let expected = Neighbours {
            below: vec![0.0, 0.5],
            above: vec![0.0, 1.0],
            fraction: 0.5,
        };
        assert_eq!(Neighbours::of(&labels, &target(0.75)), Some(expected));
        assert_eq!(Neighbours::of(&labels, &target(2.0)), None);
        let itself = Neighbours::itself(&labels, &target(1.5)).unwrap();
        assert_eq!((itself.below, itself.fraction), (vec![0.0, 1.5], 0.0));
        assert_eq!(Neighbours::itself(&labels, &target(0.75)), None);
    }
}
