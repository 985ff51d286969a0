//! How labels are estimated from known points, as it is written on the command line.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use anyhow::{Context, Error, Result};
use clap::Args;
use xrd_latent::{
    ClusterMean, DelaunayTriangle, Estimator, InverseDistance, NaturalNeighbours,
    NearestNeighbours, NearestTriangle, TriangleRule,
};

use super::{at_most, positive};

/// How labels are estimated from known points.
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimating {
    /// How labels are estimated from known points: triangle (the paper's), three-nearest,
    /// inner-product (other triangles), delaunay, natural (natural neighbours), knn or knn:K (nearest
    /// neighbours), idw, idw:POWER or idw:POWER:K (inverse distance), kmeans or kmeans:K (clusters)
    /// [default: triangle on a plane, knn in more dimensions]
    #[arg(long, value_name = "NAME", value_parser = estimator)]
    estimator: Option<Named>,
}

impl Estimating {
    /// The estimator in a latent space of so many dimensions.
    ///
    /// # Errors
    /// For one that works on a plane alone where there is none.
    pub(crate) fn estimator(&self, dimensions: usize) -> Result<Named> {
        let named = match &self.estimator {
            Some(named) => named.clone(),
            None => default_estimator(dimensions)?,
        };
        named
            .check(dimensions)
            .with_context(|| format!("--estimator {named}"))?;
        Ok(named)
    }
}

/// The paper's triangle where there is a plane, else nearest neighbours.
pub(crate) fn default_estimator(dimensions: usize) -> Result<Named> {
    let name = if dimensions == 2 { "triangle" } else { "knn" };
    estimator(name).map_err(Error::msg)
}

/// An estimator under the name that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    text: String,
    estimator: Arc<dyn Estimator>,
}

impl Deref for Named {
    type Target = dyn Estimator;

    fn deref(&self) -> &Self::Target {
        &*self.estimator
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub(crate) fn estimator(text: &str) -> Result<Named, String> {
    let parts: Vec<&str> = text.split(':').collect();
    let k = |text: &str| at_most::<1_000_000>(text);
    let of_rule = |rule| NearestTriangle {
        rule,
        ..NearestTriangle::default()
    };
    let estimator: Arc<dyn Estimator> = match parts[..] {
        ["triangle"] => Arc::new(NearestTriangle::default()),
        ["three-nearest"] => Arc::new(of_rule(TriangleRule::ThreeNearest)),
        ["inner-product"] => Arc::new(of_rule(TriangleRule::InnerProduct)),
        ["delaunay"] => Arc::new(DelaunayTriangle),
        ["natural"] => Arc::new(NaturalNeighbours),
        ["knn"] => Arc::new(NearestNeighbours::default()),
        ["knn", neighbours] => Arc::new(NearestNeighbours {
            neighbours: k(neighbours)?,
        }),
        ["idw"] => Arc::new(InverseDistance::default()),
        ["idw", power] => Arc::new(InverseDistance {
            power: positive(power)?,
            ..InverseDistance::default()
        }),
        ["idw", power, neighbours] => Arc::new(InverseDistance {
            power: positive(power)?,
            neighbours: k(neighbours)?,
        }),
        ["kmeans"] => Arc::new(ClusterMean::default()),
        ["kmeans", clusters] => Arc::new(ClusterMean {
            clusters: Some(k(clusters)?),
        }),
        _ => {
            return Err(
                "expected triangle, three-nearest, inner-product, delaunay, natural, \
                 knn[:K], idw[:POWER[:K]] or kmeans[:K]"
                    .into(),
            );
        }
    };
    Ok(Named {
        text: text.to_owned(),
        estimator,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimators_are_read_or_refused() {
        let named = |text: &str| format!("{:?}", &*estimator(text).unwrap());
        assert_eq!(named("knn:7"), "NearestNeighbours { neighbours: 7 }");
        let idw = "InverseDistance { power: 3.0, neighbours: 9 }";
        assert_eq!(named("idw:3:9"), idw);
        assert_eq!(named("kmeans:4"), "ClusterMean { clusters: Some(4) }");
        assert!(named("inner-product").contains("InnerProduct"));
        for text in [
            "triangle", "delaunay", "natural", "knn", "idw", "idw:1.5", "kmeans",
        ] {
            assert_eq!(estimator(text).unwrap().to_string(), text);
        }
        for text in [
            "", "Triangle", "knn:0", "knn:x", "idw:0", "idw:2:0", "knn:3:3", "kmeans:0",
        ] {
            assert!(estimator(text).is_err(), "{text}");
        }
    }
}
