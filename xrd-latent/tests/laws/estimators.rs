//! Laws that every estimator keeps.

use super::*;
use xrd_latent::{
    AlongCurve, Choice, ClusterMean, DelaunayTriangle, Estimator, InverseDistance, LabelledSpace,
    NaturalNeighbours, NearestNeighbours, Place, Places, Result,
};

fn estimators() -> Vec<Box<dyn Estimator>> {
    vec![
        Box::new(NearestTriangle::default()),
        Box::new(DelaunayTriangle),
        Box::new(NaturalNeighbours),
        Box::new(NearestNeighbours::default()),
        Box::new(InverseDistance::default()),
        Box::new(ClusterMean::default()),
        Box::new(AlongCurve),
    ]
}

/// These names appear in reports and error messages.
#[test]
fn each_has_a_name_of_its_own() {
    let names: Vec<&str> = estimators().iter().map(|e| e.name()).collect();
    let expected = [
        "nearest triangle",
        "Delaunay triangle",
        "natural neighbours",
        "nearest neighbours",
        "inverse distance",
        "k-means clusters",
        "along the curve",
    ];
    assert_eq!(names, expected);
}

/// Estimators that work in any number of dimensions.
fn of_any_space() -> Vec<Box<dyn Estimator>> {
    estimators()
        .into_iter()
        .filter(|e| e.check(3).is_ok())
        .collect()
}

fn space_points() -> impl Strategy<Value = Vec<[f64; 3]>> {
    prop::collection::vec(prop::array::uniform3(-1.0..1.0f64), 3..30)
}

fn space(points: &[[f64; 3]], values: &[f64]) -> LabelledSpace {
    let labels = Labels::new(vec!["q".to_owned()], values.to_vec()).unwrap();
    LabelledSpace::new(3, points.concat(), labels).unwrap()
}

/// The input of a foreign estimator.
#[test]
fn an_estimator_sees_places_with_their_members_and_means() {
    #[derive(Debug)]
    struct Last;
    impl Estimator for Last {
        fn name(&self) -> &'static str {
            "last"
        }
        fn check(&self, _dimensions: usize) -> Result<()> {
            Ok(())
        }
        fn choose(&self, places: &Places<'_>, _p: &[f64]) -> Choice {
            let seen = |i: usize| {
                let place: &Place = places.place(i);
                (place.coordinates(), place.members(), place.values())
            };
            assert_eq!(seen(0), (&[0.0, 0.0][..], &[1][..], &[4.0][..]));
            assert_eq!(seen(1), (&[1.0, 0.0][..], &[0, 2][..], &[3.0][..]));
            Choice::Weighted {
                shares: vec![(1, 1.0)],
                inside: true,
            }
        }
    }
    let points = [at(1.0, 0.0), at(0.0, 0.0), at(1.0, 0.0)];
    let plane = plane(&points, &[2.0, 4.0, 4.0]);
    assert_eq!(plane.points(), points);
    let estimate = plane.estimate_with(at(5.0, 5.0), &Last).unwrap();
    assert_eq!(estimate.values, [3.0]);
    assert_eq!(estimate.basis.corners(), [[0, 2]]);
}

/// Another estimator, whose two ways to choose must agree.
#[derive(Debug)]
struct ChosenAlike<'a>(&'a dyn Estimator);

impl Estimator for ChosenAlike<'_> {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn check(&self, dimensions: usize) -> Result<()> {
        self.0.check(dimensions)
    }
    fn choose(&self, places: &Places<'_>, p: &[f64]) -> Choice {
        let choice = self.0.choose(places, p);
        let inside = choice.is_inside().then(|| choice.clone());
        assert_eq!(self.0.choose_inside(places, p), inside, "{:?}", self.0);
        choice
    }
}

#[test]
fn a_space_knows_its_dimensions() {
    let space = space(&[[0.0; 3], [1.0; 3]], &[1.0, 2.0]);
    assert_eq!((space.dimensions(), space.points().len()), (3, 2));
    let plane = plane(&[at(1.0, 2.0)], &[0.0]);
    let points: Vec<&[f64]> = plane.as_space().points().collect();
    assert_eq!(
        (plane.as_space().dimensions(), points),
        (2, vec![&[1.0, 2.0][..]])
    );
}

fn space_values(n: usize) -> Vec<f64> {
    values_for(&vec![Latent2::default(); n])
}

