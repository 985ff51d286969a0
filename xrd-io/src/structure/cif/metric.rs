//! Checks whether a cell can have a given symmetry. The operations must preserve the lengths and
//! angles of the cell.

use xrd_core::Lattice;

use crate::symmetry::{Operation, Setting};

/// Largest change of the metric that counts as rounding: 1 % of a length, or about one degree.
const LARGEST_CHANGE: f64 = 0.02;

/// The largest change of the metric of a cell under the operations, if this change is too large.
///
/// The metric G holds the scalar products of the cell vectors. An operation R transforms it into Rᵀ
/// G R. The change of a scalar product is divided by the lengths of its two vectors.
pub(super) fn misfit(lattice: &Lattice, operations: &[Operation]) -> Option<f64> {
    let metric = metric(lattice);
    let changes = operations.iter().map(|o| change(&metric, o));
    let largest = changes.fold(0.0, f64::max);
    (largest > LARGEST_CHANGE).then_some(largest)
}

/// The settings that fit the cell.
pub(super) fn fitting(lattice: &Lattice, settings: &[Setting]) -> Vec<Setting> {
    let fits = |s: &&Setting| misfit(lattice, &s.operations()).is_none();
    settings.iter().filter(fits).cloned().collect()
}

fn metric(lattice: &Lattice) -> [[f64; 3]; 3] {
    let vectors = lattice.vectors();
    let dot = |u: [f64; 3], v: [f64; 3]| (0..3).map(|i| u[i] * v[i]).sum::<f64>();
    vectors.map(|u| vectors.map(|v| dot(u, v)))
}

fn change(metric: &[[f64; 3]; 3], operation: &Operation) -> f64 {
    let r = &operation.rotation;
    let turned = |i: usize, j: usize| -> f64 {
        let row = |k: usize| (0..3).map(|l| metric[k][l] * r[l][j]).sum::<f64>();
        (0..3).map(|k| r[k][i] * row(k)).sum()
    };
    let relative = |(i, j): (usize, usize)| {
        let size = (metric[i][i] * metric[j][j]).sqrt();
        (turned(i, j) - metric[i][j]).abs() / size
    };
    let products = (0..3).flat_map(|i| (i..3).map(move |j| (i, j)));
    products.map(relative).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symmetry::by_name;

    fn change_of(name: &str, lengths: [f64; 3], angles: [f64; 3]) -> Option<f64> {
        let [a, b, c] = lengths;
        let [alpha, beta, gamma] = angles;
        let lattice = Lattice::from_parameters(a, b, c, alpha, beta, gamma).unwrap();
        misfit(&lattice, &by_name(name, None)[0].operations())
    }

    const RIGHT: [f64; 3] = [90.0; 3];
    const HEXAGONAL: [f64; 3] = [90.0, 90.0, 120.0];

    #[test]
    fn a_symmetry_needs_its_lengths_and_angles() {
        for (name, lengths, angles) in [
            ("P -1", [3.0, 4.0, 5.0], [70.0, 80.0, 100.0]),
            ("P 1 21/c 1", [3.0, 4.0, 5.0], [90.0, 112.0, 90.0]),
            ("P 42/m n m", [3.0, 3.01, 5.0], [90.0, 90.1, 90.0]),
            ("R -3 m:H", [3.0, 3.0, 14.0], HEXAGONAL),
            ("R -3 m:R", [5.0; 3], [57.3; 3]),
            ("F m -3 m", [5.0; 3], RIGHT),
        ] {
            assert_eq!(change_of(name, lengths, angles), None, "{name}");
        }
        for (name, lengths, angles) in [
            ("P 1 21/c 1", [3.0, 4.0, 5.0], [90.0, 90.0, 112.0]),
            ("P 42/m n m", [3.0, 3.0, 5.0], HEXAGONAL),
            ("I 4/m m m", [5.0, 3.0, 3.0], RIGHT),
            ("R -3 m:R", [3.0, 3.0, 14.0], HEXAGONAL),
            ("F m -3 m", [5.0, 5.0, 5.1], RIGHT),
        ] {
            let change = change_of(name, lengths, angles).unwrap();
            assert!(change > 0.02, "{name}: {change}");
        }
    }
}
