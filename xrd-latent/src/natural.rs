//! Natural-neighbour interpolation by areas of Voronoi cells.

use xrd_core::Latent2;

use crate::cell::{Cell, Line};
use crate::error::Result;
use crate::estimator::{Choice, Estimator, on_hull, only_planes};
use crate::hull::nearest_on_hull;
use crate::nearby::{Near, Vector, enough_to_surround, nearest_first, see_all};
use crate::places::Place;

/// Estimator: natural-neighbour interpolation (Sibson). Two dimensions only.
///
/// If P is inserted among the known places, its Voronoi cell takes area from the cells of its
/// neighbours. The weight of a place is the fraction of P's cell that was taken from it. Linear fields
/// are reproduced exactly. The estimate is smooth except at the data points, while interpolation in
/// triangles has kinks along their sides. Outside the hull, where P's cell is infinite, the estimate
/// is the fallback of [`NearestTriangle`](crate::NearestTriangle).
///
/// Cost: O(n log n) to sort n places by distance; O(m³) for m neighbours, typically six.
///
/// # References
/// R. Sibson, "A brief description of natural neighbour interpolation", in Interpreting Multivariate
/// Data (ed. V. Barnett), Wiley, 21 (1981).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NaturalNeighbours;

/// If the nearest place is closer to P than this fraction of the distance to the farthest place, it
/// has all the weight.
const AT_A_PLACE: f64 = 1e-12;

/// Half the side of the square that P's cell starts from, in units of the distance to the farthest
/// place. The cell of a point at the border of the hull reaches the square.
const ENDLESS: f64 = 1e7;

impl Estimator for NaturalNeighbours {
    fn name(&self) -> &'static str {
        "natural neighbours"
    }

    fn check(&self, dimensions: usize) -> Result<()> {
        only_planes(self.name(), dimensions)
    }

    fn choose(&self, places: &[Place], p: &[f64]) -> Choice {
        self.choose_inside(places, p)
            .unwrap_or_else(|| on_hull(places, Latent2::new(p[0], p[1])))
    }

    fn choose_inside(&self, places: &[Place], p: &[f64]) -> Option<Choice> {
        let p = Latent2::new(p[0], p[1]);
        let mut near = Vec::with_capacity(places.len());
        see_all(places, p, &mut near);
        enough_to_surround(&near)?;
        let near = nearest_first(&mut near, places.len());
        let shares = shares(near).unwrap_or_else(|| at_the_border(places, p));
        Some(Choice::Weighted {
            shares,
            inside: true,
        })
    }
}

/// Places and the areas that P's cell takes from theirs. Returns `None` if P's cell is infinite.
fn shares(near: &[Near]) -> Option<Vec<(usize, f64)>> {
    let unit = near.last()?.distance;
    if near[0].distance <= AT_A_PLACE * unit {
        return Some(vec![(near[0].site, 1.0)]);
    }
    let sites: Vec<Vector> = near.iter().map(|n| seen(n, unit)).collect();
    let mut cell = Cell::square(ENDLESS);
    for (i, &site) in sites.iter().enumerate() {
        // A bisector is at half the distance of its place, and places are sorted by distance.
        if site.length() > 2.0 * cell.radius() {
            break;
        }
        cell.cut(Line::bisector(Vector { x: 0.0, y: 0.0 }, site), i);
    }
    let neighbours = cell.neighbours()?;
    let taken = |&i: &usize| {
        let mut part = cell.clone();
        for &j in neighbours.iter().filter(|j| **j != i) {
            part.cut(Line::bisector(sites[i], sites[j]), j);
        }
        (near[i].site, part.area())
    };
    Some(neighbours.iter().map(taken).collect())
}

/// Position of a site relative to P.
fn seen(near: &Near, unit: f64) -> Vector {
    let length = near.distance / unit;
    Vector {
        x: near.direction.x * length,
        y: near.direction.y * length,
    }
}

/// Limit of the weights as P approaches the border of the hull.
fn at_the_border(places: &[Place], p: Latent2) -> Vec<(usize, f64)> {
    let points: Vec<Latent2> = places.iter().map(|place| place.point).collect();
    let on = nearest_on_hull(&points, p);
    vec![(on.from, 1.0 - on.t), (on.to, on.t)]
}
