//! Networks that are trained without the patterns to estimate.

use serde::{Deserialize, Serialize};
use xrd_ae::{Autoencoder, TrainingData};

use super::Piece;
use crate::dataset::Dataset;
use crate::disturbing::PatternDisturbance;
use crate::engine::{Engine, Job};
use crate::error::Result;
use crate::experiment::{Experiment, Settings};
use crate::folds::Scheme;
use crate::latents::Latents;
use crate::novelty::residuals;

/// Latent points and residuals of all patterns of a set by one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Encoded {
    /// Latent coordinates of each pattern.
    pub(super) points: Vec<Vec<f64>>,
    /// Residual of each pattern.
    pub(super) residuals: Vec<f64>,
}

impl Encoded {
    /// Returns the number of coordinates of a point.
    pub(super) fn dimensions(&self) -> usize {
        self.points.first().map_or(0, Vec::len)
    }
}

/// The networks of a piece.
pub(super) struct Networks {
    pub(super) all: Vec<Encoded>,
    /// Index of the network with the smallest reconstruction error of its training patterns, the
    /// criterion by which a study chooses its seed. Labels and test patterns have no influence on
    /// it.
    pub(super) best: usize,
}

/// Returns the networks of a piece. Networks without a stored result are trained.
pub(super) fn networks(
    data: &Dataset,
    experiment: &Experiment,
    piece: &Piece,
    engine: &Engine<'_>,
) -> Result<Networks> {
    let network = |k: usize| {
        // The networks of different seeds have different seeds of their own.
        let seed = piece.seed + (k * experiment.seeds.count) as u64;
        let name = piece.name(seed);
        let epochs = experiment.settings.epochs;
        let encoded: Encoded = engine.recall(&name, epochs, || {
            trained(
                data,
                &piece.settings(experiment),
                (&piece.train, seed),
                (engine, &name),
            )
        })?;
        let (points, expected) = (encoded.points.len(), data.set.len());
        let dimensions = experiment.settings.latent;
        if points != expected || encoded.points.iter().any(|p| p.len() != dimensions) {
            let why = format!("{points} points (expected {expected} of {dimensions} coordinates)");
            return Err(engine.damaged(&name, why));
        }
        Ok(encoded)
    };
    let all: Vec<Encoded> = (0..experiment.networks)
        .map(network)
        .collect::<Result<_>>()?;
    let errors = all.iter().map(|e| squared_error(data, e, &piece.train));
    let errors: Vec<f64> = errors.collect::<Result<_>>()?;
    let best = errors
        .into_iter()
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.map_or(0, |(k, _)| k);
    Ok(Networks { all, best })
}

impl Piece {
    /// Returns the settings of the networks of this piece. With [`Scheme::LeaveOneOut`] the networks
    /// are trained on all patterns, so they must not see the labels.
    fn settings(&self, experiment: &Experiment) -> Settings {
        let settings = experiment.settings.clone();
        match self.scheme {
            Scheme::LeaveOneOut => settings.with_label_weight(0.0),
            _ => settings,
        }
    }

    /// Returns the name of the files of a network of this piece.
    fn name(&self, seed: u64) -> String {
        let fold = match self.scheme {
            Scheme::LeaveOneOut => "all".to_owned(),
            _ => self.splits[0].0.to_string(),
        };
        format!("{}-{seed}-{fold}", self.scheme)
    }
}

/// Returns Σ |pattern − reproduction|² of the patterns `rows`.
fn squared_error(data: &Dataset, encoded: &Encoded, rows: &[usize]) -> Result<f64> {
    let squared_size = |i: usize| -> Result<f64> {
        let intensities = data.set.intensities(i)?;
        Ok(intensities.iter().map(|&v| f64::from(v).powi(2)).sum())
    };
    let of = |&i: &usize| Ok(encoded.residuals[i].powi(2) * squared_size(i)?);
    rows.iter().map(of).sum()
}

