use xrd_core::{Atom, Lattice, Structure};
use xrd_nn::ndarray::Array2;
use xrd_predict::{Known, PaperNetwork};

use super::*;
use crate::error::Error;
use crate::session::{Observer, Saving, Silent};

/// Cubic perovskites with lengths that follow from the elements, and one more structure of the first.
fn perovskites() -> Vec<Known> {
    let large = ["Sr", "Ba", "Ca", "Pb", "La", "Nd", "K", "Na"];
    let small = ["Ti", "Zr", "Sn", "Mn", "Fe"];
    let pairs = || (0..large.len()).flat_map(|i| (0..small.len()).map(move |j| (i, j)));
    let known = |id: String, (i, j): (usize, usize), a: f64| {
        let places = [
            [0.0; 3],
            [0.5; 3],
            [0.5, 0.5, 0.0],
            [0.5, 0.0, 0.5],
            [0.0, 0.5, 0.5],
        ];
        let symbols = [large[i], small[j], "O", "O", "O"];
        let atoms = places.iter().zip(symbols);
        let atoms = atoms
            .map(|(p, s)| Atom::new(s.parse().unwrap(), *p))
            .collect();
        let cell = Lattice::from_parameters(a, a, a, 90.0, 90.0, 90.0).unwrap();
        Known::new(id, 221, Structure::new(cell, atoms).unwrap()).unwrap()
    };
    let mut all: Vec<Known> = pairs()
        .map(|(i, j)| {
            known(
                format!("{i}-{j}"),
                (i, j),
                3.9 + 0.02 * i as f64 + 0.05 * j as f64,
            )
        })
        .collect();
    all.push(known("another".to_owned(), (0, 0), 4.5));
    all
}

fn split() -> PaperSplit {
    PaperSplit::new(&perovskites(), PaperDataset::Abc3, None, 1, &Silent).unwrap()
}

fn plan() -> PaperPlan {
    PaperPlan {
        dataset: PaperDataset::Abc3,
        network: PaperNetwork {
            blocks: 10,
            filters: 2,
            dropout: 0.1,
        },
        loss: PaperLoss::Pearson,
        epochs: 3,
        patience: 3,
        batch: 12,
        learning_rate: 0.003,
        seed: 5,
    }
}

/// Stops a training after some steps.
struct Impatient(std::sync::atomic::AtomicUsize);

impl Observer for Impatient {
    fn should_stop(&self) -> bool {
        use std::sync::atomic::Ordering::Relaxed;
        self.0.fetch_sub(1, Relaxed) == 1
    }
}

#[test]
fn parts_have_their_shares_and_no_formula_in_common() {
    let split = split();
    let facts = split.facts;
    assert_eq!((facts.training, facts.validation, facts.test), (28, 4, 8));
    assert_eq!(facts.left_out, 0);
    let parts = [&split.training, &split.validation, &split.test.set];
    let mut all: Vec<_> = parts.iter().flat_map(|p| &p.formulas).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 40);
    for (part, row) in parts
        .iter()
        .flat_map(|p| p.targets.rows().into_iter().map(move |r| (p, r)))
    {
        assert_eq!(
            row.iter().copied().fold(0.0, f32::max),
            100.0,
            "{:?}",
            part.formulas
        );
    }
    let few = PaperSplit::new(&perovskites(), PaperDataset::Ternary, Some(14), 1, &Silent).unwrap();
    assert_eq!(
        (few.facts.training, few.facts.validation, few.facts.test),
        (14, 2, 8)
    );
    assert_eq!(few.test.set.formulas, split.test.set.formulas);
    let of_training = |f| split.training.formulas.contains(f);
    assert!(few.training.formulas.iter().all(of_training));
    let none = PaperSplit::new(&perovskites()[..2], PaperDataset::Abc3, None, 1, &Silent);
    assert!(none.unwrap_err().to_string().contains("ten formulas"));
}

