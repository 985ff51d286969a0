//! Reciprocal-lattice points in a sphere, row by row.

use std::f64::consts::PI;
use std::ops::{Range, RangeInclusive};

use xrd_core::Lattice;

use crate::{Error, Result};

/// Points with 1/d in a range, one of each pair (hkl), (−h −k −l): the one with a positive first
/// non-zero index.
pub(super) struct Sphere {
    reciprocal: [[f64; 3]; 3],
    squared: RangeInclusive<f64>,
    /// Largest |h|, |k|, |l|.
    pub(super) limits: [i32; 3],
}

impl Sphere {
    pub(super) fn new(lattice: &Lattice, q: RangeInclusive<f64>) -> Result<Self> {
        let lengths = lattice.lengths();
        let box_points: f64 = lengths.iter().map(|a| 2.0 * a * q.end() + 1.0).product();
        if box_points.is_nan() || box_points >= 4e8 {
            return Err(Error::OutOfRange {
                what: "number of candidate reflections",
                value: box_points / 2.0,
                expected: "under 2e8 (a smaller cell, longer wavelength or shorter range)",
            });
        }
        Ok(Self {
            reciprocal: lattice.reciprocal(),
            squared: q.start() * q.start()..=q.end() * q.end(),
            limits: lengths.map(|a| (a * q.end()).floor() as i32),
        })
    }

    /// Approximate number of points: half the volume of the sphere over that of a reciprocal cell.
    pub(super) fn expected_points(&self) -> usize {
        let [a, b, c] = self.reciprocal;
        let cell = (0..3).map(|i| {
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            a[i] * (b[j] * c[k] - b[k] * c[j])
        });
        let sphere = 2.0 / 3.0 * PI * self.squared.end().powf(1.5);
        (1.05 * sphere / cell.sum::<f64>().abs()) as usize + 16
    }

    /// Every h and k with the range of l inside the outer sphere.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i32, i32, Range<i32>)> {
        let [hmax, kmax, _] = self.limits;
        let ks = move |h| (if h == 0 { 0 } else { -kmax }..=kmax).map(move |k| (h, k));
        let rows = (0..=hmax).flat_map(ks);
        rows.map(|(h, k)| (h, k, self.ls(h, k)))
            .filter(|(.., ls)| !ls.is_empty())
    }

    /// Range of l from the quadratic |g|² <= q², slightly widened; [`contains`](Self::contains)
    /// decides.
    fn ls(&self, h: i32, k: i32) -> Range<i32> {
        let (g, c) = self.row(h, k);
        let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let (cc, centre) = (dot(c, c), -dot(g, c) / dot(c, c));
        let half = (centre * centre - (dot(g, g) - self.squared.end()) / cc).max(-1.0);
        let reach = if half < -1e-9 {
            return 0..0;
        } else {
            half.max(0.0).sqrt() + 1e-6
        };
        let limit = self.limits[2];
        let first = if (h, k) == (0, 0) { 1 } else { -limit };
        let last = limit.min((centre + reach).floor() as i32);
        first.max((centre - reach).ceil() as i32)..last + 1
    }

    /// Reciprocal-lattice point (h k 0), and the step from each l to the next.
    pub(super) fn row(&self, h: i32, k: i32) -> ([f64; 3], [f64; 3]) {
        let [a, b, c] = &self.reciprocal;
        let first = [0, 1, 2].map(|j| f64::from(h) * a[j] + f64::from(k) * b[j]);
        (first, *c)
    }

    pub(super) fn contains(&self, inverse_d_squared: f64) -> bool {
        self.squared.contains(&inverse_d_squared)
    }
}

/// 1/d² of the point l steps along a row.
#[inline(always)]
pub(super) fn inverse_d_squared((first, step): &([f64; 3], [f64; 3]), l: f64) -> f64 {
    let x = first[0] + l * step[0];
    let y = first[1] + l * step[1];
    let z = first[2] + l * step[2];
    x * x + y * y + z * z
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_hold_every_point_once(
            lengths in prop::array::uniform3(2.0..9.0f64),
            angles in prop::array::uniform3(70.0..110.0f64),
            low in 0.0..0.5f64,
        ) {
            let ([a, b, c], [al, be, ga]) = (lengths, angles);
            let lattice = Lattice::from_parameters(a, b, c, al, be, ga).unwrap();
            let sphere = Sphere::new(&lattice, low..=0.9).unwrap();
            let mut found: Vec<[i32; 3]> = sphere
                .rows()
                .flat_map(|(h, k, ls)| ls.map(move |l| [h, k, l]))
                .filter(|&[h, k, l]| sphere.contains(inverse_d_squared(&sphere.row(h, k), f64::from(l))))
                .collect();
            let inside = |hkl: &[i32; 3]| {
                *hkl > [0; 3] && (low..=0.9).contains(&(1.0 / lattice.d_spacing(*hkl)))
            };
            let cube = (-9..=9).flat_map(|h| (-9..=9).map(move |k| (h, k)));
            let all = cube.flat_map(|(h, k)| (-9..=9).map(move |l| [h, k, l]));
            found.sort_unstable();
            prop_assert_eq!(found, all.filter(inside).collect::<Vec<_>>());
        }
    }
}