proptest! {
    #[test]
    fn an_estimate_is_a_weighted_mean(
        points in prop_oneof![points(), lattice_points()], p in point(),
    ) {
        let values = values_for(&points);
        let (low, high) = range(&values);
        let plane = plane(&points, &values);
        for estimator in estimators() {
            let estimate = plane.estimate_with(p, &*estimator).unwrap();
            let value = estimate.values[0];
            prop_assert!(low - 1e-12 <= value && value <= high + 1e-12, "{estimator:?}");
            let (weights, corners) = (estimate.basis.weights(), estimate.basis.corners());
            prop_assert_eq!(weights.len(), corners.len());
            prop_assert!(weights.iter().all(|w| *w >= -1e-12));
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let of_corner = |corner: &[usize]| {
                corner.iter().map(|&i| values[i]).sum::<f64>() / corner.len() as f64
            };
            // Clusters weight a place by its number of points, which has no effect here.
            let mixed: f64 = weights.iter().zip(corners).map(|(w, c)| w * of_corner(c)).sum();
            prop_assert!((mixed - value).abs() < 1e-9, "{estimator:?}");
        }
    }

    #[test]
    fn known_points_keep_their_values_with_every_estimator(points in points()) {
        let values = values_for(&points);
        let plane = plane(&points, &values);
        for estimator in estimators() {
            for (i, &p) in points.iter().enumerate() {
                let estimate = plane.estimate_with(p, &*estimator).unwrap();
                prop_assert_eq!(&estimate.values, &[values[i]]);
                prop_assert!(estimate.is_inside());
            }
        }
    }

    #[test]
    fn inverse_distance_nears_the_value_of_a_point(points in points(), i in 0usize..30) {
        let (values, i) = (values_for(&points), i % points.len());
        let apart = (0..points.len()).filter(|&j| j != i).map(|j| points[i].distance(points[j]));
        let step = 1e-7 * apart.fold(f64::INFINITY, f64::min);
        let beside = at(points[i].x + step, points[i].y);
        let near = plane(&points, &values).estimate_with(beside, &InverseDistance::default());
        prop_assert!((near.unwrap().values[0] - values[i]).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_points_is_no_matter_to_any_estimator(
        points in prop_oneof![points(), lattice_points()], p in point(), turn in 0usize..50,
    ) {
        let values = values_for(&points);
        let n = points.len();
        let order: Vec<usize> = (0..n).rev().map(|i| (i + turn) % n).collect();
        let shuffled: Vec<Latent2> = order.iter().map(|&i| points[i]).collect();
        let shuffled_values: Vec<f64> = order.iter().map(|&i| values[i]).collect();
        let p = at(1.5 + p.x, (2.0 * p.y).round() / 2.0 + 1.5);
        for estimator in estimators() {
            let before = plane(&points, &values).estimate_with(p, &*estimator).unwrap();
            let after = plane(&shuffled, &shuffled_values).estimate_with(p, &*estimator).unwrap();
            prop_assert_eq!(&before.values, &after.values, "{:?}", estimator);
            prop_assert_eq!(before.is_inside(), after.is_inside());
        }
    }

    #[test]
    fn rotation_shift_and_scale_are_no_matter_to_any_estimator(
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
        for estimator in estimators() {
            let before = plane(&points, &values).estimate_with(p, &*estimator).unwrap();
            let after = plane(&there, &values).estimate_with(moved(&p), &*estimator).unwrap();
            prop_assert!((before.values[0] - after.values[0]).abs() < 1e-6, "{estimator:?}");
            prop_assert_eq!(before.is_inside(), after.is_inside(), "{:?}", estimator);
        }
    }

    #[test]
    fn the_size_of_a_plane_is_no_matter_to_any_estimator(points in points(), p in point()) {
        let values = values_for(&points);
        for scale in [2f64.powi(-400), 2f64.powi(300)] {
            let scaled = |q: &Latent2| at(scale * q.x, scale * q.y);
            let there: Vec<Latent2> = points.iter().map(scaled).collect();
            for estimator in &estimators()[..5] {
                let before = plane(&points, &values).estimate_with(p, &**estimator).unwrap();
                let after = plane(&there, &values).estimate_with(scaled(&p), &**estimator);
                let after = after.unwrap();
                prop_assert!((before.values[0] - after.values[0]).abs() < 1e-9, "{estimator:?}");
                prop_assert_eq!(before.is_inside(), after.is_inside(), "{:?}", estimator);
            }
        }
    }

    #[test]
    fn spaces_may_be_rotated_too(
        points in space_points(), p in prop::array::uniform3(-1.0..1.0f64), angle in 0.0..6.0f64,
    ) {
        let values = space_values(points.len());
        let (sin, cos) = angle.sin_cos();
        let moved = |q: &[f64; 3]| [
            3.0 * (cos * q[0] - sin * q[2]), 3.0 * q[1] + 0.5, 3.0 * (sin * q[0] + cos * q[2]),
        ];
        let there: Vec<[f64; 3]> = points.iter().map(moved).collect();
        for estimator in of_any_space() {
            let before = space(&points, &values).estimate(&p, &*estimator).unwrap();
            let after = space(&there, &values).estimate(&moved(&p), &*estimator).unwrap();
            prop_assert!((before.values[0] - after.values[0]).abs() < 1e-9, "{estimator:?}");
            prop_assert_eq!(before.is_inside(), after.is_inside(), "{:?}", estimator);
        }
    }

    #[test]
    fn leaving_out_is_estimating_without_in_a_space(points in space_points()) {
        let values = space_values(points.len());
        for estimator in of_any_space() {
            let left_out = space(&points, &values).leave_one_out(&*estimator).unwrap();
            for (i, estimate) in left_out.iter().enumerate() {
                let (mut fewer, mut fewer_values) = (points.clone(), values.clone());
                fewer.remove(i);
                fewer_values.remove(i);
                let expected = space(&fewer, &fewer_values).estimate(&points[i], &*estimator);
                prop_assert_eq!(&estimate.values, &expected.unwrap().values);
            }
        }
    }

    #[test]
    fn what_is_chosen_inside_is_what_is_chosen(points in points(), p in point()) {
        let plane = plane(&points, &values_for(&points));
        for estimator in estimators() {
            let checked = plane.estimate_with(p, &ChosenAlike(&*estimator)).unwrap();
            prop_assert_eq!(checked, plane.estimate_with(p, &*estimator).unwrap());
        }
    }

    #[test]
    fn on_a_plane_inside_is_within_the_hull(points in points(), p in point()) {
        let plane = plane(&points, &values_for(&points));
        let hull = naive_is_inside(&points, p);
        for estimator in &estimators()[..5] {
            let estimate = plane.estimate_with(p, &**estimator).unwrap();
            prop_assert_eq!(estimate.is_inside(), hull, "{:?}", estimator);
        }
    }
}

#[test]
fn far_from_everything_is_outside_in_a_space() {
    let points = [
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
    ];
    let space = space(&points, &[0.0; 4]);
    for estimator in of_any_space() {
        let inside = |p: [f64; 3]| space.estimate(&p, &*estimator).unwrap().is_inside();
        assert!(inside([0.3, 0.3, 0.3]), "{estimator:?}");
        assert!(!inside([9.0, 9.0, 9.0]), "{estimator:?}");
    }
}

#[test]
fn the_smallest_and_largest_planes_work_with_every_estimator() {
    for scale in [1e-300, 1e-160, 1e99] {
        let points = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| at(scale * x, scale * y));
        for estimator in &estimators()[..5] {
            let plane = plane(&points, &[0.0, 1.0, 2.0]);
            for (x, y) in [(0.25, 0.25), (2.0, 2.0), (-1.0, 0.3)] {
                let estimate = plane.estimate_with(at(scale * x, scale * y), &**estimator);
                let estimate = estimate.unwrap();
                assert!(estimate.values[0].is_finite(), "{scale} {estimator:?}");
                assert_eq!(estimate.is_inside(), x == 0.25, "{scale} {estimator:?}");
            }
        }
    }
}

#[test]
fn refuses_what_cannot_be_estimated_with() {
    let space = space(&[[0.0; 3], [1.0; 3]], &[0.0, 1.0]);
    let refused = |estimator: &dyn Estimator| space.estimate(&[0.1; 3], estimator).unwrap_err();
    let planar = refused(&NearestTriangle::default()).to_string();
    assert_eq!(planar, "nearest triangle in 3 dimensions (expected 2)");
    assert!(matches!(
        refused(&DelaunayTriangle),
        Error::Dimensions { found: 3, .. }
    ));
    let none = NearestNeighbours::default().with_neighbours(0);
    assert_eq!(
        refused(&none).to_string(),
        "0 neighbours (expected at least 1)"
    );
    let of_power = |power| InverseDistance::default().with_power(power);
    for power in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(refused(&of_power(power)), Error::Power { .. }));
    }
    assert!(matches!(
        refused(&ClusterMean::default().with_clusters(Some(0))),
        Error::Empty { .. }
    ));

    let neighbours = NearestNeighbours::default();
    assert!(matches!(
        space.estimate(&[0.0; 2], &neighbours),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        space.estimate(&[f64::NAN; 3], &neighbours),
        Err(Error::Value { .. })
    ));
    let labels = |n: usize| Labels::new(vec!["q".to_owned()], vec![0.0; n]).unwrap();
    let new = LabelledSpace::new;
    assert!(matches!(
        new(0, vec![], labels(0)),
        Err(Error::Empty { what: "dimensions" })
    ));
    assert!(matches!(
        new(3, vec![], labels(0)),
        Err(Error::Empty { what: "points" })
    ));
    assert!(matches!(
        new(3, vec![0.0; 4], labels(2)),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        new(3, vec![0.0; 6], labels(1)),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        new(2, vec![0.0, 1e200], labels(1)),
        Err(Error::Value { index: 1, .. })
    ));
    let one = new(2, vec![0.0; 2], labels(1)).unwrap();
    assert!(matches!(
        one.leave_one_out(&neighbours),
        Err(Error::Length { found: 1, .. })
    ));
}