#[test]
fn polymorphs_of_a_test_formula_are_kept() {
    let split = (0..20)
        .map(|seed| {
            PaperSplit::new(&perovskites(), PaperDataset::Abc3, None, seed, &Silent).unwrap()
        })
        .find(|s| s.test.measured_peaks.iter().any(|p| p.len() == 2));
    let split = split.unwrap();
    let i = split
        .test
        .measured_peaks
        .iter()
        .position(|p| p.len() == 2)
        .unwrap();
    assert_eq!(split.test.set.formulas[i].to_string(), "O3SrTi");
    // The first structure is the target: its first line is at a larger angle than that of the larger cell.
    let first = |k: usize| split.test.measured_peaks[i][k][0].two_theta_deg;
    assert!(first(0) > first(1) + 1.0, "{} {}", first(0), first(1));
}

#[test]
fn a_training_learns_and_stops_early() {
    let split = split();
    let place = tempfile::tempdir().unwrap();
    let saving = Saving::new(place.path().join("t"));
    let mut plan = plan();
    (plan.epochs, plan.patience, plan.network.filters) = (60, 4, 4);
    let done = train(&plan, &split.training, &split.validation, &saving, &Silent).unwrap();
    let validation = |k: usize| done.history()[k - 1].validation;
    assert!(
        validation(done.best_epoch()) < 0.6 * validation(1),
        "{:?}",
        done.history()
    );
    let lowest = done
        .history()
        .iter()
        .map(|e| e.validation)
        .fold(f64::INFINITY, f64::min);
    assert_eq!(validation(done.best_epoch()), lowest);
    let waited = done.history().len() - done.best_epoch();
    assert!(done.history().len() == 60 || waited == 4, "{waited}");
    // The scored network is that of the best epoch.
    let network = done.best_network().unwrap();
    let found = network.predict(split.validation.inputs.view()).unwrap();
    let targets = xrd_nn::Targets::Values(split.validation.targets.view());
    let loss = xrd_nn::Loss::Pearson.mean(found.view(), targets).unwrap();
    assert_eq!(loss, lowest);
}

#[test]
fn a_stopped_and_resumed_training_gives_the_same_bits_with_any_number_of_threads() {
    let split = split();
    let parts = (&split.training, &split.validation);
    let place = tempfile::tempdir().unwrap();
    let run = |saving: &Saving, plan: &PaperPlan, observer: &dyn Observer| {
        train(plan, parts.0, parts.1, saving, observer)
    };
    let saving = Saving::new(place.path().join("whole"));
    let whole = run(&saving, &plan(), &Silent).unwrap();
    assert_eq!((whole.steps(), whole.history().len()), (9, 3));
    let saving = Saving::new(place.path().join("stopped"));
    // Five steps are an epoch and two thirds.
    let stopped = run(&saving, &plan(), &Impatient(5.into())).unwrap_err();
    assert!(matches!(stopped, Error::Interrupted { .. }), "{stopped}");
    let refused = run(&saving, &plan(), &Silent).unwrap_err();
    assert!(
        refused.to_string().contains("unfinished training"),
        "{refused}"
    );
    let saving = saving.with_resume(true);
    let mut other = plan();
    other.learning_rate = 0.004;
    let refused = run(&saving, &other, &Silent).unwrap_err();
    assert!(
        refused.to_string().contains("learning rate 0.003"),
        "{refused}"
    );
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    let resumed = pool.install(|| run(&saving, &plan(), &Silent)).unwrap();
    assert_eq!(resumed.checkpoint().unwrap(), whole.checkpoint().unwrap());
    let bytes = std::fs::read(&saving.path).unwrap();
    assert_eq!(bytes, whole.checkpoint().unwrap());
    for length in [0, 10, 40, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&saving.path, &bytes[..length]).unwrap();
        let refused = run(&saving, &plan(), &Silent).unwrap_err();
        assert!(
            matches!(refused, Error::Unfinished(_)),
            "{length}: {refused}"
        );
    }
}

#[test]
fn a_training_that_diverges_ends() {
    let split = split();
    let place = tempfile::tempdir().unwrap();
    let mut plan = plan();
    (plan.learning_rate, plan.loss) = (1e30, PaperLoss::MeanSquare);
    let saving = Saving::new(place.path().join("t"));
    let done = train(&plan, &split.training, &split.validation, &saving, &Silent).unwrap();
    assert!(done.has_diverged() && done.is_done());
    assert_eq!(done.best_epoch(), 0);
}

