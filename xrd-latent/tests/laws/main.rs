//! Laws of estimates and maps, and naive implementations that they are compared with.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod definitions;
mod estimators;
mod groups;
mod maps;

use proptest::prelude::*;
use xrd_core::{Labels, Latent2, LatentGrid};

use xrd_latent::{
    Basis, Error, Estimate, FallbackReason, LabelledPlane, NearestTriangle, TriangleRule,
    convex_hull,
};

const RULES: [TriangleRule; 3] = [
    TriangleRule::LeastSum,
    TriangleRule::ThreeNearest,
    TriangleRule::InnerProduct,
];

fn at(x: f64, y: f64) -> Latent2 {
    Latent2::new(x, y)
}

fn options(rule: TriangleRule) -> NearestTriangle {
    NearestTriangle::default().with_rule(rule)
}

fn plane(points: &[Latent2], values: &[f64]) -> LabelledPlane {
    let labels = Labels::new(vec!["q".to_owned()], values.to_vec()).unwrap();
    LabelledPlane::new(points.to_vec(), labels).unwrap()
}

/// Plane whose label is a linear function of the coordinates.
fn linear_plane(points: &[Latent2], field: [f64; 3]) -> LabelledPlane {
    let values: Vec<f64> = points.iter().map(|&p| linear(field, p)).collect();
    plane(points, &values)
}

fn linear([a, b, c]: [f64; 3], p: Latent2) -> f64 {
    a + b * p.x + c * p.y
}

fn point() -> impl Strategy<Value = Latent2> {
    (-1.0..1.0f64, -1.0..1.0f64).prop_map(|(x, y)| at(x, y))
}

/// Points spread over the plane, or points in a few tight clusters.
fn points() -> impl Strategy<Value = Vec<Latent2>> {
    let spread = prop::collection::vec(point(), 3..30);
    let centres = prop::collection::vec(point(), 2..5);
    let offsets = prop::collection::vec((0usize..5, point()), 3..45);
    let clusters = (centres, offsets).prop_map(|(centres, offsets)| {
        let place = |(k, o): (usize, Latent2)| {
            let c = centres[k % centres.len()];
            at(c.x + 0.05 * o.x, c.y + 0.05 * o.y)
        };
        offsets.into_iter().map(place).collect()
    });
    prop_oneof![spread, clusters]
}

/// Points on a coarse lattice, many of them coincident or collinear.
fn lattice_points() -> impl Strategy<Value = Vec<Latent2>> {
    let node = (0i32..4, 0i32..4).prop_map(|(x, y)| at(f64::from(x), f64::from(y)));
    prop::collection::vec(node, 1..20)
}

fn values_for(points: &[Latent2]) -> Vec<f64> {
    (0..points.len())
        .map(|i| (i as f64 * 1.7).sin() * 3.0)
        .collect()
}

fn range(values: &[f64]) -> (f64, f64) {
    values
        .iter()
        .fold((f64::MAX, f64::MIN), |(l, h), &v| (l.min(v), h.max(v)))
}

fn corner_points(estimate: &Estimate) -> Vec<usize> {
    let mut all: Vec<usize> = estimate.basis.corners().concat();
    all.sort_unstable();
    all
}

/// s and t by Cramer's rule.
fn solve(p: Latent2, a: Latent2, b: Latent2, c: Latent2) -> (f64, f64) {
    let cross = |u: Latent2, v: Latent2| (u.x - a.x) * (v.y - a.y) - (u.y - a.y) * (v.x - a.x);
    (cross(p, c) / cross(b, c), cross(b, p) / cross(b, c))
}

