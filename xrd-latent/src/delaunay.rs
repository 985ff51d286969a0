//! Linear interpolation in the Delaunay triangle that contains a point. The triangle is found
//! without the complete triangulation.

use xrd_core::Latent2;

use crate::error::Result;
use crate::estimator::{Choice, Estimator, on_hull, only_planes};
use crate::nearby::{Near, Vector, see_all};
use crate::places::Place;
use crate::search::triangle;
use crate::triangle::{Triple, least_sum};

/// Estimator by linear interpolation in the Delaunay triangle that contains the point P.
///
/// This estimator works only in two dimensions. A Delaunay triangle is a triangle of known points
/// whose circumcircle contains no other known point. The Delaunay triangles divide the [convex
/// hull](crate::convex_hull) of the known points. Among all divisions into triangles, this division
/// maximises the smallest angle, so it avoids thin triangles. If four or more points lie on one
/// circle, there are several such divisions. The coordinates of the points decide between them.
///
/// The estimate is a continuous function of P. Outside the convex hull the estimate is a fallback:
/// the estimate at the nearest point of the hull ([`Basis::Nearest`](crate::Basis::Nearest)).
///
/// Only the triangle that contains P is computed. The search starts with a triangle of known points
/// near P. If the circumcircle contains other known points, one corner is replaced by one of them.
/// This step is repeated until the circumcircle contains no other known point.
///
/// Cost: O(n) per step for n points. Usually a few steps are enough.
///
/// # References
/// B. Delaunay, "Sur la sphère vide", Izv. Akad. Nauk SSSR 7, 793 (1934). The search is based on
/// the paper "Voronoi diagrams from convex hulls" by K. Q. Brown, Inf. Process. Lett. 9, 223
/// (1979).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DelaunayTriangle;

impl Estimator for DelaunayTriangle {
    fn name(&self) -> &'static str {
        "Delaunay triangle"
    }

    fn check(&self, dimensions: usize) -> Result<()> {
        only_planes(self.name(), dimensions)
    }

    fn choose(&self, places: &[Place], p: &[f64]) -> Choice {
        self.choose_inside(places, p)
            .unwrap_or_else(|| on_hull(places, Latent2::new(p[0], p[1])))
    }

    fn choose_inside(&self, places: &[Place], p: &[f64]) -> Option<Choice> {
        let mut near = Vec::with_capacity(places.len());
        see_all(places, Latent2::new(p[0], p[1]), &mut near);
        let first = least_sum(&mut near, 12)?;
        Some(triangle(&near, delaunay(&near, first)))
    }
}

/// Place lifted to the paraboloid around P.
#[derive(Clone, Copy)]
struct Lifted {
    offset: Vector,
    height: f64,
}

impl Lifted {
    /// Lifted place of `near`, with lengths in units of `unit`.
    fn of(near: &Near, unit: f64) -> Self {
        let length = near.distance / unit;
        let offset = Vector {
            x: near.direction.x * length,
            y: near.direction.y * length,
        };
        Self {
            offset,
            height: offset.dot(offset),
        }
    }
}

/// The Delaunay triangle around P. The search starts from any triangle around P.
fn delaunay(near: &[Near], first: Triple) -> Triple {
    let unit = near[first[2]].distance;
    let lifted: Vec<Lifted> = near.iter().map(|n| Lifted::of(n, unit)).collect();
    let mut corners = first;
    // Each step lowers the triangle. Rounding could make steps repeat, so their number is limited.
    for _ in 0..10 * near.len() {
        match exchange(&lifted, corners) {
            Some(next) => corners = next,
            None => break,
        }
    }
    corners.sort_by(|&i, &j| {
        let by_distance = near[i]
            .squared_distance
            .total_cmp(&near[j].squared_distance);
        by_distance.then(near[i].site.cmp(&near[j].site))
    });
    corners
}

/// Replaces one corner by the place that lies deepest inside the circumcircle. P stays inside the
/// triangle. Returns `None` if no place lies inside the circumcircle.
fn exchange(lifted: &[Lifted], corners: Triple) -> Option<Triple> {
    let [a, b, c] = corners.map(|i| lifted[i]);
    let whole = doubled_area(a.offset, b.offset, c.offset);
    let shares = |q: Vector| {
        [
            doubled_area(q, b.offset, c.offset) / whole,
            doubled_area(a.offset, q, c.offset) / whole,
            doubled_area(a.offset, b.offset, q) / whole,
        ]
    };
    let heights = [a.height, b.height, c.height];
    // Height of a place above the surface through the lifted corners, and the size of the terms of
    // this difference.
    let above = |q: &Lifted| {
        let terms = shares(q.offset).into_iter().zip(heights);
        let (surface, size) = terms.fold((0.0, q.height), |(sum, size), (share, height)| {
            (sum + share * height, size + (share * height).abs())
        });
        (q.height - surface, size)
    };
    let lowest = (0..lifted.len())
        .filter(|i| !corners.contains(i))
        .map(|i| (i, above(&lifted[i])))
        .filter(|(_, (above, size))| *above < -1e-12 * size)
        .min_by(|x, y| x.1.0.total_cmp(&y.1.0))?;
    let of_p = shares(Vector { x: 0.0, y: 0.0 });
    let of_new = shares(lifted[lowest.0].offset);
    // The corner whose share of P reaches 0 first is replaced.
    let ratio = |k: usize| of_p[k].max(0.0) / of_new[k];
    let gives_way = (0..3)
        .filter(|&k| of_new[k] > 1e-12)
        .min_by(|&i, &j| ratio(i).total_cmp(&ratio(j)))?;
    let mut next = corners;
    next[gives_way] = lowest.0;
    Some(next)
}

fn doubled_area(a: Vector, b: Vector, c: Vector) -> f64 {
    let (ab, ac) = ((b.x - a.x, b.y - a.y), (c.x - a.x, c.y - a.y));
    ab.0 * ac.1 - ab.1 * ac.0
}
