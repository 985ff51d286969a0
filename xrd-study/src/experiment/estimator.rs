//! Estimators by name.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xrd_latent::{
    AlongCurve, ClusterMean, DelaunayTriangle, Estimator, InverseDistance, NaturalNeighbours,
    NearestNeighbours, NearestTriangle, TriangleRule,
};

use crate::error::{Error, Result};

/// Method that estimates labels from [known points](crate::KnownPoints), with its name on the
/// command line.
///
/// The name is `auto`, `triangle`, `three-nearest`, `inner-product`, `delaunay`, `natural`, `curve`,
/// `knn[:K]`, `idw[:POWER[:K]]` or `kmeans[:K]`. `[…]` encloses an optional part, K is the number
/// of neighbours or clusters, and POWER is the power of the distance. The name `auto` means
/// regression on raw patterns ([`is_auto`](Self::is_auto)). The type dereferences to [`Estimator`].
///
/// # Example
/// ```
/// use xrd_study::NamedEstimator;
/// let knn: NamedEstimator = "knn:7".parse()?;
/// assert_eq!(knn.to_string(), "knn:7");
/// assert!("knn:0".parse::<NamedEstimator>().is_err());
/// # Ok::<(), xrd_study::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NamedEstimator {
    text: String,
    estimator: Arc<dyn Estimator>,
}

impl NamedEstimator {
    /// Names of the estimators that a scoring compares.
    pub(crate) const COMPARED: [&str; 6] =
        ["triangle", "delaunay", "natural", "knn", "idw", "kmeans"];

    /// Name of the estimator by regression on raw patterns.
    const AUTO: &str = "auto";

    /// Returns the triangle method of Utimula et al. (2022).
    pub fn triangle() -> Self {
        Self {
            text: "triangle".to_owned(),
            estimator: Arc::new(NearestTriangle::default()),
        }
    }

    /// Returns the estimator along the curve of a series ([`AlongCurve`]).
    pub fn curve() -> Self {
        Self {
            text: "curve".to_owned(),
            estimator: Arc::new(AlongCurve),
        }
    }

    /// Whether labels are estimated by regression on raw patterns
    /// ([`PatternRegression`](crate::PatternRegression)). The name of this estimator is `auto`.
    /// Some results, such as maps, need an estimator in the latent space. For them, the default
    /// estimator of [`in_latent_space`](Self::in_latent_space) is used in place of `auto`.
    pub fn is_auto(&self) -> bool {
        self.text == Self::AUTO
    }

    /// Returns the estimator in the argument `given`. If this argument is `None` or `auto`, the
    /// function returns the default estimator in the latent space. For a latent space of two
    /// dimensions, the default is the triangle method of Utimula et al. (2022)
    /// ([`NearestTriangle`]). For more dimensions, the default is [`NearestNeighbours`].
    ///
    /// # Errors
    /// [`Error::Estimator`] if the given estimator does not support this number of dimensions.
    pub fn in_latent_space(given: Option<&Self>, dimensions: usize) -> Result<Self> {
        let named = match given.filter(|named| !named.is_auto()) {
            Some(named) => named.clone(),
            None => if dimensions == 2 { "triangle" } else { "knn" }.parse()?,
        };
        named
            .estimator
            .check(dimensions)
            .map_err(|source| Error::Estimator {
                name: named.text.clone(),
                source,
            })?;
        Ok(named)
    }

    /// Returns the estimator in the argument `given`, or the estimator `auto` if this argument is
    /// `None`.
    ///
    /// # Errors
    /// [`Error::Estimator`] if the given estimator does not support this number of dimensions.
    pub fn or_default(given: Option<&Self>, dimensions: usize) -> Result<Self> {
        let mut named = Self::in_latent_space(given, dimensions)?;
        if given.is_none_or(Self::is_auto) {
            Self::AUTO.clone_into(&mut named.text);
        }
        Ok(named)
    }
}

impl PartialEq for NamedEstimator {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Deref for NamedEstimator {
    type Target = dyn Estimator;

