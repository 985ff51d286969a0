//! Natural-neighbour interpolation with the areas of Voronoi cells.

use xrd_core::Latent2;

use crate::cell::{Cell, Line};
use crate::error::Result;
use crate::estimator::{Choice, Estimator, nearest_on_border, on_hull, only_planes};
use crate::nearby::{Near, Vector, see};
use crate::places::Places;
use crate::tree::Bounds;

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
/// Cost: about O(log n) to find the m neighbours of P among n points, plus O(m³). Typically P has six
/// neighbours.
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

    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        self.choose_inside(places, p)
            .unwrap_or_else(|| on_hull(places, Latent2::new(p[0], p[1])))
    }

    fn choose_inside(&self, places: &Places<'_>, p: &[f64]) -> Option<Choice> {
        let p = Latent2::new(p[0], p[1]);
        if !places.surround(p) {
            return None;
        }
        let shares = shares(places, p).unwrap_or_else(|| at_the_border(places, p));
        Some(Choice::Weighted {
            shares,
            inside: true,
        })
    }
}

/// Index of each place, and the area that the cell of P takes from the cell of the place. Returns
/// `None` if the cell of P is infinite.
fn shares(places: &Places<'_>, p: Latent2) -> Option<Vec<(usize, f64)>> {
    let unit = places.farthest(p)?.distance;
    let at = [p.x, p.y];
    let mut near = places.ascending(places.squared(&at));
    let mut sites: Vec<(usize, Vector)> = Vec::new();
    let mut cell = Cell::square(ENDLESS);
    let none = Vector { x: 0.0, y: 0.0 };
    // A place whose bisector is beyond the cell changes nothing.
    while let Some((_, i)) = near.next_outside(|bounds| is_beyond(&cell, bounds, p, unit)) {
        if !places.contains(i) {
            continue;
        }
        let near = see(i, places.place(i).point, p);
        if sites.is_empty() && near.distance <= AT_A_PLACE * unit {
            return Some(vec![(i, 1.0)]);
        }
        let site = seen(&near, unit);
        // A bisector is at half the distance of its place, and places are sorted by distance.
        if site.length() > 2.0 * cell.radius() {
            break;
        }
        cell.cut(Line::bisector(none, site), sites.len());
        sites.push((i, site));
    }
    let neighbours = cell.neighbours()?;
    let taken = |&i: &usize| {
        let mut part = cell.clone();
        for &j in neighbours.iter().filter(|j| **j != i) {
            part.cut(Line::bisector(sites[i].1, sites[j].1), j);
        }
        (sites[i].0, part.area())
    };
    Some(neighbours.iter().map(taken).collect())
}

/// Whether no place in a box is nearer to a corner of the cell of P than P is, so that none of them
/// cuts the cell.
fn is_beyond(cell: &Cell, bounds: Bounds<'_>, p: Latent2, unit: f64) -> bool {
    cell.corners().all(|corner| {
        let own = corner.dot(corner);
        let away = |p: f64, corner: f64, axis: usize| {
            let at = p + corner * unit;
            (at.clamp(bounds.low[axis], bounds.high[axis]) - at) / unit
        };
        let (x, y) = (away(p.x, corner.x, 0), away(p.y, corner.y, 1));
        // Rounding may not decide.
        x * x + y * y > own * (1.0 + 1e-6) + 1e-12
    })
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
fn at_the_border(places: &Places<'_>, p: Latent2) -> Vec<(usize, f64)> {
    let (from, to, t, _) = nearest_on_border(places, p);
    vec![(from, 1.0 - t), (to, t)]
}
