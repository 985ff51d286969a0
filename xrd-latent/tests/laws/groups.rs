//! Laws of groups, and comparisons with their definitions.

use proptest::prelude::*;

use xrd_latent::Error;
use xrd_latent::groups::{Dendrogram, GroupMeans, GroupSettings, Groups, grouped_rows, ward};
use xrd_latent::maps::{Distances, adjusted_rand_index};

fn distances(points: &[Vec<f64>]) -> Distances {
    Distances::of_points(points).unwrap()
}

fn points() -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(-1.0..1.0f64, 3), 2..30)
}

/// Points of small integers, many of which coincide.
fn lattice() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let coordinate = (0i32..3).prop_map(f64::from);
    prop::collection::vec(prop::collection::vec(coordinate, 2), 1..25)
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

fn mean(points: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let along = |c: usize| members.iter().map(|&i| points[i][c]).sum::<f64>();
    let count = members.len() as f64;
    (0..points[0].len()).map(|c| along(c) / count).collect()
}

/// Ward's method by its definition: the pair of branches with the smallest increase, again and again.
fn naive_heights(points: &[Vec<f64>]) -> Vec<f64> {
    let mut branches: Vec<Vec<usize>> = (0..points.len()).map(|i| vec![i]).collect();
    let increase = |a: &[usize], b: &[usize]| {
        let (n, m) = (a.len() as f64, b.len() as f64);
        (2.0 * n * m / (n + m) * square(&mean(points, a), &mean(points, b))).sqrt()
    };
    let mut heights = Vec::new();
    while branches.len() > 1 {
        let pairs = (0..branches.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let costs = pairs.map(|(i, j)| (increase(&branches[i], &branches[j]), i, j));
        let (height, i, j) = costs.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        let gone = branches.remove(i);
        branches[j].extend(gone);
        heights.push(height);
    }
    heights
}

/// Whether two groupings are the same, whatever their numbers.
fn same(a: &[usize], b: &[usize]) -> bool {
    let pairs = || (0..a.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    pairs().all(|(i, j)| (a[i] == a[j]) == (b[i] == b[j]))
}

fn group_of(groups: &Groups) -> Vec<usize> {
    groups.members.iter().map(|m| m.group).collect()
}

fn found(points: &[Vec<f64>], number: Option<usize>) -> Groups {
    let settings = GroupSettings::default().with_number(number);
    Groups::of_points(points, &settings, &[]).unwrap()
}

fn assert_tree(tree: &Dendrogram) {
    let (n, merges) = (tree.len(), tree.merges());
    assert_eq!(merges.len(), n - 1);
    assert!(merges.windows(2).all(|m| m[0].height <= m[1].height));
    let mut used: Vec<usize> = merges.iter().flat_map(|m| [m.first, m.second]).collect();
    used.sort_unstable();
    // Every item and every branch except the top is merged once, after it was made.
    assert_eq!(used, (0..2 * (n - 1)).collect::<Vec<_>>());
    let earlier = |(i, m): (usize, &xrd_latent::groups::Merge)| m.first.max(m.second) < n + i;
    assert!(merges.iter().enumerate().all(earlier));
    assert!(merges.last().is_none_or(|top| top.size == n));
    let mut leaves = tree.leaf_order();
    leaves.sort_unstable();
    assert_eq!(leaves, (0..n).collect::<Vec<_>>());
    for number in 1..=n {
        let cut = tree.cut(number);
        assert_eq!(cut.iter().max(), Some(&(number - 1)));
    }
    assert_eq!(tree.cut(0), tree.cut(1));
    assert_eq!(tree.cut(n + 7), (0..n).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn ward_agrees_with_its_definition(points in points()) {
        let tree = ward(&distances(&points)).unwrap();
        assert_tree(&tree);
        for (merge, expected) in tree.merges().iter().zip(naive_heights(&points)) {
            prop_assert!((merge.height - expected).abs() < 1e-9);
        }
    }

    #[test]
    fn ties_and_any_distances_give_a_tree(points in lattice(), power in 0.3..4.0f64) {
        let n = points.len();
        assert_tree(&ward(&distances(&points)).unwrap());
        let other = Distances::new(n, |i, j| square(&points[i], &points[j]).powf(power)).unwrap();
        assert_tree(&ward(&other).unwrap());
    }

    #[test]
    fn no_item_is_nearer_to_another_mean(points in points(), number in 2usize..6) {
        let number = number.min(points.len());
        let groups = found(&points, Some(number));
        prop_assert_eq!(groups.number(), number);
        let means: Vec<Vec<f64>> = (0..number).map(|g| mean(&points, &groups.items_of(g))).collect();
        for (point, member) in points.iter().zip(&groups.members) {
            let own = square(point, &means[member.group]);
            // An item that is alone stays.
            let nearer = means.iter().any(|m| square(point, m) < own - 1e-7);
            prop_assert!(!nearer || groups.items_of(member.group).len() == 1);
        }
    }

    #[test]
    fn members_are_those_of_the_means(points in points(), number in 1usize..5) {
        let groups = found(&points, Some(number.min(points.len())));
        let means = GroupMeans::new(&points, &group_of(&groups)).unwrap();
        prop_assert_eq!(means.len(), groups.number());
        for (point, member) in points.iter().zip(&groups.members) {
            let again = means.member(point).unwrap();
            prop_assert_eq!(again.group, member.group);
            prop_assert!((again.position - member.position).abs() < 1e-6);
            prop_assert!((0.0..=0.5 + 1e-6).contains(&member.position));
        }
    }

    #[test]
    fn the_order_of_the_items_does_not_matter(
        points in points(),
        keys in prop::collection::vec(any::<u32>(), 30),
        number in prop::option::of(1usize..5),
    ) {
        let number = number.map(|n| n.min(points.len()));
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by_key(|&i| keys[i]);
        let moved: Vec<Vec<f64>> = order.iter().map(|&i| points[i].clone()).collect();
        let (before, after) = (found(&points, number), found(&moved, number));
        let before_moved: Vec<usize> = order.iter().map(|&i| before.members[i].group).collect();
        prop_assert!(same(&before_moved, &group_of(&after)));
        let mut medoids: Vec<usize> = after.medoids.iter().map(|&m| order[m]).collect();
        let mut expected = before.medoids.clone();
        medoids.sort_unstable();
        expected.sort_unstable();
        // Two items of a group have the same sum of distances, so that either is the medoid.
        let small = (0..after.number()).any(|g| after.items_of(g).len() == 2);
        prop_assert!(small || medoids == expected);
    }

    #[test]
    fn groups_of_coinciding_points_are_complete(points in lattice(), number in 1usize..8) {
        let number = number.min(points.len());
        let groups = found(&points, Some(number));
        prop_assert_eq!((groups.number(), groups.members.len()), (number, points.len()));
        let sizes: Vec<usize> = (0..number).map(|g| groups.items_of(g).len()).collect();
        prop_assert!(sizes.iter().all(|&s| s > 0) && sizes.windows(2).all(|s| s[0] >= s[1]));
        for (g, &medoid) in groups.medoids.iter().enumerate() {
            prop_assert_eq!(groups.members[medoid].group, g);
        }
        prop_assert!(groups.members.iter().all(|m| (0.0..=1.0).contains(&m.position)));
    }
}

/// `count` points around each of `centres`, at fixed places.
fn heaps(centres: &[[f64; 2]], count: usize) -> Vec<Vec<f64>> {
    let around = |c: &[f64; 2], i: usize| {
        let angle = i as f64 * 2.4;
        let radius = 0.1 * ((i + 1) as f64).sqrt();
        vec![c[0] + radius * angle.cos(), c[1] + radius * angle.sin()]
    };
    let heap = |c| (0..count).map(move |i| around(c, i));
    centres.iter().flat_map(heap).collect()
}

/// Parts of 70 % of the items, each starting at another item.
fn parts(items: usize) -> Vec<Vec<usize>> {
    let part = |start: usize| {
        let mut rows: Vec<usize> = (0..items).map(|i| (start + i * 11) % items).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter()
            .enumerate()
            .filter(|(i, _)| (i + start) % 10 < 7)
            .map(|(_, r)| r)
            .collect()
    };
    (0..10).map(part).collect()
}

#[test]
fn the_true_number_of_groups_is_found() {
    let centres = [[0.0, 0.0], [4.0, 0.0], [0.0, 5.0], [6.0, 6.0], [-5.0, 2.0]];
    for number in 2..=5 {
        let points = heaps(&centres[..number], 15);
        let parts = parts(points.len());
        let groups = Groups::of_points(&points, &GroupSettings::default(), &parts).unwrap();
        let truth: Vec<usize> = (0..points.len()).map(|i| i / 15).collect();
        assert_eq!(groups.number(), number);
        assert!(same(&truth, &group_of(&groups)));
        let chosen = groups.chosen().unwrap();
        assert!(chosen.silhouette > 0.7 && chosen.stability.unwrap() > 0.99);
        assert_eq!(groups.tried.len(), 20.min(points.len() / 2) - 1);
        // The medoid is a point near the middle of the heap.
        for (g, &medoid) in groups.medoids.iter().enumerate() {
            let centre = mean(&points, &groups.items_of(g));
            assert!(square(&points[medoid], &centre) < 0.05);
        }
    }
}

#[test]
fn points_without_structure_are_one_group() {
    // A grid is cut differently in each part.
    let points: Vec<Vec<f64>> = (0..49)
        .map(|i| vec![f64::from(i % 7), f64::from(i / 7)])
        .collect();
    let strict = GroupSettings::default().with_least_silhouette(0.7);
    let groups = Groups::of_points(&points, &strict, &parts(49)).unwrap();
    assert_eq!((groups.number(), groups.chosen()), (1, None));
    assert!(
        groups
            .members
            .iter()
            .all(|m| m.group == 0 && m.other.is_none())
    );
    let unstable = GroupSettings::default().with_least_stability(1.01);
    assert_eq!(
        Groups::of_points(&points, &unstable, &parts(49))
            .unwrap()
            .number(),
        1
    );
    // Numbers larger than the parts have no stability, and are not taken for stable.
    let small = vec![vec![0, 1, 8], vec![20, 30, 40]];
    let groups = Groups::of_points(&points, &unstable, &small).unwrap();
    assert_eq!((groups.number(), groups.tried[3].stability), (1, None));
    let few = GroupSettings::default().with_most(4);
    assert_eq!(
        Groups::of_points(&points, &few, &[]).unwrap().tried.len(),
        3
    );
}

#[test]
fn stability_is_the_agreement_with_the_groups_of_the_parts() {
    let points = heaps(&[[0.0, 0.0], [1.2, 0.0], [0.3, 1.1]], 8);
    let parts = parts(points.len());
    let all = distances(&points);
    let of_all =
        Groups::of_distances(&all, &GroupSettings::default().with_number(Some(3)), &parts).unwrap();
    let of_part = |part: &Vec<usize>| {
        let inside: Vec<Vec<f64>> = part.iter().map(|&i| points[i].clone()).collect();
        let expected: Vec<usize> = part.iter().map(|&i| of_all.members[i].group).collect();
        adjusted_rand_index(&expected, &group_of(&found(&inside, Some(3)))).unwrap()
    };
    let mean = parts.iter().map(of_part).sum::<f64>() / parts.len() as f64;
    assert!((of_all.chosen().unwrap().stability.unwrap() - mean).abs() < 1e-12);
}

#[test]
fn items_between_groups_are_found_with_both_groups() {
    let mut points = heaps(&[[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]], 12);
    points.extend([vec![3.0, 0.1], vec![0.1, 5.0]]);
    let groups = found(&points, Some(3));
    let group = |i: usize| groups.members[i].group;
    let [one, other] = [groups.members[36], groups.members[37]];
    assert_eq!((one.group, one.other), (group(0), Some(group(12))));
    assert_eq!((other.group, other.other), (group(24), Some(group(0))));
    let between: Vec<usize> = (0..38)
        .filter(|&i| groups.members[i].is_between(0.12))
        .collect();
    assert_eq!(between, [36, 37]);
}

#[test]
fn small_and_equal_inputs_have_an_answer() {
    for points in [
        vec![vec![1.0]],
        vec![vec![1.0]; 2],
        vec![vec![1.0, 2.0]; 30],
        vec![vec![]; 5],
    ] {
        let parts = vec![(0..points.len()).collect()];
        let groups = Groups::of_points(&points, &GroupSettings::default(), &parts).unwrap();
        assert_eq!((groups.number(), groups.members.len()), (1, points.len()));
        assert_eq!(groups.medoids, [0]);
    }
    // Two different items are too few for two groups, unless two are asked for.
    let two = [vec![0.0], vec![1.0]];
    assert_eq!(found(&two, None).number(), 1);
    assert_eq!(group_of(&found(&two, Some(2))), [0, 1]);
}

#[test]
fn wrong_inputs_are_refused() {
    let settings = GroupSettings::default();
    let three = [vec![0.0], vec![1.0], vec![5.0]];
    let of = |points: &[Vec<f64>], number: Option<usize>, parts: &[Vec<usize>]| {
        Groups::of_points(points, &settings.clone().with_number(number), parts).unwrap_err()
    };
    assert_eq!(of(&[], None, &[]), Error::Empty { what: "distances" });
    assert_eq!(of(&three, Some(0), &[]), Error::Empty { what: "groups" });
    let (what, found, most) = ("groups", 4, 3);
    assert_eq!(
        of(&three, Some(4), &[]),
        Error::TooMany { what, found, most }
    );
    assert!(matches!(
        of(&[vec![f64::NAN]], None, &[]),
        Error::Value { .. }
    ));
    assert!(matches!(
        of(&[vec![0.0], vec![]], None, &[]),
        Error::Length { .. }
    ));
    let (item, items) = (3, 3);
    assert_eq!(
        of(&three, Some(2), &[vec![0, 3]]),
        Error::Index { item, items }
    );
    assert!(matches!(
        of(&three, Some(2), &[vec![]]),
        Error::Empty { .. }
    ));
    assert!(matches!(
        GroupMeans::new(&[], &[]),
        Err(Error::Empty { .. })
    ));
    assert!(matches!(
        GroupMeans::new(&three, &[0, 1]),
        Err(Error::Length { .. })
    ));
    assert!(matches!(
        GroupMeans::new(&three, &[0, 0, 2]),
        Err(Error::Empty { .. })
    ));
    let means = GroupMeans::new(&three, &[0, 0, 1]).unwrap();
    assert!(!means.is_empty() && means.member(&[f64::INFINITY]).is_err());
    assert!(matches!(means.member(&[]), Err(Error::Length { .. })));
    let groups = self::found(&three, None);
    let members = groups.members.clone();
    assert!(
        groups
            .clone()
            .spread_over(vec![0, 1], members.clone())
            .is_err()
    );
    assert!(groups.spread_over(vec![0, 1, 3], members).is_err());
}

#[test]
fn of_many_points_a_sample_is_grouped() {
    assert_eq!(grouped_rows(3), [0, 1, 2]);
    let rows = grouped_rows(5000);
    assert_eq!((rows.len(), rows[1], rows[1999]), (2000, 2, 4997));
    let points: Vec<Vec<f64>> = (0..4100)
        .map(|i| vec![f64::from(i % 3) * 10.0 + f64::from(i % 17) * 0.01])
        .collect();
    let settings = GroupSettings::default().with_most(4);
    let groups = Groups::of_points(&points, &settings, &[]).unwrap();
    assert_eq!((groups.number(), groups.grouped.len()), (3, 2000));
    let truth: Vec<usize> = (0..4100).map(|i| i % 3).collect();
    assert!(same(&truth, &group_of(&groups)));
    assert_eq!((groups.tree.len(), groups.items_of(0).len()), (2000, 1367));
    for (g, &medoid) in groups.medoids.iter().enumerate() {
        assert_eq!(groups.members[medoid].group, g);
        assert!(groups.grouped.contains(&medoid));
    }
}
