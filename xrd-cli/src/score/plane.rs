//! Estimates on the plane of a network that has not seen the patterns asked about.

use std::ops::ControlFlow;

use anyhow::Result;
use indicatif::ProgressBar;
use xrd_ae::Autoencoder;
use xrd_core::{Encoder, Latent2};
use xrd_latent::{Estimate, Estimator, LabelledPlane};

use crate::dataset::Dataset;
use crate::intervals::Intervals;
use crate::options::Training;
use crate::split::Split;

/// What one estimator says of the test patterns of one part.
pub(crate) struct OfPart {
    pub(crate) estimates: Vec<Estimate>,
    /// Half widths of the intervals, a label each, from leaving out each training pattern on the
    /// plane of this part.
    pub(crate) left_out_radius: Vec<Option<f64>>,
}

/// The points of all patterns on the plane of a network trained on some of them. Its scaling and
/// its weights know the patterns of `train` alone.
pub(crate) fn points(
    data: &Dataset,
    training: &Training,
    train: &[usize],
    seed: u64,
    bar: &ProgressBar,
) -> Result<Vec<Latent2>> {
    let set = data.set.select(train)?;
    let mut model = Autoencoder::initialise(&training.network(seed), &set)?;
    let config = training.config(seed)?;
    model.train(&config, &set, None, |_| {
        bar.inc(1);
        ControlFlow::Continue(())
    })?;
    Ok(model.encode_set(&data.set)?)
}

/// Estimates the test patterns of a part from its training patterns.
pub(crate) fn estimate(
    data: &Dataset,
    points: &[Latent2],
    split: &Split,
    estimator: &dyn Estimator,
) -> Result<OfPart> {
    let on = |rows: &[usize]| -> Vec<Latent2> { rows.iter().map(|&i| points[i]).collect() };
    let plane = LabelledPlane::new(on(&split.train), data.labels.select(&split.train))?;
    let estimates = split
        .test
        .iter()
        .map(|&i| plane.estimate_with(points[i], estimator));
    Ok(OfPart {
        estimates: estimates.collect::<Result<_, _>>()?,
        left_out_radius: Intervals::by_leaving_out(&plane, estimator)?.half_widths,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Origin;
    use clap::Parser;
    use xrd_core::{Labels, PatternSet, Scale, TwoThetaGrid};

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        training: Training,
    }

    fn data(change: impl Fn(usize, f32) -> f32) -> Dataset {
        let (n, angles) = (12, 20);
        let grid = TwoThetaGrid::new(10.0, 0.1, angles).unwrap();
        let names: Vec<String> = (0..n).map(|i| i.to_string()).collect();
        let line = |i: usize, k: usize| (-((k as f32 - 4.0 - i as f32) / 2.0).powi(2)).exp();
        let value = |i: usize, k: usize| change(i, line(i, k));
        let block = (0..n).flat_map(|i| (0..angles).map(move |k| (i, k)));
        let block = block.map(|(i, k)| value(i, k)).collect();
        let labels = (0..n).map(|i| i as f64).collect();
        Dataset {
            set: PatternSet::new(grid, Scale::ARBITRARY, None, names.clone(), block).unwrap(),
            labels: Labels::new(vec!["p".to_owned()], labels).unwrap(),
            groups: names,
            origin: Origin::Files,
            preparation: vec![],
            notes: vec![],
        }
    }

    /// Nothing of a pattern that is left out reaches scaling, weights or estimates of others.
    #[test]
    fn what_is_left_out_leaves_no_trace() {
        let words = ["xrd", "--hidden", "6,4", "--epochs", "4"];
        let training = Program::parse_from(words).training;
        let split = Split::with_test(12, vec![3, 7]).unwrap();
        let of = |data: &Dataset| {
            let bar = ProgressBar::hidden();
            let points = points(data, &training, &split.train, 1, &bar).unwrap();
            let other: Vec<Latent2> = split.train.iter().map(|&i| points[i]).collect();
            let estimator = xrd_latent::NearestTriangle::default();
            let part = estimate(data, &points, &split, &estimator).unwrap();
            (other, part.left_out_radius, part.estimates[0].clone())
        };
        let plain = of(&data(|_, v| v));
        assert_eq!(
            plain,
            of(&data(|i, v| if i == 7 { 50.0 * v + 9.0 } else { v }))
        );
        assert_ne!(
            plain.0,
            of(&data(|i, v| if i == 6 { 50.0 * v + 9.0 } else { v })).0
        );
    }
}
