//! Estimates of patterns that were left out, by the networks of a fold.

use rayon::prelude::*;
use xrd_latent::{Estimator, LabelledSpace};

use super::networks::{Encoded, Networks};
use super::{FoldEstimate, Novelty};
use crate::dataset::Dataset;
use crate::ensemble::mean_of;
use crate::error::{Error, Result};
use crate::intervals::{self, Intervals};
use crate::novelty::loneliest;
use crate::split::Split;

/// Returns the estimates of the test patterns of some folds from their training patterns: by the
/// best network and, if there are several networks, the mean over all of them.
pub(super) fn estimates(
    data: &Dataset,
    networks: &Networks,
    splits: &[(usize, Split)],
    estimator: &dyn Estimator,
) -> Result<Vec<Vec<FoldEstimate>>> {
    let (mut best, mut all) = (Vec::new(), Vec::new());
    for split in splits {
        let of = |encoded: &Encoded| ByNetwork::of(data, encoded, split, estimator);
        let found: Vec<ByNetwork> = networks.all.iter().map(of).collect::<Result<_>>()?;
        best.extend(mean(std::slice::from_ref(&found[networks.best]))?);
        if found.len() > 1 {
            all.extend(mean(&found)?);
        }
    }
    let several = networks.all.len() > 1;
    Ok([Some(best), several.then_some(all)]
        .into_iter()
        .flatten()
        .collect())
}

/// Estimates of the test patterns of a fold by one network.
struct ByNetwork {
    /// Estimates without leave-one-out half widths.
    estimates: Vec<FoldEstimate>,
    /// Leave-one-out errors of the training patterns.
    left_out: Vec<Vec<f64>>,
}

impl ByNetwork {
    fn of(
        data: &Dataset,
        encoded: &Encoded,
        (fold, split): &(usize, Split),
        estimator: &dyn Estimator,
    ) -> Result<Self> {
        let points = || split.train.iter().map(|&i| encoded.points[i].as_slice());
        let residuals = split.train.iter().map(|&i| encoded.residuals[i]);
        let worst = residuals.fold(0.0, f64::max);
        let (dimensions, coordinates) = (encoded.dimensions(), points().flatten().copied());
        let labels = data.labels.select(&split.train);
        let space = LabelledSpace::new(dimensions, coordinates.collect(), labels)?;
        let loneliest = loneliest(&space);
        let one = |&pattern: &usize| {
            let point = &encoded.points[pattern];
            let estimate = space.estimate(point, estimator)?;
            let away = space.nearest_distance(point)?;
            Ok::<_, Error>(FoldEstimate {
                pattern,
                fold: *fold,
                inside: estimate.is_inside(),
                values: estimate.values,
                left_out_half_widths: Vec::new(),
                intervals: Vec::new(),
                novelty: Some(Novelty {
                    far: away > loneliest,
                    unlike: encoded.residuals[pattern] > worst,
                }),
            })
        };
        Ok(Self {
            estimates: split.test.par_iter().map(one).collect::<Result<_>>()?,
            left_out: intervals::left_out_errors(&space, estimator)?,
        })
    }
}

/// Returns the mean of the estimates of several networks. A flag is set if more than half of the
/// networks set it.
fn mean(networks: &[ByNetwork]) -> Result<Vec<FoldEstimate>> {
    let labels = networks[0].estimates.first().map_or(0, |e| e.values.len());
    let left_out = |i: usize| mean_of(networks.iter().map(|n| n.left_out[i].as_slice()));
    let left_out: Vec<Vec<f64>> = (0..networks[0].left_out.len()).map(left_out).collect();
    let half_widths = Intervals::from_left_out_errors(&left_out, labels)?.half_widths;
    let one = |i: usize| {
        let same = || networks.iter().map(|n| &n.estimates[i]);
        let most = |is: &dyn Fn(&FoldEstimate) -> bool| {
            2 * same().filter(|g| is(g)).count() > networks.len()
        };
        let flagged = |is: fn(&Novelty) -> bool| most(&|g| g.novelty.as_ref().is_some_and(is));
        FoldEstimate {
            values: mean_of(same().map(|g| g.values.as_slice())),
            inside: most(&|g| g.inside),
            left_out_half_widths: half_widths.clone(),
            novelty: Some(Novelty {
                far: flagged(|m| m.far),
                unlike: flagged(|m| m.unlike),
            }),
            ..networks[0].estimates[i].clone()
        }
    };
    Ok((0..networks[0].estimates.len()).map(one).collect())
}
