//! Tests of resumed trainings and of sources that are not in memory.

use proptest::prelude::*;

use super::*;
use crate::config::Decay;
use crate::loss::Loss;
use crate::source::{RowFile, RowFiles, Subset};

/// The history with all times set to 0.
fn without_times(history: &History) -> History {
    let mut history = history.clone();
    for record in &mut history.epochs {
        record.seconds = 0.0;
    }
    history
}

fn data<'a>(set: &'a PatternSet, held_back: &'a PatternSet) -> TrainingData<'a> {
    TrainingData {
        validation: Some(held_back),
        ..TrainingData::new(set)
    }
}

fn labels(count: usize) -> Labels {
    let columns = ["a", "b", "c"].map(str::to_owned).to_vec();
    let values = (0..3 * count).map(|i| (1.3 * i as f64).sin());
    Labels::new(columns, values.collect()).unwrap()
}

fn start<'a>(config: &TrainingConfig, data: TrainingData<'a>) -> Training<'a> {
    start_in(2, config, data)
}

fn start_in<'a>(latent: usize, config: &TrainingConfig, data: TrainingData<'a>) -> Training<'a> {
    let network = AutoencoderConfig {
        latent,
        ..small(InputScaling::PerPoint)
    };
    let model = Autoencoder::initialise(&network, data.train).unwrap();
    Training::new(model, config, data).unwrap()
}

fn to_the_end(mut training: Training) -> (Autoencoder, History) {
    while training.step().unwrap() != Progress::Over {}
    let (model, history) = training.finish().unwrap();
    (model, without_times(&history))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_training_left_at_any_step_ends_as_if_it_had_not_been(
        count in 3..30usize,
        points in 20..700usize,
        batch in 1..12usize,
        left in prop::collection::vec(0..40usize, 1..4),
        kind in 0..6usize,
        latent in 2..5usize,
    ) {
        let (set, held_back) = (patterns(count, points), patterns(2, points));
        let stopping = EarlyStopping { patience: 2, min_improvement: 1e-3 };
        let plain = TrainingConfig { epochs: 6, batch, ..TrainingConfig::paper() };
        let config = [
            plain,
            TrainingConfig { early_stopping: Some(stopping), learning_rate: 0.01, ..plain },
            TrainingConfig { loss: Loss::Pearson, clip: Some(0.1), ..plain },
            TrainingConfig {
                schedule: Schedule::cosine(0.1).unwrap().with_warm_up(1.5).unwrap(),
                decay: Decay::Decoupled,
                ..plain
            },
            TrainingConfig { strain: Some(0.01), ..plain },
            TrainingConfig { label_weight: 2.0, ..plain },
        ][kind];
        let labels = labels(count);
        let data = data(&set, &held_back).with_labels(&labels);
        let undisturbed = to_the_end(start_in(latent, &config, data));
        let mut training = start_in(latent, &config, data);
        for steps in left {
            for _ in 0..steps {
                training.step().unwrap();
            }
            let bytes = training.checkpoint().unwrap().to_bytes().unwrap();
            training = Training::resume(Checkpoint::from_bytes(&bytes).unwrap(), data).unwrap();
        }
        let resumed = to_the_end(training);
        prop_assert_eq!(&resumed.1, &undisturbed.1);
        prop_assert!(resumed.0.to_bytes().unwrap() == undisturbed.0.to_bytes().unwrap());
    }

    #[test]
    fn patterns_on_disk_train_as_those_in_memory(
        count in 3..40usize,
        points in 20..200usize,
        batch in 1..60usize,
        first in 0..40usize,
    ) {
        let set = patterns(count, points);
        let folder = tempfile::tempdir().unwrap();
        let first = first.min(count);
        let files = on_disk(&set, folder.path(), first);
        let strain = (first % 2 == 0).then_some(0.01);
        let config = TrainingConfig { epochs: 3, batch, strain, ..TrainingConfig::paper() };
        let (memory, files) = (TrainingData::new(&set), TrainingData::new(&files));
        let (memory, disk) = (to_the_end(start(&config, memory)), to_the_end(start(&config, files)));
        prop_assert_eq!(memory.1, disk.1);
        prop_assert!(memory.0 == disk.0);
    }
}

