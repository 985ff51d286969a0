/// Settings of the Gaussian process that predicts volumes and shapes of cells. Variances are those of the
/// logarithm of the volume.
#[derive(Clone, Debug, PartialEq)]
pub struct CellSettings {
    /// Length scale of elements in the parts that add up over roles.
    pub additive_length: f64,
    /// Length scale of elements in the parts in which all roles have to be similar.
    pub product_length: f64,
    /// Length scale of elements in the parts in which two roles have to be similar.
    pub pair_length: f64,
    /// Variance shared by similar compositions of all prototypes.
    pub composition: f64,
    /// Variance shared by compositions with similar pairs of elements, of all prototypes.
    pub pairs: f64,
    /// Variance shared by all members of a prototype.
    pub prototype: f64,
    /// Variance of the sum over roles in a prototype.
    pub additive: f64,
    /// Variance of similar elements in all roles of a prototype.
    pub product: f64,
    /// Variance of similar pairs of elements in two roles of a prototype.
    pub prototype_pairs: f64,
    /// Variance of the noise.
    pub noise: f64,
    /// Largest number of known structures that are used.
    pub neighbours: usize,
    /// Weights of the properties of elements in the similarity for volumes: coefficient of the mean volume,
    /// electronegativity, group, period, place in the f block, and logarithm of the covalent radius.
    pub weights: [f64; 6],
}

impl Default for CellSettings {
    fn default() -> Self {
        Self {
            additive_length: 0.45,
            product_length: 1.5,
            pair_length: 0.8,
            composition: 0.015,
            pairs: 0.02,
            prototype: 0.17,
            additive: 0.0013,
            product: 0.001,
            prototype_pairs: 0.002,
            noise: 0.0001,
            neighbours: 160,
            weights: [1.1, 1.2, 0.28, 0.3, 0.04, 4.5],
        }
    }
}

impl CellSettings {
    /// Number of numbers.
    pub(crate) const NUMBERS: usize = 17;

    pub(crate) fn numbers(&self) -> [f64; Self::NUMBERS] {
        let mut numbers = [0.0; Self::NUMBERS];
        let first = [
            self.additive_length,
            self.product_length,
            self.composition,
            self.prototype,
            self.additive,
            self.product,
            self.noise,
            self.neighbours as f64,
        ];
        numbers[..8].copy_from_slice(&first);
        numbers[8..14].copy_from_slice(&self.weights);
        numbers[14..].copy_from_slice(&[self.pair_length, self.pairs, self.prototype_pairs]);
        numbers
    }

    /// The inverse of [`CellSettings::numbers`]. Missing numbers are 0.
    pub(crate) fn of_numbers(numbers: &[f64]) -> Self {
        let at = |i: usize| numbers.get(i).copied().unwrap_or(0.0);
        Self {
            additive_length: at(0),
            product_length: at(1),
            composition: at(2),
            prototype: at(3),
            additive: at(4),
            product: at(5),
            noise: at(6),
            // A larger system would take seconds to solve.
            neighbours: at(7).clamp(0.0, 2000.0) as usize,
            weights: std::array::from_fn(|i| at(8 + i)),
            pair_length: at(14),
            pairs: at(15),
            prototype_pairs: at(16),
        }
    }
}
