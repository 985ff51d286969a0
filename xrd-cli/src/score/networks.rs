//! Networks that have not seen the patterns asked about.

use std::ops::ControlFlow;

use anyhow::Result;
use indicatif::ProgressBar;
use xrd_ae::Autoencoder;

use super::saved::{Encoded, Saved};
use super::{Piece, Plan};
use crate::dataset::Dataset;
use crate::interrupt::{self, Interrupted};
use crate::latents::Latents;
use crate::novelty::residuals;
use crate::options::Training;

/// What the networks of a piece make of all patterns.
pub(super) struct Networks {
    pub(super) all: Vec<Encoded>,
    /// The one that reproduces its training patterns best, as a study chooses its seed. Neither
    /// labels nor patterns that are left out have a say in it.
    pub(super) best: usize,
}

/// The networks of a piece, as many as the plan asks for.
pub(super) fn networks(
    data: &Dataset,
    plan: &Plan<'_>,
    piece: &Piece,
    saved: &Saved,
    bar: &ProgressBar,
) -> Result<Networks> {
    let network = |k: usize| {
        // No network of one seed is among those of another.
        let seed = piece.seed + (k * plan.seeds) as u64;
        saved_or_trained(data, plan.training, (piece, seed), saved, bar)
    };
    let all: Vec<Encoded> = (0..plan.best_of).map(network).collect::<Result<_>>()?;
    let errors = all.iter().map(|e| squared_error(data, e, &piece.train));
    let best = errors.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.map_or(0, |(k, _)| k);
    Ok(Networks { all, best })
}

/// Σ |pattern − reproduction|² of some patterns.
fn squared_error(data: &Dataset, encoded: &Encoded, rows: &[usize]) -> f64 {
    let squared_size = |i: usize| {
        let intensities = data.set.intensities(i).iter();
        intensities.map(|&v| f64::from(v).powi(2)).sum::<f64>()
    };
    let of = |&i: &usize| encoded.residuals[i].powi(2) * squared_size(i);
    rows.iter().map(of).sum()
}

/// What a network makes of all patterns: as it was saved, or trained now. Its scaling and its
/// weights know the patterns of `train` alone.
fn saved_or_trained(
    data: &Dataset,
    training: &Training,
    (piece, seed): (&Piece, u64),
    saved: &Saved,
    bar: &ProgressBar,
) -> Result<Encoded> {
    if let Some(found) = saved.read(piece, seed)? {
        bar.inc(training.epochs as u64);
        return Ok(found);
    }
    match train(data, training, (&piece.train, seed), bar)? {
        Some(encoded) => {
            saved.write(piece, seed, &encoded)?;
            Ok(encoded)
        }
        None => Err(Interrupted::saved_in(saved.folder.path()).into()),
    }
}

