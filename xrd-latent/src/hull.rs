use xrd_core::Latent2;

use crate::error::{Result, check_point};
use crate::nearby::{STRAIGHT, Vector};

/// Convex hull of points: the smallest convex polygon that contains all points.
///
/// The result contains the indices of the corners, in counter-clockwise order. The first corner is
/// the leftmost point. If there are several leftmost points, the lowest of them is the first
/// corner. Points on an edge between two corners are not corners. If several points coincide at a
/// corner, the result contains the smallest of their indices.
///
/// The result has two corners if all points lie on one line, and one corner if all points
/// coincide. The result is empty if there are no points.
///
/// Cost: O(n log n).
///
/// # Errors
/// [`Error::Point`](crate::Error::Point) for a point with a coordinate that is not finite or has an
/// absolute value above 1e100.
///
/// # Example
/// ```
/// use xrd_core::Latent2;
/// let square = [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5), (1.0, 0.0), (0.0, 1.0)];
/// let points = square.map(|(x, y)| Latent2::new(x, y));
/// assert_eq!(xrd_latent::convex_hull(&points)?, [0, 3, 1, 4]);
/// # Ok::<(), xrd_latent::Error>(())
/// ```
///
/// # References
/// A. M. Andrew, "Another efficient algorithm for convex hulls in two dimensions", Inf. Process.
/// Lett. 9, 216 (1979).
pub fn convex_hull(points: &[Latent2]) -> Result<Vec<usize>> {
    for (i, &point) in points.iter().enumerate() {
        check_point(i, point)?;
    }
    let mut order: Vec<usize> = (0..points.len()).collect();
    // Adding 0 turns -0 into 0, so that both are the same place.
    let key = |i: usize| (points[i].x + 0.0, points[i].y + 0.0);
    order.sort_by(|&i, &j| {
        let ((ax, ay), (bx, by)) = (key(i), key(j));
        ax.total_cmp(&bx).then(ay.total_cmp(&by)).then(i.cmp(&j))
    });
    order.dedup_by(|j, i| points[*i] == points[*j]);
    let sorted: Vec<Latent2> = order.iter().map(|&i| points[i]).collect();
    Ok(corners(&sorted).into_iter().map(|i| order[i]).collect())
}

/// Convex hull of distinct points that are sorted by coordinates.
pub(crate) fn corners(sorted: &[Latent2]) -> Vec<usize> {
    if sorted.len() < 3 {
        return (0..sorted.len()).collect();
    }
    let mut hull = half(sorted, 0..sorted.len());
    let upper = half(sorted, (0..sorted.len()).rev());
    hull.pop();
    hull.extend(&upper[..upper.len() - 1]);
    hull
}

/// Corners of the hull on the right-hand side of the path through `order`, both ends included.
fn half(points: &[Latent2], order: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut chain: Vec<usize> = Vec::new();
    for i in order {
        while let [.., a, b] = chain[..] {
            let (ab, ai) = (points[a], points[i]);
            let turn = Vector::between(ab, points[b]).cross(Vector::between(ab, ai));
            if turn > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(i);
    }
    chain
}

/// Side of the border of a convex hull on which a point P lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Inside,
    /// Near the border, or the hull has fewer than three corners.
    Border,
    Outside,
}

/// Distance from the border that counts as near, as a fraction of the distance from P to the
/// farthest corner. It is larger than the tolerance [`STRAIGHT`], so that rounding cannot matter on
/// the other two sides.
const NEAR: f64 = 1e-7;

impl Side {
    /// Side of P, from the corners of the hull in counter-clockwise order.
    ///
    /// Cost: O(h) for h corners.
    pub(crate) fn of(corners: impl ExactSizeIterator<Item = Latent2> + Clone, p: Latent2) -> Self {
        if corners.len() < 3 {
            return Self::Border;
        }
        let far = corners.clone().map(|c| Vector::between(p, c).length());
        let near = NEAR * far.fold(0.0, f64::max);
        let next = corners.clone().cycle().skip(1);
        let inward = |(a, b): (Latent2, Latent2)| {
            let along = Vector::between(a, b);
            along.cross(Vector::between(a, p)) / along.length()
        };
        let least = corners.zip(next).map(inward).fold(f64::INFINITY, f64::min);
        match least {
            _ if least > near => Self::Inside,
            _ if least < -near => Self::Outside,
            _ => Self::Border,
        }
    }
}

/// Point on the segment between two points of a list. If the point is an end of the segment, `from`
/// and `to` are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct OnSegment {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// 0 at `from`, 1 at `to`.
    pub(crate) t: f64,
    pub(crate) distance: f64,
}

/// Point nearest to `p` on the border of the hull of distinct points that are sorted by
/// coordinates.
///
/// The result lies on the segment between two neighbouring points of the border.
///
/// Cost: O(n).
pub(crate) fn nearest_on_hull(sorted: &[Latent2], p: Latent2) -> OnSegment {
    nearest_on_corners(sorted, &corners(sorted), p)
}

/// [`nearest_on_hull`] if the corners of the hull are known.
pub(crate) fn nearest_on_corners(sorted: &[Latent2], hull: &[usize], p: Latent2) -> OnSegment {
    let around = (0..hull.len()).map(|i| (hull[i], hull[(i + 1) % hull.len()]));
    let edge = nearest_on(sorted, around, p);
    if edge.from == edge.to {
        return edge;
    }
    let chain = points_along(sorted, edge.from, edge.to);
    nearest_on(sorted, chain.windows(2).map(|w| (w[0], w[1])), p)
}