/// Writes a set to two files, with `first` patterns in the first file.
fn on_disk(set: &PatternSet, folder: &std::path::Path, first: usize) -> RowFiles {
    let bytes: Vec<u8> = set.block().iter().flat_map(|v| v.to_le_bytes()).collect();
    let (a, b) = bytes.split_at(4 * first * set.grid().len());
    let file = |name: &str, bytes: &[u8], rows| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        RowFile {
            path,
            offset: 0,
            rows,
        }
    };
    let files = vec![file("a", a, first), file("b", b, set.len() - first)];
    RowFiles::open(*set.grid(), set.scale(), set.wavelength(), files).unwrap()
}

#[test]
fn some_patterns_of_a_source_train_as_those_alone() {
    let set = patterns(12, 50);
    let rows = vec![7, 3, 11, 0, 5];
    let alone = set.select(&rows).unwrap();
    let subset = Subset::new(&set, rows).unwrap();
    let config = epochs(3);
    let trained = |data| to_the_end(start(&config, data)).0;
    assert!(trained(TrainingData::new(&alone)) == trained(TrainingData::new(&subset)));
    assert!(Subset::new(&set, vec![12]).is_err());
}

#[test]
fn other_patterns_are_refused() {
    let (set, held_back) = (patterns(9, 40), patterns(2, 40));
    let here = data(&set, &held_back);
    let checkpoint = start(&epochs(2), here).checkpoint().unwrap();
    let bytes = checkpoint.to_bytes().unwrap();
    let refusal = |data| {
        let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
        Training::resume(checkpoint, data)
            .err()
            .map(|e| e.to_string())
    };
    assert_eq!(refusal(here), None);
    let named = |text: &str, what: &str| assert!(text.starts_with(what), "{text}");
    let swapped = set.select(&[1, 0, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let text = refusal(data(&swapped, &held_back)).unwrap();
    named(
        &text,
        "the training patterns are not those of the checkpoint (SHA-256 ",
    );
    let text = refusal(data(&set, &set)).unwrap();
    named(&text, "the validation patterns are not those");
    let text = refusal(TrainingData {
        test: Some(&set),
        ..here
    })
    .unwrap();
    named(&text, "the test patterns are not those");
}

#[test]
fn other_labels_are_refused() {
    let (set, own) = (patterns(9, 40), labels(9));
    let config = epochs(2).with_label_weight(1.0);
    let data = |labels| TrainingData::new(&set).with_labels(labels);
    let bytes = start(&config, data(&own)).checkpoint().unwrap().to_bytes();
    let bytes = bytes.unwrap();
    let resumed = |labels| {
        let checkpoint = Checkpoint::from_bytes(&bytes).unwrap();
        Training::resume(checkpoint, data(labels)).err()
    };
    assert!(resumed(&own).is_none());
    let other = own.select(&[1, 0, 2, 3, 4, 5, 6, 7, 8]);
    let text = resumed(&other).unwrap().to_string();
    let expected = "the labels of the training patterns are not those of the checkpoint (SHA-256 ";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn a_finished_training_stays_finished() {
    let set = patterns(9, 40);
    let mut training = start(&epochs(2), TrainingData::new(&set));
    while training.epoch().unwrap().is_some() {}
    let checkpoint = training.checkpoint().unwrap();
    assert_eq!(checkpoint.history().ending, Ending::LastEpoch);
    let again = Training::resume(checkpoint, TrainingData::new(&set)).unwrap();
    assert!(to_the_end(again).0 == training.finish().unwrap().0);
}

#[test]
fn a_source_that_fails_ends_the_training_with_its_error() {
    let set = patterns(9, 40);
    let folder = tempfile::tempdir().unwrap();
    let files = on_disk(&set, folder.path(), 4);
    let mut training = start(&epochs(2), TrainingData::new(&files));
    std::fs::write(folder.path().join("b"), "cut off").unwrap();
    let error = (0..4).find_map(|_| training.step().err()).unwrap();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert!(error.to_string().contains("/b: "), "{error}");
}
