//! The option that chooses the estimator of labels.

use anyhow::Result;
use clap::Args;
use xrd_study::NamedEstimator;

/// The option that chooses the estimator of labels.
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimating {
    /// Method that estimates labels: auto (the mean of the best methods of regression on the patterns
    /// themselves, chosen by cross-validation), or a method on the known points of the plane: triangle
    /// (that of the paper), three-nearest, inner-product (other triangles), delaunay, natural (natural
    /// neighbours), knn or knn:K (nearest neighbours), idw, idw:POWER or idw:POWER:K (inverse
    /// distance), kmeans or kmeans:K (clusters) [default: auto; for maps, contours and tune: triangle
    /// on a plane, knn in more dimensions]
    #[arg(long, value_name = "NAME", value_parser = estimator)]
    pub(crate) estimator: Option<NamedEstimator>,
}

impl Estimating {
    /// The estimator in a latent space with this number of dimensions.
    pub(crate) fn in_latent_space(&self, dimensions: usize) -> Result<NamedEstimator> {
        Ok(NamedEstimator::in_latent_space(
            self.estimator.as_ref(),
            dimensions,
        )?)
    }

    /// Whether labels are estimated by regression.
    pub(crate) fn is_auto(&self) -> bool {
        self.estimator.as_ref().is_none_or(NamedEstimator::is_auto)
    }
}

fn estimator(text: &str) -> Result<NamedEstimator, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}
