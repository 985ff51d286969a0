//! Laws of maps and their scores, and comparisons with their definitions.

use proptest::prelude::*;
use xrd_core::{PatternSet, Scale, TwoThetaGrid};

use xrd_latent::Error;
use xrd_latent::maps::{
    Distances, PrincipalComponents, adjusted_rand_index, classical_scaling, continuity,
    metric_scaling, purity, silhouette, trustworthiness,
};

/// Points of three coordinates with one group per point.
fn grouped() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<usize>)> {
    let point = prop::collection::vec(-1.0..1.0f64, 3);
    prop::collection::vec((point, 0usize..4), 6..25).prop_map(|all| all.into_iter().unzip())
}

fn distances(points: &[Vec<f64>]) -> Distances {
    Distances::of_points(points).unwrap()
}

/// Points rotated about one axis, shifted and scaled.
fn moved(points: &[Vec<f64>], angle: f64, scale: f64) -> Vec<Vec<f64>> {
    let (sin, cos) = angle.sin_cos();
    let one = |p: &Vec<f64>| {
        let (x, z) = (cos * p[0] - sin * p[2], sin * p[0] + cos * p[2]);
        vec![scale * (x + 3.0), scale * (p[1] - 1.0), scale * z]
    };
    points.iter().map(one).collect()
}

/// First two coordinates, a map that loses one.
fn flat(points: &[Vec<f64>]) -> Vec<Vec<f64>> {
    points.iter().map(|p| p[..2].to_vec()).collect()
}

/// Definition of Venna and Kaski, with ranks by counting.
fn naive_trustworthiness(truth: &[Vec<f64>], map: &[Vec<f64>], k: usize) -> f64 {
    let n = truth.len();
    let between = |of: &[Vec<f64>], i: usize, j: usize| -> f64 {
        let squares = of[i].iter().zip(&of[j]).map(|(a, b)| (a - b).powi(2));
        squares.sum::<f64>()
    };
    let rank = |of: &[Vec<f64>], i: usize, j: usize| {
        let nearer = (0..n).filter(|&m| m != i && between(of, i, m) < between(of, i, j));
        nearer.count() + 1
    };
    let mut sum = 0.0;
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            if rank(map, i, j) <= k && rank(truth, i, j) > k {
                sum += (rank(truth, i, j) - k) as f64;
            }
        }
    }
    let (n, k) = (n as f64, k as f64);
    1.0 - 2.0 / (n * k * (2.0 * n - 3.0 * k - 1.0)) * sum
}

/// Definition of Rousseeuw, group by group.
fn naive_silhouette(points: &[Vec<f64>], groups: &[usize]) -> f64 {
    let d = distances(points);
    let n = points.len();
    let mean_to = |i: usize, group: usize| {
        let members: Vec<usize> = (0..n).filter(|&j| j != i && groups[j] == group).collect();
        let sum: f64 = members.iter().map(|&j| d.at(i, j)).sum();
        (!members.is_empty()).then(|| sum / members.len() as f64)
    };
    let one = |i: usize| {
        let Some(a) = mean_to(i, groups[i]) else {
            return 0.0;
        };
        let others = (0..4).filter(|&g| g != groups[i]);
        let b = others
            .filter_map(|g| mean_to(i, g))
            .fold(f64::INFINITY, f64::min);
        if a < b { 1.0 - a / b } else { b / a - 1.0 }
    };
    (0..n).map(one).sum::<f64>() / n as f64
}

