//! Tests of trainings whose inputs are disturbed.

use super::*;
use crate::trainer::Trainer;

/// Adds a number that depends on epoch and pattern to every intensity.
struct Added(f32);

impl Disturbance for Added {
    fn disturb(&self, epoch: usize, index: usize, pattern: &mut [f32]) -> Result<()> {
        let by = self.0 * ((3 * epoch + 7 * index) % 5) as f32;
        pattern.iter_mut().for_each(|y| *y += by);
        Ok(())
    }

    fn fingerprint(&self) -> String {
        format!("added {}", self.0)
    }
}

fn model(set: &PatternSet) -> Autoencoder {
    Autoencoder::initialise(&small(InputScaling::Global), set).unwrap()
}

fn trained(
    disturbance: &dyn Disturbance,
    config: &TrainingConfig,
    set: &PatternSet,
) -> Autoencoder {
    let data = TrainingData::new(set).with_disturbance(Some(disturbance));
    let mut training = Training::new(model(set), config, data).unwrap();
    while training.step().unwrap() != Progress::Over {}
    training.finish().unwrap().0
}

/// A step on one batch equals a step of the trainer from disturbed inputs to undisturbed targets.
#[test]
fn the_network_is_trained_to_return_the_undisturbed_pattern() {
    let set = patterns(6, 30);
    let config = TrainingConfig {
        batch: 6,
        epochs: 1,
        ..TrainingConfig::paper()
    };
    let disturbance = Added(0.2);
    let data = TrainingData::new(&set).with_disturbance(Some(&disturbance));
    let mut training = Training::new(model(&set), &config, data).unwrap();
    let order = {
        let mut order = Order::new(6, config.seed);
        order.shuffle();
        order.indices().to_vec()
    };
    training.step().unwrap();
    let found = training.finish().unwrap().0;

    let untrained = model(&set);
    let mut twin: Trainer<f32> = trainer(&untrained, &config, None);
    let scaled = |mut pattern: Vec<f32>| {
        untrained.scaling.scale(0, &mut pattern);
        pattern
    };
    let targets: Vec<Vec<f32>> = order
        .iter()
        .map(|&i| scaled(set.intensities(i).to_vec()))
        .collect();
    let inputs: Vec<Vec<f32>> = order
        .iter()
        .map(|&i| {
            let mut pattern = set.intensities(i).to_vec();
            disturbance.disturb(0, i, &mut pattern).unwrap();
            scaled(pattern)
        })
        .collect();
    let rows = |rows: &[Vec<f32>]| -> Vec<*const f32> { rows.iter().map(|r| r.as_ptr()).collect() };
    assert_ne!(rows(&inputs), rows(&targets));
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let targets: Vec<&[f32]> = targets.iter().map(Vec::as_slice).collect();
    twin.step(&inputs, &targets, None);
    assert!(found.layers == twin.layers());
}

#[test]
fn disturbed_trainings_are_resumed_and_do_not_depend_on_threads() {
    let set = patterns(13, 40);
    let config = TrainingConfig {
        batch: 4,
        epochs: 5,
        strain: Some(0.01),
        ..TrainingConfig::paper()
    };
    let whole = trained(&Added(0.1), &config, &set);
    assert!(whole != trained(&Added(0.0), &config, &set));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    assert!(whole == pool.install(|| trained(&Added(0.1), &config, &set)));
    let data = |disturbance| TrainingData::new(&set).with_disturbance(disturbance);
    let added = Added(0.1);
    let mut training = Training::new(model(&set), &config, data(Some(&added))).unwrap();
    for _ in 0..9 {
        training.step().unwrap();
    }
    let bytes = training.checkpoint().unwrap().to_bytes().unwrap();
    let resume = |disturbance: Option<&'static dyn Disturbance>| {
        Training::resume(Checkpoint::from_bytes(&bytes).unwrap(), data(disturbance))
    };
    let mut resumed = resume(Some(&Added(0.1))).unwrap();
    while resumed.step().unwrap() != Progress::Over {}
    assert!(whole == resumed.finish().unwrap().0);
    for other in [None, Some(&Added(0.2) as &'static dyn Disturbance)] {
        let error = resume(other).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("disturbance"), "{error}");
    }
}