/// Point nearest to `p` on the given segments. If several points have the same distance, the first
/// of them is returned.
pub(crate) fn nearest_on(
    points: &[Latent2],
    segments: impl Iterator<Item = (usize, usize)>,
    p: Latent2,
) -> OnSegment {
    segments
        .map(|(from, to)| on_segment(points, from, to, p))
        .min_by(|a, b| a.distance.total_cmp(&b.distance))
        .expect("a plane has at least one point, and so at least one segment")
}

fn on_segment(points: &[Latent2], from: usize, to: usize, p: Latent2) -> OnSegment {
    let (a, b) = (points[from], points[to]);
    let (along, way) = (Vector::between(a, b), Vector::between(a, p));
    let squared = along.dot(along);
    let t = if squared > 0.0 {
        (way.dot(along) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let place = Latent2::new(a.x + t * along.x, a.y + t * along.y);
    // At an end, the other end has no weight.
    let (from, to, t) = match t {
        0.0 => (from, from, 0.0),
        1.0 => (to, to, 0.0),
        _ => (from, to, t),
    };
    let distance = p.distance(place);
    OnSegment {
        from,
        to,
        t,
        distance,
    }
}

/// Points on the segment between two different points, both ends included, in order along the
/// segment.
fn points_along(points: &[Latent2], from: usize, to: usize) -> Vec<usize> {
    let along = Vector::between(points[from], points[to]);
    let unit = along.length();
    let place = |i: usize| {
        let way = Vector::between(points[from], points[i]);
        (way.dot(along) / unit, way.cross(along).abs() / unit)
    };
    let mut between: Vec<(f64, usize)> = (0..points.len())
        .map(|i| (place(i), i))
        .filter(|&((s, off), i)| {
            let inner = s > 0.0 && s < unit && i != from && i != to;
            inner && off <= STRAIGHT * unit
        })
        .map(|((s, _), i)| (s, i))
        .collect();
    between.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let inner = between.into_iter().map(|(_, i)| i);
    std::iter::once(from).chain(inner).chain([to]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nodes() -> impl Strategy<Value = Vec<Latent2>> {
        let node = (0i32..5, 0i32..5).prop_map(|(x, y)| Latent2::new(f64::from(x), f64::from(y)));
        prop::collection::vec(node, 1..15)
    }

    proptest! {
        #[test]
        fn all_points_lie_left_of_every_edge(points in nodes()) {
            let hull = convex_hull(&points).unwrap();
            for (k, &i) in hull.iter().enumerate() {
                let (a, b) = (points[i], points[hull[(k + 1) % hull.len()]]);
                for &p in &points {
                    let turn = Vector::between(a, b).cross(Vector::between(a, p));
                    prop_assert!(turn >= 0.0);
                    // A point on the line of an edge lies between its corners and is not a corner.
                    if turn == 0.0 {
                        prop_assert!(a.distance(p) + p.distance(b) <= a.distance(b) + 1e-12);
                    }
                }
                prop_assert_eq!(points.iter().position(|p| *p == a), Some(i));
            }
        }
    }

    #[test]
    fn few_points_and_lines_have_few_corners() {
        let at = |x: f64| Latent2::new(x, 2.0 * x);
        assert_eq!(convex_hull(&[]).unwrap(), [0; 0]);
        assert_eq!(convex_hull(&[at(1.0), at(1.0)]).unwrap(), [0]);
        assert_eq!(convex_hull(&[at(2.0), at(3.0), at(1.0)]).unwrap(), [2, 1]);
        let zeros = [Latent2::new(0.0, 0.0), Latent2::new(-0.0, 0.0)];
        assert_eq!(convex_hull(&zeros).unwrap(), [0]);
        let zeros = [Latent2::new(0.0, 0.0), Latent2::new(0.0, -0.0)];
        assert_eq!(convex_hull(&zeros).unwrap(), [0]);
        assert!(convex_hull(&[Latent2::new(f64::NAN, 0.0)]).is_err());
    }

    /// The point `along`·(4, 3) + `beside`·(−3, 4).
    fn at(along: f64, beside: f64) -> Latent2 {
        Latent2::new(4.0 * along - 3.0 * beside, 3.0 * along + 4.0 * beside)
    }

    #[test]
    fn the_points_of_an_edge_are_in_order_and_no_others_among_them() {
        let on_the_line = [0.0, 2.0, 0.5, 1.0, 0.25, -1.0, 3.0].map(|s| at(s, 0.0));
        let points = [&on_the_line[..], &[at(1.5, 0.5), at(0.75, -0.2)]].concat();
        assert_eq!(points_along(&points, 0, 1), [0, 4, 2, 3, 1]);
        assert_eq!(points_along(&points, 1, 0), [1, 3, 2, 4, 0]);
    }

    #[test]
    fn a_place_at_an_end_rests_on_that_end_alone() {
        let points = [at(0.0, 0.0), at(2.0, 0.0)];
        let found = |p| {
            let on = on_segment(&points, 0, 1, p);
            (on.from, on.to, on.t, on.distance)
        };
        assert_eq!(found(at(0.0, 1.0)), (0, 0, 0.0, 5.0));
        assert_eq!(found(at(-1.0, 0.0)), (0, 0, 0.0, 5.0));
        assert_eq!(found(at(2.0, -1.0)), (1, 1, 0.0, 5.0));
        assert_eq!(found(at(0.5, 1.0)), (0, 1, 0.25, 5.0));
    }
}
