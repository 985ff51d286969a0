//! Linear interpolation in the Delaunay triangle that contains a point. The triangle is found
//! without the complete triangulation.

use xrd_core::Latent2;

use crate::error::Result;
use crate::estimator::{Choice, Estimator, on_hull, only_planes};
use crate::nearby::{Near, Vector, see};
use crate::places::Places;
use crate::search::triangle;
use crate::tree::{Bounds, Measure};
use crate::triangle::least_sum;

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
/// Cost: about O(log n) per step for n points. Usually a few steps are enough.
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

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        self.choose_inside(places, p)
            .unwrap_or_else(|| on_hull(places, Latent2::new(p[0], p[1])))
    }

    fn choose_inside(&self, places: &Places<'_>, p: &[f64]) -> Option<Choice> {
        let p = Latent2::new(p[0], p[1]);
        let first = least_sum(places, p, 12)?;
        Some(triangle(delaunay(places, p, first)))
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
fn delaunay(places: &Places<'_>, p: Latent2, first: [Near; 3]) -> [Near; 3] {
    let unit = first[2].distance;
    let mut corners = first;
    // Each step lowers the triangle. Rounding could make steps repeat, so their number is limited.
    for _ in 0..10 * places.len() {
        match exchange(places, (p, unit), corners) {
            Some(next) => corners = next,
            None => break,
        }
    }
    corners.sort_by(|a, b| {
        let by_distance = a.squared_distance.total_cmp(&b.squared_distance);
        by_distance.then(a.site.cmp(&b.site))
    });
    corners
}

/// Replaces one corner by the place that lies deepest inside the circumcircle. P stays inside the
/// triangle. Returns `None` if no place lies inside the circumcircle.
fn exchange(
    places: &Places<'_>,
    (p, unit): (Latent2, f64),
    corners: [Near; 3],
) -> Option<[Near; 3]> {
    let surface = Surface::through(corners.map(|near| Lifted::of(&near, unit)));
    let seen = |i: usize| see(i, places.place(i).point, p);
    let height = Height {
        above: |i: usize| surface.above(&Lifted::of(&seen(i), unit)),
        least: |bounds: Bounds<'_>| surface.least_above(bounds, p, unit),
    };
    let is_corner = |i: usize| corners.iter().any(|corner| corner.site == i);
    let lowest = places
        .ascending(height)
        .take_while(|(above, _)| *above < 0.0)
        .filter(|(_, i)| places.contains(*i) && !is_corner(*i))
        .find(|(above, i)| *above < -1e-12 * surface.above(&Lifted::of(&seen(*i), unit)).1)?;
    let new = seen(lowest.1);
    let of_p = surface.shares(Vector { x: 0.0, y: 0.0 });
    let of_new = surface.shares(Lifted::of(&new, unit).offset);
    // The corner whose share of P reaches 0 first is replaced.
    let ratio = |k: usize| of_p[k].max(0.0) / of_new[k];
    let gives_way = (0..3)
        .filter(|&k| of_new[k] > 1e-12)
        .min_by(|&i, &j| ratio(i).total_cmp(&ratio(j)))?;
    let mut next = corners;
    next[gives_way] = new;
    Some(next)
}

/// Plane through three lifted corners.
struct Surface {
    corners: [Lifted; 3],
    whole: f64,
}

impl Surface {
    fn through(corners: [Lifted; 3]) -> Self {
        let [a, b, c] = corners;
        let whole = doubled_area(a.offset, b.offset, c.offset);
        Self { corners, whole }
    }

    /// Weights of the corners at a point.
    fn shares(&self, q: Vector) -> [f64; 3] {
        let [a, b, c] = self.corners.map(|corner| corner.offset);
        [
            doubled_area(q, b, c) / self.whole,
            doubled_area(a, q, c) / self.whole,
            doubled_area(a, b, q) / self.whole,
        ]
    }

    /// Height of a lifted place above the surface, and the size of the terms of this difference.
    fn above(&self, q: &Lifted) -> (f64, f64) {
        let heights = self.corners.map(|corner| corner.height);
        let terms = self.shares(q.offset).into_iter().zip(heights);
        let (surface, size) = terms.fold((0.0, q.height), |(sum, size), (share, height)| {
            (sum + share * height, size + (share * height).abs())
        });
        (q.height - surface, size)
    }

    /// Lower limit of the height above the surface in a box.
    fn least_above(&self, bounds: Bounds<'_>, p: Latent2, unit: f64) -> f64 {
        let side = |axis: usize, p: f64| {
            let [low, high] = [bounds.low, bounds.high].map(|b| (b[axis] - p) / unit);
            [low, high]
        };
        let (xs, ys) = (side(0, p.x), side(1, p.y));
        let surface = |x: f64, y: f64| {
            let shares = self.shares(Vector { x, y });
            let pairs = shares.into_iter().zip(self.corners);
            pairs.fold((0.0, 0.0), |(sum, size), (share, corner)| {
                let term = share * corner.height;
                (sum + term, size + term.abs())
            })
        };
        let square = |[low, high]: [f64; 2]| 0.0_f64.clamp(low, high).powi(2);
        // The surface is highest at a corner of the box.
        let nodes = [
            (xs[0], ys[0]),
            (xs[0], ys[1]),
            (xs[1], ys[0]),
            (xs[1], ys[1]),
        ];
        let values = nodes.map(|(x, y)| surface(x, y));
        let highest = values.iter().map(|v| v.0).fold(f64::MIN, f64::max);
        let size = values.iter().map(|v| v.1).fold(0.0, f64::max);
        let lowest = square(xs) + square(ys);
        lowest - highest - 1e-9 * (size + lowest)
    }
}

/// Height above a surface, as a measure for searches.
struct Height<F, G> {
    above: F,
    least: G,
}

impl<F: Fn(usize) -> (f64, f64), G: Fn(Bounds<'_>) -> f64> Measure for Height<F, G> {
    fn of(&self, point: usize) -> f64 {
        (self.above)(point).0
    }

    fn least(&self, bounds: Bounds<'_>) -> f64 {
        (self.least)(bounds)
    }
}

fn doubled_area(a: Vector, b: Vector, c: Vector) -> f64 {
    let (ab, ac) = ((b.x - a.x, b.y - a.y), (c.x - a.x, c.y - a.y));
    ab.0 * ac.1 - ab.1 * ac.0
}