/// Least-sum rule by its definition: tries every triple of the k nearest points, and doubles k.
fn naive_least_sum(points: &[Latent2], p: Latent2) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&i, &j| p.distance(points[i]).total_cmp(&p.distance(points[j])));
    let squared = |i: usize| p.distance(points[i]).powi(2);
    let mut k = 12;
    loop {
        let near = &order[..k.min(order.len())];
        let mut best: Option<(f64, Vec<usize>)> = None;
        for (i, &a) in near.iter().enumerate() {
            for (j, &b) in near.iter().enumerate().skip(i + 1) {
                for &c in &near[j + 1..] {
                    let (s, t) = solve(p, points[a], points[b], points[c]);
                    let sum = squared(a) + squared(b) + squared(c);
                    let better = best.as_ref().is_none_or(|(least, _)| sum < *least);
                    if s >= 0.0 && t >= 0.0 && s + t <= 1.0 && better {
                        best = Some((sum, vec![a, b, c]));
                    }
                }
            }
        }
        if best.is_some() || k >= order.len() {
            return best.map(|(_, mut triple)| {
                triple.sort_unstable();
                triple
            });
        }
        k *= 2;
    }
}

/// Inner-product rule by its definition.
fn naive_inner_product(points: &[Latent2], p: Latent2) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&i, &j| p.distance(points[i]).total_cmp(&p.distance(points[j])));
    let a = points[order[0]];
    let product = |i: usize| (points[i].x - a.x) * (p.x - a.x) + (points[i].y - a.y) * (p.y - a.y);
    let mut k = 12;
    loop {
        let near = &order[1..k.min(order.len())];
        let pairs = near.iter().flat_map(|&b| near.iter().map(move |&c| (b, c)));
        let best = pairs
            .filter(|&(b, c)| {
                let (s, t) = solve(p, a, points[b], points[c]);
                b < c && s >= 0.0 && t >= 0.0 && s + t <= 1.0
            })
            .max_by(|x, y| {
                let sum = |(b, c): (usize, usize)| product(b) + product(c);
                sum(*x).total_cmp(&sum(*y))
            });
        if best.is_some() || k >= order.len() {
            return best.map(|(b, c)| {
                let mut triple = vec![order[0], b, c];
                triple.sort_unstable();
                triple
            });
        }
        k *= 2;
    }
}

/// Whether P is inside the hull: no line through two points has all points on one side and P on the
/// other.
fn naive_is_inside(points: &[Latent2], p: Latent2) -> bool {
    let cross =
        |a: Latent2, b: Latent2, c: Latent2| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    let pairs = points
        .iter()
        .flat_map(|&a| points.iter().map(move |&b| (a, b)));
    pairs
        .filter(|(a, b)| a != b)
        .filter(|&(a, b)| points.iter().all(|&c| cross(a, b, c) >= 0.0))
        .all(|(a, b)| cross(a, b, p) >= 0.0)
}

