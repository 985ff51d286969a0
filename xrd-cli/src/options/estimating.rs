//! The option that chooses the estimator of labels.

use anyhow::Result;
use clap::Args;
use xrd_study::{Experiment, LabelRange, NamedEstimator};

/// The option that chooses the estimator of labels.
#[derive(Args, Clone, Debug)]
pub(crate) struct Estimating {
    /// Method that estimates labels: auto (the mean of the best methods of regression on the patterns
    /// themselves, chosen by cross-validation), or a method on the known points of the plane: triangle
    /// (that of the paper), three-nearest, inner-product (other triangles), delaunay, natural (natural
    /// neighbours), curve (along the line through the points in the order of the first label, for a
    /// series), knn or knn:K (nearest neighbours), idw, idw:POWER or idw:POWER:K (inverse
    /// distance), kmeans or kmeans:K (clusters) [default: auto; for maps, contours and tune: triangle
    /// on a plane, knn in more dimensions; for robustness: natural on a plane, knn in more dimensions]
    #[arg(long, value_name = "NAME", value_parser = estimator)]
    pub(crate) estimator: Option<NamedEstimator>,
}

/// The option that limits the values of labels.
#[derive(Args, Clone, Debug)]
pub(crate) struct Ranges {
    /// Range of a label, as T=0: or x=0:1. Estimates and their intervals stay inside. Labels that sum
    /// to 1 or 100, and elements with any other constant sum, are taken for a composition and need no
    /// range. May be repeated
    #[arg(long, value_name = "LABEL=LOW:HIGH", value_parser = label_range)]
    label_range: Vec<LabelRange>,
}

impl Ranges {
    /// The given ranges.
    pub(crate) fn given(&self) -> &[LabelRange] {
        &self.label_range
    }

    /// Replaces the ranges of an experiment, if any are given.
    pub(crate) fn apply(&self, experiment: &mut Experiment) {
        if !self.label_range.is_empty() {
            experiment.label_ranges.clone_from(&self.label_range);
        }
    }
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

fn label_range(text: &str) -> Result<LabelRange, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}

fn estimator(text: &str) -> Result<NamedEstimator, String> {
    text.parse().map_err(|e: xrd_study::Error| e.to_string())
}
