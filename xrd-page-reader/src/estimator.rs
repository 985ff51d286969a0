//! Estimators by their names.

use xrd_latent::{
    AlongCurve, ClusterMean, DelaunayTriangle, Estimator, InverseDistance, NaturalNeighbours,
    NearestNeighbours, NearestTriangle, TriangleRule,
};

/// Returns the estimator with a name, which is written as in the reports of studies. `None` for an
/// unknown name. A test compares it with the estimators of `xrd-study`.
pub fn estimator(name: &str) -> Option<Box<dyn Estimator>> {
    let words: Vec<&str> = name.split(':').collect();
    let of_rule = |rule| NearestTriangle::default().with_rule(rule);
    Some(match words[..] {
        ["triangle"] => Box::new(NearestTriangle::default()),
        ["three-nearest"] => Box::new(of_rule(TriangleRule::ThreeNearest)),
        ["inner-product"] => Box::new(of_rule(TriangleRule::InnerProduct)),
        ["delaunay"] => Box::new(DelaunayTriangle),
        ["natural"] => Box::new(NaturalNeighbours),
        ["curve"] => Box::new(AlongCurve),
        ["knn"] => Box::new(NearestNeighbours::default()),
        ["knn", k] => Box::new(NearestNeighbours::default().with_neighbours(k.parse().ok()?)),
        ["idw"] => Box::new(InverseDistance::default()),
        ["idw", power] => Box::new(InverseDistance::default().with_power(power.parse().ok()?)),
        ["idw", power, k] => Box::new(
            InverseDistance::default()
                .with_power(power.parse().ok()?)
                .with_neighbours(k.parse().ok()?),
        ),
        ["kmeans"] => Box::new(ClusterMean::default()),
        ["kmeans", k] => Box::new(ClusterMean::default().with_clusters(Some(k.parse().ok()?))),
        _ => return None,
    })
}