proptest! {
    #[test]
    fn least_sum_is_its_definition(points in points(), p in point()) {
        let estimate = plane(&points, &values_for(&points)).estimate(p).unwrap();
        match naive_least_sum(&points, p) {
            Some(triple) => prop_assert_eq!(corner_points(&estimate), triple),
            None => prop_assert!(!estimate.is_inside()),
        }
        prop_assert_eq!(estimate.is_inside(), naive_is_inside(&points, p));
    }

    #[test]
    fn inner_product_is_its_definition(points in points(), p in point()) {
        let plane = plane(&points, &values_for(&points));
        let estimate = plane.estimate_with(p, &options(TriangleRule::InnerProduct)).unwrap();
        match naive_inner_product(&points, p) {
            Some(triple) => prop_assert_eq!(corner_points(&estimate), triple),
            None => prop_assert!(!estimate.is_inside()),
        }
        prop_assert_eq!(estimate.is_inside(), naive_is_inside(&points, p));
    }

    #[test]
    fn three_nearest_is_its_definition(points in points(), p in point()) {
        let values = values_for(&points);
        let plane = plane(&points, &values);
        let estimate = plane.estimate_with(p, &options(TriangleRule::ThreeNearest)).unwrap();
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|&i, &j| p.distance(points[i]).total_cmp(&p.distance(points[j])));
        let [a, b, c] = [order[0], order[1], order[2]];
        let (s, t) = solve(p, points[a], points[b], points[c]);
        let value = values[a] + s * (values[b] - values[a]) + t * (values[c] - values[a]);
        let size = 1.0 + s.abs() + t.abs();
        prop_assert!((estimate.values[0] - value).abs() < 1e-6 * size);
        prop_assert_eq!(estimate.is_inside(), s >= 0.0 && t >= 0.0 && s + t <= 1.0);
    }

    #[test]
    fn a_linear_field_is_exact_inside(
        points in points(), p in point(), field in prop::array::uniform3(-5.0..5.0f64),
    ) {
        let plane = linear_plane(&points, field);
        for rule in RULES {
            let estimate = plane.estimate_with(p, &options(rule)).unwrap();
            if estimate.is_inside() {
                let scale = field.iter().map(|f| f.abs()).sum::<f64>();
                prop_assert!((estimate.values[0] - linear(field, p)).abs() <= 1e-9 * scale);
            }
        }
    }

    #[test]
    fn the_order_of_points_is_no_matter(
        points in prop_oneof![points(), lattice_points()], p in point(), turn in 0usize..50,
    ) {
        let values = values_for(&points);
        let n = points.len();
        let order: Vec<usize> = (0..n).rev().map(|i| (i + turn) % n).collect();
        let shuffled: Vec<Latent2> = order.iter().map(|&i| points[i]).collect();
        let shuffled_values: Vec<f64> = order.iter().map(|&i| values[i]).collect();
        let p = at(1.5 + p.x, (2.0 * p.y).round() / 2.0 + 1.5);
        for rule in RULES {
            let before = plane(&points, &values).estimate_with(p, &options(rule)).unwrap();
            let after = plane(&shuffled, &shuffled_values).estimate_with(p, &options(rule)).unwrap();
            prop_assert_eq!(&before.values, &after.values);
            let mut renamed: Vec<usize> = corner_points(&after).iter().map(|&i| order[i]).collect();
            renamed.sort_unstable();
            prop_assert_eq!(corner_points(&before), renamed);
        }
    }

    #[test]
    fn rotation_shift_and_scale_are_no_matter(
        points in points(), p in point(), angle in 0.0..6.0f64, shift in point(),
        exponent in -30i32..30,
    ) {
        let values = values_for(&points);
        let scale = 10f64.powi(exponent);
        let (sin, cos) = angle.sin_cos();
        let moved = |q: &Latent2| at(
            scale * (cos * q.x - sin * q.y + shift.x),
            scale * (sin * q.x + cos * q.y + shift.y),
        );
        let there: Vec<Latent2> = points.iter().map(moved).collect();
        for rule in RULES {
            let before = plane(&points, &values).estimate_with(p, &options(rule)).unwrap();
            let after = plane(&there, &values).estimate_with(moved(&p), &options(rule)).unwrap();
            prop_assert_eq!(before.is_inside(), after.is_inside());
            let size = match &before.basis {
                Basis::Extrapolated { s, t, .. } => 1.0 + s.abs() + t.abs(),
                _ => 1.0,
            };
            prop_assert!((before.values[0] - after.values[0]).abs() < 1e-6 * size * size);
        }
    }

    #[test]
    fn nothing_breaks_on_lines_and_duplicates(
        points in lattice_points(), p in (-1i32..9, -1i32..9), crooked in point(),
    ) {
        let values = values_for(&points);
        let (low, high) = range(&values);
        let plane = plane(&points, &values);
        for p in [at(f64::from(p.0) / 2.0, f64::from(p.1) / 2.0), crooked] {
            for rule in RULES {
                let estimate = plane.estimate_with(p, &options(rule)).unwrap();
                let value = estimate.values[0];
                prop_assert!(value.is_finite());
                match estimate.basis {
                    Basis::Extrapolated { .. } => {}
                    Basis::Triangle { s, t, .. } => {
                        prop_assert!(s >= 0.0 && t >= 0.0 && s + t <= 1.0);
                        prop_assert!(low - 1e-12 <= value && value <= high + 1e-12);
                    }
                    _ => prop_assert!(low - 1e-12 <= value && value <= high + 1e-12),
                }
            }
        }
    }

    #[test]
    fn inside_is_within_the_corners(points in points(), p in point()) {
        let values = values_for(&points);
        let estimate = plane(&points, &values).estimate(p).unwrap();
        let corners: Vec<f64> = corner_points(&estimate).iter().map(|&i| values[i]).collect();
        let (low, high) = range(&corners);
        prop_assert!(low - 1e-12 <= estimate.values[0] && estimate.values[0] <= high + 1e-12);
    }

    #[test]
    fn known_points_keep_their_values(points in points()) {
        let values = values_for(&points);
        let plane = plane(&points, &values);
        for (i, &p) in points.iter().enumerate() {
            let estimate = plane.estimate(p).unwrap();
            prop_assert_eq!(&estimate.values, &[values[i]]);
            prop_assert_eq!(estimate.basis, Basis::Coincident { points: vec![i] });
        }
    }

    #[test]
    fn the_estimate_is_continuous_across_the_hull(points in points(), share in 0.05..0.95f64) {
        let plane = plane(&points, &values_for(&points));
        let hull = convex_hull(&points).unwrap();
        let (a, b) = (points[hull[0]], points[hull[1]]);
        let length = a.distance(b);
        // The hull is counter-clockwise, so outside is to the right.
        let (nx, ny) = ((b.y - a.y) / length, (a.x - b.x) / length);
        let on = at(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y));
        // Estimates are steep in flat triangles, so the step is as small as the tolerance allows.
        let step = 2e-9 * length;
        let outside = plane.estimate(at(on.x + step * nx, on.y + step * ny)).unwrap();
        let inside = plane.estimate(at(on.x - step * nx, on.y - step * ny)).unwrap();
        prop_assert!(!outside.is_inside());
        prop_assert!((outside.values[0] - inside.values[0]).abs() < 1e-2);
    }

    #[test]
    fn the_fallback_is_the_nearest_place_of_the_hull(points in points(), p in point()) {
        let p = at(3.0 * p.x, 3.0 * p.y);
        let plane = plane(&points, &values_for(&points));
        if let Basis::Nearest { from, to, t, distance, reason } = plane.estimate(p).unwrap().basis {
            prop_assert_eq!(reason, FallbackReason::OutsideHull);
            let (a, b) = (points[from[0]], points[to[0]]);
            let place = at(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
            prop_assert!((place.distance(p) - distance).abs() < 1e-12);
            // No point between any two known points is nearer.
            for a in &points {
                for b in &points {
                    for k in 0..=10 {
                        let f = f64::from(k) / 10.0;
                        let other = at(a.x + f * (b.x - a.x), a.y + f * (b.y - a.y));
                        prop_assert!(other.distance(p) > distance - 1e-12);
                    }
                }
            }
        }
    }

    #[test]
    fn painting_is_estimating_node_by_node(points in points()) {
        let labels = Labels::new(
            vec!["q".to_owned(), "r".to_owned()],
            values_for(&points).into_iter().flat_map(|v| [v, 1.0 - v]).collect(),
        ).unwrap();
        let plane = LabelledPlane::new(points.clone(), labels).unwrap();
        let grid = LatentGrid::around(&points, 0.1, 7, 6).unwrap();
        for rule in RULES {
            let maps = plane.paint(&grid, &options(rule)).unwrap();
            prop_assert_eq!(maps.len(), 2);
            for (n, p) in grid.points().enumerate() {
                let estimate = plane.estimate_with(p, &options(rule)).unwrap();
                for (c, map) in maps.iter().enumerate() {
                    let expected = estimate.is_inside().then_some(estimate.values[c]);
                    prop_assert_eq!(map.values()[n], expected);
                }
            }
        }
    }

    #[test]
    fn leave_one_out_is_the_plane_without_the_point(points in points()) {
        let values = values_for(&points);
        let estimates = plane(&points, &values)
            .leave_one_out(&NearestTriangle::default())
            .unwrap();
        for (i, estimate) in estimates.iter().enumerate() {
            let (mut fewer, mut fewer_values) = (points.clone(), values.clone());
            fewer.remove(i);
            fewer_values.remove(i);
            let expected = plane(&fewer, &fewer_values).estimate(points[i]).unwrap();
            prop_assert_eq!(&estimate.values, &expected.values);
            prop_assert!(!corner_points(estimate).contains(&i));
        }
    }
}

