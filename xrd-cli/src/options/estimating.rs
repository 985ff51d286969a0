//! The option that chooses the estimator of labels.

use anyhow::Result;
use clap::Args;
use xrd_study::NamedEstimator;

/// The option that chooses the estimator of labels.
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimating {
    /// Method that estimates labels from known points: triangle (that of the paper), three-nearest,
    /// inner-product (other triangles), delaunay, natural (natural neighbours), knn or knn:K (nearest
    /// neighbours), idw, idw:POWER or idw:POWER:K (inverse distance), kmeans or kmeans:K (clusters)
    /// [default: triangle on a plane, knn in more dimensions]
    #[arg(long, value_name = "NAME", value_parser = estimator)]
    pub(crate) estimator: Option<NamedEstimator>,
}

impl Estimating {
    /// The estimator for a latent space with this number of dimensions.
    pub(crate) fn estimator(&self, dimensions: usize) -> Result<NamedEstimator> {
        Ok(NamedEstimator::or_default(
            self.estimator.as_ref(),
            dimensions,
        )?)
    }
}

fn estimator(text: &str) -> Result<NamedEstimator, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}
