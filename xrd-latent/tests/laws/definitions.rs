//! Comparisons of each estimator with its definition.

use super::*;
use xrd_latent::{
    AlongCurve, ClusterMean, DelaunayTriangle, InverseDistance, NaturalNeighbours,
    NearestNeighbours,
};

/// Corners of the triangle around P with no point in its circumcircle, found among all triples, and
/// whether another point is nearly on the circumcircle.
fn naive_delaunay(points: &[Latent2], p: Latent2) -> Option<(Vec<usize>, bool)> {
    let n = points.len();
    for i in 0..n {
        for j in i + 1..n {
            for k in j + 1..n {
                let abc = [points[i], points[j], points[k]];
                let (s, t) = solve(p, abc[0], abc[1], abc[2]);
                if !(s >= 0.0 && t >= 0.0 && s + t <= 1.0) {
                    continue;
                }
                let Some((centre, radius)) = circumcircle(abc) else {
                    continue;
                };
                let margins = (0..n)
                    .filter(|m| ![i, j, k].contains(m))
                    .map(|m| points[m].distance(centre) / radius - 1.0);
                let least = margins.fold(f64::INFINITY, f64::min);
                if least > -1e-6 {
                    return Some((vec![i, j, k], least < 1e-6));
                }
            }
        }
    }
    None
}

fn circumcircle([a, b, c]: [Latent2; 3]) -> Option<(Latent2, f64)> {
    let (bx, by) = (b.x - a.x, b.y - a.y);
    let (cx, cy) = (c.x - a.x, c.y - a.y);
    let d = 2.0 * (bx * cy - by * cx);
    if d.abs() < 1e-9 {
        return None;
    }
    let (b2, c2) = (bx * bx + by * by, cx * cx + cy * cy);
    let centre = at((cy * b2 - by * c2) / d, (bx * c2 - cx * b2) / d);
    let radius = centre.x.hypot(centre.y);
    Some((at(centre.x + a.x, centre.y + a.y), radius))
}

/// Corners of a polygon.
type Corners = Vec<(f64, f64)>;

/// Part of a square around the origin that is nearer to one point than to all others.
fn naive_cell(half: f64, own: Latent2, others: &[Latent2]) -> Corners {
    let mut cell: Corners = vec![(-half, -half), (half, -half), (half, half), (-half, half)];
    for other in others {
        let (nx, ny) = (other.x - own.x, other.y - own.y);
        let offset = (other.x.powi(2) + other.y.powi(2) - own.x.powi(2) - own.y.powi(2)) / 2.0;
        let beyond = |(x, y): (f64, f64)| nx * x + ny * y - offset;
        let mut kept = Vec::new();
        for (i, &a) in cell.iter().enumerate() {
            let b = cell[(i + 1) % cell.len()];
            let (da, db) = (beyond(a), beyond(b));
            if da <= 0.0 {
                kept.push(a);
            }
            if (da <= 0.0) != (db <= 0.0) {
                let t = da / (da - db);
                kept.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
            }
        }
        cell = kept;
    }
    cell
}

fn naive_area(corners: &Corners) -> f64 {
    let next = corners.iter().cycle().skip(1);
    let terms = corners.iter().zip(next).map(|(a, b)| a.0 * b.1 - a.1 * b.0);
    terms.sum::<f64>() / 2.0
}

/// Definition of Sibson: the area that the Voronoi cell of each point loses if P is inserted. `None` if
/// the cell of P reaches the square.
fn naive_natural(points: &[Latent2], values: &[f64], p: Latent2) -> Option<f64> {
    let half = 40.0;
    let own = naive_cell(half, p, points);
    if own.iter().any(|c| c.0.abs() >= half || c.1.abs() >= half) {
        return None;
    }
    let taken = |i: usize| {
        let mut others = points.to_vec();
        let point = others.remove(i);
        let before = naive_area(&naive_cell(half, point, &others));
        others.push(p);
        before - naive_area(&naive_cell(half, point, &others))
    };
    let taken: Vec<f64> = (0..points.len()).map(taken).collect();
    let sum: f64 = taken.iter().zip(values).map(|(t, v)| t * v).sum();
    Some(sum / taken.iter().sum::<f64>())
}