#[test]
fn a_far_triangle_is_found_past_a_crowd() {
    // Twenty points lie close together on one side; the other two corners are farther than them.
    let mut points: Vec<Latent2> = (0..20)
        .map(|i| at(1.0 + 0.01 * f64::from(i), 0.002 * f64::from(i)))
        .collect();
    points.extend([at(-5.0, 4.0), at(-5.0, -4.0)]);
    let plane = linear_plane(&points, [1.0, 2.0, 3.0]);
    for rule in [TriangleRule::LeastSum, TriangleRule::InnerProduct] {
        let estimate = plane.estimate_with(at(0.5, 0.0), &options(rule)).unwrap();
        assert!(estimate.is_inside());
        assert!((estimate.values[0] - 2.0).abs() < 1e-12);
    }
}

#[test]
fn coincident_points_count_as_their_mean() {
    let points = [at(0.0, 0.0), at(1.0, 0.0), at(-0.0, 0.0), at(0.0, 1.0)];
    let plane = plane(&points, &[1.0, 5.0, 2.0, 5.0]);
    let on = plane.estimate(at(0.0, 0.0)).unwrap();
    assert_eq!(on.values, [1.5]);
    assert_eq!(on.basis, Basis::Coincident { points: vec![0, 2] });
    assert!(on.is_inside() && on.basis.merges_points());

    let near = plane.estimate(at(0.25, 0.25)).unwrap();
    assert!((near.values[0] - 3.25).abs() < 1e-12);
    assert!(near.basis.corners().contains(&&[0, 2][..]));
    assert!(near.basis.merges_points());
    assert!(!plane.estimate(at(2.0, 0.5)).unwrap().basis.merges_points());
}