/// Trains a network; none where the program is told to end meanwhile.
fn train(
    data: &Dataset,
    training: &Training,
    (rows, seed): (&[usize], u64),
    bar: &ProgressBar,
) -> Result<Option<Encoded>> {
    let set = data.set.select(rows)?;
    let mut model = Autoencoder::initialise(&training.network(seed), &set)?;
    let mut left = false;
    model.train(&training.config(seed)?, &set, None, |_| {
        bar.inc(1);
        left = interrupt::is_requested();
        match left {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    })?;
    if left {
        return Ok(None);
    }
    Ok(Some(Encoded {
        points: Latents::of(&model, &data.set)?
            .rows()
            .map(<[f64]>::to_vec)
            .collect(),
        residuals: residuals(&model, &data.set)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::answers::guesses;
    use super::super::{Guess, Scheme, estimator};
    use super::*;
    use crate::dataset::Origin;
    use crate::options::Threads;
    use crate::split::Split;
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

    #[test]
    fn the_best_of_several_reproduces_its_training_patterns_best() {
        let words = ["xrd", "--hidden", "6,4", "--epochs", "4", "--seed", "5"];
        let (training, data) = (Program::parse_from(words).training, data(|_, v| v));
        let (estimator, threads) = (estimator("triangle").unwrap(), Threads { threads: None });
        let plan = |best_of: usize| Plan {
            training: &training,
            schemes: vec![Scheme::Folds],
            parts: 6,
            seeds: 2,
            best_of,
            estimator: &estimator,
            threads: &threads,
        };
        let split = Split::with_test(12, vec![3, 7]).unwrap();
        let piece = Piece {
            scheme: Scheme::Folds,
            index: 0,
            seed: 5,
            train: split.train.clone(),
            splits: vec![(0, split)],
        };
        let folder = tempfile::tempdir().unwrap();
        let saved = Saved::open(&folder.path().join("s"), false, &data, &plan(1)).unwrap();
        let bar = ProgressBar::hidden();
        let chosen = |best_of: usize| {
            let mut found = networks(&data, &plan(best_of), &piece, &saved, &bar).unwrap();
            assert_eq!(found.all.len(), best_of);
            found.all.swap_remove(found.best)
        };
        let of_seed = |seed: u64| {
            let network = train(&data, &training, (&piece.train, seed), &bar)
                .unwrap()
                .unwrap();
            (squared_error(&data, &network, &piece.train), network)
        };
        let all = [5, 7, 9, 11, 13].map(of_seed);
        for best_of in 1..=all.len() {
            let best = all[..best_of]
                .iter()
                .min_by(|a, b| a.0.total_cmp(&b.0))
                .unwrap();
            assert_eq!(chosen(best_of), best.1);
        }
        assert_ne!(chosen(1), chosen(all.len()));
    }

    #[test]
    fn several_networks_say_the_mean_of_what_each_says() {
        let words = ["xrd", "--hidden", "6,4", "--epochs", "4"];
        let (training, data) = (Program::parse_from(words).training, data(|_, v| v));
        let splits = [
            (0, Split::with_test(12, vec![3, 7]).unwrap()),
            (1, Split::with_test(12, vec![0]).unwrap()),
        ];
        let estimator = xrd_latent::NearestTriangle::default();
        let bar = ProgressBar::hidden();
        let network = |seed: u64| {
            let rows: Vec<usize> = (0..12).collect();
            train(&data, &training, (&rows, seed), &bar)
                .unwrap()
                .unwrap()
        };
        let of = |seeds: &[u64], best: usize| {
            let all = seeds.iter().map(|&seed| network(seed)).collect();
            guesses(&data, &Networks { all, best }, &splits, &estimator).unwrap()
        };
        let seeds = [1, 2, 3];
        let alone: Vec<Vec<Guess>> = seeds.map(|seed| of(&[seed], 0).remove(0)).to_vec();
        let together = of(&seeds, 1);
        assert_eq!(together[0], alone[1]);
        assert_eq!((together.len(), together[1].len()), (2, 3));
        for (i, guess) in together[1].iter().enumerate() {
            let same: Vec<&Guess> = alone.iter().map(|guesses| &guesses[i]).collect();
            let mean = same.iter().map(|g| g.values[0]).sum::<f64>() / 3.0;
            assert!((guess.values[0] - mean).abs() < 1e-12);
            assert_eq!((guess.pattern, guess.part), (same[0].pattern, same[0].part));
            assert_eq!(guess.inside, same.iter().filter(|g| g.inside).count() > 1);
            // Of so few errors the radius is the largest, and a mean is not above the largest.
            let radius = |g: &Guess| g.left_out_radius[0].unwrap();
            let widest = same.iter().map(|g| radius(g)).fold(0.0, f64::max);
            assert!(radius(guess) <= widest + 1e-12);
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
            let found = train(data, &training, (&split.train, 1), &bar)
                .unwrap()
                .unwrap();
            let other: Vec<_> = split
                .train
                .iter()
                .map(|&i| found.points[i].clone())
                .collect();
            let estimator = xrd_latent::NearestTriangle::default();
            let splits = [(0, split.clone())];
            let networks = Networks {
                all: vec![found],
                best: 0,
            };
            let guesses = guesses(data, &networks, &splits, &estimator).unwrap();
            (other, guesses[0][0].clone())
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