/// Adjusted Rand index from all pairs, with the expected number by Eq. (2) of Hubert and Arabie.
fn naive_rand(a: &[usize], b: &[usize]) -> f64 {
    let n = a.len();
    let pairs = || (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    let count =
        |is: &dyn Fn(usize, usize) -> bool| pairs().filter(|&(i, j)| is(i, j)).count() as f64;
    let both = count(&|i, j| a[i] == a[j] && b[i] == b[j]);
    let in_a = count(&|i, j| a[i] == a[j]);
    let in_b = count(&|i, j| b[i] == b[j]);
    let expected = in_a * in_b / count(&|_, _| true);
    (both - expected) / ((in_a + in_b) / 2.0 - expected)
}

/// Purity, item by item: of each item, whether its class is the most frequent one of its group. Ties
/// are decided for the first such class.
fn naive_purity(groups: &[usize], classes: &[usize]) -> f64 {
    let n = groups.len();
    let shared = |i: usize| {
        let of_both = |j: &usize| groups[*j] == groups[i] && classes[*j] == classes[i];
        (0..n).filter(of_both).count()
    };
    let is_kept = |i: usize| {
        let own = (0..n).filter(|&j| groups[j] == groups[i]);
        let most = own.clone().map(shared).max();
        let first = own.clone().find(|&j| Some(shared(j)) == most);
        first.map(|j| classes[j]) == Some(classes[i])
    };
    (0..n).filter(|&i| is_kept(i)).count() as f64 / n as f64
}

fn pattern_set(rows: &[Vec<f64>]) -> PatternSet {
    let grid = TwoThetaGrid::new(10.0, 0.1, rows[0].len()).unwrap();
    let names = (0..rows.len()).map(|i| i.to_string()).collect();
    let block = rows.iter().flatten().map(|&v| v as f32).collect();
    PatternSet::new(grid, Scale::ARBITRARY, None, names, block).unwrap()
}

proptest! {
    #[test]
    fn trust_is_its_definition((points, _) in grouped(), k in 1usize..3) {
        let map = flat(&points);
        let found = trustworthiness(&distances(&points), &distances(&map), k).unwrap();
        prop_assert!((found - naive_trustworthiness(&points, &map, k)).abs() < 1e-12);
        let back = continuity(&distances(&points), &distances(&map), k).unwrap();
        prop_assert!((back - naive_trustworthiness(&map, &points, k)).abs() < 1e-12);
        prop_assert!((0.0..=1.0).contains(&found) && (0.0..=1.0).contains(&back));
    }

    #[test]
    fn a_perfect_map_is_perfect_and_may_be_turned(
        (points, groups) in grouped(), angle in 0.0..6.0f64, exponent in -9i32..9, k in 1usize..3,
    ) {
        let there = moved(&points, angle, 10f64.powi(exponent));
        let (before, after) = (distances(&points), distances(&there));
        prop_assert_eq!(trustworthiness(&before, &after, k).unwrap(), 1.0);
        prop_assert_eq!(continuity(&before, &after, k).unwrap(), 1.0);
        let of = |d: &Distances| silhouette(d, &groups).unwrap();
        let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-7,
            (a, b) => a == b,
        };
        prop_assert!(close(of(&before), of(&after)));
    }

    #[test]
    fn silhouettes_are_their_definition((points, groups) in grouped()) {
        match silhouette(&distances(&points), &groups).unwrap() {
            Some(found) => {
                prop_assert!((found - naive_silhouette(&points, &groups)).abs() < 1e-12);
                prop_assert!((-1.0..=1.0).contains(&found));
            }
            None => {
                let first = groups[0];
                prop_assert!(groups.iter().all(|g| *g == first));
            }
        }
    }

    #[test]
    fn names_of_groups_are_no_matter(
        a in prop::collection::vec(0usize..4, 6..30), b in prop::collection::vec(0usize..4, 30),
    ) {
        let b = &b[..a.len()];
        let renamed: Vec<usize> = b.iter().map(|g| 90 - 7 * g).collect();
        let found = adjusted_rand_index(&a, b).unwrap();
        prop_assert_eq!(adjusted_rand_index(&a, &renamed).unwrap(), found);
        prop_assert_eq!(adjusted_rand_index(b, &a).unwrap(), found);
        prop_assert_eq!(adjusted_rand_index(&a, &a).unwrap(), 1.0);
        let expected = naive_rand(&a, b);
        prop_assert!(expected.is_nan() || (found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn purity_is_its_definition(
        a in prop::collection::vec(0usize..4, 1..30), b in prop::collection::vec(0usize..4, 30),
    ) {
        let b = &b[..a.len()];
        let found = purity(&a, b).unwrap();
        prop_assert!((found - naive_purity(&a, b)).abs() < 1e-12);
        let renamed: Vec<usize> = b.iter().map(|g| 90 - 7 * g).collect();
        prop_assert_eq!(purity(&a, &renamed).unwrap(), found);
        let renamed: Vec<usize> = a.iter().map(|g| 90 - 7 * g).collect();
        prop_assert_eq!(purity(&renamed, b).unwrap(), found);
        prop_assert_eq!(purity(&a, &a).unwrap(), 1.0);
        let alone: Vec<usize> = (0..a.len()).collect();
        prop_assert_eq!(purity(&alone, b).unwrap(), 1.0);
    }

    /// Components from the products of patterns equal those from the covariance of angles.
    #[test]
    fn principal_components_are_those_of_the_covariance(
        rows in prop::collection::vec(prop::collection::vec(-1.0..1.0f64, 5), 3..12),
    ) {
        let set = pattern_set(&rows);
        let found = PrincipalComponents::of_patterns(&set, 5).unwrap();
        let rows: Vec<Vec<f64>> =
            rows.iter().map(|r| r.iter().map(|&v| f64::from(v as f32)).collect()).collect();
        let n = rows.len();
        let mean = |k: usize| rows.iter().map(|r: &Vec<f64>| r[k]).sum::<f64>() / n as f64;
        let mut covariance = vec![0.0; 25];
        for r in &rows {
            for a in 0..5 {
                for b in 0..5 {
                    covariance[5 * a + b] += (r[a] - mean(a)) * (r[b] - mean(b));
                }
            }
        }
        let of_angles = PrincipalComponents::of_products(&covariance, 5, 5).unwrap();
        let value = |o: usize| of_angles.variances.get(o).copied().unwrap_or(0.0);
        let total: f64 = (0..5).map(|a| covariance[6 * a]).sum();
        prop_assert!((found.total - total).abs() < 1e-9);
        let points = found.points(5);
        for (c, variance) in found.variances.iter().enumerate() {
            prop_assert!((variance - value(c)).abs() < 1e-9 * (1.0 + total));
            // Components of nearly equal variance may mix.
            let apart = (0..5).filter(|&o| o != c).map(|o| (value(o) - value(c)).abs());
            let alone = apart.fold(f64::INFINITY, f64::min) >= 1e-3;
            let Some(axis) = of_angles.vectors.get(c).filter(|_| alone) else {
                continue;
            };
            let along = |r: &Vec<f64>| -> f64 {
                (0..5).map(|k| (r[k] - mean(k)) * axis[k]).sum()
            };
            let same = (0..n).map(|i| (points[i][c] - along(&rows[i])).abs());
            let other = (0..n).map(|i| (points[i][c] + along(&rows[i])).abs());
            let (same, other) = (same.fold(0.0, f64::max), other.fold(0.0, f64::max));
            prop_assert!(same.min(other) < 1e-6, "{same} {other}");
        }
        prop_assert!((found.explained() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn distances_of_a_plane_are_met((points, _) in grouped()) {
        let plane = flat(&points);
        let given = distances(&plane);
        let map = metric_scaling(&given, 2).unwrap();
        prop_assert!(map.stress < 1e-6, "{}", map.stress);
        let met = distances(&map.points);
        for i in 0..plane.len() {
            for j in 0..plane.len() {
                prop_assert!((met.at(i, j) - given.at(i, j)).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn stress_is_no_more_than_at_the_start_and_scale_is_no_matter(
        (points, _) in grouped(), angle in 0.0..6.0f64, exponent in -9i32..9,
    ) {
        let given = distances(&points);
        let stress = |map: &[Vec<f64>]| {
            let d = distances(map);
            let pairs = || (0..points.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
            let away: f64 = pairs().map(|(i, j)| (d.at(i, j) - given.at(i, j)).powi(2)).sum();
            let all: f64 = pairs().map(|(i, j)| given.at(i, j).powi(2)).sum();
            (away / all).sqrt()
        };
        let map = metric_scaling(&given, 2).unwrap();
        prop_assert!((map.stress - stress(&map.points)).abs() < 1e-9);
        prop_assert!(map.stress <= stress(&classical_scaling(&given, 2).unwrap()) + 1e-12);
        let there = distances(&moved(&points, angle, 10f64.powi(exponent)));
        let again = metric_scaling(&there, 2).unwrap();
        prop_assert!((again.stress - map.stress).abs() < 1e-3, "{} {}", again.stress, map.stress);
    }
}

proptest! {
    /// At the minimum of the stress the Guttman transform does not move a point.
    #[test]
    fn a_map_is_at_rest_and_lies_along_its_axes((points, _) in grouped()) {
        let given = distances(&points);
        let map = metric_scaling(&given, 2).unwrap();
        let (n, x) = (points.len(), &map.points);
        let met = distances(x);
        let total: f64 = x.iter().flatten().map(|v| v * v).sum();
        let size = (total / n as f64).sqrt();
        for i in 0..n {
            // The mean position at the given distance from each other point, in the present direction.
            let mut mean = [0.0; 2];
            for j in (0..n).filter(|&j| met.at(i, j) > 0.0) {
                let ratio = given.at(i, j) / met.at(i, j) / n as f64;
                mean[0] += ratio * (x[i][0] - x[j][0]);
                mean[1] += ratio * (x[i][1] - x[j][1]);
            }
            let away = (mean[0] - x[i][0]).hypot(mean[1] - x[i][1]);
            prop_assert!(away < 1e-3 * size, "{away} of {size} after {} rounds", map.rounds);
        }
        prop_assert!(map.rounds > 0 || map.stress < 1e-9);
        let sum = |of: &dyn Fn(&[f64]) -> f64| x.iter().map(|p| of(p)).sum::<f64>();
        prop_assert!(sum(&|p| p[0]).abs() < 1e-9 * size && sum(&|p| p[1]).abs() < 1e-9 * size);
        prop_assert!(sum(&|p| p[0] * p[1]).abs() < 1e-9 * total);
        prop_assert!(sum(&|p| p[0] * p[0]) >= sum(&|p| p[1] * p[1]));
    }

    #[test]
    fn classical_scaling_meets_euclidean_distances((points, _) in grouped()) {
        let given = distances(&points);
        let met = distances(&classical_scaling(&given, 3).unwrap());
        for i in 0..points.len() {
            for j in 0..i {
                prop_assert!((met.at(i, j) - given.at(i, j)).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn components_share_what_there_is_to_explain() {
    let of = |products: &[f64], most| PrincipalComponents::of_products(products, 2, most).unwrap();
    let first = of(&[3.0, 0.0, 0.0, 1.0], 1);
    assert_eq!((first.explained(), first.total), (0.75, 4.0));
    let none = of(&[0.0; 4], 2);
    assert_eq!((none.explained(), none.variances.len()), (1.0, 0));
}

#[test]
fn random_groups_do_not_agree() {
    let mut state = 1u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % 4
    };
    let mut grouping = || -> Vec<usize> { (0..60).map(|_| draw()).collect() };
    let one = |_| adjusted_rand_index(&grouping(), &grouping()).unwrap();
    let mean = (0..300).map(one).sum::<f64>() / 300.0;
    assert!(mean.abs() < 0.01, "{mean}");
}

#[test]
fn refuses_what_makes_no_map() {
    let five = distances(&(0..5).map(|i| vec![f64::from(i)]).collect::<Vec<_>>());
    let four = distances(&(0..4).map(|i| vec![f64::from(i)]).collect::<Vec<_>>());
    let trust = |k| trustworthiness(&five, &five, k);
    assert!(trust(2).is_ok());
    for n in 3..12 {
        let line = distances(&(0..n).map(|i| vec![f64::from(i)]).collect::<Vec<_>>());
        for k in 1..n {
            let found = trustworthiness(&line, &line, k as usize);
            assert_eq!(found.is_ok(), 2 * k < n, "{k} of {n}");
        }
    }
    let message = trust(3).unwrap_err().to_string();
    assert_eq!(message, "3 neighbours (expected at most 2)");
    assert!(matches!(trust(0), Err(Error::Neighbours { found: 0, .. })));
    assert!(matches!(
        trustworthiness(&five, &four, 1),
        Err(Error::Length { found: 4, .. })
    ));
    assert!(matches!(metric_scaling(&five, 0), Err(Error::Empty { .. })));
    let none = Distances::new(0, |_, _| 0.0).unwrap();
    assert!(none.is_empty() && metric_scaling(&none, 2).is_err());
    assert!(silhouette(&five, &[0; 4]).is_err());
    assert_eq!(silhouette(&five, &[0; 5]), Ok(None));
    assert_eq!(silhouette(&five, &[0, 1, 2, 3, 4]), Ok(None));
    assert!(adjusted_rand_index(&[], &[]).is_err() && adjusted_rand_index(&[1], &[]).is_err());
    assert!(purity(&[], &[]).is_err() && purity(&[1], &[]).is_err());
    assert!(PrincipalComponents::of_products(&[0.0; 5], 2, 1).is_err());
    assert!(PrincipalComponents::of_products(&[f64::NAN], 1, 1).is_err());

    // All items coincide.
    let same = Distances::new(4, |_, _| 0.0).unwrap();
    let map = metric_scaling(&same, 2).unwrap();
    assert_eq!((map.stress, map.points), (0.0, vec![vec![0.0; 2]; 4]));
}