#[test]
fn corners_go_from_near_to_far() {
    let points = [at(0.0, 10.0), at(-1.0, -1.0), at(2.0, -1.0)];
    let estimate = linear_plane(&points, [0.0, 1.0, 1.0])
        .estimate(at(0.0, 0.0))
        .unwrap();
    let Basis::Triangle { corners, s, t } = estimate.basis else {
        panic!("{:?}", estimate.basis);
    };
    assert_eq!(corners, [vec![1], vec![2], vec![0]]);
    let (a, b, c) = (points[1], points[2], points[0]);
    assert!((a.x + s * (b.x - a.x) + t * (c.x - a.x)).abs() < 1e-12);
    assert!((a.y + s * (b.y - a.y) + t * (c.y - a.y)).abs() < 1e-12);
}

#[test]
fn too_few_places_are_a_marked_fallback() {
    for rule in RULES {
        let nowhere = plane(&[at(1.0, 1.0); 3], &[1.0, 2.0, 6.0])
            .estimate_with(at(4.0, 5.0), &options(rule))
            .unwrap();
        assert_eq!(nowhere.values, [3.0]);
        let Basis::Nearest {
            reason, distance, ..
        } = nowhere.basis
        else {
            panic!("{:?}", nowhere.basis);
        };
        assert_eq!((reason, distance), (FallbackReason::NoTriangle, 5.0));
        assert_eq!(nowhere.basis.corners(), [&[0, 1, 2]]);

        let line = plane(&[at(0.0, 0.0), at(1.0, 1.0)], &[0.0, 1.0]);
        let between = line.estimate_with(at(0.75, 0.25), &options(rule)).unwrap();
        assert_eq!(between.values, [0.5]);
        assert!(!between.is_inside());
    }
}

#[test]
fn on_a_line_the_two_neighbours_count() {
    let points = [at(0.0, 0.0), at(3.0, 3.0), at(1.0, 1.0), at(2.0, 2.0)];
    let plane = plane(&points, &[0.0, 9.0, 1.0, 4.0]);
    for rule in RULES {
        let estimate = plane.estimate_with(at(1.5, 1.5), &options(rule)).unwrap();
        assert!((estimate.values[0] - 2.5).abs() < 1e-12, "{rule:?}");
        let Basis::Nearest { reason, .. } = estimate.basis else {
            panic!("{:?}", estimate.basis);
        };
        assert_eq!(reason, FallbackReason::NoTriangle);
    }
}

