//! Preparation, training and files of networks.

use xrd_core::{Pattern, Scale, TwoThetaGrid, Wavelength};
use xrd_nn::{LayerSpec, NetworkSpec, Shape};
use xrd_symmetry::xrd_identify;
use xrd_symmetry::xrd_identify::Library;
use xrd_symmetry::{
    Classifier, Error, Exponents, Model, Prepared, Refusal, Settings, SpaceGroup, Training,
    TrainingPlan, axis,
};

/// Lattice spacings in Å and heights of lines.
const LINES: [(f64, f64); 5] = [
    (4.2, 0.3),
    (3.34, 1.0),
    (2.46, 0.2),
    (1.82, 0.5),
    (1.37, 0.1),
];

/// Gaussian lines 0.2° wide for Cu Kα1, and as wide in spacing for other wavelengths, on a background.
fn pattern(from: f64, to: f64, step: f64, wavelength: f64, background: f64) -> Pattern {
    let points = ((to - from) / step).round() as usize;
    let grid = TwoThetaGrid::new(from, step, points).unwrap();
    let at_copper = |deg: f64| {
        2.0 * ((deg / 2.0).to_radians().sin() * 1.540_593 / wavelength)
            .asin()
            .to_degrees()
    };
    let intensity = |deg: f64| {
        let line = |(d, height): (f64, f64)| {
            let centre = 2.0 * (1.540_593 / (2.0 * d)).asin().to_degrees();
            height * (-(4.0 * 2f64.ln()) * ((at_copper(deg) - centre) / 0.2).powi(2)).exp()
        };
        (background + 100.0 * LINES.map(line).iter().sum::<f64>()) as f32
    };
    let intensities = grid.angles().map(intensity).collect();
    let pattern = Pattern::new(grid, Scale::ARBITRARY, intensities).unwrap();
    pattern.with_wavelength(Some(Wavelength::angstrom(wavelength).unwrap()))
}

