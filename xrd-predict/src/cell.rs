//! Cells of substituted structures.

mod atomic_volume;
mod settings;

pub(crate) use atomic_volume::AtomicVolumes;
pub use settings::CellSettings;

use xrd_core::{Element, Lattice};

use crate::features::properties;
use crate::linear::solve;
use crate::prototypes::{Block, Member};
use crate::substitution::ELEMENTS;
use crate::{Known, Reduced};

/// Model of volumes and shapes of cells.
#[derive(Clone, Debug)]
pub(crate) struct CellModel {
    settings: CellSettings,
    volumes: AtomicVolumes,
    /// Similarities of elements, between 0 and 1.
    additive: Vec<f64>,
    product: Vec<f64>,
    pair: Vec<f64>,
}

/// Largest relative difference of the metric tensors of cells with one shape.
const SHAPE: f64 = 0.2;

fn row(element: Element) -> usize {
    (usize::from(element.number()) - 1).min(ELEMENTS - 1)
}

impl CellModel {
    pub(crate) fn new(volumes: AtomicVolumes, settings: CellSettings) -> Self {
        let point = |i: usize| -> [f64; 6] {
            let Ok(element) = Element::from_number(i as u8 + 1) else {
                return [0.0; 6];
            };
            let p = properties(element);
            let w = settings.weights;
            [
                volumes.of(element) * w[0],
                p[1] * w[1],
                p[2] * w[2],
                p[3] * w[3],
                p[4] * w[4],
                p[0].ln() * w[5],
            ]
        };
        let points: Vec<[f64; 6]> = (0..ELEMENTS).map(point).collect();
        let table = |length: f64| -> Vec<f64> {
            let similar = |a: &[f64; 6], b: &[f64; 6]| {
                let square: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
                (-0.5 * square / (length * length)).exp()
            };
            let all = points.iter();
            all.flat_map(|a| points.iter().map(|b| similar(a, b)).collect::<Vec<_>>())
                .collect()
        };
        Self {
            additive: table(settings.additive_length),
            product: table(settings.product_length),
            pair: table(settings.pair_length),
            volumes,
            settings,
        }
    }

    pub(crate) fn volumes(&self) -> &AtomicVolumes {
        &self.volumes
    }

    pub(crate) fn settings(&self) -> &CellSettings {
        &self.settings
    }

    /// Covariances of two arrangements: that of the volume, and its part in one prototype.
    fn covariance(
        &self,
        permutations: &[Vec<u8>],
        (p, a): (usize, &[Element]),
        (q, b): (usize, &[Element]),
    ) -> (f64, f64) {
        let s = &self.settings;
        let of = |x: Element, y: Element| row(x) * ELEMENTS + row(y);
        let all = permutations.iter().map(|permutation| {
            let at = a.iter().zip(permutation);
            let at = at.map(|(x, r)| of(*x, b[usize::from(*r)]));
            let product: f64 = at.clone().map(|at| self.product[at]).product();
            s.composition * product + s.pairs * mean_of_pairs(at.map(|at| self.pair[at]))
        });
        let composition = all.sum::<f64>() / permutations.len() as f64;
        if p != q {
            return (composition, 0.0);
        }
        let at = a.iter().zip(b).map(|(x, y)| of(*x, *y));
        let additive = at.clone().map(|at| self.additive[at]).sum::<f64>() / a.len() as f64;
        let product: f64 = at.clone().map(|at| self.product[at]).product();
        let pairs = mean_of_pairs(at.map(|at| self.pair[at]));
        let own =
            s.prototype + s.additive * additive + s.product * product + s.prototype_pairs * pairs;
        (composition + own, own)
    }

    /// Lattice of a prototype with other elements in its roles: the logarithm of the volume and the shape of
    /// `nearest` are corrected by those of other members, weighted by a Gaussian process.
    ///
    /// Cost: O(members of the block + neighbours³).
    pub(crate) fn lattice(
        &self,
        block: &Block,
        known: &[Known],
        nearest: usize,
        formula: &Reduced,
        elements: &[Element],
        is_hidden: &impl Fn(&Member) -> bool,
    ) -> Option<Lattice> {
        let prototype = block.members[nearest].prototype;
        let wanted = (prototype, elements);
        let covariance =
            |m: &Member| self.covariance(&block.permutations, wanted, (m.prototype, &m.elements));
        let members = block.members.iter().filter(|m| !is_hidden(m));
        let mut neighbours: Vec<(f64, f64, &Member)> = members
            .map(|m| {
                let (all, own) = covariance(m);
                (all, own, m)
            })
            .collect();
        neighbours.sort_by(|a, b| b.0.total_cmp(&a.0));
        neighbours.truncate(self.settings.neighbours);
        let residual = |m: &Member| {
            let k = &known[m.known];
            k.atomic_volume().ln() - self.volumes.mean(k.formula())
        };
        let correction = self.posterior(block, &neighbours, |m| vec![residual(m)], false);
        let volume = (self.volumes.mean(formula) + correction.map_or(0.0, |c| c[0])).exp();
        let reference = &known[block.members[nearest].known];
        let atoms = reference.structure().atoms().len() as f64;
        let shape = self.shape(block, known, nearest, &neighbours);
        let scaled = shape.and_then(|s| of_metric(s, volume * atoms));
        scaled.or_else(|| {
            let factor = (volume * atoms / reference.structure().lattice().volume()).cbrt();
            let vectors = reference.structure().lattice().vectors();
            Lattice::from_vectors(vectors.map(|v| v.map(|x| x * factor))).ok()
        })
    }