#[test]
fn edges_belong_to_the_triangle() {
    let points = [at(0.1, 0.1), at(0.7, 0.3), at(0.2, 0.9)];
    let plane = linear_plane(&points, [0.3, 0.7, -0.4]);
    for (i, j) in [(0, 1), (1, 2), (2, 0)] {
        for k in 1..30 {
            let f = f64::from(k) / 30.0;
            let (a, b) = (points[i], points[j]);
            let p = at(a.x + f * (b.x - a.x), a.y + f * (b.y - a.y));
            assert!(plane.estimate(p).unwrap().is_inside(), "{i} {j} {f}");
        }
    }
}

#[test]
fn the_smallest_and_largest_planes_work() {
    for scale in [1e-300, 1e-160, 1e99] {
        let points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| at(scale * x, scale * y));
        for rule in RULES {
            let plane = plane(&points, &[0.0, 1.0, 2.0]);
            for (x, y) in [(0.25, 0.25), (0.5, 0.5), (2.0, 2.0), (-1.0, 0.3)] {
                let p = at(scale * x, scale * y);
                let estimate = plane.estimate_with(p, &options(rule)).unwrap();
                assert!(estimate.values[0].is_finite());
                assert_eq!(
                    estimate.is_inside(),
                    x + y <= 1.0 && x >= 0.0,
                    "{scale} {rule:?}"
                );
            }
        }
    }
}

/// On the side BC the weights of B and C sum to 1, and never to more by rounding.
#[test]
fn the_share_of_the_nearest_corner_is_never_negative() {
    for i in 1..200 {
        let (b, c) = (1.0 + f64::from(i) / 7.0, 1.0 + f64::from(i % 13) / 3.0);
        let plane = plane(&[at(0.0, 0.1), at(-b, 0.0), at(c, 0.0)], &[0.0, 1.0, 2.0]);
        let estimate = plane.estimate(at(0.0, 0.0)).unwrap();
        let Basis::Triangle { s, t, .. } = estimate.basis else {
            panic!("{estimate:?}");
        };
        assert!(1.0 - s - t >= 0.0, "{i}: {s} and {t}");
    }
}

#[test]
fn refuses_what_is_no_plane() {
    let labels = |n: usize| Labels::new(vec!["q".to_owned()], vec![0.0; n]).unwrap();
    let one = vec![at(0.0, 0.0)];
    let new = LabelledPlane::new;
    assert!(matches!(new(vec![], labels(0)), Err(Error::Empty { .. })));
    assert!(matches!(
        new(one.clone(), labels(2)),
        Err(Error::Length {
            found: 2,
            expected: 1,
            ..
        })
    ));
    assert!(matches!(
        new(vec![at(0.0, 0.0), at(f64::NAN, 0.0)], labels(2)),
        Err(Error::Point { index: 1, .. })
    ));
    let huge = Labels::new(vec!["q".to_owned()], vec![1e300]).unwrap();
    assert!(matches!(new(one.clone(), huge), Err(Error::Value { .. })));

    let plane = new(one, labels(1)).unwrap();
    for p in [at(0.0, f64::INFINITY), at(1e200, 0.0)] {
        assert!(matches!(plane.estimate(p), Err(Error::Point { .. })));
    }
    let few = NearestTriangle::default().with_neighbours(2);
    let refused = Err(Error::Neighbours { found: 2, least: 3 });
    assert_eq!(plane.estimate_with(at(0.0, 0.0), &few), refused);
    let grid = LatentGrid::new(at(0.0, 0.0), at(1.0, 1.0), 2, 2).unwrap();
    assert!(plane.paint(&grid, &few).is_err());
    assert!(plane.leave_one_out(&few).is_err());
    assert!(matches!(
        plane.leave_one_out(&NearestTriangle::default()),
        Err(Error::Length { found: 1, .. })
    ));
    let wide = LatentGrid::new(at(0.0, 0.0), at(1e200, 1.0), 2, 2).unwrap();
    assert!(plane.paint(&wide, &NearestTriangle::default()).is_err());
}

#[test]
fn errors_say_the_number_and_the_place() {
    let point = Error::Point {
        index: 3,
        point: at(f64::NAN, 0.0),
    };
    assert_eq!(
        point.to_string(),
        "point 3 is (NaN, 0) (expected finite coordinates of at most 1e100 in size)"
    );
    let few = Error::Neighbours { found: 2, least: 3 }.to_string();
    assert_eq!(few, "2 neighbours (expected at least 3)");
}