fn difference(a: &Prepared, b: &Prepared, points: std::ops::Range<usize>) -> f32 {
    let pairs = a.values()[points.clone()].iter().zip(&b.values()[points]);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn steps_wavelengths_scales_and_backgrounds_do_not_matter() {
    let prepared = |p: &Pattern| Prepared::of(p).unwrap();
    let first = prepared(&pattern(4.0, 91.0, 0.01, 1.540_593, 0.0));
    assert_eq!(first.values().iter().copied().fold(0.0, f32::max), 1.0);
    let others = [
        pattern(4.0, 91.0, 0.02, 1.540_593, 0.0),
        pattern(4.0, 91.0, 0.01, 1.540_593, 20.0),
        pattern(2.0, 40.0, 0.005, 0.7093, 0.0),
    ];
    for other in &others {
        let gap = difference(&first, &prepared(other), 0..2000);
        assert!(gap < 0.05, "{gap}");
    }
    // A part of the range is the same there, and 0 elsewhere.
    let part = prepared(&pattern(18.0, 60.0, 0.01, 1.540_593, 5.0));
    assert!(difference(&first, &part, 400..1300) < 0.05);
    assert!(
        part.values()[..320]
            .iter()
            .chain(&part.values()[1380..])
            .all(|v| *v == 0.0)
    );
}

#[test]
fn patterns_without_a_wavelength_a_range_or_lines_are_refused() {
    let whole = pattern(4.0, 91.0, 0.01, 1.540_593, 0.0);
    assert_eq!(
        Prepared::of(&whole.clone().with_wavelength(None)),
        Err(xrd_identify::Error::NoWavelength)
    );
    let short = pattern(20.0, 30.0, 0.01, 1.540_593, 0.0);
    assert!(matches!(
        Prepared::of(&short),
        Err(xrd_identify::Error::Range { .. })
    ));
    let flat = Pattern::new(
        *whole.grid(),
        Scale::ARBITRARY,
        vec![3.0; whole.grid().len()],
    )
    .unwrap();
    assert_eq!(
        Prepared::of(&flat.with_wavelength(whole.wavelength())),
        Err(xrd_identify::Error::NoLines)
    );
}

/// A small network, for the speed of the tests.
fn plan(steps: u64) -> TrainingPlan {
    let layers = vec![
        LayerSpec::Conv1d {
            filters: 4,
            kernel: 25,
            stride: 10,
            padding: 12,
        },
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        LayerSpec::Flatten,
        LayerSpec::Dropout { rate: 0.1 },
        LayerSpec::Dense { outputs: 230 },
    ];
    let input = Shape::Sequence {
        length: 2125,
        channels: 1,
    };
    TrainingPlan {
        network: NetworkSpec { input, layers },
        first_cycle: steps,
        cycles: 1,
        batch: 16,
        ..TrainingPlan::default()
    }
}

/// Pattern of one of two space groups: with a line at 40° or at 60°, and one that means nothing.
fn source(index: u64) -> Result<(Vec<f32>, SpaceGroup), Error> {
    let is_first = index.is_multiple_of(3);
    let line = |x: f64, centre: f64| (-((x - centre) / 0.1).powi(2)).exp();
    let (grid, _) = axis()?;
    let centre = if is_first { 40.0 } else { 60.0 } + 0.05 * (index % 7) as f64;
    let intensity = |x: f64| (line(x, centre) + line(x, 50.0 + (index % 11) as f64)) as f32;
    let group = SpaceGroup::from_number(if is_first { 14 } else { 225 })?;
    Ok((grid.angles().map(intensity).collect(), group))
}

fn trained(mut training: Training, until: u64) -> Training {
    while training.steps() < until {
        training.step(source).unwrap();
    }
    training
}

#[test]
fn a_network_learns_and_its_file_answers_the_same() {
    let training = trained(Training::new(plan(40)).unwrap(), 40);
    assert!(training.is_done());
    let classifier = Classifier::new("test 1", vec![training.into_network()]).unwrap();
    let (grid, wavelength) = axis().unwrap();
    let patterns: Vec<(Prepared, SpaceGroup)> = (1000..1030)
        .map(|i| {
            let (intensities, group) = source(i).unwrap();
            let pattern = Pattern::new(grid, Scale::ARBITRARY, intensities).unwrap();
            (
                Prepared::of(&pattern.with_wavelength(Some(wavelength))).unwrap(),
                group,
            )
        })
        .collect();
    let prepared: Vec<Prepared> = patterns.iter().map(|p| p.0.clone()).collect();
    let answers = classifier.probabilities(&prepared).unwrap();
    let right = answers
        .iter()
        .zip(&patterns)
        .filter(|(a, p)| a.most_likely(1)[0].0 == p.1);
    assert!(right.count() >= 28);
    let bytes = classifier.to_bytes().unwrap();
    let read = Classifier::from_bytes(&bytes).unwrap();
    assert_eq!((read.name(), read.networks().len()), ("test 1", 1));
    for (a, b) in answers.iter().zip(read.probabilities(&prepared).unwrap()) {
        assert!((a.certainty() - b.certainty()).abs() < 0.01);
    }
    assert_eq!(read.to_bytes().unwrap(), bytes);
    for end in (0..bytes.len()).step_by(997) {
        assert!(Classifier::from_bytes(&bytes[..end]).is_err());
    }
    assert!(Classifier::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
}

#[test]
fn answers_are_means_over_copies_shifted_by_a_point() {
    let network = trained(Training::new(plan(8)).unwrap(), 8).into_network();
    let classifier = Classifier::new("test", vec![network]).unwrap();
    let prepared = Prepared::of(&pattern(4.0, 91.0, 0.02, 1.540_593, 0.0)).unwrap();
    let (values, points) = (prepared.values(), Prepared::POINTS);
    let mut copies = xrd_nn::ndarray::Array2::zeros((3, points));
    for i in 0..points {
        copies[[0, i]] = values[i];
        copies[[1, i]] = if i == 0 { 0.0 } else { values[i - 1] };
        copies[[2, i]] = if i + 1 == points { 0.0 } else { values[i + 1] };
    }
    let scores = classifier.networks()[0].predict(copies.view()).unwrap();
    let mut expected = vec![0.0; 230];
    for row in scores.rows() {
        let sum: f64 = row.iter().map(|v| f64::from(*v).exp()).sum();
        for (mean, v) in expected.iter_mut().zip(row) {
            *mean += f64::from(*v).exp() / sum / 3.0;
        }
    }
    let found = &classifier
        .probabilities(std::slice::from_ref(&prepared))
        .unwrap()[0];
    for (a, b) in found.values().iter().zip(&expected) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
    // The copies have different answers, so that one of them alone would not pass.
    let alone = scores[[0, 0]] - scores[[1, 0]];
    assert!(alone.abs() > 1e-6, "{alone}");
}

#[test]
fn a_continued_training_gives_the_same_bits_on_any_number_of_threads() {
    let pool = |n| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(n)
            .build()
            .unwrap()
    };
    let straight = pool(1).install(|| trained(Training::new(plan(9)).unwrap(), 9));
    let stopped = pool(3).install(|| trained(Training::new(plan(9)).unwrap(), 4));
    let bytes = stopped.checkpoint().unwrap();
    let resumed = pool(2).install(|| trained(Training::from_checkpoint(&bytes).unwrap(), 9));
    assert_eq!(
        straight.checkpoint().unwrap(),
        resumed.checkpoint().unwrap()
    );
    assert!(Training::from_checkpoint(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn plans_and_networks_that_do_not_fit_are_refused() {
    assert!(
        Training::new(TrainingPlan {
            cycles: 0,
            ..plan(1)
        })
        .is_err()
    );
    assert!(
        Training::new(TrainingPlan {
            batch: 0,
            ..plan(1)
        })
        .is_err()
    );
    assert!(
        Training::new(TrainingPlan {
            cropped: 1.5,
            ..plan(1)
        })
        .is_err()
    );
    let mut narrow = plan(1);
    narrow.network.layers.pop();
    narrow.network.layers.push(LayerSpec::Dense { outputs: 7 });
    let error = Training::new(narrow).unwrap_err();
    assert_eq!(error.to_string(), "outputs of a network 7 (expected 230)");
    assert!(Classifier::new("none", Vec::new()).is_err());
    let short = |_: u64| Ok::<_, Error>((vec![0.0; 10], SpaceGroup::from_number(1)?));
    assert_eq!(
        Training::new(plan(1)).unwrap().step(short),
        Err(Error::Pattern(xrd_identify::Error::Length { found: 10 }))
    );
}

#[test]
fn the_shipped_model_is_its_file_and_refuses_below_its_threshold() {
    let bytes = include_bytes!("../../data/shipped.model");
    let model = Model::shipped().unwrap();
    assert!(bytes.len() < 8_000_000);
    let again = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(
        (again.name(), again.settings()),
        (model.name(), model.settings())
    );
    let earlier = Model::from_bytes(b"xrd-symmetry 1\n{}\n").unwrap_err();
    assert!(earlier.to_string().contains("earlier version"), "{earlier}");
    for end in [0, 20, 200, bytes.len() / 2, bytes.len() - 1] {
        assert!(Model::from_bytes(&bytes[..end]).is_err(), "{end}");
    }

    let pattern = Prepared::of(&pattern(5.0, 89.99, 0.01, 1.540593, 0.0)).unwrap();
    // Without known structures, the votes say nothing.
    let found = model.classify(&[pattern], &Library::default()).unwrap();
    let certainty = found[0].probabilities.certainty();
    assert_eq!(found[0].similarity, 0.0);
    assert_eq!(found[0].unexplained, 1.0);
    let refusal = match certainty < model.settings().threshold {
        true => Refusal::Uncertain,
        false => Refusal::Unexplained,
    };
    assert_eq!(found[0].refusal, Some(refusal));
    for (exponents, threshold, most_unexplained, candidates) in [
        ([11.0, 0.2], 0.5, 1.0, 20),
        ([0.9, 0.2], 1.5, 1.0, 20),
        ([0.9, 0.2], 0.5, -0.1, 20),
        ([0.9, 0.2], 0.5, 1.0, 0),
    ] {
        let settings = Settings {
            exponents: exponents.map(Exponents::all),
            threshold,
            most_unexplained,
            candidates,
            ..model.settings().clone()
        };
        let networks = Model::shipped().unwrap().networks().to_bytes().unwrap();
        let networks = Classifier::from_bytes(&networks).unwrap();
        assert!(Model::new(networks, settings).is_err());
    }
}
