//! Tests of trainings with labels.

use xrd_core::Labels;

use super::*;
use crate::samples::patterns;

/// The two parameters of the sample patterns, and a column that is constant.
fn labels(count: usize) -> Labels {
    let row = |i: usize| [0.618, 0.755, 0.0].map(|step| (step * i as f64).fract());
    let columns = ["strain", "content", "none"].map(str::to_owned).to_vec();
    Labels::new(columns, (0..count).flat_map(row).collect()).unwrap()
}

fn trained(weight: f64, labels: Option<&Labels>) -> (Autoencoder, History) {
    let set = patterns(40, 300);
    let data = TrainingData::new(&set).with_labels(labels);
    let config = epochs(200).with_label_weight(weight);
    Autoencoder::fit(&small(InputScaling::Global), &config, data).unwrap()
}

#[test]
fn the_latent_points_follow_the_labels() {
    let (model, history) = trained(10.0, Some(&labels(40)));
    let losses: Vec<f64> = history
        .epochs
        .iter()
        .map(|e| e.label_loss.unwrap())
        .collect();
    // Two of three columns have a variance of 1, and nothing is known at first.
    assert!((losses[0] - 2.0 / 3.0).abs() < 0.1, "{}", losses[0]);
    assert!(losses[199] < 0.2, "{}", losses[199]);
    let explained = model
        .evaluate(&patterns(40, 300))
        .unwrap()
        .explained_variance;
    assert!(explained > 0.8, "{explained}");
}

#[test]
fn labels_without_weight_change_nothing() {
    let (given, without) = (trained(0.0, Some(&labels(40))), trained(0.0, None));
    assert!(given.0.to_bytes().unwrap() == without.0.to_bytes().unwrap());
    assert!(given.1.epochs.iter().all(|e| e.label_loss.is_none()));
    assert!(given.0 != trained(1e-3, Some(&labels(40))).0);
}

#[test]
fn units_of_labels_do_not_matter() {
    let own = labels(40);
    // A power of two, so that the factor causes no rounding.
    let values = own.rows().flatten().map(|v| 1024.0 * v).collect();
    let other = Labels::new(own.columns().to_vec(), values).unwrap();
    assert!(trained(1.0, Some(&own)).0 == trained(1.0, Some(&other)).0);
}

#[test]
fn a_label_weight_needs_one_row_of_labels_per_pattern() {
    let (set, known) = (patterns(9, 40), labels(8));
    let model = Autoencoder::initialise(&small(InputScaling::Global), &set).unwrap();
    let refusal = |labels: Option<&Labels>| {
        let data = TrainingData::new(&set).with_labels(labels);
        let config = epochs(1).with_label_weight(1.0);
        let training = Training::new(model.clone(), &config, data);
        training.err().unwrap().to_string()
    };
    assert_eq!(
        refusal(None),
        "no labels of the training patterns, which the label weight needs"
    );
    assert_eq!(
        refusal(Some(&known)),
        "labels of 8 patterns (expected labels of all 9 training patterns)"
    );
}
