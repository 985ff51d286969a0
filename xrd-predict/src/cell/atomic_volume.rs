use xrd_core::Element;

use crate::features::properties;
use crate::linear::solve;
use crate::substitution::ELEMENTS;
use crate::{Known, Reduced};

/// Penalty on the coefficients of rare elements.
const PENALTY: f64 = 1.0;
/// Number of coefficients per element.
const PER_ELEMENT: usize = 3;

/// Mean logarithm of the volume per atom in Å³ of a composition: the mean over its atoms of a coefficient of each
/// element, plus two further coefficients times the difference of electronegativity from the mean and its square.
#[derive(Clone, Debug)]
pub(crate) struct AtomicVolumes {
    coefficients: Vec<f64>,
    offset: f64,
}

fn row(element: Element) -> usize {
    (usize::from(element.number()) - 1).min(ELEMENTS - 1)
}

fn features(formula: &Reduced) -> Vec<(usize, f64)> {
    let atoms = f64::from(formula.atoms());
    let parts = || {
        formula
            .elements()
            .iter()
            .map(|(e, n)| (*e, f64::from(*n) / atoms))
    };
    let mean: f64 = parts().map(|(e, share)| share * properties(e)[1]).sum();
    parts()
        .flat_map(|(e, share)| {
            let difference = properties(e)[1] - mean;
            let at = row(e) * PER_ELEMENT;
            [
                (at, share),
                (at + 1, share * difference),
                (at + 2, share * difference * difference),
            ]
        })
        .collect()
}

impl AtomicVolumes {
    /// Least squares with a penalty, over known structures.
    pub(crate) fn fit<'a>(known: impl Iterator<Item = &'a Known> + Clone) -> Self {
        let count = known.clone().count().max(1) as f64;
        let offset = known.clone().map(|k| k.atomic_volume().ln()).sum::<f64>() / count;
        let n = ELEMENTS * PER_ELEMENT;
        let (mut matrix, mut side) = (vec![0.0; n * n], vec![0.0; n]);
        for k in known {
            let row = features(k.formula());
            let value = k.atomic_volume().ln() - offset;
            for (i, x) in &row {
                side[*i] += x * value;
                row.iter().for_each(|(j, y)| matrix[i * n + j] += x * y);
            }
        }
        (0..n).for_each(|i| matrix[i * n + i] += PENALTY);
        let mut sides = [side];
        let is_solved = solve(&mut matrix, n, &mut sides);
        let [coefficients] = sides;
        Self {
            coefficients: if is_solved {
                coefficients
            } else {
                vec![0.0; n]
            },
            offset,
        }
    }

    /// Number of numbers.
    pub(crate) const NUMBERS: usize = ELEMENTS * PER_ELEMENT + 1;

    pub(crate) fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        std::iter::once(self.offset).chain(self.coefficients.iter().copied())
    }

    /// The inverse of [`AtomicVolumes::numbers`]. Missing numbers are 0.
    pub(crate) fn of_numbers(numbers: &[f64]) -> Self {
        let mut all = numbers.iter().copied().chain(std::iter::repeat(0.0));
        Self {
            offset: all.next().unwrap_or(0.0),
            coefficients: all.take(Self::NUMBERS - 1).collect(),
        }
    }

    /// Coefficient of an element.
    pub(crate) fn of(&self, element: Element) -> f64 {
        self.coefficients[row(element) * PER_ELEMENT]
    }

    /// Mean logarithm of the volume per atom.
    pub(crate) fn mean(&self, formula: &Reduced) -> f64 {
        let parts = features(formula).into_iter();
        self.offset + parts.map(|(i, x)| self.coefficients[i] * x).sum::<f64>()
    }
}