/// Trains a network on the patterns `rows` alone, scaling included, and encodes all patterns.
fn trained(
    data: &Dataset,
    settings: &Settings,
    (rows, seed): (&[usize], u64),
    (engine, name): (&Engine<'_>, &str),
) -> Result<Encoded> {
    let (set, labels) = (data.set.select(rows)?, data.labels.select(rows));
    let config = settings.training(seed)?;
    let disturbance = PatternDisturbance::of(settings, &set, &config)?;
    let job = Job {
        name,
        label: None,
        model: Autoencoder::initialise(&settings.network(seed), &set)?,
        config: &config,
        data: TrainingData::new(&set)
            .with_labels(&labels)
            .with_disturbance(PatternDisturbance::as_dyn(&disturbance)),
        keeps: false,
    };
    let (model, _) = engine.train(job)?;
    Ok(Encoded {
        points: Latents::of(&model, &data.set)?
            .rows()
            .map(<[f64]>::to_vec)
            .collect(),
        residuals: residuals(&model, &data.set)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::FoldEstimate;
    use xrd_core::Labels;

    use super::super::estimates::estimates;
    use super::*;
    use crate::experiment::{DataSource, Seeds, Splits};
    use crate::samples;
    use crate::split::Split;

    fn experiment(networks: usize, first: u64) -> Experiment {
        let splits = Splits::CrossValidation {
            schemes: vec![Scheme::Folds],
            folds: 6,
        };
        Experiment::new(DataSource::series(0.1, 0))
            .with_settings(Settings::paper().with_hidden(vec![6, 4]).with_epochs(4))
            .with_seeds(Seeds::new(first, 2))
            .with_networks(networks)
            .with_splits(splits)
    }

    /// Returns a network of a seed that is trained on some rows.
    fn network(data: &Dataset, rows: &[usize], seed: u64) -> Encoded {
        samples::in_session(|session| {
            let engine = Engine::open(session, "scoring", "", 0).unwrap();
            let settings = experiment(1, 0).settings;
            trained(data, &settings, (rows, seed), (&engine, "n")).unwrap()
        })
    }

    #[test]
    fn the_best_of_several_reproduces_its_training_patterns_best() {
        let data = samples::dataset(|_, v| v);
        let split = Split::with_test(12, vec![3, 7]).unwrap();
        let piece = Piece {
            scheme: Scheme::Folds,
            index: 0,
            seed: 5,
            train: split.train.clone(),
            splits: vec![(0, split)],
        };
        let chosen = |best_of: usize| {
            samples::in_session(|session| {
                let engine = Engine::open(session, "scoring", "", 0).unwrap();
                let mut found = networks(&data, &experiment(best_of, 5), &piece, &engine).unwrap();
                assert_eq!(found.all.len(), best_of);
                // Once more, from the stored results.
                let again = networks(&data, &experiment(best_of, 5), &piece, &engine).unwrap();
                assert_eq!((&again.all, again.best), (&found.all, found.best));
                found.all.swap_remove(found.best)
            })
        };
        let of_seed = |seed: u64| {
            let network = network(&data, &piece.train, seed);
            let error = squared_error(&data, &network, &piece.train).unwrap();
            (error, network)
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
    fn several_networks_give_the_mean_of_their_estimates() {
        let data = samples::dataset(|_, v| v);
        let splits = [
            (0, Split::with_test(12, vec![3, 7]).unwrap()),
            (1, Split::with_test(12, vec![0]).unwrap()),
        ];
        let estimator = xrd_latent::NearestTriangle::default();
        let rows: Vec<usize> = (0..12).collect();
        let of = |seeds: &[u64], best: usize| {
            let all = seeds
                .iter()
                .map(|&seed| network(&data, &rows, seed))
                .collect();
            estimates(&data, &Networks { all, best }, &splits, &estimator).unwrap()
        };
        let seeds = [1, 2, 3];
        let alone: Vec<Vec<FoldEstimate>> = seeds.map(|seed| of(&[seed], 0).remove(0)).to_vec();
        let together = of(&seeds, 1);
        assert_eq!(together[0], alone[1]);
        assert_eq!((together.len(), together[1].len()), (2, 3));
        for (i, guess) in together[1].iter().enumerate() {
            let same: Vec<&FoldEstimate> = alone.iter().map(|estimates| &estimates[i]).collect();
            let mean = same.iter().map(|g| g.values[0]).sum::<f64>() / 3.0;
            assert!((guess.values[0] - mean).abs() < 1e-12);
            assert_eq!((guess.pattern, guess.fold), (same[0].pattern, same[0].fold));
            assert_eq!(guess.inside, same.iter().filter(|g| g.inside).count() > 1);
            // With so few errors the half width is the largest error, and a mean is at most the largest.
            let radius = |g: &FoldEstimate| g.left_out_half_widths[0].unwrap();
            let widest = same.iter().map(|g| radius(g)).fold(0.0, f64::max);
            assert!(radius(guess) <= widest + 1e-12);
        }
    }

    /// A pattern that is left out has no influence on scaling, weights or other estimates.
    #[test]
    fn patterns_left_out_leave_no_trace() {
        let split = Split::with_test(12, vec![3, 7]).unwrap();
        let of = |data: &Dataset| {
            let found = network(data, &split.train, 1);
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
            let found = estimates(data, &networks, &splits, &estimator).unwrap();
            (other, found[0][0].clone())
        };
        let plain = of(&samples::dataset(|_, v| v));
        assert_eq!(
            plain,
            of(&samples::dataset(|i, v| if i == 7 {
                50.0 * v + 9.0
            } else {
                v
            }))
        );
        assert_ne!(
            plain.0,
            of(&samples::dataset(|i, v| if i == 6 {
                50.0 * v + 9.0
            } else {
                v
            }))
            .0
        );
    }

    /// Labels that are left out have no influence on a network that is trained with labels.
    #[test]
    fn labels_left_out_leave_no_trace() {
        let split = Split::with_test(12, vec![3, 7]).unwrap();
        let of = |scheme: Scheme, changed: Option<usize>| {
            let mut data = samples::dataset(|_, v| v);
            let value = |i: usize| if changed == Some(i) { 50.0 } else { i as f64 };
            let columns = data.labels.columns().to_vec();
            data.labels = Labels::new(columns, (0..12).map(value).collect()).unwrap();
            let mut experiment = experiment(1, 5);
            experiment.settings.label_weight = 5.0;
            let piece = Piece {
                scheme,
                index: 0,
                seed: 5,
                train: split.train.clone(),
                splits: vec![(0, split.clone())],
            };
            samples::in_session(|session| {
                let engine = Engine::open(session, "scoring", "", 0).unwrap();
                networks(&data, &experiment, &piece, &engine).unwrap().all
            })
        };
        let plain = of(Scheme::Folds, None);
        assert_eq!(plain, of(Scheme::Folds, Some(7)));
        assert_ne!(plain, of(Scheme::Folds, Some(6)));
        // Patterns that are left out one at a time are among the training patterns.
        let without = of(Scheme::LeaveOneOut, None);
        assert_eq!(without, of(Scheme::LeaveOneOut, Some(6)));
        assert_ne!(without, plain);
    }
}
