//! Neighbourhood components analysis of elements.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};
use rayon::prelude::*;
use xrd_core::Element;

use super::{ELEMENTS, KINDS, Substitution, kinds, row};
use crate::features::{PROPERTIES, properties};
use crate::prototypes::Block;

/// Number of targets whose gradients are added by one thread, in order.
const PIECE: usize = 64;

/// Settings of the fit of element distances.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FitSettings {
    /// Number of coordinates of an element.
    pub dimensions: usize,
    /// Number of passes over all known structures.
    pub epochs: usize,
    /// Number of structures per step.
    pub batch: usize,
    /// Learning rate of Adam.
    pub learning_rate: f64,
    /// Penalty on the coordinates that do not follow from properties of the element.
    pub penalty: f64,
    /// Seed of the order of structures and of the first coordinates.
    pub seed: u64,
}

impl Default for FitSettings {
    fn default() -> Self {
        Self {
            dimensions: 24,
            epochs: 12,
            batch: 1024,
            learning_rate: 0.03,
            penalty: 1e-3,
            seed: 0,
        }
    }
}

/// Coordinates of elements: a linear map of their properties, plus a correction of each.
struct Coordinates {
    dimensions: usize,
    /// Scaled properties of each element.
    properties: Vec<[f64; PROPERTIES]>,
    /// For each table: map (properties × dimensions), then corrections (elements × dimensions).
    values: Vec<f64>,
}

impl Coordinates {
    fn new(settings: &FitSettings) -> Self {
        let dimensions = settings.dimensions.max(1);
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
        let mut values = vec![0.0; KINDS * (PROPERTIES + ELEMENTS) * dimensions];
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
    fn corrections(&self, table: usize) -> usize {
        self.map(table) + PROPERTIES * self.dimensions
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

    fn substitution(&self) -> Substitution {
        Substitution {
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
    fn gradient(&self, of_tables: &[Vec<f64>; KINDS]) -> Vec<f64> {
        let mut gradient = vec![0.0; self.values.len()];
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

impl Substitution {
    /// Learns distances of elements: the share of the votes for the right arrangement of each known structure is
    /// made as large as possible, while structures of its own formula do not vote (neighbourhood components
    /// analysis: J. Goldberger et al., NIPS 2004).
    ///
    /// The argument `formulas` has the number of the formula of each known structure.
    ///
    /// Only formulas for which `is_target` holds are learned from. All structures vote.
    pub(crate) fn fit(
        blocks: &[&Block],
        formulas: &[usize],
        is_target: impl Fn(usize) -> bool,
        settings: &FitSettings,
    ) -> Self {
        let mut coordinates = Coordinates::new(settings);
        let mut targets: Vec<(usize, usize)> = Vec::new();
        for (b, block) in blocks.iter().enumerate() {
            let chosen =
                (0..block.members.len()).filter(|m| is_target(formulas[block.members[*m].known]));
            targets.extend(chosen.map(|m| (b, m)));
        }
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
        rng.set_stream(1);
        let (mut first, mut second) = (
            vec![0.0; coordinates.values.len()],
            vec![0.0; coordinates.values.len()],
        );
        let steps = settings.epochs * targets.len().div_ceil(settings.batch.max(1));
        let mut step = 0;
        for _ in 0..settings.epochs {
            targets.shuffle(&mut rng);
            for batch in targets.chunks(settings.batch.max(1)) {
                step += 1;
                let substitution = coordinates.substitution();
                let of_tables = table_gradient(&substitution, blocks, formulas, batch);
                let mut gradient = coordinates.gradient(&of_tables);
                for table in 0..KINDS {
                    let own = coordinates.corrections(table);
                    let own = own..own + ELEMENTS * coordinates.dimensions;
                    let pairs = gradient[own.clone()].iter_mut();
                    pairs
                        .zip(&coordinates.values[own])
                        .for_each(|(g, v)| *g += settings.penalty * v);
                }
                // Half a cosine, so that the last steps are small.
                let progress = f64::from(step) / steps as f64;
                let rate =
                    settings.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
                adam(
                    &mut coordinates.values,
                    &gradient,
                    &mut first,
                    &mut second,
                    step,
                    rate,
                );
            }
        }
        coordinates.substitution()
    }
}

fn adam(
    values: &mut [f64],
    gradient: &[f64],
    first: &mut [f64],
    second: &mut [f64],
    step: i32,
    rate: f64,
) {
    for (i, value) in values.iter_mut().enumerate() {
        first[i] = 0.9 * first[i] + 0.1 * gradient[i];
        second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
        let mean = first[i] / (1.0 - 0.9f64.powi(step));
        let deviation = (second[i] / (1.0 - 0.999f64.powi(step))).sqrt();
        *value -= rate * mean / (deviation + 1e-8);
    }
}

/// Mean gradient of the loss of targets with respect to the tables.
fn table_gradient(
    substitution: &Substitution,
    blocks: &[&Block],
    formulas: &[usize],
    batch: &[(usize, usize)],
) -> [Vec<f64>; KINDS] {
    let of_piece = |piece: &[(usize, usize)]| {
        let mut tables = [0; KINDS].map(|_| vec![0.0; ELEMENTS * ELEMENTS]);
        for (b, member) in piece {
            add_target(substitution, blocks[*b], formulas, *member, &mut tables);
        }
        tables
    };
    let pieces: Vec<[Vec<f64>; KINDS]> = batch.par_chunks(PIECE).map(of_piece).collect();
    let mut sum = [0; KINDS].map(|_| vec![0.0; ELEMENTS * ELEMENTS]);
    for piece in pieces {
        for (table, of_piece) in sum.iter_mut().zip(piece) {
            table
                .iter_mut()
                .zip(of_piece)
                .for_each(|(s, p)| *s += p / batch.len() as f64);
        }
    }
    sum
}

/// Adds the gradient of one target: share of a member among all, minus its share among the right ones.
fn add_target(
    substitution: &Substitution,
    block: &Block,
    formulas: &[usize],
    target: usize,
    tables: &mut [Vec<f64>; KINDS],
) {
    let wanted = &block.members[target];
    let (mut all, mut right) = (0.0f64, 0.0f64);
    let mut weights = Vec::with_capacity(block.members.len() * block.permutations.len());
    for member in &block.members {
        let is_own = formulas[member.known] == formulas[wanted.known];
        for (k, permutation) in block.permutations.iter().enumerate() {
            if is_own {
                weights.push((0.0, false));
                continue;
            }
            let assigned = permutation.iter().map(|r| wanted.elements[usize::from(*r)]);
            let weight = f64::from(substitution.similarity(member, assigned).exp());
            let equivalent = &block.prototypes[member.prototype].equivalent;
            let is_right = member.prototype == wanted.prototype && equivalent[k] == equivalent[0];
            all += weight;
            right += if is_right { weight } else { 0.0 };
            weights.push((weight, is_right));
        }
    }
    if right <= 1e-30 {
        return;
    }
    let mut weights = weights.into_iter();
    for member in &block.members {
        let kind = kinds(&member.elements);
        for permutation in &block.permutations {
            let Some((weight, is_right)) = weights.next() else {
                return;
            };
            let share = weight / all - if is_right { weight / right } else { 0.0 };
            if share.abs() < 1e-9 {
                continue;
            }
            // The loss grows with the weight, and the weight falls with the distance.
            for (role, of_member) in member.elements.iter().enumerate() {
                let element = wanted.elements[usize::from(permutation[role])];
                let at = row(*of_member) * ELEMENTS + row(element);
                tables[kind(role)][at] -= share;
            }
        }
    }
}
