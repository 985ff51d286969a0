//! Patterns generated for the compositions of left-out samples, compared with the measured patterns of
//! these samples.
//!
//! The samples are divided into regions of compositions (k-means of the labels). A network is trained on
//! all regions but one, and a pattern is generated for the labels of each sample of this region. Besides: the pattern of the training sample with the nearest labels (each label divided by its
//! standard deviation), the mean of the three nearest, weighted by 1/d², and the strained mixture of the
//! same three. R = |generated − measured| / |measured|. Prints one line of JSON per method and seed: the
//! mean R and Pearson correlation over the samples for which a pattern is generated.
//!
//!     left_out_regions --patterns FILE --labels FILE [--seeds 10] [--regions 5] [--epochs 300]

use std::error::Error;
use std::path::PathBuf;

use serde_json::json;
use xrd_ae::{Autoencoder, TrainingData};
use xrd_benches::argument;
use xrd_core::{Encoder, Labels};
use xrd_interp::{mean_pattern, pearson, relative_difference, strained_mixture};
use xrd_study::{
    DataSource, Dataset, GenerationRule, KnownPoints, LabelledFiles, Latents, NamedEstimator,
    Scheme, Settings, Silent, Split, Target, TargetComposition, folds, generate_targets, paint,
};

/// R and Pearson correlation of the pattern of each method with the measured one.
type Agreements = Vec<(&'static str, [f64; 2])>;

/// Number of training samples that are mixed.
const MIXED: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let path = |name: &str| argument(name, String::new()).map(PathBuf::from);
    let files = LabelledFiles::new(path("--patterns")?, path("--labels")?);
    let data = Dataset::load(&DataSource::Files(files), &Silent)?;
    let (seeds, regions) = (argument("--seeds", 10)?, argument("--regions", 5)?);
    let settings = Settings::measured().with_epochs(argument("--epochs", 300)?);
    for seed in 0..seeds {
        let mut all: Vec<Agreements> = Vec::new();
        let mut wanted = 0;
        for split in folds(&data, Scheme::Regions, regions, seed)? {
            wanted += split.test.len();
            all.extend(of_region(&data, &split, &settings, seed)?);
        }
        for (k, (method, _)) in all[0].iter().enumerate() {
            let mean = |j: usize| all.iter().map(|row| row[k].1[j]).sum::<f64>() / all.len() as f64;
            let line = json!({
                "method": method, "seed": seed, "samples": wanted, "generated": all.len(),
                "r": mean(0), "pearson": mean(1),
            });
            println!("{line}");
        }
    }
    Ok(())
}

/// R and Pearson correlation of each method for each sample of a region for which a pattern is generated.
fn of_region(
    data: &Dataset,
    split: &Split,
    settings: &Settings,
    seed: u64,
) -> Result<Vec<Agreements>, Box<dyn Error>> {
    let train = data.set.select(&split.train)?;
    let labels = data.labels.select(&split.train);

    let given = TrainingData::new(&train).with_labels(&labels);
    let fitted = Autoencoder::fit(&settings.network(seed), &settings.training(seed)?, given)?;
    let model = fitted.0;
    let points: Result<Vec<_>, _> = (0..train.len())
        .map(|i| model.encode(train.intensities(i)))
        .collect();
    let latents = Latents::on_plane(points?);
    let known = KnownPoints::new(train.names().to_vec(), latents, labels.clone())?;
    let estimator = NamedEstimator::triangle();
    let maps = paint(&known, &*estimator)?;
    let spreads = spreads(&labels);
    let mut rows = Vec::new();
    for &sample in &split.test {
        let target = target(&data.labels, sample)?;
        let truth = data.set.intensities(sample)?;
        let rule = GenerationRule::default();
        let targets = std::slice::from_ref(&target);
        let found = generate_targets(&model, (&known, &*estimator), &maps, targets, rule)?;
        let Some((_, pattern)) = &found[0].decoded else {
            continue;
        };
        let mut row = vec![("generated", agreement(pattern, &truth)?)];
        let near = nearest(&labels, data.labels.row(sample), &spreads);
        let patterns: Vec<&[f32]> = near.iter().map(|(i, _)| train.intensities(*i)).collect();
        let weights: Vec<f64> = near.iter().map(|(_, w)| *w).collect();
        let strained = strained_mixture(train.grid(), &patterns, &weights)?;
        let scaled: Vec<Vec<f32>> = patterns
            .iter()
            .zip(&weights)
            .map(|(p, w)| p.iter().map(|v| v * (*w * MIXED as f64) as f32).collect())
            .collect();
        row.push(("nearest sample", agreement(patterns[0], &truth)?));
        row.push((
            "blend of samples",
            agreement(&mean_pattern(&scaled)?, &truth)?,
        ));
        row.push(("strained blend of samples", agreement(&strained, &truth)?));
        rows.push(row);
    }
    Ok(rows)
}

fn agreement(pattern: &[f32], truth: &[f32]) -> Result<[f64; 2], Box<dyn Error>> {
    let r = relative_difference(pattern, truth)?.ok_or("an empty pattern")?;
    Ok([r, pearson(pattern, truth)?.ok_or("a constant pattern")?])
}

/// Labels of a sample as a target.
fn target(labels: &Labels, sample: usize) -> Result<TargetComposition, Box<dyn Error>> {
    let all = labels.columns().iter().zip(labels.row(sample));
    let targets = all
        .map(|(column, value)| Target::new(column, *value))
        .collect();
    Ok(TargetComposition::new(targets)?)
}

fn spreads(labels: &Labels) -> Vec<f64> {
    let n = labels.len() as f64;
    (0..labels.columns().len())
        .map(|c| {
            let mean = labels.rows().map(|r| r[c]).sum::<f64>() / n;
            let squares: f64 = labels.rows().map(|r| (r[c] - mean).powi(2)).sum();
            (squares / n).sqrt().max(f64::MIN_POSITIVE)
        })
        .collect()
}

/// Training samples with the nearest labels, and their weights.
fn nearest(labels: &Labels, row: &[f64], spreads: &[f64]) -> Vec<(usize, f64)> {
    let away = |other: &[f64]| -> f64 {
        let pairs = other.iter().zip(row).zip(spreads);
        pairs.map(|((a, b), s)| ((a - b) / s).powi(2)).sum()
    };
    let mut near: Vec<(usize, f64)> = labels.rows().map(away).enumerate().collect();
    near.sort_by(|a, b| a.1.total_cmp(&b.1));
    near.truncate(MIXED);
    let whole: f64 = near.iter().map(|(_, d)| 1.0 / d.max(1e-12)).sum();
    near.into_iter()
        .map(|(i, d)| (i, 1.0 / d.max(1e-12) / whole))
        .collect()
}
