//! Neighbourhood components analysis of elements.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::coordinates::{Coordinates, Gradient};
use super::{ELEMENTS, KINDS, MEANS, Mean, Substitution, between, kinds, row};
use crate::prototypes::{Block, Member};

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

/// Mean gradient of the loss of targets with respect to the tables and the coordinates of means.
fn table_gradient(
    substitution: &Substitution,
    blocks: &[&Block],
    formulas: &[usize],
    batch: &[(usize, usize)],
) -> Gradient {
    let zero = || {
        let tables = [0; KINDS].map(|_| vec![0.0; ELEMENTS * ELEMENTS]);
        (tables, vec![0.0; ELEMENTS * MEANS])
    };
    let means_of = |block: &&Block| -> Vec<Mean> {
        let mean = |m: &Member| substitution.mean(&m.elements, &block.amounts);
        block.members.iter().map(mean).collect()
    };
    let means: Vec<Vec<Mean>> = blocks.par_iter().map(means_of).collect();
    let of_piece = |piece: &[(usize, usize)]| {
        let mut gradient = zero();
        for (b, member) in piece {
            let target = Target {
                block: blocks[*b],
                means: &means[*b],
                formulas,
                member: *member,
            };
            target.add(substitution, &mut gradient);
        }
        gradient
    };
    let pieces: Vec<Gradient> = batch.par_chunks(PIECE).map(of_piece).collect();
    let mut sum = zero();
    for (tables, means) in pieces {
        let parts = tables.into_iter().chain([means]);
        for (all, part) in sum.0.iter_mut().chain([&mut sum.1]).zip(parts) {
            all.iter_mut()
                .zip(part)
                .for_each(|(s, p)| *s += p / batch.len() as f64);
        }
    }
    sum
}

/// A known structure whose arrangement is learned.
struct Target<'a> {
    block: &'a Block,
    means: &'a [Mean],
    formulas: &'a [usize],
    member: usize,
}

impl Target<'_> {
    /// Adds the gradient: share of a member among all, minus its share among the right ones.
    fn add(&self, substitution: &Substitution, gradient: &mut Gradient) {
        let (weights, all, right) = self.weights(substitution);
        if right <= 1e-30 {
            return;
        }
        let wanted = &self.block.members[self.member].elements;
        let slots = self.block.permutations.len();
        let (tables, means) = gradient;
        for (number, weights) in weights.chunks(slots).enumerate() {
            let member = &self.block.members[number];
            let kind = kinds(&member.elements);
            let mut together = 0.0;
            for (permutation, (weight, is_right)) in self.block.permutations.iter().zip(weights) {
                let share = weight / all - if *is_right { weight / right } else { 0.0 };
                if share.abs() < 1e-9 {
                    continue;
                }
                together += share;
                // The loss grows with the weight, and the weight falls with the distance.
                for (role, of_member) in member.elements.iter().enumerate() {
                    let element = wanted[usize::from(permutation[role])];
                    let at = row(*of_member) * ELEMENTS + row(element);
                    tables[kind(role)][at] -= share;
                }
            }
            if together != 0.0 {
                self.add_means(number, together, means);
            }
        }
    }

    /// Weight of each member and permutation, and whether it is right; the sum, and that of the right ones.
    fn weights(&self, substitution: &Substitution) -> (Vec<(f64, bool)>, f64, f64) {
        let block = self.block;
        let wanted = &block.members[self.member];
        let (mut all, mut right) = (0.0f64, 0.0f64);
        let mut weights = Vec::with_capacity(block.members.len() * block.permutations.len());
        for (number, member) in block.members.iter().enumerate() {
            let is_own = self.formulas[member.known] == self.formulas[wanted.known];
            let far = between(&self.means[number], &self.means[self.member]);
            for (k, permutation) in block.permutations.iter().enumerate() {
                if is_own {
                    weights.push((0.0, false));
                    continue;
                }
                let assigned = permutation.iter().map(|r| wanted.elements[usize::from(*r)]);
                let similarity = substitution.similarity(member, assigned) - far;
                let weight = f64::from(similarity.exp());
                let equivalent = &block.prototypes[member.prototype].equivalent;
                let is_same = member.prototype == wanted.prototype;
                let is_right = is_same && equivalent[k] == equivalent[0];
                all += weight;
                right += if is_right { weight } else { 0.0 };
                weights.push((weight, is_right));
            }
        }
        (weights, all, right)
    }

    /// Adds the gradient of the squared distance of the means of the target and a member.
    fn add_means(&self, number: usize, share: f64, gradient: &mut [f64]) {
        let (a, b) = (&self.means[self.member], &self.means[number]);
        let slope: [f64; MEANS] = std::array::from_fn(|k| -2.0 * share * f64::from(a[k] - b[k]));
        let atoms = f64::from(self.block.amounts.iter().sum::<u32>());
        for (place, sign) in [(self.member, 1.0), (number, -1.0)] {
            let elements = self.block.members[place].elements.iter();
            for (e, n) in elements.zip(&self.block.amounts) {
                let part = sign * f64::from(*n) / atoms;
                let own = &mut gradient[row(*e) * MEANS..][..MEANS];
                own.iter_mut().zip(slope).for_each(|(g, s)| *g += part * s);
            }
        }
    }
}
