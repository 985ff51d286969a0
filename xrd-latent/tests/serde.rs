//! Results written with serde are read back exactly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use xrd_core::{Labels, Latent2};
use xrd_latent::{
    ClusterMean, DelaunayTriangle, Estimate, Estimator, InverseDistance, LabelledPlane,
    NearestTriangle, Summary,
};

fn plane() -> (LabelledPlane, Labels) {
    let at = |i: u32| Latent2::new(f64::from(i * 7 % 10) / 3.0, f64::from(i * 3 % 11) / 7.0);
    let values = (0..12)
        .flat_map(|i| [f64::from(i) / 3.0, 1.0 / f64::from(i + 1)])
        .collect();
    let labels = Labels::new(vec!["a".to_owned(), "b".to_owned()], values).unwrap();
    (
        LabelledPlane::new((0..12).map(at).collect(), labels.clone()).unwrap(),
        labels,
    )
}

#[test]
fn estimates_of_every_kind_go_round() {
    let (plane, _) = plane();
    let estimators: [&dyn Estimator; 4] = [
        &NearestTriangle::default(),
        &DelaunayTriangle,
        &InverseDistance::default(),
        &ClusterMean::default(),
    ];
    for estimator in estimators {
        for (x, y) in [(0.5, 0.5), (9.0, -4.0), (0.0, 0.0)] {
            let point = Latent2::new(x, y);
            let estimate = plane.estimate_with(point, estimator).unwrap();
            let text = serde_json::to_string(&estimate).unwrap();
            assert_eq!(
                serde_json::from_str::<Estimate>(&text).unwrap(),
                estimate,
                "{text}"
            );
        }
    }
}

#[test]
fn scores_go_round() {
    let (plane, labels) = plane();
    let left_out = plane.leave_one_out(&NearestTriangle::default()).unwrap();
    let summary = Summary::new(&left_out, &labels).unwrap();
    let text = serde_json::to_string(&summary).unwrap();
    assert_eq!(
        serde_json::from_str::<Summary>(&text).unwrap(),
        summary,
        "{text}"
    );
}

#[test]
fn groups_go_round() {
    use xrd_latent::groups::{GroupSettings, Groups};

    let points: Vec<Vec<f64>> = (0..12)
        .map(|i| vec![f64::from(i / 6) + f64::from(i) / 30.0])
        .collect();
    let settings = GroupSettings::default();
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(
        serde_json::from_str::<GroupSettings>(&text).unwrap(),
        settings
    );
    let groups = Groups::of_points(&points, &settings, &[(0..9).collect()]).unwrap();
    let text = serde_json::to_string(&groups).unwrap();
    assert_eq!(serde_json::from_str::<Groups>(&text).unwrap(), groups);
}