#[test]
fn true_patterns_have_perfect_scores_and_a_comb_has_a_perfect_match_only() {
    let split = split();
    let score = PaperScore::new(split.test.set.targets.view(), &split.test, true).unwrap();
    let paper = score.ranges[0];
    assert_eq!(
        (paper.peak_match, paper.reverse, paper.peaks[0].f1),
        (1.0, 1.0, 1.0)
    );
    assert!(score.ranges[1].peak_match > 0.99, "{:?}", score.ranges[1]);
    let distances = score.distances.unwrap();
    assert!(
        distances[0].iter().chain(&distances[1]).all(|d| *d < 1e-6),
        "{distances:?}"
    );
    // Random peaks at the density of the truth match less than half.
    assert!(score.random[0].peak_match < 0.7 && score.random[0].peaks[0].f1 < 0.3);
    let dim = split.test.set.targets.dim();
    let comb = Array2::from_shape_fn(dim, |(_, j)| f32::from(u8::from(j % 8 == 0)));
    let comb = PaperScore::new(comb.view(), &split.test, false).unwrap();
    assert!(comb.ranges[0].peak_match > 0.99 && comb.ranges[0].reverse < 0.6);
    assert_eq!(comb.distances, None);
    // A scale does not matter.
    let scaled = split.test.set.targets.mapv(|y| 1e-3 * y);
    let scaled = PaperScore::new(scaled.view(), &split.test, false).unwrap();
    assert_eq!(scaled.ranges[0], paper);
    let nothing = PaperScore::new(Array2::zeros(dim).view(), &split.test, false).unwrap();
    assert_eq!(nothing.ranges[0].peak_match, 0.0);
}

#[test]
fn shifted_patterns_are_near_after_the_alignment() {
    let split = split();
    let targets = &split.test.set.targets;
    let shifted = Array2::from_shape_fn(targets.dim(), |(i, j)| targets[[i, j.saturating_sub(6)]]);
    let score = PaperScore::new(shifted.view(), &split.test, true).unwrap();
    let [all, peaks, aligned] = score.distances.unwrap();
    assert!(all[0] > 0.5 && peaks[0] > 0.8, "{all:?} {peaks:?}");
    assert!(aligned[0] < 0.5 * peaks[0], "{aligned:?} {peaks:?}");
}

#[test]
fn tables_share_their_trainings_and_have_the_cells_of_the_paper() {
    let known = perovskites();
    let place = tempfile::tempdir().unwrap();
    let settings = PaperSettings {
        epochs: 1,
        network: plan().network,
        ..PaperSettings::default()
    };
    let saving = Saving::new(place.path().join("trainings")).with_resume(true);
    let table = |number| paper_table(&known, number, &settings, &saving, &Silent).unwrap();
    let three = table(TableNumber::Three);
    assert_eq!((three.rows.len(), three.baselines.len()), (8, 5));
    let published: Vec<f64> = three
        .rows
        .iter()
        .filter_map(|r| r.published_match)
        .collect();
    assert_eq!(
        published,
        [0.626, 0.644, 0.673, 0.681, 0.612, 0.631, 0.667, 0.678]
    );
    let files = || std::fs::read_dir(&saving.path).unwrap().count();
    assert_eq!(files(), 8);
    let two = table(TableNumber::Two);
    assert_eq!((two.rows.len(), files()), (2, 8));
    assert_eq!(two.rows[0].score.ranges, three.rows[3].score.ranges);
    assert!(two.rows.iter().all(|r| r.score.distances.is_some()));
    let four = table(TableNumber::Four);
    // 47 more: the cell of 20 layers, 0.001 and 64 is the training of Table 3.
    assert_eq!((four.rows.len(), files()), (48, 55));
    let best = |a: &&PaperRow, b: &&PaperRow| {
        let value = |r: &PaperRow| r.published_match.unwrap();
        value(a).total_cmp(&value(b))
    };
    let best = four.rows.iter().max_by(best).unwrap();
    let plan = best.plan;
    assert_eq!(
        (plan.network.blocks, plan.learning_rate, plan.batch),
        (20, 0.001, 64)
    );
}
