//! Choice between the curve of a series and the usual estimator in the latent space.

use serde::{Deserialize, Serialize};

use super::Plan;
use super::run::left_out_estimates;
use crate::error::Result;
use crate::experiment::NamedEstimator;
use crate::known_points::KnownPoints;
use crate::report::CurveReport;
use crate::session::Observer;

/// Comparison of the estimator along the curve of a series with the usual estimator in the latent space.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurveComparison {
    /// Mean absolute error of the label along the curve, where each known point is estimated from all
    /// others.
    pub curve: f64,
    /// Mean absolute error of the usual estimator, in the same way.
    pub other: f64,
    /// Name of the usual estimator.
    pub other_name: String,
}

impl CurveComparison {
    /// Whether the estimates along the curve are better.
    pub fn is_better(&self) -> bool {
        self.curve < self.other
    }

    pub(super) fn report(&self) -> CurveReport {
        CurveReport {
            used: self.is_better(),
            leave_one_out_mae: self.curve,
            other: self.other_name.clone(),
            leave_one_out_mae_other: self.other,
        }
    }
}

/// Compares both estimators if the only label is the variable of the series and no estimator was chosen.
pub(super) fn compare(
    plan: &Plan<'_>,
    known: &KnownPoints,
    observer: &dyn Observer,
) -> Result<Option<CurveComparison>> {
    let columns = plan.data.labels.columns();
    let variables = plan.variables.as_ref();
    let is_along = variables.is_some_and(|v| v.is_only_label(columns));
    if !is_along || !plan.estimator.is_auto() || known.space.len() < 2 {
        return Ok(None);
    }
    let error = |estimator: &NamedEstimator| -> Result<f64> {
        let left_out = left_out_estimates(known, &**estimator, observer)?;
        let pairs = left_out.iter().zip(known.labels().rows());
        let sum: f64 = pairs
            .map(|(found, truth)| (found[0] - truth[0]).abs())
            .sum();
        Ok(sum / left_out.len().max(1) as f64)
    };
    Ok(Some(CurveComparison {
        curve: error(&NamedEstimator::curve())?,
        other: error(plan.estimator)?,
        other_name: plan.experiment.in_latent_space()?.to_string(),
    }))
}