    fn deref(&self) -> &Self::Target {
        &*self.estimator
    }
}

impl fmt::Display for NamedEstimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for NamedEstimator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let words: Vec<&str> = text.split(':').collect();
        let of_rule = |rule| NearestTriangle::default().with_rule(rule);
        let estimator: Arc<dyn Estimator> = match words[..] {
            ["auto" | "triangle"] => Arc::new(NearestTriangle::default()),
            ["three-nearest"] => Arc::new(of_rule(TriangleRule::ThreeNearest)),
            ["inner-product"] => Arc::new(of_rule(TriangleRule::InnerProduct)),
            ["delaunay"] => Arc::new(DelaunayTriangle),
            ["natural"] => Arc::new(NaturalNeighbours),
            ["curve"] => Arc::new(AlongCurve),
            ["knn"] => Arc::new(NearestNeighbours::default()),
            ["knn", neighbours] => {
                Arc::new(NearestNeighbours::default().with_neighbours(count(neighbours)?))
            }
            ["idw"] => Arc::new(InverseDistance::default()),
            ["idw", power] => Arc::new(InverseDistance::default().with_power(positive(power)?)),
            ["idw", power, neighbours] => Arc::new(
                InverseDistance::default()
                    .with_power(positive(power)?)
                    .with_neighbours(count(neighbours)?),
            ),
            ["kmeans"] => Arc::new(ClusterMean::default()),
            ["kmeans", clusters] => {
                Arc::new(ClusterMean::default().with_clusters(Some(count(clusters)?)))
            }
            _ => {
                return Err(Error::Expected(
                    "auto, triangle, three-nearest, inner-product, delaunay, natural, curve, \
                     knn[:K], idw[:POWER[:K]] or kmeans[:K]",
                ));
            }
        };
        Ok(Self {
            text: text.to_owned(),
            estimator,
        })
    }
}

fn count(text: &str) -> Result<usize> {
    let found = text.trim().parse().ok();
    found
        .filter(|n| (1..=1_000_000).contains(n))
        .ok_or(Error::Expected("a whole number from 1 to 1000000"))
}

fn positive(text: &str) -> Result<f64> {
    let found = text.trim().parse::<f64>().ok().filter(|x| x.is_finite());
    found
        .filter(|x| *x > 0.0)
        .ok_or(Error::Expected("a number greater than 0"))
}

impl Serialize for NamedEstimator {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        super::text::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for NamedEstimator {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        super::text::deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimators_are_read_or_refused() {
        let read = |text: &str| text.parse::<NamedEstimator>();
        let named = |text: &str| format!("{:?}", &*read(text).unwrap());
        assert_eq!(named("knn:7"), "NearestNeighbours { neighbours: 7 }");
        let idw = "InverseDistance { power: 3.0, neighbours: 9 }";
        assert_eq!(named("idw:3:9"), idw);
        assert_eq!(named("kmeans:4"), "ClusterMean { clusters: Some(4) }");
        assert!(named("inner-product").contains("InnerProduct"));
        for text in ["idw:1.5", "three-nearest", "curve"]
            .iter()
            .chain(&NamedEstimator::COMPARED)
        {
            assert_eq!(read(text).unwrap().to_string(), **text);
        }
        for text in [
            "", "Triangle", "knn:0", "knn:x", "idw:0", "idw:2:0", "knn:3:3", "kmeans:0",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_default_depends_on_the_dimensions() {
        let of = |dimensions| {
            NamedEstimator::or_default(None, dimensions)
                .unwrap()
                .to_string()
        };
        assert_eq!((of(2).as_str(), of(3).as_str()), ("auto", "auto"));
        let latent = |given: Option<&NamedEstimator>, dimensions| {
            let found = NamedEstimator::in_latent_space(given, dimensions);
            found.unwrap().to_string()
        };
        let auto: NamedEstimator = "auto".parse().unwrap();
        assert!(auto.is_auto());
        assert_eq!(latent(Some(&auto), 2), "triangle");
        assert_eq!(latent(None, 3), "knn");
        let triangle = "triangle".parse().unwrap();
        let refused = NamedEstimator::or_default(Some(&triangle), 3).unwrap_err();
        assert!(matches!(refused, Error::Estimator { .. }));
    }
}
