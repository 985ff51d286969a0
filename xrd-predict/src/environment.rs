//! Distances of atoms as a fingerprint of a structure.

use xrd_core::{Element, Structure};

/// Number of intervals of distance.
const INTERVALS: usize = 24;
/// Smallest and largest distance, in units of the cube root of the volume per atom.
const RANGE: [f64; 2] = [0.5, 2.1];

/// Numbers of neighbours by distance for each pair of elements, weighted by 1/r². Distances are in units of the
/// cube root of the volume per atom, so that the scale of a structure does not matter.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// One histogram per pair of roles i ≤ j.
    pairs: Vec<[f32; INTERVALS]>,
    roles: usize,
}

impl Environment {
    /// Environment of a structure whose elements have the roles of a list.
    pub(crate) fn of(structure: &Structure, elements: &[Element]) -> Self {
        let roles = elements.len();
        let atoms = structure.atoms();
        let role_of = |e: Element| elements.iter().position(|x| *x == e).unwrap_or(0);
        let role: Vec<usize> = atoms.iter().map(|a| role_of(a.element())).collect();
        let unit = (structure.lattice().volume() / atoms.len() as f64).cbrt();
        let reach = RANGE[1] * unit;
        let images = images(structure, reach);
        let mut pairs = vec![[0.0f32; INTERVALS]; roles * (roles + 1) / 2];
        let weight = 1.0 / atoms.len() as f64;
        for (i, a) in atoms.iter().enumerate() {
            for (j, b) in atoms.iter().enumerate().skip(i) {
                let delta = [0, 1, 2].map(|k| {
                    let d = b.position[k] - a.position[k];
                    d - d.round()
                });
                let delta = structure.lattice().cartesian(delta);
                let histogram = &mut pairs[pair(role[i], role[j])];
                let twice = if i == j { 1.0 } else { 2.0 };
                for image in &images {
                    let square: f64 = (0..3).map(|k| (delta[k] + image[k]).powi(2)).sum();
                    if square < reach * reach && square > 1e-6 {
                        add(histogram, square.sqrt() / unit, twice * weight);
                    }
                }
            }
        }
        Self { pairs, roles }
    }

    /// Squared difference relative to the mean of squares, after the roles of the other one are permuted: its role
    /// `permutation[i]` is compared with role `i`. It is 0 for equal environments, and 2 without common distances.
    pub(crate) fn difference(&self, other: &Self, permutation: &[u8]) -> f32 {
        let (mut difference, mut squares) = (0.0f32, 0.0f32);
        for i in 0..self.roles {
            for j in i..self.roles {
                let a = &self.pairs[pair(i, j)];
                let b = &other.pairs[pair(permutation[i].into(), permutation[j].into())];
                for (x, y) in a.iter().zip(b) {
                    difference += (x - y) * (x - y);
                    squares += x * x + y * y;
                }
            }
        }
        2.0 * difference / squares.max(f32::MIN_POSITIVE)
    }
}

/// Adds a distance to a histogram, divided between the two nearest intervals.
fn add(histogram: &mut [f32; INTERVALS], distance: f64, weight: f64) {
    let place = (distance - RANGE[0]) / (RANGE[1] - RANGE[0]) * (INTERVALS - 1) as f64;
    let place = place.max(0.0);
    let (low, part) = (place as usize, place.fract());
    let weight = weight / (distance * distance);
    // The last interval fades out, so that no distance enters with a jump.
    for (at, share) in [(low, 1.0 - part), (low + 1, part)] {
        if let Some(value) = histogram.get_mut(at) {
            let fade = 1.0 - at as f64 / INTERVALS as f64;
            *value += (share * weight * fade) as f32;
        }
    }
}

/// Place of a pair of roles in a triangular list.
fn pair(i: usize, j: usize) -> usize {
    let (low, high) = (i.min(j), i.max(j));
    high * (high + 1) / 2 + low
}

/// Lattice vectors that can bring an atom of the nearest cells within a distance.
fn images(structure: &Structure, reach: f64) -> Vec<[f64; 3]> {
    let lattice = structure.lattice();
    let reciprocal = lattice.reciprocal();
    // The distance of the lattice planes along each axis gives the number of cells to look at.
    let counts = reciprocal.map(|r| {
        let length = r.iter().map(|x| x * x).sum::<f64>().sqrt();
        (reach * length + 0.5).ceil().min(12.0) as i32
    });
    let mut images = Vec::new();
    for x in -counts[0]..=counts[0] {
        for y in -counts[1]..=counts[1] {
            for z in -counts[2]..=counts[2] {
                images.push(lattice.cartesian([x, y, z].map(f64::from)));
            }
        }
    }
    images
}
