//! Natural-neighbour interpolation with the areas of Voronoi cells.

use xrd_core::Latent2;

use crate::cell::{Cell, Line};
use crate::error::Result;
use crate::estimator::{Choice, Estimator, on_hull, only_planes};
use crate::hull::nearest_on_hull;
use crate::nearby::{Near, Vector, enough_to_surround, nearest_first, see_all};
use crate::places::Place;

/// Estimator by natural-neighbour interpolation (Sibson) at a point P.
///
/// This estimator works only in two dimensions. The Voronoi cell of a point is the region that is
/// nearer to this point than to any other point. If P is added to the known points, the new cell of
/// P takes area from the cells of some known points. These known points are the neighbours of P.
/// The weight of a neighbour is the area taken from its cell, divided by the area of the cell of P.
///
/// The estimate is exact for every label that depends linearly on the coordinates. The estimate is
/// smooth except at the known points. Interpolation in triangles, in contrast, has kinks along the
/// sides of the triangles.
///
/// Outside the [convex hull](crate::convex_hull) of the known points, the cell of P is infinite.
/// The estimate is then a fallback: the estimate at the nearest point of the hull
/// ([`Basis::Nearest`](crate::Basis::Nearest)).
///
/// Cost: O(n log n) to sort n points by distance, plus O(m³) for m neighbours of P. Typically P has
/// six neighbours.
///
/// # References
/// R. Sibson, "A brief description of natural neighbour interpolation", in Interpreting
/// Multivariate Data (ed. V. Barnett), Wiley, 21 (1981).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NaturalNeighbours;

/// Largest distance from P to a place that gets the whole weight, as a fraction of the distance
/// from P to the farthest place.
const AT_A_PLACE: f64 = 1e-12;

/// Half the side of the square that the cell of P is cut from, in units of the distance to the
/// farthest place. The cell of a point on the border of the hull extends to the square.
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

/// Index of each place, and the area that the cell of P takes from the cell of the place. Returns
/// `None` if the cell of P is infinite.
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

/// Position of a place relative to P.
fn seen(near: &Near, unit: f64) -> Vector {
    let length = near.distance / unit;
    Vector {
        x: near.direction.x * length,
        y: near.direction.y * length,
    }
}

/// Limit of the weights when P approaches the border of the hull.
fn at_the_border(places: &[Place], p: Latent2) -> Vec<(usize, f64)> {
    let points: Vec<Latent2> = places.iter().map(|place| place.point).collect();
    let on = nearest_on_hull(&points, p);
    vec![(on.from, 1.0 - on.t), (on.to, on.t)]
}
