use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xrd_core::Lattice;

/// Largest number of points examined in one box. The limit keeps the search fast if many points
/// coincide.
const MOST_IN_BOX: usize = 64;

/// Points of a cell, sorted into boxes so that neighbours are found in constant time.
pub(super) struct Neighbours<'a> {
    lattice: &'a Lattice,
    distance: f64,
    /// The number of boxes along each axis. Each box is at least as wide as the search distance.
    counts: [i64; 3],
    boxes: Boxes,
}

/// The points of all non-empty boxes, by box index.
type Boxes = HashMap<u64, Vec<(usize, [f64; 3])>, BuildHasherDefault<Mixed>>;

/// Fast hash of a box index. About a hundred boxes are looked up per atom.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u64(u64::from(*b)));
    }

    fn write_u64(&mut self, number: u64) {
        // Multiplication fills the upper half of the bits; the shift moves them to the lower half.
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// The index of a box. There are at most 10^4 boxes along an axis.
fn number_of([i, j, k]: [i64; 3]) -> u64 {
    ((i * 10_000 + j) * 10_000 + k) as u64
}

impl<'a> Neighbours<'a> {
    /// Prepares a search for neighbours within a distance in Å.
    pub(super) fn within(distance: f64, lattice: &'a Lattice) -> Self {
        let count = |star: [f64; 3]| {
            let length = star.iter().map(|x| x * x).sum::<f64>().sqrt();
            (1.0 / (distance * length)).floor().clamp(1.0, 1e4) as i64
        };
        Self {
            lattice,
            distance,
            counts: lattice.reciprocal().map(count),
            boxes: HashMap::default(),
        }
    }

    /// Adds a point with 0 <= x < 1.
    pub(super) fn insert(&mut self, index: usize, position: [f64; 3]) {
        let points = self
            .boxes
            .entry(number_of(self.place(position)))
            .or_default();
        if points.len() < MOST_IN_BOX {
            points.push((index, position));
        }
    }

    /// The points near a position with 0 <= x < 1, with the vectors to their nearest images in
    /// fractional coordinates.
    pub(super) fn of(&self, position: [f64; 3]) -> Vec<(usize, [f64; 3])> {
        let [x, y, z] = self.around(position);
        let mut near = Vec::new();
        for &i in &x {
            for &j in &y {
                for &k in &z {
                    let points = self.boxes.get(&number_of([i, j, k])).into_iter().flatten();
                    near.extend(points.filter_map(|&(index, other)| {
                        let way = self.way(position, other)?;
                        Some((index, way))
                    }));
                }
            }
        }
        near
    }

    fn way(&self, from: [f64; 3], to: [f64; 3]) -> Option<[f64; 3]> {
        let way = [0, 1, 2].map(|i| to[i] - from[i] - (to[i] - from[i]).round());
        let length = self
            .lattice
            .cartesian(way)
            .iter()
            .map(|x| x * x)
            .sum::<f64>();
        (length < self.distance * self.distance).then_some(way)
    }

    fn place(&self, position: [f64; 3]) -> [i64; 3] {
        [0, 1, 2].map(|i| {
            let place = (position[i] * self.counts[i] as f64) as i64;
            place.min(self.counts[i] - 1)
        })
    }

    /// The box of a point and the adjacent boxes along each axis, each box once.
    fn around(&self, position: [f64; 3]) -> [Vec<i64>; 3] {
        let place = self.place(position);
        [0, 1, 2].map(|i| {
            let step = |by: i64| (place[i] + by).rem_euclid(self.counts[i]);
            let mut boxes = vec![step(-1), step(0), step(1)];
            boxes.sort_unstable();
            boxes.dedup();
            boxes
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = [f64; 3]> {
        prop::array::uniform3((0..40u32).prop_map(|i| f64::from(i) / 40.0))
    }

    proptest! {
        #[test]
        fn all_pairs_find_the_same(points in prop::collection::vec(point(), 1..30), gamma in 60.0..120.0f64) {
            let cell = Lattice::from_parameters(3.0, 4.0, 5.0, 90.0, 90.0, gamma).unwrap();
            let mut grid = Neighbours::within(0.6, &cell);
            points.iter().enumerate().for_each(|(i, p)| grid.insert(i, *p));
            for p in &points {
                let mut found: Vec<usize> = grid.of(*p).into_iter().map(|(i, _)| i).collect();
                found.sort_unstable();
                let near = |i: &usize| grid.way(*p, points[*i]).is_some();
                let naive: Vec<usize> = (0..points.len()).filter(near).collect();
                prop_assert_eq!(found, naive);
            }
        }
    }
}