    /// Mean of the values of neighbours for the wanted arrangement.
    fn posterior(
        &self,
        block: &Block,
        neighbours: &[(f64, f64, &Member)],
        values: impl Fn(&Member) -> Vec<f64>,
        is_own: bool,
    ) -> Option<Vec<f64>> {
        let n = neighbours.len();
        let mut matrix = vec![0.0; n * n];
        for (i, (_, _, a)) in neighbours.iter().enumerate() {
            for (j, (_, _, b)) in neighbours[..=i].iter().enumerate() {
                let (all, own) = self.covariance(
                    &block.permutations,
                    (a.prototype, &a.elements),
                    (b.prototype, &b.elements),
                );
                matrix[i * n + j] = if is_own { own } else { all };
            }
            matrix[i * n + i] += self.settings.noise;
        }
        let weights = neighbours
            .iter()
            .map(|(all, own, _)| if is_own { *own } else { *all });
        let mut sides = [weights.collect::<Vec<f64>>()];
        if n == 0 || !solve(&mut matrix, n, &mut sides) {
            return None;
        }
        let rows = neighbours.iter().map(|(_, _, m)| values(m));
        let mut sum: Vec<f64> = Vec::new();
        for (row, weight) in rows.zip(&sides[0]) {
            sum.resize(row.len(), 0.0);
            sum.iter_mut().zip(row).for_each(|(s, v)| *s += weight * v);
        }
        Some(sum)
    }

    /// Metric tensor of the cell at unit volume. `None` if no other member has a cell of about this shape.
    fn shape(
        &self,
        block: &Block,
        known: &[Known],
        nearest: usize,
        neighbours: &[(f64, f64, &Member)],
    ) -> Option<[f64; 6]> {
        let metric_of = |m: &Member| metric(known[m.known].structure().lattice());
        let member = &block.members[nearest];
        let reference = metric_of(member);
        let size = reference.iter().map(|x| x * x).sum::<f64>();
        let difference = |m: &Member| {
            let other = metric_of(m);
            let pairs = other.iter().zip(&reference);
            let square: f64 = pairs.map(|(a, b)| (a - b).powi(2)).sum();
            (square / size).sqrt()
        };
        let is_alike = |(_, _, m): &&(f64, f64, &Member)| {
            let is_same = m.prototype == member.prototype;
            is_same
                && m.elements.len() == member.elements.len()
                && difference(m) < SHAPE
                && known[m.known].structure().atoms().len()
                    == known[member.known].structure().atoms().len()
        };
        let alike: Vec<(f64, f64, &Member)> = neighbours.iter().filter(is_alike).copied().collect();
        if alike.len() < 2 {
            return None;
        }
        // The mean is that of the members, so that far from all of them the shape is theirs.
        let mut mean = [0.0; 6];
        for (_, _, m) in &alike {
            mean.iter_mut()
                .zip(metric_of(m))
                .for_each(|(s, g)| *s += g / alike.len() as f64);
        }
        let deviation = |m: &Member| -> Vec<f64> {
            metric_of(m).iter().zip(mean).map(|(g, m)| g - m).collect()
        };
        let correction = self.posterior(block, &alike, deviation, true)?;
        let mut shape = mean;
        shape.iter_mut().zip(correction).for_each(|(s, c)| *s += c);
        Some(shape)
    }
}

/// Mean of the products of two values of different roles. The value itself if there is one role.
fn mean_of_pairs(values: impl Iterator<Item = f64>) -> f64 {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for x in values {
        count += 1.0;
        sum += x;
        squares += x * x;
    }
    match count > 1.0 {
        true => (sum * sum - squares) / (count * (count - 1.0)),
        false => sum,
    }
}

/// Metric tensor (aa, bb, cc, bc, ac, ab) of a lattice at unit volume.
fn metric(lattice: &Lattice) -> [f64; 6] {
    let v = lattice.vectors();
    let scale = lattice.volume().powf(-2.0 / 3.0);
    let dot = |i: usize, j: usize| (0..3).map(|k| v[i][k] * v[j][k]).sum::<f64>() * scale;
    [
        dot(0, 0),
        dot(1, 1),
        dot(2, 2),
        dot(1, 2),
        dot(0, 2),
        dot(0, 1),
    ]
}

/// Lattice with a shape and a volume. `None` if the tensor is not that of a lattice.
fn of_metric(g: [f64; 6], volume: f64) -> Option<Lattice> {
    let [a, b, c] = [g[0], g[1], g[2]].map(f64::sqrt);
    let angle = |g: f64, x: f64, y: f64| (g / (x * y)).acos().to_degrees();
    let angles = [angle(g[3], b, c), angle(g[4], a, c), angle(g[5], a, b)];
    let unit = Lattice::from_parameters(a, b, c, angles[0], angles[1], angles[2]).ok()?;
    let factor = (volume / unit.volume()).cbrt();
    Lattice::from_vectors(unit.vectors().map(|v| v.map(|x| x * factor))).ok()
}
