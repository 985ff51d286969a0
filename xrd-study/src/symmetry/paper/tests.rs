use xrd_core::{Atom, Lattice, Structure};
use xrd_nn::{LayerSpec, NetworkSpec, Shape};

use super::*;
use crate::session::{Observer, Saving, Silent};
use crate::symmetry::{Crystal, PatternSource};

const SMALL: usize = 250;

fn structure(a: f64, positions: &[[f64; 3]]) -> Structure {
    let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
    let iron = "Fe".parse().unwrap();
    let atoms = positions.iter().map(|p| Atom::new(iron, *p)).collect();
    Structure::new(cell, atoms).unwrap()
}

/// Two crystals on an axis of few points.
fn source() -> PatternSource {
    let grid = xrd_core::TwoThetaGrid::new(20.0, 0.3, SMALL).unwrap();
    let instrument = Instrument::laboratory(0.1).unwrap().with_grid(grid);
    let sampling = Sampling::new(instrument, 1).unwrap();
    let crystal = |structure, number| {
        let group = SpaceGroup::from_number(number).unwrap();
        (Crystal::sampled(structure, group, sampling).unwrap(), 1.0)
    };
    let simple = crystal(structure(3.0, &[[0.0; 3]]), 221);
    let body = crystal(structure(2.8665, &[[0.0; 3], [0.5; 3]]), 229);
    PatternSource::new(vec![simple, body], effects().unwrap(), 3).unwrap()
}

fn plan() -> PaperPlan {
    let network = NetworkSpec {
        input: Shape::Sequence {
            length: SMALL,
            channels: 1,
        },
        layers: vec![
            LayerSpec::Flatten,
            LayerSpec::Dense { outputs: 12 },
            LayerSpec::Relu,
            LayerSpec::Dropout { rate: 0.2 },
            LayerSpec::Dense { outputs: 230 },
        ],
    };
    let mut plan = PaperPlan::new(network);
    (plan.epochs, plan.patterns_per_epoch, plan.batch) = (4, 30, 8);
    plan
}

/// Stops a training after some steps.
struct Impatient(std::sync::atomic::AtomicUsize);

impl Observer for Impatient {
    fn should_stop(&self) -> bool {
        use std::sync::atomic::Ordering::Relaxed;
        self.0.fetch_sub(1, Relaxed) == 1
    }
}

fn tests_of(source: &PatternSource) -> [PaperPatterns; 1] {
    let patterns: Vec<_> = (0..6).map(|i| source.pattern(1000 + i).unwrap()).collect();
    [PaperPatterns::new("held out", &patterns).unwrap()]
}

#[test]
fn a_stopped_and_resumed_training_gives_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    let (source, saving) = (source(), Saving::new(place.path().join("training")));
    let tests = tests_of(&source);
    let whole = train(&plan(), &source, &tests, &saving, &Silent).unwrap();
    assert!(!saving.path.exists());
    // Six steps are one epoch and a half.
    let stop = Impatient(6.into());
    let error = train(&plan(), &source, &tests, &saving, &stop).unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }), "{error}");
    let refused = train(&plan(), &source, &tests, &saving, &Silent).unwrap_err();
    assert!(refused.to_string().contains("unfinished training"));
    let saving = saving.with_resume(true);
    let mut other = plan();
    other.epochs = 5;
    let refused = train(&other, &source, &tests, &saving, &Silent).unwrap_err();
    assert!(
        refused.to_string().contains("epochs 4 (now epochs 5)"),
        "{refused}"
    );
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    let resumed = pool.install(|| train(&plan(), &source, &tests, &saving, &Silent).unwrap());
    assert_eq!(resumed.history(), whole.history());
    assert_eq!(resumed.checkpoint().unwrap(), whole.checkpoint().unwrap());
    std::fs::write(&saving.path, "no training").unwrap();
    let refused = train(&plan(), &source, &tests, &saving, &Silent).unwrap_err();
    assert!(refused.to_string().contains("training"), "{refused}");
}

#[test]
fn each_epoch_has_its_loss_and_its_accuracies() {
    let place = tempfile::tempdir().unwrap();
    let (source, saving) = (
        source(),
        Saving::new(place.path().join("t")).with_keep(true),
    );
    let done = train(&plan(), &source, &tests_of(&source), &saving, &Silent).unwrap();
    assert!(done.is_done() && saving.path.exists());
    let history = done.history();
    assert_eq!((history.len(), done.steps()), (4, 16));
    // The cross-entropy of 230 equal classes is 5.4, the quadratic loss at most 2.
    assert!(
        history[0].loss > 2.0 && history[1].loss < 2.0,
        "{history:?}"
    );
    assert!(history.iter().all(|e| e.accuracies.len() == 1));
}

#[test]
fn the_layers_of_the_paper_fit_and_have_its_numbers_of_weights() {
    let weights = |net: PaperNetwork| {
        xrd_nn::Network::<f32>::new(&net.spec(), 0)
            .unwrap()
            .weights()
    };
    let convolutions =
        [(100, 1), (50, 80), (25, 80)].map(|(kernel, channels)| kernel * channels * 80 + 80);
    // Five positions remain after the last mean.
    let hidden = [5 * 80, 2300, 1150, 230];
    let dense = hidden.windows(2).map(|w| w[0] * w[1] + w[1]).sum::<usize>();
    let all = convolutions.iter().sum::<usize>() + dense;
    assert_eq!(
        (weights(PaperNetwork::Convolutional), all / 100_000),
        (all, 43)
    );
    let widths = [8500, 4000, 3000, 1000, 800, 230];
    let dense = widths.windows(2).map(|w| w[0] * w[1] + w[1]).sum::<usize>();
    assert_eq!(weights(PaperNetwork::Dense), dense);
}

#[test]
fn patterns_have_the_maximum_1_and_one_length() {
    let group = SpaceGroup::from_number(14).unwrap();
    let patterns = [(vec![1.0, 4.0, 2.0], group), (vec![0.0; 3], group)];
    let set = PaperPatterns::new("two", &patterns).unwrap();
    assert_eq!(set.inputs.row(0).to_vec(), [0.25, 1.0, 0.5]);
    assert_eq!(set.inputs.row(1).to_vec(), [0.0; 3]);
    assert!(PaperPatterns::new("none", &[]).is_err());
    assert!(PaperPatterns::new("two", &[(vec![1.0], group), (vec![1.0; 2], group)]).is_err());
    let mut empty = plan();
    empty.batch = 0;
    assert!(
        PaperTraining::new(empty)
            .unwrap_err()
            .to_string()
            .contains("batch size is 0")
    );
}
