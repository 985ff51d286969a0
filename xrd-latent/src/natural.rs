//! Natural neighbours: how much of each place's Voronoi cell a point would take.

use xrd_core::Latent2;

use crate::cell::{Cell, Line};
use crate::error::Result;
use crate::estimator::{Choice, Estimator, on_hull, only_planes};
use crate::hull::nearest_on_hull;
use crate::nearby::{Near, Vector, enough_to_surround, nearest_first, see_all};
use crate::places::Place;

/// Natural-neighbour interpolation. On planes only.
///
/// Put among the known places, P would get a Voronoi cell of its own, taken from the cells of its
/// neighbours; the weight of a place is the share of P's cell that was its own. Linear fields are
/// met exactly, and the estimate is smooth but at the places: no neighbour comes or goes with a jump,
/// as corners of triangles do not either, and none with a kink, as they do. Outside the hull, where
/// P's cell has no end, it is the fallback of [`NearestTriangle`](crate::NearestTriangle).
///
/// Cost: O(n log n) for n places to sort them by distance; O(m³) for m neighbours, about six.
///
/// # References
/// R. Sibson, "A brief description of natural neighbour interpolation", in Interpreting Multivariate
/// Data (ed. V. Barnett), Wiley, 21 (1981).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NaturalNeighbours;

/// A place nearer to P than this share of the distance to the farthest counts alone.
const AT_A_PLACE: f64 = 1e-12;

/// Half the side of the square that P's cell begins with, in distances to the farthest place. Cells
/// that reach it are those of points at the border of the hull.
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

/// Places and the areas that P takes from them; none where P's cell has no end.
fn shares(near: &[Near]) -> Option<Vec<(usize, f64)>> {
    let unit = near.last()?.distance;
    if near[0].distance <= AT_A_PLACE * unit {
        return Some(vec![(near[0].site, 1.0)]);
    }
    let sites: Vec<Vector> = near.iter().map(|n| seen(n, unit)).collect();
    let mut cell = Cell::square(ENDLESS);
    for (i, &site) in sites.iter().enumerate() {
        // Bisectors lie half as far as their places, and these come by distance.
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

/// The place of a site as seen from P.
fn seen(near: &Near, unit: f64) -> Vector {
    let length = near.distance / unit;
    Vector {
        x: near.direction.x * length,
        y: near.direction.y * length,
    }
}

/// What the weights tend to where P comes to the border of the hull.
fn at_the_border(places: &[Place], p: Latent2) -> Vec<(usize, f64)> {
    let points: Vec<Latent2> = places.iter().map(|place| place.point).collect();
    let on = nearest_on_hull(&points, p);
    vec![(on.from, 1.0 - on.t), (on.to, on.t)]
}
