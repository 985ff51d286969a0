//! How labels are estimated from known points.

use anyhow::Result;
use clap::Args;
use xrd_study::NamedEstimator;

/// How labels are estimated from known points.
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimating {
    /// How labels are estimated from known points: triangle (the paper's), three-nearest,
    /// inner-product (other triangles), delaunay, natural (natural neighbours), knn or knn:K (nearest
    /// neighbours), idw, idw:POWER or idw:POWER:K (inverse distance), kmeans or kmeans:K (clusters)
    /// [default: triangle on a plane, knn in more dimensions]
    #[arg(long, value_name = "NAME", value_parser = estimator)]
    pub(crate) estimator: Option<NamedEstimator>,
}

impl Estimating {
    /// The estimator in a latent space of so many dimensions.
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
