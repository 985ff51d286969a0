//! Coordinates of elements from which the distances follow.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use xrd_core::Element;

use super::{ELEMENTS, FitSettings, KINDS, MEANS, Substitution};
use crate::features::{PROPERTIES, properties};

/// Factor of the scaled properties of an element in its first coordinates of means.
const START: f64 = 0.5;

/// Gradient with respect to the tables, and to the coordinates of means.
pub(super) type Gradient = ([Vec<f64>; KINDS], Vec<f64>);

/// Coordinates of elements: a linear map of their properties, plus a correction of each.
pub(super) struct Coordinates {
    pub(super) dimensions: usize,
    /// Scaled properties of each element.
    properties: Vec<[f64; PROPERTIES]>,
    /// For each table: map (properties × dimensions), then corrections (elements × dimensions). After the tables,
    /// coordinates of means (elements × means).
    pub(super) values: Vec<f64>,
}

impl Coordinates {
    pub(super) fn new(settings: &FitSettings) -> Self {
        let dimensions = settings.dimensions.max(1);
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let mut values = vec![0.0; KINDS * (PROPERTIES + ELEMENTS) * dimensions + ELEMENTS * MEANS];
        if let Ok(normal) = Normal::new(0.0, 0.05) {
            values.iter_mut().for_each(|v| *v = normal.sample(&mut rng));
        }
        let scale = [0.4, 0.5, 4.0, 1.5, 0.5];
        let of = |number: usize| {
            let element = Element::from_number(number as u8 + 1);
            let values = element.map_or([0.0; PROPERTIES], properties);
            std::array::from_fn(|j| values[j] / scale[j])
        };
        let mut new = Self {
            dimensions,
            properties: (0..ELEMENTS).map(of).collect(),
            values,
        };
        let means = new.means();
        for element in 0..ELEMENTS {
            for j in 0..PROPERTIES {
                new.values[means + element * MEANS + j] += START * new.properties[element][j];
            }
        }
        for table in 0..KINDS {
            for j in 0..PROPERTIES.min(dimensions) {
                let at = new.map(table) + j * dimensions + j;
                new.values[at] = 1.0;
            }
        }
        new
    }

    /// Place of the map of a table.
    fn map(&self, table: usize) -> usize {
        table * (PROPERTIES + ELEMENTS) * self.dimensions
    }

    /// Place of the corrections of a table.
    pub(super) fn corrections(&self, table: usize) -> usize {
        self.map(table) + PROPERTIES * self.dimensions
    }

    /// Place of the coordinates of means.
    fn means(&self) -> usize {
        self.map(KINDS)
    }

    fn of(&self, table: usize, element: usize) -> Vec<f64> {
        let (map, own) = (self.map(table), self.corrections(table));
        let coordinate = |d: usize| {
            let from_properties = (0..PROPERTIES)
                .map(|j| self.properties[element][j] * self.values[map + j * self.dimensions + d]);
            from_properties.sum::<f64>() + self.values[own + element * self.dimensions + d]
        };
        (0..self.dimensions).map(coordinate).collect()
    }

    pub(super) fn substitution(&self) -> Substitution {
        let means = self.values[self.means()..].chunks_exact(MEANS);
        Substitution {
            coordinates: means
                .map(|m| std::array::from_fn(|k| m[k] as f32))
                .collect(),
            tables: (0..KINDS)
                .map(|table| {
                    let points: Vec<Vec<f64>> = (0..ELEMENTS).map(|e| self.of(table, e)).collect();
                    let square = |a: &[f64], b: &[f64]| -> f64 {
                        a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
                    };
                    let all = points.iter();
                    all.flat_map(|a| {
                        points
                            .iter()
                            .map(|b| square(a, b) as f32)
                            .collect::<Vec<_>>()
                    })
                    .collect()
                })
                .collect(),
        }
    }

    /// Gradient with respect to the values, from that with respect to the tables of squared distances.
    pub(super) fn gradient(&self, (of_tables, of_means): &Gradient) -> Vec<f64> {
        let mut gradient = vec![0.0; self.values.len()];
        gradient[self.means()..].copy_from_slice(of_means);
        for (table, of_table) in of_tables.iter().enumerate() {
            let points: Vec<Vec<f64>> = (0..ELEMENTS).map(|e| self.of(table, e)).collect();
            let (map, own) = (self.map(table), self.corrections(table));
            for a in 0..ELEMENTS {
                for b in 0..ELEMENTS {
                    let slope = 2.0 * of_table[a * ELEMENTS + b];
                    if slope == 0.0 || a == b {
                        continue;
                    }
                    for d in 0..self.dimensions {
                        let change = slope * (points[a][d] - points[b][d]);
                        gradient[own + a * self.dimensions + d] += change;
                        gradient[own + b * self.dimensions + d] -= change;
                        for j in 0..PROPERTIES {
                            let difference = self.properties[a][j] - self.properties[b][j];
                            gradient[map + j * self.dimensions + d] += change * difference;
                        }
                    }
                }
            }
        }
        gradient
    }
}