/// Numbers of all points, from the nearest to the farthest.
fn by_distance(points: &[Latent2], p: Latent2) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&i, &j| p.distance(points[i]).total_cmp(&p.distance(points[j])));
    order
}

proptest! {
    #[test]
    fn the_delaunay_triangle_is_its_definition(points in points(), p in point()) {
        let estimate = plane(&points, &values_for(&points)).estimate_with(p, &DelaunayTriangle);
        let estimate = estimate.unwrap();
        if let Some((corners, close)) = naive_delaunay(&points, p) {
            prop_assert!(estimate.is_inside());
            prop_assert!(close || corner_points(&estimate) == corners);
        }
        prop_assert_eq!(estimate.is_inside(), naive_is_inside(&points, p));
    }

    #[test]
    fn a_linear_field_is_exact_in_the_delaunay_triangle(
        points in points(), p in point(), field in prop::array::uniform3(-5.0..5.0f64),
    ) {
        let estimate = linear_plane(&points, field).estimate_with(p, &DelaunayTriangle).unwrap();
        if estimate.is_inside() {
            let scale = field.iter().map(|f| f.abs()).sum::<f64>();
            prop_assert!((estimate.values[0] - linear(field, p)).abs() <= 1e-9 * scale);
        }
    }

    #[test]
    fn natural_neighbours_are_their_definition(points in points(), p in point()) {
        let values = values_for(&points);
        let estimate = plane(&points, &values).estimate_with(p, &NaturalNeighbours).unwrap();
        if let Some(value) = naive_natural(&points, &values, p) {
            prop_assert!(estimate.is_inside());
            // In the definition areas cancel if cells at the border are large and that of P is small.
            let nearest = points.iter().map(|q| q.distance(p)).fold(f64::INFINITY, f64::min);
            let accuracy = 1e-10 / nearest.powi(2).min(1.0);
            prop_assert!((estimate.values[0] - value).abs() <= accuracy, "{value}");
        }
    }

    #[test]
    fn a_linear_field_is_exact_between_natural_neighbours(
        points in points(), p in point(), field in prop::array::uniform3(-5.0..5.0f64),
    ) {
        let estimate = linear_plane(&points, field).estimate_with(p, &NaturalNeighbours).unwrap();
        if estimate.is_inside() {
            let scale = field.iter().map(|f| f.abs()).sum::<f64>();
            // At the border the accuracy is 1e-7.
            prop_assert!((estimate.values[0] - linear(field, p)).abs() <= 1e-6 * scale);
        }
    }

    #[test]
    fn neighbours_are_their_definition(points in points(), p in point(), k in 1usize..8) {
        let values = values_for(&points);
        let order = by_distance(&points, p);
        let k = k.min(points.len());
        let expected = order[..k].iter().map(|&i| values[i]).sum::<f64>() / k as f64;
        let found = plane(&points, &values)
            .estimate_with(p, &NearestNeighbours::default().with_neighbours(k))
            .unwrap();
        prop_assert!((found.values[0] - expected).abs() < 1e-12);
    }

    #[test]
    fn inverse_distance_is_its_definition(
        points in points(), p in point(), k in 1usize..8, power in 0.5..4.0f64,
    ) {
        let values = values_for(&points);
        let order = by_distance(&points, p);
        let distances: Vec<f64> = order.iter().map(|&i| p.distance(points[i])).collect();
        let k = k.min(points.len());
        let weight = |i: usize| match distances.get(k) {
            Some(reach) => ((reach - distances[i]) / (reach * distances[i])).powf(power),
            None => distances[i].powf(-power),
        };
        let total: f64 = (0..k).map(weight).sum();
        let expected: f64 = (0..k).map(|i| weight(i) / total * values[order[i]]).sum();
        let options = InverseDistance::default().with_power(power).with_neighbours(k);
        let found = plane(&points, &values).estimate_with(p, &options).unwrap();
        // If the next place is as near, the weights of the definition cancel.
        if total > 1e-9 && distances.get(k).is_none_or(|r| r - distances[0] > 1e-6) {
            prop_assert!((found.values[0] - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn a_cluster_has_one_value(centres in prop::collection::vec((0i32..4, 0i32..4), 2..6)) {
        // Tight clusters that are far apart are found, whatever their number.
        let mut centres: Vec<(i32, i32)> = centres;
        centres.sort_unstable();
        centres.dedup();
        let offsets = [(0.0, 0.01), (0.01, 0.0), (-0.01, 0.003)];
        let around = |(c, (x, y)): (usize, &(i32, i32))| {
            offsets.map(|(dx, dy)| (at(f64::from(*x) + dx, f64::from(*y) + dy), c as f64))
        };
        let all: Vec<(Latent2, f64)> = centres.iter().enumerate().flat_map(around).collect();
        let (points, values): (Vec<Latent2>, Vec<f64>) = all.into_iter().unzip();
        let plane = plane(&points, &values);
        let estimator = ClusterMean::default().with_clusters(Some(centres.len()));
        for (c, (x, y)) in centres.iter().enumerate() {
            let p = at(f64::from(*x) + 0.001, f64::from(*y) + 0.002);
            let estimate = plane.estimate_with(p, &estimator).unwrap();
            prop_assert_eq!(estimate.values[0], c as f64);
            prop_assert!(estimate.is_inside());
        }
    }
}

/// At the centre of a square all corners have equal weights; so have the two ends of a side at its
/// centre.
#[test]
fn natural_neighbours_of_a_square() {
    let points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)].map(|(x, y)| at(x, y));
    let plane = plane(&points, &[0.0, 1.0, 2.0, 5.0]);
    let of = |x, y| plane.estimate_with(at(x, y), &NaturalNeighbours).unwrap();
    let middle = of(0.5, 0.5);
    assert!((middle.values[0] - 2.0).abs() < 1e-12);
    let weights = middle.basis.weights();
    assert!(weights.len() == 4 && weights.iter().all(|w| (w - 0.25).abs() < 1e-12));
    let side = of(0.5, 0.0);
    assert_eq!((side.values[0], side.is_inside()), (0.5, true));
    assert!((of(0.25, 1e-9).values[0] - 0.25).abs() < 1e-6);
    // Towards a corner the estimate approaches the label of the corner.
    for step in [1e-2, 1e-6, 1e-10, 1e-14] {
        assert!((0.0..10.0 * step).contains(&of(step, 2.0 * step).values[0]));
    }
}

#[test]
fn a_place_without_weight_is_not_named() {
    // The second and the third point are at the same distance, so neither of them has a weight.
    let points = [at(1.0, 0.0), at(0.0, 2.0), at(-2.0, 0.0)];
    let estimator = InverseDistance::default().with_neighbours(2);
    let plane = plane(&points, &[1.0, 2.0, 3.0]);
    let estimate = plane.estimate_with(at(0.0, 0.0), &estimator).unwrap();
    assert_eq!(
        (estimate.basis.weights(), estimate.values),
        (vec![1.0], vec![1.0])
    );
}

/// If the next place is as far as the k nearest, these have equal weights.
#[test]
fn places_all_equally_far_count_alike() {
    let points = [at(-1.0, 0.0), at(0.0, -1.0), at(0.0, 1.0), at(1.0, 0.0)];
    let estimator = InverseDistance::default()
        .with_power(3.0)
        .with_neighbours(2);
    let plane = plane(&points, &[1.0, 2.0, 30.0, 40.0]);
    let estimate = plane.estimate_with(at(0.0, 0.0), &estimator).unwrap();
    assert_eq!(estimate.values, [1.5]);
}

#[test]
fn the_largest_weight_comes_first() {
    let points = [at(1.0, 0.0), at(0.0, 0.2), at(-3.0, 0.0), at(0.0, -9.0)];
    let estimate = plane(&points, &[1.0, 2.0, 3.0, 4.0])
        .estimate_with(at(0.0, 0.0), &InverseDistance::default().with_neighbours(3))
        .unwrap();
    assert_eq!(estimate.basis.corners(), [[1], [0], [2]]);
    assert!(estimate.basis.weights()[0] > 0.9);
}

/// Points of an open curve that does not cross itself, in order.
fn spiral(n: usize, turns: f64) -> Vec<Latent2> {
    let point = |i: usize| {
        let share = i as f64 / (n - 1) as f64;
        let angle = std::f64::consts::TAU * turns * share;
        at((1.0 + share) * angle.cos(), (1.0 + share) * angle.sin())
    };
    (0..n).map(point).collect()
}

/// Value at the nearest of many points of the curve, and the distance to it.
fn naive_along(points: &[Latent2], values: &[f64], p: Latent2) -> (f64, f64) {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut best = (f64::NAN, f64::INFINITY);
    for pair in order.windows(2) {
        let (a, b) = (points[pair[0]], points[pair[1]]);
        for k in 0..=1000 {
            let t = f64::from(k) / 1000.0;
            let q = at(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
            let value = values[pair[0]] + t * (values[pair[1]] - values[pair[0]]);
            if q.distance(p) < best.1 {
                best = (value, q.distance(p));
            }
        }
    }
    best
}

proptest! {
    #[test]
    fn the_curve_gives_the_labels_of_its_points(
        n in 3usize..40, turns in 0.1..0.9f64, share in 0.0..1.0f64,
    ) {
        let points = spiral(n, turns);
        let values: Vec<f64> = (0..n).map(|i| 300.0 + 10.0 * i as f64).collect();
        let plane = plane(&points, &values);
        let place = share * (n - 1) as f64;
        let (i, t) = ((place as usize).min(n - 2), place - (place as usize).min(n - 2) as f64);
        let (a, b) = (points[i], points[i + 1]);
        let p = at(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
        let estimate = plane.estimate_with(p, &AlongCurve).unwrap();
        prop_assert!((estimate.values[0] - (300.0 + 10.0 * place)).abs() < 1e-6);
        prop_assert!(estimate.is_inside());
    }

    #[test]
    fn along_the_curve_the_label_grows(n in 3usize..40, turns in 0.1..0.7f64, off in 0.0..0.1f64) {
        let points = spiral(n, turns);
        let values: Vec<f64> = (0..n).map(|i| (i as f64).powi(2)).collect();
        let plane = plane(&points, &values);
        let mut last = f64::NEG_INFINITY;
        for p in spiral(200, turns) {
            let p = at((1.0 + off) * p.x, (1.0 + off) * p.y);
            let found = plane.estimate_with(p, &AlongCurve).unwrap().values[0];
            prop_assert!(found >= last - 1e-9, "{found} after {last}");
            last = found;
        }
    }

    #[test]
    fn the_curve_is_that_of_its_definition(points in points(), p in point()) {
        let values = values_for(&points);
        let found = plane(&points, &values).estimate_with(p, &AlongCurve).unwrap();
        let (_, nearest) = naive_along(&points, &values, p);
        // The point of the curve with this label must be as near as the nearest one.
        let (weights, corners) = (found.basis.weights(), found.basis.corners());
        let sum = |of: fn(&Latent2) -> f64| -> f64 {
            let each = weights.iter().zip(&corners);
            each.map(|(w, c)| w * of(&points[c[0]])).sum()
        };
        let on = at(sum(|q| q.x), sum(|q| q.y));
        prop_assert!(on.distance(p) <= nearest + 1e-9, "{} {nearest}", on.distance(p));
        prop_assert!(on.distance(p) >= nearest - 4e-3, "{} {nearest}", on.distance(p));
    }
}

#[test]
fn beyond_its_ends_and_far_from_it_the_curve_is_a_fallback() {
    let points: Vec<Latent2> = (0..5).map(|i| at(f64::from(i), 0.0)).collect();
    let values = [0.0, 1.0, 2.0, 3.0, 4.0];
    let plane = plane(&points, &values);
    let of = |x, y| {
        let found = plane.estimate_with(at(x, y), &AlongCurve).unwrap();
        (found.values[0], found.is_inside())
    };
    assert_eq!(of(1.5, 0.9), (1.5, true));
    assert_eq!(of(1.5, 1.1), (1.5, false));
    assert_eq!(of(4.5, 0.0), (4.0, false));
    assert_eq!(of(-0.1, 0.1), (0.0, false));
}

#[test]
fn points_with_equal_labels_are_one_vertex() {
    let points = [(0.0, -1.0), (0.0, 1.0), (4.0, 0.0)].map(|(x, y)| at(x, y));
    let plane = plane(&points, &[0.0, 0.0, 8.0]);
    let found = plane.estimate_with(at(1.0, 0.5), &AlongCurve).unwrap();
    assert_eq!(found.values, [2.0]);
    assert_eq!(found.basis.corners().len(), 3);
    assert!(
        plane
            .estimate_with(at(-0.5, 0.0), &AlongCurve)
            .unwrap()
            .is_inside()
    );
}
